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
_LEFT, _RIGHT, _TOP, _BOTTOM = 78, 606, 24, 186
_LEVELS: Final = 4
_DAYS: Final = 5
#: How far a label stands from its line.
_OVER, _UNDER = -7, 17
#: As high as letters are.
_LETTERS: Final = 12
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
        days=_days(chart, scale),
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


def _days(chart: Chart, scale: Scale) -> list[Mark]:
    """Days from the first figure to the last; what comes after has only the deadline."""
    last = chart.lines[0].points[-1][0]
    length = (last - scale.first).days
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
    """The last value of each line at the line's own end."""
    labels = []
    for line in lines:
        if line.style == "plan":
            labels.append(_plan_label(line, scale))
            continue
        day, value = line.points[-1]
        text = f"{line.name} {formats.count(round(value), 'vi')}"
        place = _beside(line, scale.y(value))
        labels.append(Label(scale.x(day), place, text, _STYLES[line.style][0], "end"))
    return labels


def _beside(line: Line, y: float) -> float:
    """What is wanted has its label over its line, what is done under it: the plan leads up from
    there; the other way round where there is no room.
    """
    if line.style == "wanted":
        return y + _OVER if y + _OVER > _TOP + _LETTERS else y + _UNDER
    return y + _UNDER if y + _UNDER < _BOTTOM else y + _OVER


def _plan_label(plan: Line, scale: Scale) -> Label:
    """At the end of the plan's line, on the right."""
    day, value = plan.points[-1]
    return Label(scale.x(day) + 7, scale.y(value) + 4, plan.name, LIGHT.quiet_ink)
