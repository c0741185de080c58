"""The burn-up of one workstream: what was done, the plan, the target, the deadline, the fan."""

import datetime as dt
import math
from collections.abc import Iterable, Sequence
from typing import Any, Final

import plotly.graph_objects as go

from data.workstreams import Annotation
from display import formats
from display.charts import MARGIN, look, time_axis
from display.html import render
from display.line_labels import plain
from display.palette import Palette, palette
from display.stream_charts import count_axis, faint
from display.words import words
from queries.burn_up import BurnUp
from queries.deadlines import holiday_runs

_HEIGHT: Final = 360
_DAY: Final = dt.timedelta(days=1)
_RIGHT: Final = 126
_TOP: Final = 34
_MOST_TICKS: Final = 3
_LABEL_HEIGHT: Final = 17
#: A label of a day, in pixels of a chart this wide: closer ones are put on another line.
_LABEL_DAYS: Final = 0.16


def burn_up_chart(
    found: BurnUp, annotations: Sequence[Annotation], *, language: str, theme: str
) -> go.Figure:
    """One unit's way to its target. The axis begins where the course does, not at 0.

    Args:
        annotations: what happened, of this workstream and place.
    """
    colours = palette(theme)
    first, last = _span(found)
    heights = [*found.done, *found.wanted]
    if found.fan is not None:
        heights += [*found.fan.high.tolist(), *found.fan.wanted.tolist()]
    lowest, highest = min(heights), max(heights)
    traces = [
        *_fan(found, colours, language),
        *_plan(found, colours),
        *_targets(found, colours),
        _done(found, colours, language),
    ]
    layout = {
        **look(colours),
        "height": _HEIGHT,
        "hovermode": "x",
        "margin": {**MARGIN, "t": _TOP, "l": 66, "r": _RIGHT},
        "xaxis": {
            **time_axis(_ticks(first, last), colours, language),
            "range": [first - _DAY / 2, last + _DAY],
        },
        "yaxis": count_axis(lowest, highest, colours, language),
        "shapes": [
            *_holidays(first, last, colours),
            *_deadlines(found, first, last, colours),
            *_marks(annotations, first, found.days[-1], colours),
        ],
        "annotations": [
            *_deadline_labels(found, first, last, colours, language),
            *_end_labels(found, last, highest - lowest, colours, language),
            *_mark_labels(annotations, first, found.days[-1], colours),
        ],
    }
    return go.Figure(traces, layout)


def legend(found: BurnUp, annotations: Sequence[Annotation], language: str) -> str:
    """What lines and numbers of the chart stand for, under it."""
    first, last = _span(found)
    marks = [
        (formats.day(one.date, language), one.text)
        for one in shown_marks(annotations, first, found.days[-1])
    ]
    return render(
        "burn_up_legend.html",
        language,
        marks=marks,
        has_fan=found.fan is not None,
        has_holiday=bool(holiday_runs(first, last)),
    )


def _span(found: BurnUp) -> tuple[dt.date, dt.date]:
    """First and last day of the chart."""
    ahead = found.fan.days if found.fan else []
    planned = [day for day, _due in found.plan]
    return min([found.days[0], *planned[:1]]), max([found.days[-1], *ahead, *planned])


def _ticks(first: dt.date, last: dt.date) -> list[dt.date]:
    """Few days, evenly apart and counted back from the last, for the axis."""
    step = max(1, math.ceil((last - first).days / _MOST_TICKS)) * _DAY
    count = (last - first) // step
    return [last - number * step for number in reversed(range(count + 1))]


def in_words(found: BurnUp, language: str) -> str:
    """The chart as one sentence; also its text alternative."""
    _ = words(language)
    done = _("Từ {first} ngày {first_day} đến {last} ngày {last_day}").format(
        first=formats.count(round(found.done[0]), language),
        first_day=formats.day(found.days[0], language),
        last=formats.count(round(found.done[-1]), language),
        last_day=formats.day(found.days[-1], language),
    )
    wanted = _("phải đạt {count}").format(count=formats.count(round(found.wanted[-1]), language))
    return f"{done}; {wanted}."


def _done(found: BurnUp, colours: Palette, language: str) -> go.Scatter:
    _ = words(language)
    hovers = [
        plain(
            _("{day}: {done} trên {wanted} phải làm").format(
                day=formats.day(day, language),
                done=formats.count(round(done), language),
                wanted=formats.count(round(wanted), language),
            )
        )
        for day, done, wanted in zip(found.days, found.done, found.wanted, strict=True)
    ]
    return _line(found.days, found.done, colours.blue, 3, hovers=hovers)


def _plan(found: BurnUp, colours: Palette) -> list[go.Scatter]:
    if len(found.plan) < 2:
        return []
    days, due = zip(*found.plan, strict=True)
    return [_line(days, due, colours.gray, 1.75, dash="dash")]


def _targets(found: BurnUp, colours: Palette) -> list[go.Scatter]:
    """What there was to do in all, each day; and what there will be, where that is foretold."""
    lines = [_line(found.days, found.wanted, colours.ink, 1.25)]
    if found.fan is not None:
        days = [found.days[-1], *found.fan.days]
        heights = [found.wanted[-1], *found.fan.wanted.tolist()]
        lines.append(_line(days, heights, colours.ink, 1.25, dash="dot"))
    return lines


