"""Small numbers in what leaves the province: nobody outside learns that a count is between 1 and 7.

A count of 1 to 7 persons is not told (primary suppression), nor one that would tell it: the rest of
its base, and others of the same total until no untold count can be narrowed down from it
(secondary suppression). 0 is told: it says nothing of anybody. Inside the province nothing is
suppressed.

Source: OpenSAFELY, "Statistical disclosure control": counts of 7 or fewer are not released.
"""

import functools
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import polars as pl

from queries.engine import Connection
from queries.measure import Axis, Level, axis_for, measure
from queries.scope import Scope

#: The largest count that is not told.
SMALL: Final = 7


class Count(NamedTuple):
    """One count of a table whose total is known."""

    value: int
    #: What everybody knows it cannot exceed.
    most: int
    #: Whether it may be told by itself.
    is_safe: bool


def is_small(value: int) -> bool:
    """Whether a count of persons is so small that it is not told."""
    return 0 < value <= SMALL


def hidden(counts: Sequence[Count], total: int | None) -> set[int]:
    """Places of the counts not to be told so that, knowing the total, nobody can narrow one of them
    down to fewer than 8 values; as few as possible, the smallest first.

    Args:
        total: the sum that is told with them; None when it is not told.
    """
    places = {at for at, count in enumerate(counts) if not count.is_safe}
    order = sorted(range(len(counts)), key=lambda at: (counts[at].value == 0, counts[at].value, at))
    others = [at for at in order if at not in places]
    while total is not None and places and not _are_wide(counts, places) and others:
        places.add(others.pop(0))
    return places


def _are_wide(counts: Sequence[Count], places: set[int]) -> bool:
    """Whether each untold count may still be one of 8 values or more."""
    return all(high - low > SMALL for low, high in intervals(counts, places).values())


def intervals(counts: Sequence[Count], places: set[int]) -> dict[int, tuple[int, int]]:
    """Between what each untold count must lie, for whoever knows the total and the others."""
    left = sum(counts[at].value for at in places)
    room = sum(counts[at].most for at in places)
    return {
        at: (max(0, left - (room - counts[at].most)), min(counts[at].most, left)) for at in places
    }


def public_measure(
    connection: Connection,
    metric: str,
    *,
    level: Level,
    axis: Axis | None = None,
    snapshot_id: str,
    district_code: str | None = None,
) -> pl.DataFrame:
    """The rows of `queries.measure.measure` as they may leave the province, and is_suppressed.

    A reader is taken to have the tables of the levels above as well: what of them is told is the
    total of each table. A district asked for alone shows what it shows among all.
    """
    ask = functools.partial(
        measure,
        connection,
        metric,
        scope=Scope.everything(),
        axis=axis_for(level, axis),
        snapshot_id=snapshot_id,
    )
    wanted = ask(level=level, district_code=district_code)["unit_code"]
    rows = ask(level=level)
    if level == "province":
        return _each_part(rows, rows.clear(), "unit_code")
    above: Level = "province" if level == "district" else "district"
    totals = public_measure(
        connection, metric, level=above, axis=axis_for(level, axis), snapshot_id=snapshot_id
    )
    # Asked district by district: complaints also lie with a district itself, under its code.
    part_of = {
        code: whole
        for whole in totals["unit_code"].unique()
        for code in ask(level=level, district_code=whole if above == "district" else None)[
            "unit_code"
        ]
    }
    part = pl.col("unit_code").replace_strict(part_of, return_dtype=pl.String)
    told = _each_part(rows.with_columns(part.alias("part")), totals, "part").drop("part")
    return told.filter(pl.col("unit_code").is_in(wanted.implode()))


def _each_part(rows: pl.DataFrame, totals: pl.DataFrame, part: str) -> pl.DataFrame:
    """Every table of one total and one reason protected by itself, in the order of the rows."""
    apart = [part, *(["reason"] if "reason" in rows.columns else [])]
    tables = []
    for key, table in rows.with_row_index("place").group_by(apart, maintain_order=True):
        names = dict(zip(apart, key, strict=True))
        names["unit_code"] = names.pop(part)
        told = totals.filter(**names)
        total = told.row(0, named=True) if told.height else None
        tables.append(protected(table, total=total))
    return pl.concat(tables).sort("place").drop("place")


def protected(rows: pl.DataFrame, *, total: Mapping[str, Any] | None) -> pl.DataFrame:
    """A table of numerators and denominators as it may leave the province.

    Args:
        rows: numerator, denominator, ratio and others; one row a unit.
        total: what is told of all of them together, null where it is kept back and must not follow
            from the rows; None where there is no such table.

    Returns:
        The same, numerator, denominator and ratio null where they are not told, and is_suppressed.
    """
    numerators, denominators = rows["numerator"].to_list(), rows["denominator"].to_list()
    told = total or {"numerator": None, "denominator": None}
    most = told["denominator"] or sum(denominators)
    hides_parts, hides_bases = (
        total is not None and total[name] is None for name in ("numerator", "denominator")
    )
    bases = [
        Count(base, most, not (is_small(base) or (hides_bases and base > 0)))
        for base in denominators
    ]
    untold_bases = hidden(bases, told["denominator"])
    bounds = intervals(bases, untold_bases)
    parts = [
        Count(
            count,
            bounds[at][1] if at in untold_bases else base,
            not (at in untold_bases or is_small(count) or is_small(base - count))
            and not (hides_parts and base > 0),
        )
        for at, (count, base) in enumerate(zip(numerators, denominators, strict=True))
    ]
    untold = hidden(parts, told["numerator"])
    places = pl.int_range(rows.height)
    is_untold = places.is_in(sorted(untold))
    return rows.with_columns(
        pl.when(~is_untold).then("numerator").alias("numerator"),
        pl.when(~places.is_in(sorted(untold_bases))).then("denominator").alias("denominator"),
        pl.when(~is_untold).then("ratio").alias("ratio"),
        is_untold.alias("is_suppressed"),
    )
