"""Work lists: the records behind a number, one by one.

One stored predicate, `WorkList`, gives the number (from the marts), the list and the download; the
list has as many records as the number says.
"""

import datetime as dt
import unicodedata
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import polars as pl

from data import pairs
from data.errors import RefusedError
from data.schema import REASON_COLUMNS
from queries.engine import Connection
from queries.measure import (
    Axis,
    Level,
    as_of_instant,
    first_day,
    require_figures,
    require_pair,
)
from queries.run import UnknownUnitError, drop, keep, run, table_files
from queries.scope import Scope
from queries.signing import rule_on

CLEANING: Final = (
    "records",
    "valid",
    "invalid",
    "pending",
    "exempt",
    "matched",
    "mismatched",
    "not_found",
    "no_id",
    "bad_id",
    "not_sent",
    "awaiting",
    *REASON_COLUMNS,
    "unspecified",
    "duplicate",
    "carried_forward",
)
SIGNING: Final = (
    "verified",
    "signable",
    "not_started",
    "in_process",
    "signed",
    "issued",
    "done",
    "waiting",
    "too_few_doses",
    "with_signature",
    "signed_not_verified",
    "signed_too_few_doses",
)
#: Those that the pair marts count, by entering facility only.
SINCE: Final = (
    "changed_after_signing",
    "in_process_long",
    "waiting_0_2",
    "waiting_3_7",
    "waiting_8_30",
    "waiting_over_30",
    "waiting_from_start",
)
#: Every count whose records can be listed, in the order of the bits of `hold_records.sql`.
WHATS: Final = (*CLEANING, *SIGNING, *SINCE)
SUSPICIONS: Final = (
    "sex_differs_from_id",
    "birth_year_differs_from_id",
    "same_id",
    "same_person",
    "stale_verification",
)
_MOST_ROWS = 1_000_000
#: Snapshots whose records are held in memory (about 0.2 GB for a million).
_MOST_HELD = 2
_EPOCH = dt.date(1970, 1, 1)


class WorkList(NamedTuple):
    """Which records: the predicate that number, list and download share; of which scope is told
    beside it.
    """

    #: One of WHATS.
    what: str
    level: Level
    axis: Axis
    #: None: the whole province.
    district_code: str | None
    #: Of a facility or commune; None: the whole district or province.
    unit_code: str | None
    snapshot_id: str


def is_on_axis(what: str, axis: str) -> bool:
    """Whether a count exists on an axis."""
    return what in WHATS and (axis == "facility" or what not in SINCE)


def number(connection: Connection, *, scope: Scope, work_list: WorkList) -> int:
    """The number of the pages: from the marts, no record is read.

    Of a place that the scope sees only part of (`Scope.holds`) it is how many of the records are
    seen, while the pages tell the number of the whole place.

    Raises:
        UnknownUnitError: no such unit, or not in scope.
        RefusedError: there is no such list, or the snapshot holds no records.
        StalePairsError: the comparison with the snapshot before is not made yet.
    """
    _require(connection, work_list)
    rows = run(
        connection,
        "unit_counts",
        scope=scope,
        counted="unit_cleaning" if work_list.what in CLEANING else "unit_signing",
        level=work_list.level,
        axis=work_list.axis,
        snapshot_id=work_list.snapshot_id,
        district_code=work_list.district_code,
        unit_code=work_list.unit_code,
    )
    if rows.height != 1:
        raise UnknownUnitError("Không có đơn vị này trong kỳ số liệu, hoặc không được giao.")
    facility = work_list.unit_code if work_list.axis == "facility" else None
    if not scope.holds(work_list.district_code, facility):
        return count(connection, scope=scope, work_list=work_list)
    return rows[work_list.what][0]


def records(
    connection: Connection,
    *,
    scope: Scope,
    work_list: WorkList,
    reason: str | None = None,
    suspicion: str | None = None,
    least_days: int | None = None,
    search: str = "",
    row_limit: int = _MOST_ROWS,
    row_offset: int = 0,
) -> pl.DataFrame:
    """One page of a list, the records longest in their state first.

    Args:
        reason: one of data.schema.REASON_COLUMNS, that they must have.
        suspicion: one of SUSPICIONS, that they must have.
        least_days: so many days in their state of verification, or since before the first snapshot.
        search: part of a name, marks may be left out; or a whole record id or id number.

    Returns:
        The columns of `queries/work_list.sql` and state_days (null: since before the first
        snapshot). Documents are masked.

    Raises:
        RefusedError, StalePairsError: as of `number`.
    """
    asked = _asked(connection, work_list, reason, suspicion, least_days, search)
    page = {"row_limit": row_limit, "row_offset": row_offset}
    rows = _held(connection, "work_list", scope=scope, **asked, **page)
    today = as_of_instant(connection, work_list.snapshot_id).date()
    days = (pl.lit(today) - pl.col("state_since")).dt.total_days()
    return rows.with_columns(days.alias("state_days"))


