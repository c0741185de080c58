"""Questions about signing: how much of what can be signed is, what waits and for how long, and
which signatures contradict their record. All frames are small.
"""

from typing import Literal, NamedTuple

import polars as pl

from data.marts import signing_rule
from queries.deadlines import working_days
from queries.engine import Connection
from queries.history import UNIT, latest_with_history
from queries.measure import (
    Axis,
    Level,
    as_of_instant,
    axis_for,
    covering,
    damaged_between,
    first_day,
    happened_since,
    is_below_district,
    require_district,
    require_figures,
    require_pair,
)
from queries.questions import LEVEL_ABOVE, comparison_snapshot
from queries.run import run, table_files
from queries.scope import Scope

Contradiction = Literal["signed_not_verified", "changed_after_signing", "in_process_long"]
CONTRADICTIONS: tuple[Contradiction, ...] = (
    "signed_not_verified",
    "changed_after_signing",
    "in_process_long",
)
#: A facility with something not begun that signed nothing in so many working days stands still.
STALLED_WORKING_DAYS = 3
_SINCE = ("newly_signed", "signature_lost")
_MOST_ROWS = 1_000_000


class Rule(NamedTuple):
    """The rule of signing in force on a day (`data/reference/signing_rules.csv`)."""

    min_doses: int
    #: A record in process for more days than these is in process for too long.
    in_process_days: int
    document: str


def rule_on(connection: Connection, *, snapshot_id: str) -> Rule:
    """The rule of signing in force on a snapshot's day."""
    return Rule(*signing_rule(as_of_instant(connection, snapshot_id).date()).row(0))


def signing_table(
    connection: Connection,
    *,
    scope: Scope,
    level: Level,
    axis: Axis | None = None,
    snapshot_id: str,
    district_code: str | None = None,
    with_total: bool = False,
) -> pl.DataFrame:
    """Each unit's signing, its change and its history.

    Args:
        with_total: a row more, of the level above: the province's of districts, else the
            district's (needs district_code).

    Returns:
        The columns of `queries/signing_history.sql` and ratio_change (against
        `comparison_snapshot`; null when there is none), newly_signed_since (sum since then; null
        when the pair marts do not tell all of it), signature_lost_since (likewise), history (list
        of ratio).

    Raises:
        RefusedError: the snapshot tells nothing of signing at this level.
    """
    require_figures(
        connection,
        "signing",
        snapshot_id=snapshot_id,
        needs_records=is_below_district(level),
    )
    if district_code is not None:
        require_district(connection, district_code, scope=scope, snapshot_id=snapshot_id)
    rows = run(
        connection,
        "signing_history",
        scope=scope,
        levels=[level, LEVEL_ABOVE[level]] if with_total else [level],
        axis=axis_for(level, axis),
        snapshot_id=snapshot_id,
        district_code=district_code,
    )
    dates = covering(connection, "signing").filter(pl.col("snapshot_id") <= snapshot_id)
    before = comparison_snapshot(
        connection,
        snapshot_id=snapshot_id,
        workstream="signing",
        needs_records=is_below_district(level),
    )
    table = latest_with_history(
        rows,
        dates["snapshot_id"],
        before=before,
        followed="ratio",
        counted=(),
    )
    since = happened_since(
        connection, rows, before, snapshot_id, workstream="signing", counted=_SINCE
    )
    return table.join(since, on=UNIT, how="left", maintain_order="left")


def signing_idleness(
    connection: Connection,
    *,
    scope: Scope,
    level: Level = "facility",
    snapshot_id: str,
    district_code: str | None = None,
) -> pl.DataFrame:
    """Since when each unit has signed nothing more.

    Returns:
        unit_code, unit_name, unit_kind, district_code, waiting, not_started, last_signed_on (day
        of the last snapshot that shows a new signature; null when none does), idle_days (working
        days since then, else since the first snapshot; null where the pair marts do not tell),
        is_stalled (some are not begun, and nothing was signed for some working days).
    """
    rows = run(
        connection,
        "signing_idleness",
        scope=scope,
        level=level,
        snapshot_id=snapshot_id,
        district_code=district_code,
    )
    today = as_of_instant(connection, snapshot_id).date()
    is_whole = not damaged_between(connection, "", snapshot_id)
    since = pl.col("last_signed_at").fill_null(pl.col("first_told_at")).dt.date()
    days = {
        day: working_days(day, today)
        for day in rows.select(since.alias("since"))["since"].drop_nulls().unique()
    }
    idle = since.replace_strict(days, default=None, return_dtype=pl.Int64)
    is_stalled = (pl.col("not_started") > 0) & (pl.col("idle_days") >= STALLED_WORKING_DAYS)
    return (
        rows.with_columns(
            pl.col("last_signed_at").dt.date().alias("last_signed_on"),
            pl.when(pl.col("is_told") & is_whole).then(idle).alias("idle_days"),
        )
        .with_columns(is_stalled.alias("is_stalled"))
        .drop("last_signed_at", "first_told_at", "is_told")
    )


def signing_course(
    connection: Connection,
    *,
    scope: Scope,
    level: Level,
    unit_code: str,
    axis: Axis | None = None,
    snapshot_id: str,
) -> pl.DataFrame:
    """One unit over the snapshots up to this one, oldest first: as_of, compared_with_at, signable,
    done, newly_signed, signature_lost (the last two since compared_with_at; null where the pair
    marts do not tell).
    """
    return run(
        connection,
        "signing_course",
        scope=scope,
        level=level,
        axis=axis_for(level, axis),
        unit_code=unit_code,
        snapshot_id=snapshot_id,
    )


def signing_contradictions(
    connection: Connection,
    *,
    scope: Scope,
    which: Contradiction,
    snapshot_id: str,
    district_code: str | None = None,
    unit_code: str | None = None,
    row_limit: int = _MOST_ROWS,
) -> pl.DataFrame:
    """The records behind one number of contradictions: as many rows as it counts.

    Returns:
        record_id, verification, signing, signed_date, changed_on, in_process_on, district_code,
        unit_code, unit_name; no person's data. changed_on and in_process_on are null of
        signed_not_verified, which needs no snapshot before.

    Raises:
        StalePairsError: the comparison with the snapshot before is not made yet.
    """
    require_figures(connection, "signing", snapshot_id=snapshot_id, needs_records=True)
    place = {
        "scope": scope,
        "files": table_files(connection, snapshot_id, "records"),
        "snapshot_id": snapshot_id,
        "district_code": district_code,
        "unit_code": unit_code,
        "row_limit": row_limit,
    }
    if which == "signed_not_verified":
        return run(connection, "signed_not_verified", **place)
    require_pair(connection, snapshot_id)
    rule = rule_on(connection, snapshot_id=snapshot_id)
    return run(
        connection,
        "signing_contradictions",
        which=which,
        history_files=table_files(connection, snapshot_id, "history"),
        as_of=as_of_instant(connection, snapshot_id),
        first_day=first_day(connection, snapshot_id),
        min_doses=rule.min_doses,
        in_process_days=rule.in_process_days,
        **place,
    )
