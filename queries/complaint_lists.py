"""Lists of complaints: the complaints behind a number, one by one.

As `queries/work_lists.py` for records: one stored predicate, `ComplaintList`, gives the number and
the list, which has as many complaints as the number says. No person's data.
"""

from typing import Any, Final, NamedTuple

import polars as pl

from data.errors import RefusedError
from queries.complaints import still_invalid_complaints
from queries.engine import Connection
from queries.measure import Level, as_of_instant, axis_for, require_figures
from queries.run import UnknownUnitError, run, table_files
from queries.scope import Scope

#: Every count whose complaints can be listed.
COMPLAINT_WHATS: Final = (
    "received",
    "open",
    "overdue",
    "closed",
    "approved",
    "rejected",
    "new",
    "unassigned",
    "in_progress",
    "more_information",
    "up_to_48_hours",
    "days_2_to_7",
    "days_8_to_30",
    "over_30_days",
    "reopened",
    "still_invalid",
)
_MOST_ROWS = 1_000_000


class ComplaintList(NamedTuple):
    """Which complaints: the predicate that number and list share."""

    #: One of COMPLAINT_WHATS.
    what: str
    level: Level
    #: None: the whole province.
    district_code: str | None
    #: Of a facility, or of a district for what no facility of it has; None: the whole district.
    unit_code: str | None
    snapshot_id: str


def complaint_number(connection: Connection, *, scope: Scope, listed: ComplaintList) -> int:
    """The number of the pages, from the marts; of a place that the scope sees only part of
    (`Scope.holds`), how many of its complaints are seen.

    Raises:
        UnknownUnitError: no such unit, or not in scope.
        RefusedError: there is no such list, or the snapshot holds no complaints.
    """
    _require(connection, listed)
    rows = run(
        connection,
        "unit_counts",
        scope=scope,
        counted="unit_complaints",
        level=listed.level,
        axis="facility",
        snapshot_id=listed.snapshot_id,
        district_code=listed.district_code,
        unit_code=listed.unit_code,
    )
    if rows.height != 1:
        raise UnknownUnitError("Không có đơn vị này trong kỳ số liệu, hoặc không được giao.")
    if not scope.holds(listed.district_code, listed.unit_code):
        return complaint_count(connection, scope=scope, listed=listed)
    return rows[listed.what][0]


def complaints_of(
    connection: Connection,
    *,
    scope: Scope,
    listed: ComplaintList,
    search: str = "",
    row_limit: int = _MOST_ROWS,
    row_offset: int = 0,
) -> pl.DataFrame:
    """One page of a list, the complaints received first before the others.

    Args:
        search: a whole id of a complaint or record.

    Returns:
        complaint_id, record_id, complaint_type, received_at, age_minutes, status, reject_reason,
        district_code, unit_code, unit_name.

    Raises:
        RefusedError: there is no such list, or the snapshot holds no complaints.
    """
    _require(connection, listed)
    place: dict[str, Any] = {
        "scope": scope,
        "snapshot_id": listed.snapshot_id,
        "district_code": listed.district_code,
        "unit_code": listed.unit_code,
    }
    ids = None
    if listed.what == "still_invalid":
        ids = still_invalid_complaints(connection, **place)["complaint_id"].to_list()
    return run(
        connection,
        "complaint_list",
        files=table_files(connection, listed.snapshot_id, "complaints"),
        as_of=as_of_instant(connection, listed.snapshot_id),
        what=listed.what,
        complaint_ids=ids,
        search=search.strip() or None,
        row_limit=row_limit,
        row_offset=row_offset,
        **place,
    )


def complaint_count(
    connection: Connection, *, scope: Scope, listed: ComplaintList, search: str = ""
) -> int:
    """How many complaints `complaints_of` has on all its pages."""
    return complaints_of(connection, scope=scope, listed=listed, search=search).height


def _require(connection: Connection, listed: ComplaintList) -> None:
    if listed.what not in COMPLAINT_WHATS:
        raise RefusedError(
            f"Không có danh sách phản ánh “{listed.what}”; có: {', '.join(COMPLAINT_WHATS)}."
        )
    if axis_for(listed.level) != "facility":
        raise RefusedError(f"Phản ánh tính theo nơi xử lý; không có cấp {listed.level}.")
    needs_records = listed.what == "still_invalid"
    require_figures(
        connection, "complaints", snapshot_id=listed.snapshot_id, needs_records=needs_records
    )
