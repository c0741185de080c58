"""A ratio's course as a line in a table's cell."""

from collections.abc import Sequence
from typing import Final

WIDTH: Final = 88
HEIGHT: Final = 22
_MARGIN: Final = 3


def sparkline(history: Sequence[float | None], scale: tuple[float, float]) -> str:
    """The points of an SVG polyline, oldest left, `scale` (lowest, highest) over the height.

    All rows of a table share one scale, so that their lines compare. Moments without a ratio
    are left out; fewer than two leave nothing to draw.
    """
    known = [(index, ratio) for index, ratio in enumerate(history) if ratio is not None]
    if len(known) < 2:
        return ""
    return " ".join(_point(index, ratio, len(history), scale) for index, ratio in known)


def _point(index: int, ratio: float, moments: int, scale: tuple[float, float]) -> str:
    lowest, highest = scale
    span = (highest - lowest) or 1.0
    across = _MARGIN + index / (moments - 1) * (WIDTH - 2 * _MARGIN)
    down = HEIGHT - _MARGIN - (ratio - lowest) / span * (HEIGHT - 2 * _MARGIN)
    return f"{across:.1f},{down:.1f}"
