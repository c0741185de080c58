"""A ratio's course as a line in a table's cell."""

from collections.abc import Iterable, Sequence
from typing import Final

WIDTH: Final = 88
HEIGHT: Final = 22
_MARGIN: Final = 3


def sparkline(history: Sequence[float | None], span: float) -> str:
    """The points of an SVG polyline, oldest left.

    `span` is the widest range of ratios of any row of the table: it fills the height, so that
    slopes compare between rows; each line stands around the middle of its own range. Moments
    without a ratio are left out; fewer than two leave nothing to draw.
    """
    known = [(index, ratio) for index, ratio in enumerate(history) if ratio is not None]
    if len(known) < 2:
        return ""
    middle = (min(ratio for _index, ratio in known) + max(ratio for _index, ratio in known)) / 2
    return " ".join(
        _point(index / (len(history) - 1), (ratio - middle) / (span or 1.0))
        for index, ratio in known
    )


def widest_span(histories: Iterable[Sequence[float | None]]) -> float:
    """The widest range of ratios among the histories, 0 when none has two."""
    known = [[ratio for ratio in history if ratio is not None] for history in histories]
    return max((max(ratios) - min(ratios) for ratios in known if ratios), default=0.0)


def _point(across: float, above_middle: float) -> str:
    x = _MARGIN + across * (WIDTH - 2 * _MARGIN)
    y = HEIGHT / 2 - above_middle * (HEIGHT - 2 * _MARGIN)
    return f"{x:.1f},{y:.1f}"
