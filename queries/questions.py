"""The questions pages, the command line and briefings ask: one function each, rows out.

Every function is keyword-only after the connection; `scope` says whose records may be counted.
All frames are small (units, not records).
"""

import datetime as dt

import polars as pl

from data.errors import RefusedError
from queries.engine import UNMAPPED_NAME, Connection
from queries.history import UNIT, latest_with_history, share_of_all
from queries.measure import (
    Axis,
    Level,
    as_of_instant,
    axis_for,
    covering,
    happened_since,
    is_below_district,
    measure,
    require_district,
    trend,
    units,
)
from queries.metrics import metric_definition, metric_names
from queries.run import UnknownUnitError, run, table_files
from queries.scope import Scope

__all__ = [
    "comparison_snapshot",
    "facility",
    "find_snapshot",
    "invalid_reasons",
    "measure",
    "metric_definition",
    "metric_names",
    "peers",
    "quarantine_reasons",
    "quarantined_rows",
    "snapshot_sources",
    "snapshots",
    "trend",
    "unit_table",
    "units",
    "unmapped_codes",
    "verification_tree",
]

#: How many days more than asked a comparison may reach back.
LONGER_BY_DAYS = 3
#: Facilities with fewer classified records are listed but not ranked.
LEAST_RANKED = 30


# Snapshots ----------------------------------------------------------------------------------


def snapshots(connection: Connection) -> pl.DataFrame:
    """What is published and in force, newest first; see `queries/snapshots.sql`."""
    return run(connection, "snapshots", scope=Scope.everything())


def snapshot_sources(connection: Connection, *, snapshot_id: str) -> pl.DataFrame:
    """Files of a snapshot: name, layout, sha256, rows_read, accepted, quarantined, …"""
    name = "snapshot_sources"
    return run(connection, name, scope=Scope.everything(), snapshot_id=snapshot_id)


def quarantine_reasons(connection: Connection, *, snapshot_id: str) -> pl.DataFrame:
    """reason, row_count: why rows were put aside; a row may have several reasons."""
    name = "quarantine_reasons"
    return run(connection, name, scope=Scope.everything(), snapshot_id=snapshot_id)


def quarantined_rows(
    connection: Connection, *, snapshot_id: str, row_limit: int = 1_000_000
) -> pl.DataFrame:
    """layout, source, line, reasons (list) of each row that was put aside; nothing of its cells."""
    files = table_files(connection, snapshot_id, "quarantine")
    everything = Scope.everything()
    return run(connection, "quarantined_rows", scope=everything, files=files, row_limit=row_limit)


def unmapped_codes(connection: Connection, *, scope: Scope, snapshot_id: str) -> pl.DataFrame:
    """axis, code, records: codes in the records that no reference knows."""
    return run(connection, "unmapped_codes", scope=scope, snapshot_id=snapshot_id)


def find_snapshot(connection: Connection, at: dt.date | dt.datetime | None = None) -> str:
    """The id of the newest snapshot, of the newest of a day, or of one instant.

    Raises:
        RefusedError: there is none; names the nearest earlier and later ones.
    """
    dates = connection.dates
    if at is None:
        return dates["snapshot_id"][-1]
    instant = isinstance(at, dt.datetime)
    same = pl.col("as_of") == at if instant else pl.col("as_of").dt.date() == at
    found = dates.filter(same)
    if found.is_empty():
        first, last = dates["as_of"][0], dates["as_of"][-1]
        asked = f"{at:%d/%m/%Y %H:%M}" if instant else f"ngày {at:%d/%m/%Y}"
        raise RefusedError(
            f"Không có kỳ số liệu {asked}; đã công bố {dates.height} kỳ "
            f"từ {first:%d/%m/%Y} đến {last:%d/%m/%Y}."
        )
    return found["snapshot_id"][-1]


def comparison_snapshot(
    connection: Connection,
    *,
    snapshot_id: str,
    days: int = 7,
    workstream: str = "cleaning",
    needs_records: bool = False,
) -> str | None:
    """The newest snapshot with figures of the workstream of a day `days` days earlier, or up to
    3 days more; else None.

    A snapshot further back is no week's change: none is shown rather than a wrong one.

    Args:
        needs_records: not one of totals by district, which lists no facility and no commune.
    """
    dates = covering(connection, workstream, needs_records=needs_records)
    as_of = as_of_instant(connection, snapshot_id)
    latest = as_of.date() - dt.timedelta(days=days)
    oldest = latest - dt.timedelta(days=LONGER_BY_DAYS)
    earlier = dates.filter(pl.col("as_of").dt.date().is_between(oldest, latest))
    return None if earlier.is_empty() else earlier["snapshot_id"][-1]


# Units --------------------------------------------------------------------------------------


