"""Ratios at any level; numerator and denominator always beside them."""

from typing import Literal

import polars as pl

from data.errors import RefusedError
from data.marts import UNMAPPED
from queries.engine import Connection
from queries.metrics import metric_definition
from queries.run import UnknownUnitError, run
from queries.scope import Scope

Level = Literal["province", "district", "facility", "commune"]
Axis = Literal["facility", "residence"]

LEVELS: tuple[Level, ...] = ("province", "district", "facility", "commune")
AXES: tuple[Axis, ...] = ("facility", "residence")

_VALUES = ("numerator", "denominator", "ratio")
#: Facilities exist on one axis only, communes on the other.
_AXIS_OF_LEVEL: dict[str, Axis] = {"facility": "facility", "commune": "residence"}


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
    return axis or only or "facility"


def units(
    connection: Connection,
    *,
    scope: Scope,
    level: Level,
    axis: Axis | None = None,
    snapshot_id: str,
    district_code: str | None = None,
) -> pl.DataFrame:
    """Every unit of a level on the snapshot's day, also those without records.

    Returns:
        unit_code, unit_name, unit_kind, district_code, district_name; by code, unmapped last.

    Raises:
        UnknownUnitError: there is no such district on the snapshot's day, or not in scope.
    """
    return run(
        connection,
        "units",
        scope=scope,
        level=level,
        axis=axis_for(level, axis),
        snapshot_id=snapshot_id,
        district_code=district_code,
    )


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

    Raises:
        UnknownUnitError: there is no such district on the snapshot's day, or not in scope.
    """
    if district_code is not None:
        require_district(connection, district_code, scope=scope, snapshot_id=snapshot_id)
    rows = _over_time(
        connection,
        metric,
        scope=scope,
        level=level,
        axis=axis,
        first=snapshot_id,
        last=snapshot_id,
        district_code=district_code,
    )
    return rows.select("unit_code", "unit_name", *_reason(rows), *_VALUES)


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
    """One metric over all snapshots.

    Returns:
        snapshot_id, as_of (wall clock +07), unit_code, numerator, denominator, ratio; one row a
        snapshot and unit, oldest first; ratio is null where the unit had nothing to count. A
        metric counted by reason has a column reason too.
    """
    ids = connection.dates["snapshot_id"]
    rows = _over_time(
        connection,
        metric,
        scope=scope,
        level=level,
        axis=axis,
        first=ids[0],
        last=ids[-1],
        district_code=district_code,
    )
    if unit_code is not None:
        rows = rows.filter(pl.col("unit_code") == unit_code)
    return rows.select("snapshot_id", "as_of", "unit_code", *_reason(rows), *_VALUES)


def _reason(rows: pl.DataFrame) -> list[str]:
    return ["reason"] if "reason" in rows.columns else []


def require_district(
    connection: Connection, district_code: str, *, scope: Scope, snapshot_id: str
) -> None:
    """Raises UnknownUnitError, naming the districts there are, when the code is none of them."""
    known = units(connection, scope=scope, level="district", snapshot_id=snapshot_id)["unit_code"]
    if district_code not in (*known, UNMAPPED):
        raise UnknownUnitError(f"Không có huyện mã “{district_code}”; các mã: {', '.join(known)}.")


def _over_time(
    connection: Connection,
    metric: str,
    *,
    scope: Scope,
    level: Level,
    axis: Axis | None,
    first: str,
    last: str,
    district_code: str | None,
) -> pl.DataFrame:
    definition = metric_definition(metric)
    rows = run(
        connection,
        f"metrics/{definition.name}",
        scope=scope,
        level=level,
        axis=axis_for(level, axis),
        first_snapshot=first,
        last_snapshot=last,
        district_code=district_code,
    )
    ratio = pl.col("numerator") / pl.col("denominator")
    return rows.with_columns(pl.when(pl.col("denominator") > 0).then(ratio).alias("ratio"))
