"""Charts of the screens as Plotly figures: no frame, few lines, labels at the lines' ends.

Every text is written by display/formats.py, so a chart needs no locale in the browser.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import plotly.graph_objects as go
import polars as pl

from display import formats
from display.palette import Palette, palette
from display.words import words

#: How st.plotly_chart is to show them.
CONFIG: Final[dict[str, Any]] = {"displayModeBar": False, "responsive": True, "scrollZoom": False}
HEIGHT: Final = 286
_FONT: Final = "Be Vietnam Pro, system-ui, sans-serif"
_MARGIN: Final = {"l": 44, "t": 14, "b": 30}
#: Width of one letter of a label at a line's end, in pixels.
_LETTER: Final = 6.7
_MAIN_LABEL_WIDTH: Final = 72
#: Fewer snapshots than this are drawn as points on the line.
_FEW: Final = 15
_SMALLEST_SPAN: Final = 0.10
_STEPS: Final = (0.01, 0.02, 0.05, 0.10, 0.20, 0.25)
_MOST_TICKS: Final = 6
_LABEL_HEIGHT: Final = 17


class Line(NamedTuple):
    """One line: `points` has as_of, numerator, denominator, ratio, oldest first."""

    name: str
    points: pl.DataFrame
    #: The line the page is about; the others are there to compare and are grey.
    is_main: bool = True
    #: Pattern of the line: solid, dash or dot.
    dash: str = "solid"


def ratio_trend(lines: Sequence[Line], *, language: str, theme: str) -> go.Figure:
    """Ratios over time. The axis spans at least 10 points and need not begin at 0."""
    colours = palette(theme)
    drawn = [_known(line) for line in lines]
    drawn = [line for line in drawn if line.points.height]
    figure = go.Figure()
    for line in reversed(drawn):
        figure.add_trace(_trace(line, colours, language))
    lowest, highest = _axis(drawn)
    figure.update_layout(_layout(colours, language))
    figure.update_xaxes(range=_days(drawn))
    figure.update_layout(margin={**_MARGIN, "r": _label_width(drawn, language)})
    figure.update_yaxes(_ratio_axis(lowest, highest, colours, language))
    for label in _end_labels(drawn, highest - lowest, colours, language):
        figure.add_annotation(label)
    return figure


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


def _rows(line: Line) -> list[dict[str, Any]]:
    return line.points.to_dicts()


def _hover(name: str, point: dict[str, Any], language: str) -> str:
    _ = words(language)
    return _("{name}: <b>{ratio}</b> ({fraction})").format(
        name=_plain(name),
        ratio=_plain(formats.ratio(point["ratio"], language, 2)),
        fraction=formats.fraction(point["numerator"], point["denominator"], language),
    )


def _plain(text: str) -> str:
    """Text that Plotly shall not read as its own small HTML."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _days(lines: Sequence[Line]) -> list[dt.datetime] | None:
    """First and last instant; a little room on both sides of a single one."""
    instants = [instant for line in lines for instant in line.points["as_of"]]
    if not instants:
        return None
    first, last = min(instants), max(instants)
    room = (last - first) * 0.015 or dt.timedelta(days=3)
    return [first - room, last + room]


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


def _layout(colours: Palette, language: str) -> dict[str, Any]:
    day = "%-d/%-m" if language == "vi" else "%-d %b"
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
        "xaxis": {
            "type": "date",
            "tickformat": day,
            "hoverformat": f"{day}/%Y" if language == "vi" else f"{day} %Y",
            "nticks": 6,
            "tickangle": 0,
            "showgrid": False,
            "linecolor": colours.line,
            "fixedrange": True,
        },
    }


def _end_labels(
    lines: Sequence[Line], span: float, colours: Palette, language: str
) -> list[dict[str, Any]]:
    """The last value beside each line's end, pushed apart where they would overlap."""
    plot_height = HEIGHT - _MARGIN["t"] - _MARGIN["b"]
    ends = sorted(
        ((line, line.points.row(-1, named=True)) for line in lines),
        key=lambda end: end[1]["ratio"],
    )
    heights = _apart([end["ratio"] / span * plot_height for _line, end in ends])
    return [
        _end_label(line, end, shift - end["ratio"] / span * plot_height, colours, language)
        for (line, end), shift in zip(ends, heights, strict=True)
    ]


def _end_label(
    line: Line, end: dict[str, Any], shift: float, colours: Palette, language: str
) -> dict[str, Any]:
    text = _plain(_label(line, language))
    return {
        "x": end["as_of"],
        "y": end["ratio"],
        "text": f"<b>{text}</b>" if line.is_main else text,
        "xanchor": "left",
        "xshift": 8,
        "yshift": shift,
        "showarrow": False,
        "font": {
            "size": 16 if line.is_main else 12,
            "color": colours.blue if line.is_main else colours.quiet_ink,
        },
    }


def _label_width(lines: Sequence[Line], language: str) -> int:
    longest = max((len(_label(line, language)) for line in lines if not line.is_main), default=0)
    return max(_MAIN_LABEL_WIDTH, round(longest * _LETTER) + 12)


def _label(line: Line, language: str) -> str:
    ratio = formats.ratio(line.points["ratio"][-1], language)
    return ratio if line.is_main else f"{line.name} {ratio}"


def _apart(heights: Sequence[float]) -> list[float]:
    """Rising heights with at least one label's height between neighbours, moved as a whole back."""
    spread: list[float] = []
    for height in heights:
        spread.append(max(height, spread[-1] + _LABEL_HEIGHT) if spread else height)
    moved = (sum(spread) - sum(heights)) / (len(heights) or 1)
    return [height - moved for height in spread]
