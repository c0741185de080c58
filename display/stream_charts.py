"""Charts of complaints and signing: two lines whose gap is the stock, and bars a day."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, Final

import plotly.graph_objects as go
import polars as pl

from display import formats
from display.charts import HEIGHT, MARGIN, look, time_axis
from display.line_labels import plain
from display.palette import Palette, palette
from display.words import words

_RIGHT: Final = 104
_MOST_TICKS: Final = 6
_LABEL_HEIGHT: Final = 18
_DAY: Final = dt.timedelta(days=1)


def in_and_out(points: pl.DataFrame, *, language: str, theme: str) -> go.Figure:
    """What came in and what went out since the first snapshot; the gap between is what is open.

    Args:
        points: as_of, received, closed, open, one row a snapshot, oldest first.
    """
    _ = words(language)
    colours = palette(theme)
    start = points["closed"][0]
    drawn = points.with_columns(pl.col("received") - start, pl.col("closed") - start)
    rows = drawn.to_dicts()
    hovers = [_in_out_hover(row, language) for row in rows]
    lines = [
        _line(drawn, "closed", colours.blue, hovers),
        _line(drawn, "received", colours.orange, hovers, is_filled=True),
    ]
    # What is no longer listed has gone from both: a line may fall below where it began.
    highest = max(1, *(row["received"] for row in rows))
    lowest = min(0, *(row["closed"] for row in rows))
    last = rows[-1]
    labels = [
        (last["received"], _("tiếp nhận"), colours.orange_ink),
        (
            (last["received"] + last["closed"]) / 2,
            _("tồn {count}").format(count=formats.count(last["open"], language)),
            colours.ink,
        ),
        (last["closed"], _("xử lý xong"), colours.blue),
    ]
    layout = {
        **look(colours),
        "hovermode": "x",
        "margin": {**MARGIN, "l": 56, "r": _RIGHT},
        "xaxis": time_axis(drawn["as_of"], colours, language),
        "yaxis": count_axis(lowest, highest, colours, language),
        "annotations": [
            _label(last["as_of"], label, shift) for label, shift in _apart(labels, highest - lowest)
        ],
    }
    return go.Figure(lines, layout)


def daily_bars(points: pl.DataFrame, *, language: str, theme: str) -> go.Figure:
    """How many were newly signed a day, as each snapshot shows against the one before.

    Args:
        points: as_of, newly_signed, days (since the day before), one row a day, oldest first, at
            least one.
    """
    colours = palette(theme)
    # A bar stands on its day, whatever the hour.
    days = points["as_of"].dt.truncate("1d").to_list()
    a_day = (points["newly_signed"] / points["days"]).to_list()
    highest = max(a_day, default=0) or 1
    bars = go.Bar(
        x=days,
        y=a_day,
        width=0.7 * _DAY / dt.timedelta(milliseconds=1),
        customdata=[_bar_hover(row, language) for row in points.to_dicts()],
        hovertemplate="%{customdata}<extra></extra>",
        marker={"color": colours.blue, "line": {"width": 0}},
        showlegend=False,
    )
    layout = {
        **look(colours),
        "hovermode": "closest",
        "margin": {**MARGIN, "l": 56, "r": 12},
        "xaxis": {
            **time_axis(days, colours, language),
            "range": [days[0] - _DAY / 2, days[-1] + _DAY / 2],
        },
        "yaxis": count_axis(0, highest, colours, language),
    }
    return go.Figure([bars], layout)


def _line(
    points: pl.DataFrame, column: str, colour: str, hovers: list[str], *, is_filled: bool = False
) -> go.Scatter:
    return go.Scatter(
        x=points["as_of"].to_list(),
        y=points[column].to_list(),
        customdata=hovers,
        hovertemplate="%{customdata}<extra></extra>" if is_filled else None,
        hoverinfo=None if is_filled else "skip",
        mode="lines",
        line={"color": colour, "width": 2.5},
        fill="tonexty" if is_filled else None,
        fillcolor=faint(colour),
        showlegend=False,
    )


def faint(colour: str) -> str:
    """A colour to fill an area with."""
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.16)"


def _in_out_hover(row: dict[str, Any], language: str) -> str:
    _ = words(language)
    return plain(
        _("{day}: tiếp nhận {received}, xử lý xong {closed}, tồn {open}").format(
            day=formats.day(row["as_of"], language),
            received=formats.count(row["received"], language),
            closed=formats.count(row["closed"], language),
            open=formats.count(row["open"], language),
        )
    )


def _bar_hover(row: dict[str, Any], language: str) -> str:
    _ = words(language)
    sentence = _("{day}: {count} hồ sơ mới ký")
    if row["days"] > 1:
        sentence = _("{day}: {count} hồ sơ mới ký trong {days} ngày")
    return plain(
        sentence.format(
            day=formats.day(row["as_of"], language),
            count=formats.count(row["newly_signed"], language),
            days=formats.count(row["days"], language),
        )
    )


def count_axis(lowest: float, highest: float, colours: Palette, language: str) -> dict[str, Any]:
    """Counts, with a little room above and below."""
    span = max(1, highest - lowest)
    step = _step(span)
    ticks = [step * number for number in range(int(lowest / step), int(highest / step) + 2)]
    shown = [tick for tick in ticks if tick <= highest + span * 0.06]
    return {
        "range": [lowest * 1.08 if lowest <= 0 else lowest - span * 0.08, highest + span * 0.08],
        "tickvals": shown,
        "ticktext": [formats.count(tick, language) for tick in shown],
        "gridcolor": colours.line,
        "zeroline": False,
        "fixedrange": True,
    }


def _step(highest: float) -> int:
    """The smallest of 1, 2, 5, 10, … that makes no more than a few ticks."""
    scale = 1
    while True:
        for factor in (1, 2, 5):
            if highest / (factor * scale) <= _MOST_TICKS:
                return factor * scale
        scale *= 10


#: Height on the axis, text and colour of a line's label.
Label = tuple[float, str, str]


def _apart(labels: Sequence[Label], span: float) -> list[tuple[Label, float]]:
    """The labels of the upper line, the gap and the lower line, pushed apart (in pixels) where
    the lines end close together.
    """
    per_unit = (HEIGHT - MARGIN["t"] - MARGIN["b"]) / (span * 1.08)
    top, middle, bottom = labels
    push = max(0.0, _LABEL_HEIGHT - (top[0] - middle[0]) * per_unit)
    return [(top, push), (middle, 0.0), (bottom, -push)]


def _label(x: dt.datetime, label: Label, shift: float) -> dict[str, Any]:
    height, text, colour = label
    return {
        "x": x,
        "y": height,
        "text": f"<b>{plain(text)}</b>",
        "xanchor": "left",
        "xshift": 8,
        "yshift": shift,
        "showarrow": False,
        "font": {"size": 13, "color": colour},
    }
