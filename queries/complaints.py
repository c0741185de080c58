"""Questions about complaints: the backlog and its age, what came in and went out, lists of them.

A complaint counts for the unit that has to handle it: the facility named, else the district, else
the province ("chưa phân công"). All frames are small.
"""

from collections.abc import Mapping

import polars as pl

from data.errors import RefusedError
from queries.engine import Connection
from queries.history import latest_with_history
from queries.measure import (
    DamagedBetweenError,
    Level,
    StalePairsError,
    as_of_instant,
    axis_for,
    covering,
    damaged_between,
    require_district,
    require_figures,
)
from queries.questions import LEVEL_ABOVE, comparison_snapshot
from queries.run import run, table_files
from queries.scope import Scope

_MOST_ROWS = 1_000_000


def complaint_table(
    connection: Connection,
    *,
    scope: Scope,
    level: Level,
    snapshot_id: str,
    district_code: str | None = None,
    with_total: bool = False,
) -> pl.DataFrame:
    """Each unit's complaints, ages, change and history.

    Args:
        with_total: a row more, of the level above: the province's of districts, else the
            district's (needs district_code).

    Returns:
        The columns of `queries/complaint_history.sql` and open_change (against
        `comparison_snapshot`; null when there is none), history (list of open).

    Raises:
        RefusedError: the snapshot has no complaints, or the level has none.
    """
    _require(connection, level, snapshot_id)
    if district_code is not None:
        require_district(connection, district_code, scope=scope, snapshot_id=snapshot_id)
    rows = run(
        connection,
        "complaint_history",
        scope=scope,
        levels=[level, LEVEL_ABOVE[level]] if with_total else [level],
        snapshot_id=snapshot_id,
        district_code=district_code,
    )
    dates = covering(connection, "complaints").filter(pl.col("snapshot_id") <= snapshot_id)
    return latest_with_history(
        rows,
        dates["snapshot_id"],
        before=_week_before(connection, snapshot_id),
        followed="open",
        counted=("open",),
    )


def complaint_flow(
    connection: Connection,
    *,
    scope: Scope,
    level: Level,
    snapshot_id: str,
    since: str | None = None,
    district_code: str | None = None,
) -> pl.DataFrame:
    """How each unit's open complaints of an earlier snapshot became those of `snapshot_id`.

    Args:
        since: the earlier snapshot; None: the one a week before (`comparison_snapshot`).

    Returns:
        unit_code, unit_name, opening, received, closed, opened_again, moved_in, moved_out, late,
        removed, closing, moved (net), difference; opening + received - closed + opened_again +
        moved + difference = closing. Not a row when there is no earlier snapshot.

    Raises:
        UncomparedError: the comparison of a snapshot in between is not made yet (StalePairsError),
            or it is damaged (DamagedBetweenError).
        RefusedError: a snapshot has no complaints, or `since` is not before the other.
    """
    _require(connection, level, snapshot_id)
    earlier = since or _week_before(connection, snapshot_id)
    parameters = {
        "scope": scope,
        "level": level,
        "snapshot_id": snapshot_id,
        "district_code": district_code,
    }
    if earlier is None:
        return run(connection, "complaint_flow", since="", **parameters).clear()
    _require(connection, level, earlier)
    if earlier >= snapshot_id:
        raise RefusedError(
            f"Kỳ so sánh {earlier} không trước kỳ {snapshot_id}; cần một kỳ trước đó."
        )
    damaged = damaged_between(connection, earlier, snapshot_id)
    if damaged:
        raise DamagedBetweenError(damaged[0])
    between = covering(connection, "complaints").filter(
        (pl.col("snapshot_id") > earlier) & (pl.col("snapshot_id") <= snapshot_id)
    )
    if not between["is_paired"].all():
        raise StalePairsError
    return run(connection, "complaint_flow", since=earlier, **parameters)


def complaint_kinds(
    connection: Connection,
    *,
    scope: Scope,
    snapshot_id: str,
    district_code: str | None = None,
    unit_code: str | None = None,
) -> pl.DataFrame:
    """kind (type, reject_reason), code, complaints, open, overdue; of the province, or of one
    district or one unit of the finest level.
    """
    _require(connection, "province", snapshot_id)
    return run(
        connection,
        "complaint_kinds",
        scope=scope,
        files=table_files(connection, snapshot_id, "complaint_kinds"),
        district_code=district_code,
        unit_code=unit_code,
    )


# Lists --------------------------------------------------------------------------------------


def open_complaints(
    connection: Connection,
    *,
    scope: Scope,
    snapshot_id: str,
    district_code: str | None = None,
    unit_code: str | None = None,
    row_limit: int = _MOST_ROWS,
) -> pl.DataFrame:
    """The open complaints, the longest waiting first: as many rows as `open` counts.

    Returns:
        complaint_id, received_at, age_hours, complaint_type, status, district_code, unit_code,
        unit_name, reopened_times, first_complaint_id. No person's data.
    """
    _require(connection, "province", snapshot_id)
    known = {
        "scope": scope,
        "files": table_files(connection, snapshot_id, "complaints"),
        "snapshot_id": snapshot_id,
    }
    rows = run(
        connection,
        "open_complaints",
        as_of=as_of_instant(connection, snapshot_id),
        district_code=district_code,
        unit_code=unit_code,
        row_limit=row_limit,
        **known,
    )
    originals = dict(run(connection, "reopened_complaints", **known).iter_rows())
    chains = [_first_of(complaint_id, originals) for complaint_id in rows["complaint_id"]]
    return rows.with_columns(
        pl.Series("reopened_times", [times for _first, times in chains], dtype=pl.Int64),
        pl.Series("first_complaint_id", [first for first, _times in chains], dtype=pl.String),
    )


def _first_of(complaint_id: str, originals: Mapping[str, str]) -> tuple[str, int]:
    """The first complaint of a chain, and how often it was brought up again; a ring ends where it
    comes back to what it has passed.
    """
    passed = [complaint_id]
    while (earlier := originals.get(passed[-1])) is not None and earlier not in passed:
        passed.append(earlier)
    return passed[-1], len(passed) - 1


def still_invalid_complaints(
    connection: Connection,
    *,
    scope: Scope,
    snapshot_id: str,
    district_code: str | None = None,
    unit_code: str | None = None,
    row_limit: int = _MOST_ROWS,
) -> pl.DataFrame:
    """Approved complaints whose record is still invalid: as many rows as `still_invalid` counts.

    Returns:
        record_id, complaint_id, complaint_type, closed_at, verification, district_code, unit_code,
        unit_name; the latest closed first.
    """
    require_figures(connection, "complaints", snapshot_id=snapshot_id, needs_records=True)
    return run(
        connection,
        "still_invalid_complaints",
        scope=scope,
        files=table_files(connection, snapshot_id, "complaints"),
        record_files=table_files(connection, snapshot_id, "records"),
        snapshot_id=snapshot_id,
        district_code=district_code,
        unit_code=unit_code,
        row_limit=row_limit,
    )


def _require(connection: Connection, level: Level, snapshot_id: str) -> None:
    if axis_for(level) != "facility":
        raise RefusedError(f"Phản ánh tính theo nơi xử lý; không có cấp {level}.")
    require_figures(connection, "complaints", snapshot_id=snapshot_id)


def _week_before(connection: Connection, snapshot_id: str) -> str | None:
    return comparison_snapshot(connection, snapshot_id=snapshot_id, workstream="complaints")
