"""Lines of a chart and the labels at their ends, which stand in place of a legend."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import polars as pl

from display import formats
from display.palette import Palette

#: Width of one letter of a label, in pixels.
_LETTER: Final = 6.7
_MAIN_LABEL_WIDTH: Final = 72
_LABEL_HEIGHT: Final = 17


class Line(NamedTuple):
    """One line: `points` has as_of, numerator, denominator, ratio, oldest first."""

    name: str
    points: pl.DataFrame
    #: The line the page is about; the others are there to compare and are grey.
    is_main: bool = True
    #: Pattern of the line: solid, dash or dot.
    dash: str = "solid"


def plain(text: str) -> str:
    """Text that Plotly shall not read as its own small HTML."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def end_labels(
    lines: Sequence[Line], per_ratio: float, colours: Palette, language: str
) -> list[dict[str, Any]]:
    """The last value beside each line's end, pushed apart where they would overlap.

    `per_ratio` is the height in pixels of a ratio of 1. Annotations for a Plotly layout.
    """
    ends = sorted(
        ((line, line.points.row(-1, named=True)) for line in lines),
        key=lambda end: end[1]["ratio"],
    )
    heights = _apart([end["ratio"] * per_ratio for _line, end in ends])
    return [
        _end_label(line, end, shift - end["ratio"] * per_ratio, colours, language)
        for (line, end), shift in zip(ends, heights, strict=True)
    ]


def _end_label(
    line: Line, end: dict[str, Any], shift: float, colours: Palette, language: str
) -> dict[str, Any]:
    text = plain(_label(line, language))
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


def label_width(lines: Sequence[Line], language: str) -> int:
    """The room in pixels the labels need on the right."""
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
