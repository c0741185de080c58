"""Which records a snapshot holds: entered later, removed, vanished for some days; who moved."""

from dataclasses import dataclass

import numpy as np

from data.sample.days import LAST, NEVER, PUBLISHED
from data.sample.places import Places

NEW_A_DAY = 0.0004
REMOVED_A_DAY = 0.00006
VANISHED_A_DAY = 0.00004
MOVED_SHARE = 0.003
ELSEWHERE_SHARE = 0.0135


@dataclass(frozen=True)
class Presence:
    """Day numbers per record: present from `entry`, except from `gone_from` to before `gone_to`."""

    entry: np.ndarray
    gone_from: np.ndarray
    gone_to: np.ndarray

    def on(self, day: int) -> np.ndarray:
        is_gone = (self.gone_from <= day) & (day < self.gone_to)
        return (self.entry <= day) & ~is_gone


@dataclass(frozen=True)
class Homes:
    """Index of each record's home and facility; from `moved_day` the home is `new_home`."""

    home: np.ndarray
    new_home: np.ndarray
    moved_day: np.ndarray
    facility: np.ndarray

    def on(self, day: int) -> np.ndarray:
        return np.where(self.moved_day <= day, self.new_home, self.home)


def build_presence(rng: np.random.Generator, record_count: int) -> Presence:
    """Exactly `record_count` records are present on the day with published totals."""
    late = round(record_count * NEW_A_DAY * (LAST - PUBLISHED))
    removed = round(record_count * REMOVED_A_DAY * PUBLISHED)
    missing = round(record_count * VANISHED_A_DAY * 6)
    parts = [
        _present(rng, record_count),
        _entered_later(rng, late),
        _removed(rng, removed),
        _missing_on_published_day(rng, missing),
    ]
    shuffled = rng.permutation(record_count + late + removed + missing)
    columns = [np.concatenate(column)[shuffled] for column in zip(*parts, strict=True)]
    return Presence(*columns)


Days = tuple[np.ndarray, np.ndarray, np.ndarray]


def _present(rng: np.random.Generator, count: int) -> Days:
    entry = _full(count, -1)
    is_new = rng.random(count) < NEW_A_DAY * PUBLISHED
    entry[is_new] = rng.integers(1, PUBLISHED + 1, is_new.sum())
    gone_from, gone_to = _full(count, NEVER), _full(count, NEVER)
    draw = rng.random(count)
    vanishing = np.flatnonzero((draw < VANISHED_A_DAY * LAST) & (entry < 0))
    start = rng.integers(1, LAST - 3, len(vanishing))
    length = rng.integers(3, 11, len(vanishing))
    covers = (start <= PUBLISHED) & (start + length > PUBLISHED)
    start = np.where(covers, start + 11, start)
    gone_from[vanishing], gone_to[vanishing] = start, start + length
    leaving = np.flatnonzero(draw > 1 - REMOVED_A_DAY * (LAST - PUBLISHED))
    gone_from[leaving] = rng.integers(PUBLISHED + 1, LAST + 1, len(leaving))
    return entry, gone_from, gone_to


def _entered_later(rng: np.random.Generator, count: int) -> Days:
    entry = rng.integers(PUBLISHED + 1, LAST + 1, count).astype(np.int16)
    return entry, _full(count, NEVER), _full(count, NEVER)


def _removed(rng: np.random.Generator, count: int) -> Days:
    gone_from = rng.integers(1, PUBLISHED + 1, count).astype(np.int16)
    return _full(count, -1), gone_from, _full(count, NEVER)


def _missing_on_published_day(rng: np.random.Generator, count: int) -> Days:
    length = rng.integers(3, 11, count)
    start = PUBLISHED - rng.integers(0, length)
    return _full(count, -1), start.astype(np.int16), (start + length).astype(np.int16)


def build_homes(rng: np.random.Generator, places: Places, is_foreign: np.ndarray) -> Homes:
    count = len(is_foreign)
    weights = np.where(places.home_district.is_in(["747", "754"]).to_numpy(), 4.0, 0.4)
    foreign_weights = weights * places.home_weight
    home = _draw(rng, places.home_weight, count)
    home = np.where(is_foreign, _draw(rng, foreign_weights / foreign_weights.sum(), count), home)
    entered_from = np.where(rng.random(count) < ELSEWHERE_SHARE, _draw_like(rng, home), home)
    new_home = _draw_like(rng, home)
    is_moving = (rng.random(count) < MOVED_SHARE) & (new_home != home)
    moved_day = np.where(is_moving, rng.integers(1, LAST + 1, count), NEVER).astype(np.int16)
    facility = places.facility_of(entered_from, rng.random(count)).astype(np.int16)
    return Homes(home.astype(np.int16), new_home.astype(np.int16), moved_day, facility)


def _draw(rng: np.random.Generator, weights: np.ndarray, count: int) -> np.ndarray:
    return np.searchsorted(np.cumsum(weights)[:-1], rng.random(count), side="right")


def _draw_like(rng: np.random.Generator, home: np.ndarray) -> np.ndarray:
    return np.roll(home, int(rng.integers(1, len(home))))


def _full(count: int, value: int) -> np.ndarray:
    return np.full(count, value, dtype=np.int16)
