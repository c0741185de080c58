"""Who moved the ratio of all: the facilities that did most, up and down."""

from collections.abc import Sequence
from typing import Any

from display import formats
from display.briefing.facts import Facts, Row
from display.briefing.phrases import LANGUAGE, compared_with
from display.briefing.sources import source_line
from display.briefing.value import Cell, Column, Table
from display.labels import UNMAPPED, short_name, unit_name

#: So many units are told each way.
MOST_MOVERS = 5
#: A facility's part of the province's ratio is small: in thousandths of a point.
DECIMALS = 3
_LEAST = 0.000005


def movers(facts: Facts) -> Table | None:
    """Those that raised the ratio and those that lowered it, side by side; a side with none is left
    out.
    """
    if facts.moves is None or facts.moves.unit["delta_ratio"] is None:
        return None
    known = [row for row in _by_facility(facts.moves.facilities) if _counts(row)]
    sides = [
        ("Làm tăng nhiều nhất", _most(known, 1)),
        ("Làm giảm nhiều nhất", _most(known, -1)),
    ]
    shown = [(heading, rows) for heading, rows in sides if rows]
    if not shown:
        return None
    since = f" {compared_with(facts)}" if facts.compared else ""
    return Table(
        "Đóng góp",
        f"Cơ sở làm tỷ lệ chung thay đổi nhiều nhất{since} (đóng góp, điểm phần trăm)",
        [column for heading, _rows in shown for column in _columns(heading)],
        [
            [cell for _heading, rows in shown for cell in _cells(facts, rows, at)]
            for at in range(max(len(rows) for _heading, rows in shown))
        ],
        None,
        source_line(facts, "valid_ratio"),
    )


def _by_facility(rows: Sequence[Row]) -> list[Row]:
    """A row a facility: one that changed its district stands in both, and is told where it is."""
    whole: dict[str, dict[str, Any]] = {}
    for row in sorted(rows, key=lambda row: row["records"]):
        before = whole.get(row["unit_code"], {"contribution": None})
        both = [one["contribution"] for one in (before, row) if one["contribution"] is not None]
        whole[row["unit_code"]] = {**row, "contribution": sum(both) if both else None}
    return [*whole.values()]


def _counts(row: Row) -> bool:
    return row["unit_code"] != UNMAPPED and abs(row["contribution"] or 0) >= _LEAST


def _most(rows: Sequence[Row], sign: int) -> list[Row]:
    found = [row for row in rows if row["contribution"] * sign > 0]
    ordered = sorted(found, key=lambda row: (-abs(row["contribution"]), row["unit_code"]))
    return ordered[:MOST_MOVERS]


def _columns(heading: str) -> list[Column]:
    return [Column(heading, "name"), Column("Điểm", "points", decimals=DECIMALS)]


def _cells(facts: Facts, rows: Sequence[Row], at: int) -> list[Cell]:
    if at >= len(rows):
        return [Cell("", None), Cell("", None)]
    row = rows[at]
    name = unit_name(row["unit_name"], LANGUAGE)
    district = short_name(row["district_name"] or "")
    if facts.place.below == "district" and district not in name:
        name = f"{name} ({district})"
    points = formats.signed_points(row["contribution"], LANGUAGE, DECIMALS)
    return [Cell(name, name), Cell(points, row["contribution"])]