def count(
    connection: Connection,
    *,
    scope: Scope,
    work_list: WorkList,
    reason: str | None = None,
    suspicion: str | None = None,
    least_days: int | None = None,
    search: str = "",
) -> int:
    """How many records `records` has on all its pages."""
    asked = _asked(connection, work_list, reason, suspicion, least_days, search)
    return _held(connection, "work_list_count", scope=scope, **asked)["records"][0]


def reveal(
    connection: Connection, *, scope: Scope, snapshot_id: str, record_id: str
) -> Mapping[str, Any]:
    """What identifies the person of one record, in the clear; whoever calls writes that down.

    Returns:
        record_id, full_name, birth_date, birth_year, id_number, passport_number, phone.

    Raises:
        RefusedError: no such record, or not in scope.
    """
    rows = run(
        connection,
        "revealed_record",
        scope=scope,
        files=table_files(connection, snapshot_id, "records"),
        snapshot_id=snapshot_id,
        record_id=record_id,
    )
    if rows.is_empty():
        raise RefusedError("Không có hồ sơ này trong kỳ số liệu, hoặc không được giao.")
    return rows.row(0, named=True)


def folded(text: str) -> str:
    """Text as it is searched: without marks, in small letters, single spaces."""
    plain = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return " ".join(letters.split())


def _require(connection: Connection, work_list: WorkList) -> None:
    if not is_on_axis(work_list.what, work_list.axis):
        raise RefusedError(
            f"Không có danh sách “{work_list.what}” theo trục {work_list.axis}; "
            f"có: {', '.join(WHATS)}."
        )
    require_figures(connection, "cleaning", snapshot_id=work_list.snapshot_id, needs_records=True)
    if work_list.what in SINCE:
        require_pair(connection, work_list.snapshot_id)


def _asked(
    connection: Connection,
    work_list: WorkList,
    reason: str | None,
    suspicion: str | None,
    least_days: int | None,
    search: str,
) -> dict[str, Any]:
    """The parameters of `work_list_count.sql`."""
    _require(connection, work_list)
    require_pair(connection, work_list.snapshot_id)
    snapshot_id = work_list.snapshot_id
    today = _number(as_of_instant(connection, snapshot_id).date())
    return {
        "snapshot_id": snapshot_id,
        "what": 1 << WHATS.index(work_list.what),
        "axis": work_list.axis,
        "district_code": work_list.district_code,
        "unit_code": work_list.unit_code,
        "reason": reason,
        "suspicion": suspicion,
        "latest_since": today - least_days if least_days else None,
        "search": folded(search) or None,
    }


def _number(day: dt.date) -> int:
    return (day - _EPOCH).days


def _held(
    connection: Connection, name: str, *, scope: Scope, snapshot_id: str, **parameters: object
) -> pl.DataFrame:
    """The rows of one of the files beside, over the held records of a snapshot.

    Under the lock: nobody else's question puts them away in between.
    """
    with connection.lock:
        _hold(connection, snapshot_id)
        return run(connection, name, scope=scope, held=_table(snapshot_id), **parameters)


def _hold(connection: Connection, snapshot_id: str) -> None:
    """Sees to it that the snapshot's records are held as a table (some seconds the first time);
    whoever calls has the lock.

    Raises:
        RefusedError: a file is lost or damaged.
    """
    if snapshot_id in connection.listed:
        # The one used longest ago goes first.
        connection.listed.remove(snapshot_id)
        connection.listed.append(snapshot_id)
        return
    if len(connection.listed) == _MOST_HELD:
        drop(connection, _table(connection.listed.popleft()))
    rule = rule_on(connection, snapshot_id=snapshot_id)
    keep(
        connection,
        "hold_records",
        table=_table(snapshot_id),
        snapshot_id=snapshot_id,
        min_doses=rule.min_doses,
        in_process_days=rule.in_process_days,
        today=_number(as_of_instant(connection, snapshot_id).date()),
        first_day=_number(first_day(connection, snapshot_id)),
        files=table_files(connection, snapshot_id, "records"),
        suspicion_files=table_files(connection, snapshot_id, "suspicions"),
        standing_files=_large(connection, snapshot_id, pairs.STANDING),
        history_files=_large(connection, snapshot_id, pairs.HISTORY),
    )
    connection.listed.append(snapshot_id)


def _table(snapshot_id: str) -> str:
    return f"held_{snapshot_id}"


def _large(connection: Connection, snapshot_id: str, name: str) -> list[str]:
    return [str(pairs.large_file(connection.store, snapshot_id, name).resolve())]