def _fan(found: BurnUp, colours: Palette, language: str) -> list[go.Scatter]:
    if found.fan is None:
        return []
    _ = words(language)
    days = [found.days[-1], *found.fan.days]
    low, middle, high = (
        [found.done[-1], *side.tolist()]
        for side in (found.fan.low, found.fan.middle, found.fan.high)
    )
    hovers = [
        plain(
            _("{day}: dự báo {low} đến {high}").format(
                day=formats.day(day, language),
                low=formats.count(round(bottom), language),
                high=formats.count(round(top), language),
            )
        )
        for day, bottom, top in zip(days, low, high, strict=True)
    ]
    top = _line(days, high, colours.blue, 0)
    bottom = _line(days, low, colours.blue, 0).update(fill="tonexty", fillcolor=faint(colours.blue))
    return [top, bottom, _line(days, middle, colours.blue, 1.25, dash="dot", hovers=hovers)]


def _line(
    days: Sequence[dt.date],
    heights: Sequence[float],
    colour: str,
    width: float,
    *,
    dash: str = "solid",
    hovers: Sequence[str] | None = None,
) -> go.Scatter:
    return go.Scatter(
        x=list(days),
        y=list(heights),
        mode="lines",
        line={"color": colour, "width": width, "dash": dash},
        customdata=hovers,
        hovertemplate="%{customdata}<extra></extra>" if hovers else None,
        hoverinfo=None if hovers else "skip",
        showlegend=False,
    )


# Days ---------------------------------------------------------------------------------------


def _holidays(first: dt.date, last: dt.date, colours: Palette) -> list[dict[str, Any]]:
    return [
        {
            "type": "rect",
            "x0": start - _DAY / 2,
            "x1": end + _DAY / 2,
            "yref": "paper",
            "y0": 0,
            "y1": 1,
            "fillcolor": colours.gray,
            "opacity": 0.16,
            "line": {"width": 0},
            "layer": "below",
        }
        for start, end in holiday_runs(first, last)
    ]


def _deadlines(
    found: BurnUp, first: dt.date, last: dt.date, colours: Palette
) -> list[dict[str, Any]]:
    moved = [
        _upright(one.last_day, colours.gray, 1)
        for one in found.moved
        if first <= one.last_day <= last
    ]
    if found.time is None:
        return moved
    return [*moved, _upright(found.time.deadline.last_day, colours.red, 2)]


def _upright(day: dt.date, colour: str, width: float, dash: str = "solid") -> dict[str, Any]:
    return {
        "type": "line",
        "x0": day,
        "x1": day,
        "yref": "paper",
        "y0": 0,
        "y1": 1,
        "line": {"color": colour, "width": width, "dash": dash},
    }


def _marks(
    annotations: Iterable[Annotation], first: dt.date, last: dt.date, colours: Palette
) -> list[dict[str, Any]]:
    return [
        _upright(one.date, colours.gray, 1, "dot")
        for one in annotations
        if first <= one.date <= last
    ]


# Labels -------------------------------------------------------------------------------------


def _deadline_labels(
    found: BurnUp, first: dt.date, last: dt.date, colours: Palette, language: str
) -> list[dict[str, Any]]:
    _ = words(language)
    if found.time is None:
        return []
    deadline = found.time.deadline
    labels = [
        _above(
            deadline.last_day,
            formats.deadline(deadline.date, language, exclusive=deadline.exclusive),
            colours.red,
            size=13,
        )
    ]
    room = (last - first) * _LABEL_DAYS
    for one in found.moved:
        if first <= one.last_day <= last and abs(one.last_day - deadline.last_day) > room:
            text = _("hạn cũ {day}").format(day=f"{one.date.day}/{one.date.month}")
            labels.append(_above(one.last_day, text, colours.quiet_ink))
    return labels


def _above(day: dt.date, text: str, colour: str, size: int = 11) -> dict[str, Any]:
    return {
        "x": day,
        "yref": "paper",
        "y": 1,
        "yanchor": "bottom",
        "text": plain(text),
        "showarrow": False,
        "font": {"size": size, "color": colour},
    }


def _mark_labels(
    annotations: Iterable[Annotation], first: dt.date, last: dt.date, colours: Palette
) -> list[dict[str, Any]]:
    """A number at the foot of each mark; what it stands for is told under the chart."""
    return [
        {
            "x": one.date,
            "yref": "paper",
            "y": 0,
            "yanchor": "bottom",
            "xanchor": "left",
            "xshift": 2,
            "text": str(number),
            "hovertext": plain(one.text),
            "showarrow": False,
            "font": {"size": 11, "color": colours.quiet_ink},
        }
        for number, one in enumerate(shown_marks(annotations, first, last), 1)
    ]


def shown_marks(
    annotations: Iterable[Annotation], first: dt.date, last: dt.date
) -> list[Annotation]:
    """The annotations within the days of a chart, oldest first: their numbers count from 1."""
    return [one for one in annotations if first <= one.date <= last]


def _end_labels(
    found: BurnUp, last: dt.date, span: float, colours: Palette, language: str
) -> list[dict[str, Any]]:
    """What lies at the lines' ends, pushed apart where they end close together."""
    _ = words(language)
    done, wanted, at = found.done[-1], found.wanted[-1], found.days[-1]
    said = _("đã đạt {count}")
    if found.fan is not None:
        done, wanted = float(found.fan.middle[-1]), float(found.fan.wanted[-1])
        said, at = _("dự báo {count}"), last
    per_unit = (_HEIGHT - _TOP - MARGIN["b"]) / (max(span, 1) * 1.16)
    push = max(0.0, _LABEL_HEIGHT - (wanted - done) * per_unit) / 2
    labels = [
        (wanted, _("phải đạt {count}"), colours.ink, push),
        (done, said, colours.blue, -push),
    ]
    return [
        {
            "x": at,
            "y": height,
            "text": plain(text.format(count=formats.count(round(height), language))),
            "xanchor": "left",
            "xshift": 10,
            "yshift": shift,
            "showarrow": False,
            "font": {"size": 12, "color": colour},
        }
        for height, text, colour, shift in labels
    ]
