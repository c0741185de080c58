"""When a record was last edited: before the campaign, and by edits no other column shows."""

from dataclasses import dataclass

import numpy as np

from data.sample.days import LAST, NEVER

EARLIEST = -150
FIRST_MINUTE, LAST_MINUTE = 7 * 60, 16 * 60
_TOUCHED_SHARE = 0.7


@dataclass(frozen=True)
class Edits:
    """Per record: day number of the last edit before the campaign, of one more edit in it
    (NEVER: none), and the minute of the day at which all its edits are made."""

    base_day: np.ndarray
    touched_day: np.ndarray
    minute: np.ndarray


def build_edits(rng: np.random.Generator, count: int) -> Edits:
    is_touched = rng.random(count) < _TOUCHED_SHARE
    touched = np.where(is_touched, rng.integers(1, LAST + 1, count), NEVER)
    return Edits(
        base_day=rng.integers(EARLIEST, 0, count).astype(np.int16),
        touched_day=touched.astype(np.int16),
        minute=rng.integers(FIRST_MINUTE, LAST_MINUTE, count).astype(np.int16),
    )
