"""The chart of a briefing as a picture: one drawing for the PDF, the DOCX and the page."""

import datetime as dt
import math
from collections.abc import Sequence
from typing import Final, NamedTuple

from display import formats
from display.briefing.typeset import typeset
from display.briefing.value import Chart, Line
from display.html import render
from display.palette import LIGHT

#: The picture, in units of its own; the room for the labels at its ends.
WIDTH: Final = 680
HEIGHT: Final = 212
_LEFT, _RIGHT, _TOP, _BOTTOM = 78, 540, 24, 186
_LEVELS: Final = 4
_DAYS: Final = 5
_LABEL_HEIGHT: Final = 15
_PIXELS_PER_INCH: Final = 200
_PAGE: Final = """
#set page(width: 16cm, height: auto, margin: 0pt)
#image(bytes(sys.inputs.svg), format: "svg", width: 100%)
"""
_STYLES: Final = {
    "done": (LIGHT.blue, 2.5),
    "wanted": (LIGHT.ink, 1.0),
    "plan": (LIGHT.gray, 1.5),
}


class Mark(NamedTuple):
    """A mark on an axis."""

    at: float
    text: str
    anchor: str = "middle"


class Label(NamedTuple):
    """What stands at the end of a line."""

    x: float
    y: float
    text: str
    colour: str
    anchor: str = "start"


class Drawn(NamedTuple):
    """A line as it is drawn."""

    points: str
    colour: str
    width: float
    is_dashed: bool


class Scale(NamedTuple):
    """Days and counts -> the picture's units."""

    first: dt.date
    last: dt.date
    most: float

    def x(self, day: dt.date) -> float:
        """Across."""
        days = max(1, (self.last - self.first).days)
        return round(_LEFT + (_RIGHT - _LEFT) * (day - self.first).days / days, 1)

    def y(self, value: float) -> float:
        """From above."""
        return round(_BOTTOM - (_BOTTOM - _TOP) * value / self.most, 1)


def svg(chart: Chart) -> str:
    """The chart as SVG."""
    scale = _scale(chart)
    return render(
        "briefing_chart.svg",
        "vi",
        width=WIDTH,
        height=HEIGHT,
        left=_LEFT,
        right=_RIGHT,
        top=_TOP,
        bottom=_BOTTOM,
        alt=chart.alt,
        colours=LIGHT,
        levels=_levels(scale),
        days=_days(scale),
        lines=[_drawn(line, scale) for line in chart.lines],
        deadline=_deadline(chart, scale),
        labels=_labels(chart.lines, scale),
    )


def png(chart: Chart) -> bytes:
    """The chart as PNG, 200 pixels an inch, 16 cm wide."""
    last = chart.lines[0].points[-1][0]
    at = dt.datetime.combine(last, dt.time())
    [page] = typeset(_PAGE, {"svg": svg(chart)}, at=at, format="png", ppi=_PIXELS_PER_INCH)
    return page


def _scale(chart: Chart) -> Scale:
    days = [day for line in chart.lines for day, _value in line.points]
    days += [chart.deadline[0]] if chart.deadline else []
    values = [value for line in chart.lines for _day, value in line.points]
    step = _step(max([*values, 1]))
    return Scale(min(days), max(days), step * math.ceil(max([*values, 1]) / step))


def _step(most: float) -> float:
    """A round number of which a few reach `most`."""
    rough = most / _LEVELS
    power = 10 ** math.floor(math.log10(max(rough, 1)))
    return next(power * size for size in (1, 2, 2.5, 5, 10) if power * size >= rough)


def _levels(scale: Scale) -> list[Mark]:
    step = _step(scale.most)
    return [
        Mark(scale.y(step * number), formats.count(round(step * number), "vi"))
        for number in range(math.floor(scale.most / step + 1e-9) + 1)
    ]


def _days(scale: Scale) -> list[Mark]:
    length = (scale.last - scale.first).days
    shown = sorted({round(length * number / (_DAYS - 1)) for number in range(_DAYS)})
    days = [scale.first + dt.timedelta(days=number) for number in shown]
    return [Mark(scale.x(day), f"{day.day}/{day.month}") for day in days]


def _drawn(line: Line, scale: Scale) -> Drawn:
    colour, width = _STYLES[line.style]
    points = " ".join(f"{scale.x(day)},{scale.y(value)}" for day, value in line.points)
    return Drawn(points, colour, width, line.style == "plan")


def _deadline(chart: Chart, scale: Scale) -> Mark | None:
    if chart.deadline is None:
        return None
    day, text = chart.deadline
    return Mark(scale.x(day), text)


def _labels(lines: Sequence[Line], scale: Scale) -> list[Label]:
    """The last value of each line at the right, pushed apart downwards where they meet."""
    ends = sorted(
        ((scale.y(line.points[-1][1]), line) for line in lines if line.style != "plan"),
        key=lambda end: end[0],
    )
    labels: list[Label] = []
    for at, line in ends:
        y = max(at + 4, labels[-1].y + _LABEL_HEIGHT if labels else _TOP + 8)
        value = formats.count(round(line.points[-1][1]), "vi")
        labels.append(Label(_RIGHT + 8, y, f"{line.name} {value}", _STYLES[line.style][0]))
    plan = next((line for line in lines if line.style == "plan"), None)
    if plan is not None:
        labels.append(_plan_label(plan, scale))
    return labels


def _plan_label(plan: Line, scale: Scale) -> Label:
    """To the left of the middle of the plan's line."""
    day, value = plan.points[len(plan.points) // 2]
    return Label(scale.x(day) - 7, scale.y(value) - 3, plan.name, LIGHT.quiet_ink, "end")
