"""Ratios at any level; numerator and denominator always beside them."""

import datetime as dt
from collections.abc import Sequence
from typing import Literal

import polars as pl

from data.errors import RefusedError
from data.marts import UNMAPPED
from queries.engine import PAIR_MARTS, Connection
from queries.history import sums_since
from queries.metrics import metric_definition
from queries.run import UnknownUnitError, run
from queries.scope import Scope

Level = Literal["province", "district", "facility", "commune"]
Axis = Literal["facility", "residence"]

LEVELS: tuple[Level, ...] = ("province", "district", "facility", "commune")
AXES: tuple[Axis, ...] = ("facility", "residence")

#: What a snapshot lacks that has no figures of a workstream.
_FIGURES = {
    "cleaning": "số liệu làm sạch",
    "signing": "số liệu ký",
    "issuing": "số hộ chiếu Bộ đã cấp",
    "complaints": "tệp phản ánh",
}
_VALUES = ("numerator", "denominator", "ratio")
#: Facilities exist on one axis only, communes on the other.
_AXIS_OF_LEVEL: dict[str, Axis] = {"facility": "facility", "commune": "residence"}


class UncomparedError(RefusedError):
    """What happened between two snapshots is not known."""


class DamagedBetweenError(UncomparedError):
    """A snapshot between two is damaged and not served."""

    def __init__(self, snapshot_id: str) -> None:
        super().__init__(
            f"Kỳ {snapshot_id} bị hỏng, nên không tính được qua kỳ đó; chạy: python cli.py verify."
        )


class StalePairsError(UncomparedError):
    """Marts that compare a snapshot with the one before it are not made yet."""

    def __init__(self) -> None:
        super().__init__(
            "Đối chiếu giữa các kỳ chưa tính xong; chạy: python cli.py rebuild --stale."
        )


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


def is_below_district(level: Level) -> bool:
    """Whether totals by district do not tell this level."""
    return level in _AXIS_OF_LEVEL


def covering(
    connection: Connection, workstream: str, *, needs_records: bool = False
) -> pl.DataFrame:
    """The rows of `connection.dates` that have figures of a workstream."""
    has_figures = pl.col("covers").list.contains(workstream)
    return connection.dates.filter(has_figures & (pl.col("is_by_unit") | (not needs_records)))


def as_of_instant(connection: Connection, snapshot_id: str) -> dt.datetime:
    """The instant of a snapshot in force, wall clock +07."""
    return connection.dates.filter(pl.col("snapshot_id") == snapshot_id)["as_of"][0]


def first_day(connection: Connection, snapshot_id: str) -> dt.date:
    """The day of the first snapshot of records there was when this one came."""
    return connection.dates.filter(pl.col("snapshot_id") == snapshot_id)["first_day"][0]


def require_figures(
    connection: Connection, workstream: str, *, snapshot_id: str, needs_records: bool = False
) -> None:
    """Raises RefusedError, naming the newest snapshot that has them, when one has no figures."""
    known = covering(connection, workstream, needs_records=needs_records)
    if snapshot_id in known["snapshot_id"]:
        return
    as_of = as_of_instant(connection, snapshot_id)
    sentence = f"Kỳ {as_of:%d/%m/%Y %H:%M} không có {_FIGURES[workstream]}"
    if needs_records and snapshot_id in covering(connection, workstream)["snapshot_id"]:
        sentence = f"Kỳ {as_of:%d/%m/%Y %H:%M} chỉ có bảng tổng theo huyện"
    newest = f"; kỳ mới nhất có: {known['as_of'][-1]:%d/%m/%Y %H:%M}" if known.height else ""
    raise RefusedError(f"{sentence}{newest}.")


def require_pair(connection: Connection, snapshot_id: str) -> None:
    """Raises StalePairsError unless the snapshot's pair marts are current."""
    if snapshot_id not in connection.dates.filter("is_paired")["snapshot_id"]:
        raise StalePairsError


def damaged_between(connection: Connection, earlier: str, later: str) -> list[str]:
    """The ids of damaged snapshots between two."""
    return [found for found in connection.left_out if earlier < found < later]


def happened_since(
    connection: Connection,
    rows: pl.DataFrame,
    before: str | None,
    snapshot_id: str,
    *,
    workstream: str,
    counted: Sequence[str],
) -> pl.DataFrame:
    """`sums_since` of rows up to a snapshot; none where the one before is of totals, or a damaged
    one lies between.
    """
    people = covering(connection, workstream, needs_records=True)["snapshot_id"].to_list()
    if before is None or before not in people or damaged_between(connection, before, snapshot_id):
        before = None
    return sums_since(rows.filter(pl.col("snapshot_id").is_in(people)), before, counted)


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
        StalePairsError: the metric compares with the snapshot before, which is not done yet.
        RefusedError: the snapshot has no figures of the metric, or it has no such level or axis.
    """
    definition = metric_definition(metric)
    below_district = is_below_district(level) and definition.workstream != "complaints"
    require_figures(
        connection,
        definition.workstream,
        snapshot_id=snapshot_id,
        needs_records=definition.needs_records or below_district,
    )
    if metric in PAIR_MARTS["signing_since"]:
        require_pair(connection, snapshot_id)
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
    """One metric over all snapshots that have figures of it.

    Returns:
        snapshot_id, as_of (wall clock +07), unit_code, numerator, denominator, ratio; one row a
        snapshot and unit, oldest first; ratio is null where the unit had nothing to count. A
        metric counted by reason has a column reason too.
    """
    definition = metric_definition(metric)
    known = covering(connection, definition.workstream, needs_records=definition.needs_records)[
        "snapshot_id"
    ]
    rows = _over_time(
        connection,
        metric,
        scope=scope,
        level=level,
        axis=axis,
        first=known[0] if known.len() else "",
        last=known[-1] if known.len() else "",
        district_code=district_code,
    ).filter(pl.col("snapshot_id").is_in(known.implode()))
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


def require_unit(connection: Connection, unit_code: str, *, scope: Scope, snapshot_id: str) -> None:
    """Raises UnknownUnitError when the code is no facility, nor what complaints wait in instead."""
    known = [
        code
        for axis in ("facility", "complaint")
        for code in run(
            connection,
            "units",
            scope=scope,
            level="facility",
            axis=axis,
            snapshot_id=snapshot_id,
            district_code=None,
        )["unit_code"]
    ]
    if unit_code not in (*known, UNMAPPED):
        raise UnknownUnitError(f"Không có cơ sở mã “{unit_code}” trong kỳ số liệu này.")


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
    along = axis_for(level, axis)
    if along not in definition.axes:
        raise RefusedError(
            f"Chỉ số {metric} tính theo trục {', '.join(definition.axes)}, không theo {along}."
        )
    rows = run(
        connection,
        f"metrics/{definition.name}",
        scope=scope,
        level=level,
        axis=along,
        first_snapshot=first,
        last_snapshot=last,
        district_code=district_code,
    )
    ratio = pl.col("numerator") / pl.col("denominator")
    return rows.with_columns(pl.when(pl.col("denominator") > 0).then(ratio).alias("ratio"))
