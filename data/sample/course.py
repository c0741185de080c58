"""How verification evolves: on which day a record is classified, becomes valid, falls back.

Every record has its natural day of becoming valid from the pace of its facility; ranking those
days and giving them out along the province's curve keeps each path and makes the published
totals exact.
"""

from dataclasses import dataclass, replace

import numpy as np

from data.sample.days import LAST, NEVER, PUBLISHED, work_weights
from data.sample.places import Places
from data.sample.presence import Presence
from data.sample.verification import (
    BAD_ID,
    DAYS_AWAITING,
    MISMATCHED,
    NO_ID,
    NOT_FOUND,
    WRONG_BIRTH,
    WRONG_ID,
    WRONG_NAME,
    WRONG_SEX,
    Verification,
)

_FAULT_SHARES = {MISMATCHED: 0.774, NOT_FOUND: 0.074, NO_ID: 0.097, BAD_ID: 0.055}
_REASON_SHARES = {WRONG_NAME: 0.40, WRONG_BIRTH: 0.38, WRONG_SEX: 0.10, WRONG_ID: 0.29}
_NO_REASON_SHARE = 0.02
_VALID_AT_START = 0.80
_REGRESSIONS_A_DAY = 0.0003
_COMES_BACK = 0.8


@dataclass(frozen=True)
class Totals:
    """What must come out: valid and invalid on 25/4, invalid and signable on 26/5, signed then."""

    valid: int
    invalid: int
    last_invalid: int
    last_signable: int
    last_signed: int


def build_verification(
    rng: np.random.Generator,
    *,
    places: Places,
    facility: np.ndarray,
    presence: Presence,
    is_foreign: np.ndarray,
    can_sign_last: np.ndarray,
    totals: Totals,
) -> Verification:
    """`can_sign_last`: has a dose on the last day, so counts as signable then once valid."""
    count = len(facility)
    natural = _natural_days(rng, places, facility, presence.entry)
    regressed, restored = _regressions(rng, natural, presence.entry, is_foreign)
    fault = np.where(regressed < NEVER, MISMATCHED, _draw_codes(rng, _FAULT_SHARES, count))
    draft = Verification(
        is_foreign=is_foreign,
        fault=fault.astype(np.int8),
        reasons=_draw_reasons(rng, count),
        classified_day=_natural_classification(rng, fault, presence.entry),
        valid_day=_full(count),
        regressed_day=regressed,
        restored_day=restored,
    )
    draft = replace(draft, valid_day=_valid_days(natural, draft, presence, can_sign_last, totals))
    for day, invalid in ((PUBLISHED, totals.invalid), (LAST, totals.last_invalid)):
        settled = _settled_classification(rng, draft, presence, day, invalid)
        draft = replace(draft, classified_day=settled)
    return draft


def _natural_days(
    rng: np.random.Generator, places: Places, facility: np.ndarray, entry: np.ndarray
) -> np.ndarray:
    """Day each record would become valid at its facility's pace; negative: before the campaign."""
    draw = rng.random(len(facility))
    distance = (draw - places.start_share[facility]) / places.gain[facility]
    day = np.where(distance < 0, distance, np.abs(distance) ** 0.8) * LAST
    is_quick = rng.random(len(facility)) < 0.7
    after_entry = entry + 2 + rng.exponential(14, len(facility)) + np.where(is_quick, 0, 200)
    day = np.where(entry >= 0, after_entry, day)
    stall_from, stall_to = places.stall_from[facility], places.stall_to[facility]
    is_stalled = (day >= stall_from) & (day < stall_to)
    return np.where(is_stalled, stall_to + (day - stall_from) * 0.3, day)


