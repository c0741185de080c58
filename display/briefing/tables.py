"""How a briefing's tables are made: columns, cells as they are printed, and sums that hold."""

import datetime as dt
import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from display import formats
from display.briefing.facts import Row
from display.briefing.phrases import LANGUAGE, is_known
from display.briefing.value import Cell, Column, Kind, Table
from display.labels import UNMAPPED, unit_name
from queries.flows import BrokenIdentityError

#: Percentages in tables have two decimals, those in sentences one.
DECIMALS = 2

Value = str | int | float | dt.date | None


class Field(NamedTuple):
    """A column and what stands in it for a unit."""

    column: Column
    value: Callable[[Row], Value]
    #: How it is printed, where that is not by its kind.
    cell: Callable[[Row], Cell] | None = None
    #: Of a ratio: the headings of its numerator and its denominator.
    of: tuple[str, str] | None = None


def cell(kind: Kind, value: Any) -> Cell:
    """A value as it is printed."""
    return Cell(_PRINTED[kind](value), value)


def _words(value: Any) -> str:
    return formats.UNKNOWN if value is None else str(value)


_PRINTED: Mapping[Kind, Callable[[Any], str]] = {
    "index": lambda value: "" if value is None else str(value),
    "name": _words,
    "text": _words,
    "count": lambda value: formats.count(value, LANGUAGE),
    "change": lambda value: formats.signed_count(value, LANGUAGE),
    "ratio": lambda value: formats.ratio(value, LANGUAGE, DECIMALS),
    "points": lambda value: formats.signed_points(value, LANGUAGE, DECIMALS),
    "rate": lambda value: formats.rate(value, LANGUAGE),
    "needed": lambda value: formats.needed(value, LANGUAGE),
    "chance": lambda value: formats.chance(value, LANGUAGE),
    "age": lambda value: formats.age(value, LANGUAGE),
    "day": lambda value: formats.UNKNOWN if value is None else formats.day(value, LANGUAGE),
}


def table(
    name: str,
    title: str,
    fields: Sequence[Field],
    rows: Sequence[Row],
    total: Row,
    source: str,
    note: str = "",
) -> Table:
    """A table of numbered units, the first field their names, whose last row is the total.

    Raises:
        BrokenIdentityError: a column that is to add up to the total does not.
    """
    number = itertools.count(1)
    shown = [
        [cell("index", next(number) if is_known(row) else None), *_row(fields, row)] for row in rows
    ]
    _name, *sums = _row(fields, total)
    whole = [cell("index", None), Cell("Tổng cộng", "Tổng cộng"), *sums]
    _require_sums(title, fields, rows, total)
    return Table(name, title, _columns(fields), shown, whole, source, note)


def _columns(fields: Sequence[Field]) -> list[Column]:
    """The columns, each ratio with the places of what it is of."""
    columns = [Column("TT", "index"), *(field.column for field in fields)]
    places = {column.heading: at for at, column in enumerate(columns)}
    for at, field in enumerate(fields, 1):
        if field.of is not None:
            numerator, denominator = field.of
            columns[at] = field.column._replace(of=(places[numerator], places[denominator]))
    return columns


def _row(fields: Sequence[Field], unit: Row) -> list[Cell]:
    return [
        field.cell(unit) if field.cell else cell(field.column.kind, field.value(unit))
        for field in fields
    ]


def _require_sums(title: str, fields: Sequence[Field], rows: Sequence[Row], total: Row) -> None:
    for field in fields:
        if not field.column.adds_up:
            continue
        parts = sum(_number(field.value(row)) for row in rows)
        whole = _number(field.value(total))
        if parts != whole:
            raise BrokenIdentityError(
                f"{title}: cột {field.column.heading} cộng lại là {parts}, không bằng {whole} của "
                "tổng cộng; chạy: python cli.py rebuild."
            )


def _number(value: Value) -> float:
    return value if isinstance(value, int | float) else 0


def name_field(heading: str) -> Field:
    """The unit's name."""
    return Field(Column(heading, "name"), lambda row: unit_name(row["unit_name"], LANGUAGE))


def count_field(heading: str, column: str, kind: Kind = "count") -> Field:
    """A count that adds up."""
    return Field(Column(heading, kind, adds_up=True), lambda row: row[column])


def ratio_field(heading: str, column: str, of: tuple[str, str]) -> Field:
    """A ratio of two other columns, by their headings."""
    return Field(Column(heading, "ratio"), lambda row: row[column], of=of)


def listed(rows: Sequence[Row], *counted: str) -> list[Row]:
    """The units of a table: those that are known, and what belongs to none where there is any."""
    return [
        row
        for row in rows
        if row["unit_code"] != UNMAPPED or any(row[column] for column in counted)
    ]
