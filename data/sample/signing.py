"""How signing evolves: queued, signed by the facility, issued by the Ministry; and doses given."""

from dataclasses import dataclass

import numpy as np

from data.sample.days import LAST, NEVER, work_weights
from data.sample.presence import Presence
from data.sample.verification import Verification

SIGNINGS = ("Chưa ký", "Đang xử lý", "Đã ký", "Đã cấp")
UNSIGNED, IN_PROCESS, SIGNED, ISSUED = range(len(SIGNINGS))

#: 8/4/2022: facilities begin to sign; 15/4: the Ministry begins to issue; a pilot ran before.
SIGNING_BEGINS = 42
ISSUING_BEGINS = 49
PILOT_BEGINS = 33
_PILOT_SHARE = 0.0004
_FEWEST_DOSES = 1


@dataclass(frozen=True)
class Doses:
    """Doses before the campaign, and the day of one more (NEVER: none)."""

    before: np.ndarray
    next_day: np.ndarray

    def on(self, day: int) -> np.ndarray:
        return self.before + (self.next_day <= day)

    def first_day(self) -> np.ndarray:
        """Day from which the record has the doses signing asks for; -1: since before."""
        return np.where(self.before >= _FEWEST_DOSES, -1, self.next_day)


@dataclass(frozen=True)
class Signing:
    """Day numbers per record (NEVER: not in the campaign)."""

    queued_day: np.ndarray
    signed_day: np.ndarray
    issued_day: np.ndarray

    def on(self, day: int, is_signable: np.ndarray) -> np.ndarray:
        """Index into SIGNINGS. A signature stays when the record is no longer matched."""
        state = np.where((self.queued_day <= day) & is_signable, IN_PROCESS, UNSIGNED)
        state = state.astype(np.int8)
        state[self.signed_day <= day] = SIGNED
        state[self.issued_day <= day] = ISSUED
        return state


def build_doses(rng: np.random.Generator, count: int) -> Doses:
    before = rng.choice(5, count, p=[0.004, 0.03, 0.42, 0.54, 0.006]).astype(np.int8)
    has_next = (rng.random(count) < 0.3) & (before < 4)
    next_day = np.where(has_next, rng.integers(0, LAST + 1, count), NEVER)
    return Doses(before, next_day.astype(np.int16))


def is_signable(verification: Verification, doses: Doses, day: int) -> np.ndarray:
    """Matched or exempt, with at least one dose (the rule from 1/4/2022)."""
    is_known = verification.is_matched(day) | verification.is_foreign
    return is_known & (doses.on(day) >= _FEWEST_DOSES)


def build_signing(
    rng: np.random.Generator,
    verification: Verification,
    doses: Doses,
    presence: Presence,
    slowness: np.ndarray,
    *,
    signed_last: int,
) -> Signing:
    """On the last day every signable record is queued and exactly `signed_last` are signed."""
    able_day = _able_day(verification, doses, presence)
    queued = _queued_days(rng, able_day, slowness)
    counted = is_signable(verification, doses, LAST) & presence.on(LAST)
    natural = queued + 2 + rng.exponential(60 * slowness)
    pilot = (rng.random(len(queued)) < _PILOT_SHARE) & (able_day < PILOT_BEGINS)
    natural[pilot] = rng.uniform(PILOT_BEGINS, SIGNING_BEGINS, pilot.sum())
    limit = np.partition(natural[counted], signed_last - 1)[signed_last - 1]
    signs = (natural <= limit) & (queued <= LAST)
    signed = _signed_days(natural, queued, signs & ~pilot)
    signed[pilot] = natural[pilot]
    signed = _not_while_regressed(signed, verification)
    issued = np.maximum(signed + 1 + rng.exponential(5, len(signed)), ISSUING_BEGINS)
    issued = np.where(signed <= LAST, issued, NEVER)
    queued = np.where(pilot, np.minimum(queued, signed), queued)
    return Signing(*(days.astype(np.int16) for days in (queued, signed, issued)))


def _able_day(verification: Verification, doses: Doses, presence: Presence) -> np.ndarray:
    known = np.where(verification.is_foreign, presence.entry, verification.valid_day)
    return np.maximum(known, doses.first_day())


def _queued_days(
    rng: np.random.Generator, able_day: np.ndarray, slowness: np.ndarray
) -> np.ndarray:
    delay = 44 * rng.random(len(able_day)) ** 0.8 * np.clip(slowness, 0.7, 1.05)
    queued = np.maximum(SIGNING_BEGINS + delay, able_day).astype(np.int16)
    return np.where(able_day <= LAST, np.minimum(queued, LAST), NEVER)


def _signed_days(natural: np.ndarray, queued: np.ndarray, signs: np.ndarray) -> np.ndarray:
    """Days given out in the order of `natural` along the working days from SIGNING_BEGINS."""
    signed = np.full(len(natural), NEVER, dtype=np.int16)
    curve = np.cumsum(work_weights(SIGNING_BEGINS, LAST)) ** 1.6
    rank = np.empty(signs.sum(), dtype=np.int64)
    rank[np.argsort(natural[signs], kind="stable")] = np.arange(len(rank))
    day = SIGNING_BEGINS + np.searchsorted(curve, rank / max(1, len(rank)), side="right")
    signed[signs] = np.minimum(np.maximum(day, queued[signs]), LAST)
    return signed


def _not_while_regressed(signed: np.ndarray, verification: Verification) -> np.ndarray:
    """A record mismatched on the day it would be signed is signed when it is matched again."""
    start, end = verification.regressed_day, verification.restored_day
    return np.where((start <= signed) & (signed < end), end, signed)
