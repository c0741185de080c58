"""Ratios at any level: leaf counts from a metric's SQL, summed up; never a mean of ratios."""

from typing import Literal

import polars as pl

from data.errors import RefusedError
from data.marts import UNMAPPED
from queries.engine import Connection
from queries.metrics import metric_definition
from queries.run import UnknownUnitError, run
from queries.scope import Scope
from settings import setting

Level = Literal["province", "district", "facility", "commune"]
Axis = Literal["facility", "residence"]

LEVELS: tuple[Level, ...] = ("province", "district", "facility", "commune")
AXES: tuple[Axis, ...] = ("facility", "residence")
UNMAPPED_NAME = "Chưa xác định đơn vị"

#: Facilities exist on one axis only, communes on the other.
_AXIS_OF_LEVEL = {"facility": "facility", "commune": "residence"}


def axis_for(level: Level, axis: Axis | None = None) -> Axis:
    """The axis a level is counted on; RefusedError when the two do not go together."""
    if level not in LEVELS or axis not in (*AXES, None):
        raise RefusedError(
            f"Không có cấp “{level}” hoặc trục “{axis}”; "
            f"cấp: {', '.join(LEVELS)}; trục: {', '.join(AXES)}."
        )
    only = _AXIS_OF_LEVEL.get(level)
    if only and axis and axis != only:
        raise RefusedError(f"Cấp {level} chỉ tính được theo trục {only}, không theo trục {axis}.")
    return axis or ("residence" if level == "commune" else "facility")


def units(
    connection: Connection,
    *,
    scope: Scope,
    level: Level,
    axis: Axis | None = None,
    snapshot_id: str,
    district_code: str | None = None,
) -> pl.DataFrame:
    """Every unit of a level, also those without records.

    Returns:
        unit_code, unit_name, unit_kind, district_code, district_name; by code, unmapped last.

    Raises:
        UnknownUnitError: there is no such district on the snapshot's day, or not in scope.
    """
    axis = axis_for(level, axis)
    if level == "province":
        return _province()
    name = "districts" if level == "district" else "units"
    rows = run(connection, name, scope=scope, axis=axis, snapshot_id=snapshot_id)
    rows = rows.with_columns(
        pl.col("unit_name", "district_name").fill_null(UNMAPPED_NAME),
        (pl.col("unit_code") == UNMAPPED).alias("_last"),
    ).sort("_last", "district_code", "unit_code")
    if district_code is not None:
        rows = rows.filter(pl.col("district_code") == district_code)
        _require_district(connection, rows, scope, snapshot_id, district_code)
    return rows.drop("_last")


def measure(
    connection: Connection,
    metric: str,
    *,
    scope: Scope,
    level: Level,
    axis: Axis | None = None,
    snapshot_id: str,
    district_code: str | None = None,
) -> pl.DataFrame:
    """One metric of one snapshot for every unit of a level.

    Returns:
        unit_code, unit_name, numerator, denominator (counts), ratio (0..1, null when the
        denominator is 0); a metric counted by reason has a column reason too.
    """
    axis = axis_for(level, axis)
    listed = units(
        connection,
        scope=scope,
        level=level,
        axis=axis,
        snapshot_id=snapshot_id,
        district_code=district_code,
    )
    leaves = metric_leaves(
        connection, metric, scope=scope, axis=axis, first=snapshot_id, last=snapshot_id
    )
    rows = with_ratio(roll_up(leaves, listed, level=level))
    reason = ["reason"] if "reason" in rows.columns else []
    return rows.select("unit_code", "unit_name", *reason, "numerator", "denominator", "ratio")


def trend(
    connection: Connection,
    metric: str,
    *,
    scope: Scope,
    level: Level,
    axis: Axis | None = None,
    district_code: str | None = None,
    unit_code: str | None = None,
) -> pl.DataFrame:
    """One metric over all snapshots, for the units of the newest one.

    Returns:
        snapshot_id, as_of (wall clock +07), unit_code, numerator, denominator, ratio; one row a
        snapshot and unit, oldest first; ratio is null where the unit had nothing to count.
    """
    axis = axis_for(level, axis)
    dates = run(connection, "snapshots", scope=scope).select("snapshot_id", "as_of").sort("as_of")
    listed = units(
        connection,
        scope=scope,
        level=level,
        axis=axis,
        snapshot_id=dates["snapshot_id"][-1],
        district_code=district_code,
    )
    if unit_code is not None:
        listed = listed.filter(pl.col("unit_code") == unit_code)
    first, last = dates["snapshot_id"][0], dates["snapshot_id"][-1]
    leaves = metric_leaves(connection, metric, scope=scope, axis=axis, first=first, last=last)
    rows = with_ratio(roll_up(leaves, listed, level=level, dates=dates))
    return rows.select("snapshot_id", "as_of", "unit_code", "numerator", "denominator", "ratio")


def metric_leaves(
    connection: Connection, metric: str, *, scope: Scope, axis: Axis, first: str, last: str
) -> pl.DataFrame:
    """A metric at the finest grain: snapshot_id, district_code, unit_code, numerator, …"""
    definition = metric_definition(metric)
    name = f"metrics/{definition.name}"
    return run(connection, name, scope=scope, axis=axis, first_snapshot=first, last_snapshot=last)


def roll_up(
    leaves: pl.DataFrame,
    listed: pl.DataFrame,
    *,
    level: Level,
    dates: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Sums of all counts of `leaves` for each unit of `listed` (and each snapshot of `dates`).

    A unit without rows has 0 everywhere. A column reason is kept as part of the grain.
    """
    key = {"province": pl.lit(setting("PROVINCE_CODE")), "district": pl.col("district_code")}
    own = key.get(level, pl.col("unit_code")).alias("unit_code")
    counts = [c for c in leaves.columns if leaves.schema[c].is_integer()]
    grain = [
        c
        for c in ("snapshot_id", "reason")
        if c in leaves.columns and (c == "reason" or dates is not None)
    ]
    summed = leaves.with_columns(own).group_by("unit_code", *grain).agg(pl.col(counts).sum())
    spine = listed if dates is None else dates.join(listed, how="cross", maintain_order="left")
    if "reason" in grain:
        reasons = leaves.select("reason").unique(maintain_order=True)
        spine = spine.join(reasons, how="cross", maintain_order="left")
    keys = ["unit_code", *grain]
    joined = spine.join(summed, on=keys, how="left", maintain_order="left")
    return joined.with_columns(pl.col(counts).fill_null(0))


def with_ratio(rows: pl.DataFrame) -> pl.DataFrame:
    """Adds ratio = numerator / denominator; null where the denominator is 0."""
    ratio = pl.col("numerator") / pl.col("denominator")
    return rows.with_columns(pl.when(pl.col("denominator") > 0).then(ratio).alias("ratio"))


def _province() -> pl.DataFrame:
    return pl.DataFrame(
        {
            "unit_code": [setting("PROVINCE_CODE")],
            "unit_name": [setting("PROVINCE_NAME")],
            "unit_kind": ["province"],
            "district_code": [None],
            "district_name": [None],
        },
        schema_overrides={"district_code": pl.String, "district_name": pl.String},
    )


def _require_district(
    connection: Connection, rows: pl.DataFrame, scope: Scope, snapshot_id: str, code: str
) -> None:
    if not rows.is_empty() or code == UNMAPPED:
        return
    known = run(connection, "districts", scope=scope, axis="residence", snapshot_id=snapshot_id)
    if code not in known["unit_code"]:
        shown = ", ".join(known["unit_code"])
        raise UnknownUnitError(f"Không có huyện mã “{code}”; các mã: {shown}.")
