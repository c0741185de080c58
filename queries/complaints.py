"""Questions about complaints: the backlog and its age, what came in and went out, what it takes.

A complaint counts for the unit that has to handle it: the facility named, else the district, else
the province ("chưa phân công"). All frames are small.
"""

import datetime as dt
from collections.abc import Mapping
from typing import NamedTuple

import polars as pl

from data.errors import RefusedError
from data.workstreams import Deadline, deadline_on
from queries.deadlines import calendar_days_left
from queries.engine import Connection
from queries.history import latest_with_history, share_of_all
from queries.measure import (
    Level,
    StalePairsError,
    as_of_instant,
    axis_for,
    covering,
    require_district,
    require_figures,
)
from queries.questions import LEVEL_ABOVE, comparison_snapshot
from queries.run import run, table_files
from queries.scope import Scope

#: A complaint is to be dealt with in this time (công văn 9458).
TARGET_WAIT_DAYS = 2.0
#: Open longer than this is overdue, in hours.
OVERDUE_HOURS = 48
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
        The columns of `queries/complaint_history.sql` and open_share (open over the open of all
        units of the level), open_change, overdue_change (against `comparison_snapshot`; null when
        there is none), history (list of open).

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
        counted=("open", "overdue"),
    ).with_columns(share_of_all("open").alias("open_share"))


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
        unit_code, unit_name, opening, received, closed, opened_again, late, removed, moved_in,
        moved_out, closing, difference; opening + received - closed + opened_again + difference =
        closing. Not a row when there is no earlier snapshot.

    Raises:
        StalePairsError: the comparison of a snapshot in between is not made yet.
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


# What it takes ------------------------------------------------------------------------------


class Clearance(NamedTuple):
    """What it takes to deal with all open complaints; rates are complaints a day."""

    open: int
    #: Over the days since the snapshot compared with.
    received_a_day: float
    closed_a_day: float
    deadline: Deadline | None
    #: Days after the snapshot's up to the deadline's last; 0 when it has passed.
    days_left: int
    #: To have none open when the deadline comes; None without a deadline to come.
    needed_a_day: float | None
    #: To answer everybody in time afterwards, and how many may then be open.
    lasting_a_day: float
    lasting_open: float

    @property
    def load(self) -> float | None:
        """Received over closed: from 1 on the backlog grows; None where nothing is closed."""
        return load(self.received_a_day, self.closed_a_day) if self.closed_a_day else None


def clearance(
    *, open_now: int, received: int, closed: int, days: float, as_of: dt.date
) -> Clearance:
    """What it takes, by what came in and went out in the last `days` days up to `as_of`.

    Source: NHSRwaitinglist (Fong et al. 2022), with a queue of 0 at the deadline.
    """
    received_a_day, closed_a_day = received / days, closed / days
    deadline = deadline_on("complaints", as_of)
    days_left = calendar_days_left(as_of, deadline.last_day) if deadline else 0
    return Clearance(
        open=open_now,
        received_a_day=received_a_day,
        closed_a_day=closed_a_day,
        deadline=deadline,
        days_left=days_left,
        needed_a_day=relief_capacity(received_a_day, open_now, 0, days_left) if days_left else None,
        lasting_a_day=target_capacity(received_a_day, TARGET_WAIT_DAYS),
        lasting_open=target_queue(received_a_day, TARGET_WAIT_DAYS),
    )


def load(demand: float, capacity: float) -> float:
    """Demand over capacity, of the same time; from 1 on a queue grows for ever."""
    return demand / capacity


def relief_capacity(demand: float, queue: float, queue_wanted: float, time: float) -> float:
    """The capacity that brings a queue to `queue_wanted` in `time`, while demand goes on."""
    return demand + (queue - queue_wanted) / time


def target_queue(demand: float, target_wait: float) -> float:
    """The queue in which hardly anybody waits longer than the target: waits average a quarter."""
    return demand * target_wait / 4


def target_capacity(demand: float, target_wait: float, variation: float = 1.0) -> float:
    """The capacity that keeps a queue at its target.

    Args:
        variation: coefficient of variation of both demand and capacity; 1: as chance has it.
    """
    return demand + variation**2 * 4 / target_wait


def _require(connection: Connection, level: Level, snapshot_id: str) -> None:
    if axis_for(level) != "facility":
        raise RefusedError(f"Phản ánh tính theo nơi xử lý; không có cấp {level}.")
    require_figures(connection, "complaints", snapshot_id=snapshot_id)


def _week_before(connection: Connection, snapshot_id: str) -> str | None:
    return comparison_snapshot(connection, snapshot_id=snapshot_id, workstream="complaints")