def facility(
    connection: Connection, *, scope: Scope, facility_code: str, snapshot_id: str
) -> pl.DataFrame:
    """One row: facility_code, facility_name, kind, district_*, commune_*, head, valid_*.

    Raises:
        UnknownUnitError: no such facility in the snapshot, or not in scope.
    """
    rows = run(
        connection, "facility", scope=scope, facility_code=facility_code, snapshot_id=snapshot_id
    )
    if rows.is_empty():
        raise UnknownUnitError(f"Không có cơ sở mã “{facility_code}” trong kỳ số liệu này.")
    return rows.with_columns(pl.col("district_name").fill_null(UNMAPPED_NAME))


# Counts -------------------------------------------------------------------------------------


def verification_tree(
    connection: Connection,
    *,
    scope: Scope,
    level: Level,
    axis: Axis | None = None,
    snapshot_id: str,
    district_code: str | None = None,
    unit_code: str | None = None,
) -> pl.DataFrame:
    """Every record of each unit, by verification state.

    Returns:
        unit_code, unit_name, unit_kind, district_code, district_name, records, valid, invalid,
        pending, exempt and the ten states; valid + invalid + pending + exempt = records.
    """
    rows = run(
        connection,
        "verification_tree",
        scope=scope,
        level=level,
        axis=axis_for(level, axis),
        snapshot_id=snapshot_id,
        district_code=district_code,
    )
    if unit_code is not None:
        rows = rows.filter(pl.col("unit_code") == unit_code)
    return rows


def invalid_reasons(
    connection: Connection,
    *,
    scope: Scope,
    level: Level,
    axis: Axis | None = None,
    snapshot_id: str,
    district_code: str | None = None,
    unit_code: str | None = None,
) -> pl.DataFrame:
    """unit_code, reason, records, invalid: a record may have several reasons."""
    rows = measure(
        connection,
        "invalid_reasons",
        scope=scope,
        level=level,
        axis=axis,
        snapshot_id=snapshot_id,
        district_code=district_code,
    )
    if unit_code is not None:
        rows = rows.filter(pl.col("unit_code") == unit_code)
    return rows.select(
        "unit_code",
        "reason",
        pl.col("numerator").alias("records"),
        pl.col("denominator").alias("invalid"),
    )


def unit_table(
    connection: Connection,
    *,
    scope: Scope,
    level: Level,
    axis: Axis | None = None,
    snapshot_id: str,
    district_code: str | None = None,
    with_total: bool = False,
) -> pl.DataFrame:
    """The table one works in: each unit's counts, ratio, share of what remains, change, history.

    Args:
        with_total: a row more, of the level above: the province's of districts, else the
            district's (needs district_code).

    Returns:
        level, the columns of `verification_tree` and classified, ratio (0..1), remaining_share
        (invalid over the invalid of all units of the level listed), ratio_change (0..1),
        valid_change, invalid_change (against `comparison_snapshot`; null when there is none),
        fixed_since, regressed_since (sums since then; null when the pair marts do not tell all),
        history (list of the ratio over the snapshots up to this one, oldest first).
    """
    if district_code is not None:
        require_district(connection, district_code, scope=scope, snapshot_id=snapshot_id)
    rows = run(
        connection,
        "unit_history",
        scope=scope,
        levels=[level, LEVEL_ABOVE[level]] if with_total else [level],
        axis=axis_for(level, axis),
        snapshot_id=snapshot_id,
        district_code=district_code,
    )
    dates = connection.dates.filter(pl.col("snapshot_id") <= snapshot_id)
    before = comparison_snapshot(
        connection, snapshot_id=snapshot_id, needs_records=is_below_district(level)
    )
    table = latest_with_history(
        rows,
        dates["snapshot_id"],
        before=before,
        followed="ratio",
        counted=("valid", "invalid"),
    ).with_columns(share_of_all("invalid").alias("remaining_share"))
    since = happened_since(
        connection, rows, before, snapshot_id, workstream="cleaning", counted=("fixed", "regressed")
    )
    return table.join(since, on=UNIT, how="left", maintain_order="left")


LEVEL_ABOVE: dict[Level, Level] = {
    "province": "province",
    "district": "province",
    "facility": "district",
    "commune": "district",
}


def peers(
    connection: Connection, *, scope: Scope, facility_code: str, snapshot_id: str
) -> pl.DataFrame:
    """`unit_table` rows of all facilities of the same kind, with rank (1 = highest ratio).

    rank is null for a facility with fewer than 30 classified records; equal ratios share a rank.
    """
    own = facility(connection, scope=scope, facility_code=facility_code, snapshot_id=snapshot_id)
    rows = unit_table(connection, scope=scope, level="facility", snapshot_id=snapshot_id)
    same = rows.filter(pl.col("unit_kind") == own["kind"][0])
    ranked = pl.when(pl.col("classified") >= LEAST_RANKED).then(pl.col("ratio"))
    return same.with_columns(ranked.rank("min", descending=True).cast(pl.Int64).alias("rank"))
