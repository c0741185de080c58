"""Complaints of invented citizens: received, assigned, answered within hours or left for weeks."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from data.sample.days import LAST
from data.sample.people import invented_ids
from data.sample.presence import Presence
from data.sample.verification import Verification

STATUSES = (
    "Mới ghi nhận",
    "Chưa phân công",
    "Đang xử lý",
    "Yêu cầu bổ sung",
    "Đã duyệt",
    "Từ chối",
)
NEW, UNASSIGNED, IN_PROGRESS, MORE_INFORMATION, APPROVED, REJECTED = range(len(STATUSES))
TYPES = (
    "Thiếu mũi tiêm",
    "Sai thông tin cá nhân",
    "Sai thông tin mũi tiêm",
    "Không hiện chứng nhận",
    "Không tìm thấy nơi tiêm",
)
MINUTES_A_DAY = 24 * 60
NO_ORIGINAL = -1

_TYPE_SHARES = (0.34, 0.27, 0.17, 0.17, 0.05)
_REJECT_WEIGHTS = (0.04, 0.06, 0.11, 0.08, 0.06, 0.04, 0.03, 0.17, 0.07, 0.05, 0.20, 0.06, 0.03)
_REOPENED_SHARE = 0.04
_REJECTED_SHARE = 0.22
_ASKED_SHARE = 0.12
_FACILITY_KNOWN, _DISTRICT_KNOWN, _RECORD_KNOWN = 0.88, 0.75, 0.92
#: day number -> complaints a day, before scaling: a first wave, a lull, and the passports' wave
_WAVES = {-24: 700, 5: 1500, 35: 1300, 54: 520, 62: 540, 76: 1000, 90: 800}


@dataclass(frozen=True)
class Complaints:
    """One entry a complaint, in the order of receipt. Times are minutes since FIRST_DAY 00:00.

    `asked_at` is when more information was asked for (after `closed_at`: never); `record` is the
    index of the person, named in the complaint only if `has_record`; `original` is the index of
    the complaint this one re-opens.
    """

    ids: pl.Series
    received_at: np.ndarray
    assigned_at: np.ndarray
    asked_at: np.ndarray
    closed_at: np.ndarray
    outcome: np.ndarray
    reject_reason: np.ndarray
    kind: np.ndarray
    record: np.ndarray
    has_record: np.ndarray
    has_facility: np.ndarray
    has_district: np.ndarray
    original: np.ndarray

    def status_at(self, minute: int) -> np.ndarray:
        """Index into STATUSES of each complaint, also of those not received yet."""
        status = np.where(self.has_facility, NEW, UNASSIGNED).astype(np.int8)
        status[self.assigned_at <= minute] = IN_PROGRESS
        status[self.asked_at <= minute] = MORE_INFORMATION
        is_closed = self.closed_at <= minute
        status[is_closed] = self.outcome[is_closed]
        return status


@dataclass(frozen=True)
class _Received:
    """Receipt, closing and person of complaints not yet in the order of receipt."""

    received_at: np.ndarray
    closed_at: np.ndarray
    record: np.ndarray
    original: np.ndarray

    def in_order(self) -> "_Received":
        order = np.argsort(self.received_at, kind="stable")
        place = np.empty(len(order) + 1, dtype=np.int64)
        place[order] = np.arange(len(order))
        place[NO_ORIGINAL] = NO_ORIGINAL
        return _Received(
            self.received_at[order],
            self.closed_at[order],
            self.record[order],
            place[self.original[order]],
        )


def build_complaints(
    rng: np.random.Generator,
    verification: Verification,
    presence: Presence,
    slowness: np.ndarray,
    *,
    count: int,
) -> Complaints:
    """`slowness` stretches the hours of handling; one entry a record."""
    reopened = round(count * _REOPENED_SHARE)
    first = _first_complaints(rng, count - reopened, verification, presence, slowness)
    again = _reopened(rng, first, reopened, slowness)
    columns = zip(vars(first).values(), vars(again).values(), strict=True)
    return _completed(rng, _Received(*map(np.concatenate, columns)).in_order())


def _first_complaints(
    rng: np.random.Generator,
    count: int,
    verification: Verification,
    presence: Presence,
    slowness: np.ndarray,
) -> _Received:
    """Complaints come from people known all along, two of three about records not yet valid."""
    steady = np.flatnonzero(presence.entry < 0)
    troubled = steady[verification.valid_day[steady] > 0]
    is_troubled = rng.random(count) < 0.66
    record = np.where(is_troubled, rng.choice(troubled, count), rng.choice(steady, count))
    received = _receipt_minutes(rng, count)
    closed = received + _handling_minutes(rng, slowness[record])
    return _Received(received, closed, record, np.full(count, NO_ORIGINAL))


def _reopened(
    rng: np.random.Generator, first: _Received, count: int, slowness: np.ndarray
) -> _Received:
    original = rng.choice(len(first.record), count, replace=False)
    record = first.record[original]
    pause = 30 + rng.exponential(4 * MINUTES_A_DAY, count).astype(np.int64)
    received = first.closed_at[original] + pause
    closed = received + _handling_minutes(rng, slowness[record])
    return _Received(received, closed, record, original)


def _receipt_minutes(rng: np.random.Generator, count: int) -> np.ndarray:
    days = np.arange(min(_WAVES), LAST + 1)
    weights = np.interp(days, list(_WAVES), list(_WAVES.values()))
    day = rng.choice(days, count, p=weights / weights.sum())
    hour = np.clip(rng.normal(14, 4, count), 0, 23.9)
    return (day * MINUTES_A_DAY + hour * 60).astype(np.int64)


def _handling_minutes(rng: np.random.Generator, slowness: np.ndarray) -> np.ndarray:
    """Most within two days, a third a few days more, some forgotten for weeks."""
    count = len(slowness)
    quick = rng.lognormal(np.log(26), 0.7, count)
    late = 44 + rng.exponential(40, count)
    forgotten = 60 + rng.exponential(13 * 24, count)
    draw = rng.random(count)
    hours = np.select([draw < 0.70, draw < 0.92], [quick, late], forgotten)
    return (hours * slowness * 60).astype(np.int64)


def _completed(rng: np.random.Generator, received: _Received) -> Complaints:
    count = len(received.record)
    wait = received.closed_at - received.received_at
    has_facility = _as_in_original(rng.random(count) < _FACILITY_KNOWN, received.original)
    unassigned_hours = rng.exponential(np.where(has_facility, 5, 30))
    is_asked = rng.random(count) < _ASKED_SHARE
    is_rejected = rng.random(count) < _REJECTED_SHARE
    reason = 1 + rng.choice(len(_REJECT_WEIGHTS), count, p=_REJECT_WEIGHTS)
    assigned = np.minimum((unassigned_hours * 60).astype(np.int64), wait * 8 // 10)
    asked = np.where(is_asked, wait // 2, wait + 1)
    return Complaints(
        ids=invented_ids("MP-PA-", count, 6),
        received_at=received.received_at,
        assigned_at=received.received_at + assigned,
        asked_at=received.received_at + asked,
        closed_at=received.closed_at,
        outcome=np.where(is_rejected, REJECTED, APPROVED).astype(np.int8),
        reject_reason=np.where(is_rejected, reason, 0).astype(np.int8),
        kind=rng.choice(len(TYPES), count, p=_TYPE_SHARES).astype(np.int8),
        record=received.record,
        has_record=_as_in_original(rng.random(count) < _RECORD_KNOWN, received.original),
        has_facility=has_facility,
        has_district=has_facility | (rng.random(count) < _DISTRICT_KNOWN),
        original=received.original,
    )


def _as_in_original(is_named: np.ndarray, original: np.ndarray) -> np.ndarray:
    return np.where(original == NO_ORIGINAL, is_named, is_named[original])