def _regressions(
    rng: np.random.Generator, natural: np.ndarray, entry: np.ndarray, is_foreign: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Some long valid records are found mismatched on a day; most are matched again later."""
    count = len(natural)
    steady = (natural < -0.1 * LAST) & (entry < 0) & ~is_foreign
    wanted = _REGRESSIONS_A_DAY * LAST * count / max(1, steady.sum())
    chosen = steady & (rng.random(count) < wanted)
    regressed = np.where(chosen, rng.integers(1, LAST + 1, count), NEVER)
    back = regressed + 3 + rng.exponential(9, count).astype(int)
    restored = np.where(chosen & (rng.random(count) < _COMES_BACK), back, NEVER)
    return regressed.astype(np.int16), restored.astype(np.int16)


def _valid_days(
    natural: np.ndarray,
    draft: Verification,
    presence: Presence,
    can_sign_last: np.ndarray,
    totals: Totals,
) -> np.ndarray:
    may = ~draft.is_foreign
    counted = may & presence.on(PUBLISHED) & ~draft.is_regressed(PUBLISHED)
    first = _nth_smallest(natural[counted], totals.valid)
    counted = may & presence.on(LAST) & ~draft.is_regressed(LAST) & can_sign_last
    exempt = int((draft.is_foreign & presence.on(LAST) & can_sign_last).sum())
    second = max(first, _nth_smallest(natural[counted], totals.last_signable - exempt))
    by_published = may & (natural <= first) & (presence.entry <= PUBLISHED)
    by_last = may & (natural <= second) & ~by_published
    day = _full(len(natural))
    at_start = round(_VALID_AT_START * by_published.sum())
    day[by_published] = _along_curve(natural[by_published], at_start, 1, PUBLISHED)
    day[by_last] = _along_curve(natural[by_last], 0, PUBLISHED + 1, LAST)
    after_entry = np.where(presence.entry >= 0, presence.entry + 1, -1)
    day[by_published] = np.clip(day, after_entry, PUBLISHED)[by_published]
    day[by_last] = np.clip(day, after_entry, LAST)[by_last]
    return day


def _along_curve(natural: np.ndarray, at_start: int, first: int, last: int) -> np.ndarray:
    """Days first..last given out in the order of `natural`; the earliest `at_start` get -1."""
    curve = np.cumsum(work_weights(first, last)) * (len(natural) - at_start) + at_start
    curve = np.round(curve)
    rank = np.empty(len(natural), dtype=np.int64)
    rank[np.argsort(natural, kind="stable")] = np.arange(len(natural))
    day = first + np.searchsorted(curve, rank, side="right")
    return np.where(rank < at_start, -1, np.minimum(day, last))


def _nth_smallest(values: np.ndarray, n: int) -> float:
    return float(np.partition(values, n - 1)[n - 1])


def _natural_classification(
    rng: np.random.Generator, fault: np.ndarray, entry: np.ndarray
) -> np.ndarray:
    """Numbers missing or badly formed are seen at once; others wait for the comparison."""
    count = len(fault)
    is_waiting = rng.random(count) < 0.3
    day = np.where(is_waiting, rng.exponential(140, count), -1)
    day = np.where(entry >= 0, entry + 1 + rng.exponential(7, count), day)
    day = np.where(fault >= NO_ID, entry, day)
    return np.minimum(day, NEVER).astype(np.int16)


def _settled_classification(
    rng: np.random.Generator, draft: Verification, presence: Presence, day: int, invalid: int
) -> np.ndarray:
    """Days of classification shifted so that exactly `invalid` records are invalid on `day`."""
    settled = draft.classified_day.copy()
    present = presence.on(day) & ~draft.is_foreign
    regressed = int((present & draft.is_regressed(day)).sum())
    undecided = np.flatnonzero(present & (draft.valid_day > day) & ~draft.is_regressed(day))
    order = undecided[np.argsort(settled[undecided], kind="stable")]
    seen, unseen = np.split(order, [invalid - regressed])
    jitter = rng.integers(0, 16, len(settled)).astype(np.int16)
    seen_day = np.minimum(settled[seen], day - jitter[seen])
    settled[seen] = np.maximum(seen_day, presence.entry[seen])
    settled[unseen] = np.maximum(settled[unseen], day + 1 + jitter[unseen])
    soon = unseen[: len(unseen) // 12]
    settled[soon] = day + 1 + jitter[soon] % DAYS_AWAITING
    return settled


def _draw_codes(rng: np.random.Generator, shares: dict[int, float], count: int) -> np.ndarray:
    codes = np.array(list(shares), dtype=np.int8)
    return codes[rng.choice(len(codes), count, p=np.array(list(shares.values())))]


def _draw_reasons(rng: np.random.Generator, count: int) -> np.ndarray:
    """Bits of WRONG_*; at least one, but for the share without a named reason."""
    bits = np.zeros(count, dtype=np.int8)
    for bit, share in _REASON_SHARES.items():
        bits |= np.where(rng.random(count) < share, bit, 0).astype(np.int8)
    bits[bits == 0] = WRONG_NAME
    bits[rng.random(count) < _NO_REASON_SHARE] = 0
    return bits


def _full(count: int) -> np.ndarray:
    return np.full(count, NEVER, dtype=np.int16)
