"""Charts of the screens as Plotly figures: no frame, few lines, labels at the lines' ends.

Every text is written by display/formats.py, so a chart needs no locale in the browser.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import plotly.graph_objects as go
import polars as pl

from display import formats
from display.line_labels import Line, end_labels, label_width, plain
from display.palette import Palette, palette
from display.words import words

#: How st.plotly_chart is to show them.
CONFIG: Final[dict[str, Any]] = {"displayModeBar": False, "responsive": True, "scrollZoom": False}
HEIGHT: Final = 286
_FONT: Final = "Be Vietnam Pro, system-ui, sans-serif"
MARGIN: Final = {"l": 44, "t": 14, "b": 30}
#: Fewer snapshots than this are drawn as points on the line.
_FEW: Final = 15
_SMALLEST_SPAN: Final = 0.10
_STEPS: Final = (0.01, 0.02, 0.05, 0.10, 0.20, 0.25)
_MOST_TICKS: Final = 6


def ratio_trend(lines: Sequence[Line], *, language: str, theme: str) -> go.Figure:
    """Ratios over time. The axis spans at least 10 points and need not begin at 0."""
    colours = palette(theme)
    drawn = [_known(line) for line in lines]
    drawn = [line for line in drawn if line.points.height]
    lowest, highest = _axis(drawn)
    per_ratio = (HEIGHT - MARGIN["t"] - MARGIN["b"]) / (highest - lowest)
    layout = {
        **look(colours),
        "margin": {**MARGIN, "r": label_width(drawn, language)},
        "xaxis": time_axis(_instants(drawn), colours, language),
        "yaxis": _ratio_axis(lowest, highest, colours, language),
        "annotations": end_labels(drawn, per_ratio, colours, language),
    }
    return go.Figure([_trace(line, colours, language) for line in reversed(drawn)], layout)


def _known(line: Line) -> Line:
    return line._replace(points=line.points.filter(pl.col("ratio").is_not_null()))


def _trace(line: Line, colours: Palette, language: str) -> go.Scatter:
    colour = colours.blue if line.is_main else colours.gray
    width = 3 if line.is_main else 1.75
    is_few = line.points.height < _FEW and line.is_main
    return go.Scatter(
        name=line.name,
        x=line.points["as_of"].to_list(),
        y=line.points["ratio"].to_list(),
        customdata=[_hover(line.name, point, language) for point in _rows(line)],
        hovertemplate="%{customdata}<extra></extra>",
        mode="lines+markers" if is_few else "lines",
        line={"color": colour, "width": width, "dash": line.dash},
        marker={"color": colour, "size": 8},
        showlegend=False,
    )


def _instants(lines: Sequence[Line]) -> Iterator[dt.datetime]:
    return (instant for line in lines for instant in line.points["as_of"])


def _rows(line: Line) -> list[dict[str, Any]]:
    return line.points.to_dicts()


def _hover(name: str, point: dict[str, Any], language: str) -> str:
    _ = words(language)
    return _("{name}: <b>{ratio}</b> ({fraction})").format(
        name=plain(name),
        ratio=plain(formats.ratio(point["ratio"], language, 2)),
        fraction=formats.fraction(point["numerator"], point["denominator"], language),
    )


def _days(instants: Sequence[dt.date]) -> list[dt.date] | None:
    """First and last instant with a little room; more of it round a single one."""
    if not instants:
        return None
    room = (instants[-1] - instants[0]) * 0.015 or dt.timedelta(days=3)
    return [instants[0] - room, instants[-1] + room]


def _axis(lines: Sequence[Line]) -> tuple[float, float]:
    """Lowest and highest ratio the axis shows."""
    ratios = [ratio for line in lines for ratio in line.points["ratio"]]
    if not ratios:
        return 0.0, 1.0
    room = max((_SMALLEST_SPAN - (max(ratios) - min(ratios))) / 2, 0.01)
    lowest, highest = min(ratios) - room, max(ratios) + room
    if highest > 1:
        lowest, highest = lowest - (highest - 1), 1.0
    if lowest < 0:
        lowest, highest = 0.0, highest - lowest
    return max(lowest, 0.0), min(highest, 1.0)


def _ratio_axis(lowest: float, highest: float, colours: Palette, language: str) -> dict[str, Any]:
    span = highest - lowest
    step = next((step for step in _STEPS if span / step <= _MOST_TICKS), _STEPS[-1])
    ticks = [i * step for i in range(round(1 / step) + 1) if lowest <= i * step <= highest + 1e-9]
    return {
        "range": [lowest, highest + span * 0.02],
        "tickvals": ticks,
        "ticktext": [formats.ratio(round(tick, 4), language, 0) for tick in ticks],
        "gridcolor": colours.line,
        "zeroline": False,
        "fixedrange": True,
    }


def look(colours: Palette) -> dict[str, Any]:
    """What all charts have in common."""
    return {
        "height": HEIGHT,
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": _FONT, "size": 13, "color": colours.quiet_ink},
        "hovermode": "x unified",
        "hoverlabel": {
            "bgcolor": colours.ground,
            "bordercolor": colours.line,
            "font": {"family": _FONT, "size": 13, "color": colours.ink},
        },
    }


def time_axis(found: Iterable[dt.date], colours: Palette, language: str) -> dict[str, Any]:
    """Days; the snapshots' own days where there are few of them."""
    day = "%-d/%-m" if language == "vi" else "%-d %b"
    instants = sorted(set(found))
    ticks = {"tickvals": instants} if len(instants) <= _MOST_TICKS else {"nticks": _MOST_TICKS}
    return {
        "type": "date",
        "range": _days(instants),
        "tickformat": day,
        "hoverformat": f"{day}/%Y" if language == "vi" else f"{day} %Y",
        **ticks,
        "tickangle": 0,
        "showgrid": False,
        "linecolor": colours.line,
        "fixedrange": True,
    }
