"""The tables of a briefing: every district, every facility, reasons, complaints, signing, moves."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from display import formats
from display.briefing.facts import Counted, Facts, Row
from display.briefing.phrases import LANGUAGE, compared_with
from display.briefing.sources import source_line
from display.briefing.value import Cell, Column, Kind, Table
from display.labels import UNMAPPED, age_bucket_names, reason_names, short_name, unit_name
from display.progress import chance_words, status_words
from queries.flows import STANDINGS

#: So many units are told as those that moved the ratio most, each way.
MOST_MOVERS = 5
#: A facility's part of the province's ratio is small: in thousandths of a point.
_MOVER_DECIMALS = 3
_LEAST_CONTRIBUTION = 0.000005
#: Percentages in tables have two decimals, those in sentences one.
DECIMALS = 2

Value = str | int | float | dt.date | None


class Field(NamedTuple):
    """A column and what stands in it for a unit."""

    column: Column
    value: Callable[[Row], Value]
    #: How it is printed, where that is not by its kind.
    cell: Callable[[Row], Cell] | None = None


def cell(kind: Kind, value: Any) -> Cell:
    """A value as it is printed."""
    return Cell(_PRINTED[kind](value), value)


def _words(value: Any) -> str:
    return formats.UNKNOWN if value is None else str(value)


_PRINTED: Mapping[Kind, Callable[[Any], str]] = {
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


def _row(fields: Sequence[Field], unit: Row) -> list[Cell]:
    return [
        field.cell(unit) if field.cell else cell(field.column.kind, field.value(unit))
        for field in fields
    ]


def _table(
    name: str,
    title: str,
    fields: Sequence[Field],
    rows: Sequence[Row],
    total: Row,
    source: str,
    note: str = "",
) -> Table:
    shown = [_row(fields, row) for row in rows]
    whole = _row(fields, total)
    whole[0] = Cell("Tổng cộng", "Tổng cộng")
    columns = [field.column for field in fields]
    return Table(name, title, columns, shown, whole, source, note)


def _name(heading: str) -> Field:
    return Field(Column(heading, "name"), lambda row: unit_name(row["unit_name"], LANGUAGE))


def _count(heading: str, column: str, kind: Kind = "count") -> Field:
    return Field(Column(heading, kind, adds_up=True), lambda row: row[column])


def _ratio(heading: str, column: str, of: tuple[int, int]) -> Field:
    return Field(Column(heading, "ratio", of), lambda row: row[column])


def _listed(rows: Sequence[Row], counted: str) -> list[Row]:
    """The units of a table: those that are known, and what belongs to none where there is any."""
    return [row for row in rows if row["unit_code"] != UNMAPPED or row[counted]]


def annexes(facts: Facts) -> list[Table]:
    """Every annex the snapshot has figures for."""
    if facts.place.below == "facility" and not facts.snapshot["is_by_unit"]:
        # Totals by district tell nothing of facilities.
        return []
    made = [
        _cleaning(facts),
        _facilities(facts) if facts.place.below == "district" else None,
        _reasons(facts),
        _complaints(facts),
        _signing(facts),
        _moves(facts),
    ]
    return [table for table in made if table is not None]


def _units(facts: Facts) -> tuple[str, str]:
    """What the parts are called: in a title, at the head of their names."""
    if facts.place.below == "district":
        return "các huyện, thị xã, thành phố", "Đơn vị"
    return "các cơ sở", "Cơ sở"


def _since(facts: Facts) -> str:
    return f" {compared_with(facts)}" if facts.compared else ""


# Cleaning -----------------------------------------------------------------------------------


def _cleaning(facts: Facts) -> Table | None:
    rows = facts.cleaning
    if rows is None:
        return None
    title, heading = _units(facts)
    stream = facts.streams["cleaning"]
    ahead = {**stream.parts, rows.unit["unit_code"]: stream.unit}
    fields = [_name(heading), *_validity(facts, rows)]
    if stream.parts:
        fields += _pace(ahead)
    else:
        fields += _repairs(facts)
    return _table(
        "Làm sạch",
        f"Kết quả làm sạch dữ liệu của {title}",
        fields,
        _listed(rows.parts, "records"),
        rows.unit,
        source_line(facts, "valid_ratio"),
        _change_note(facts),
    )


def _change_note(facts: Facts) -> str:
    if facts.compared is None:
        return "Chưa có kỳ số liệu trước đó để so sánh."
    since = formats.as_of(facts.compared["as_of"], LANGUAGE)
    return f"Thay đổi tính từ {since}; “–” là chưa có số để tính."


def _validity(facts: Facts, rows: Counted) -> list[Field]:
    return [
        _count("Hợp lệ", "valid"),
        _count("Đã phân loại", "classified"),
        _ratio("Tỷ lệ hợp lệ", "ratio", (1, 2)),
        Field(Column("Thay đổi, điểm", "points"), lambda row: rows.change(row, "ratio")),
        _count("Không hợp lệ", "invalid"),
    ]


def _pace(ahead: Mapping[str, Row]) -> list[Field]:
    def of(column: str) -> Callable[[Row], Any]:
        return lambda row: ahead.get(row["unit_code"], {}).get(column)

    return [
        Field(Column("Cần mỗi ngày", "needed"), of("required_per_day")),
        Field(Column("Được mỗi ngày", "rate"), of("actual_per_day")),
        Field(Column("Khả năng đúng hạn", "chance"), of("p_meet"), lambda row: _chance(ahead, row)),
        Field(Column("Tình trạng", "text"), lambda row: _status(ahead, row)),
    ]


def _chance(ahead: Mapping[str, Row], row: Row) -> Cell:
    unit = ahead.get(row["unit_code"])
    text = chance_words(unit["p_meet"], unit["status"], LANGUAGE) if unit else formats.UNKNOWN
    return Cell(text, None if unit is None or text == formats.UNKNOWN else unit["p_meet"])


def _status(ahead: Mapping[str, Row], row: Row) -> str:
    unit = ahead.get(row["unit_code"])
    return formats.UNKNOWN if unit is None else status_words(unit["status"], LANGUAGE).text


def _repairs(facts: Facts) -> list[Field]:
    """What was fixed and what regressed since the start, by facility."""
    if facts.moves is None:
        return []
    moves = {row["unit_code"]: row for row in [*facts.moves.facilities, facts.moves.unit]}

    def of(column: str) -> Callable[[Row], Any]:
        return lambda row: moves.get(row["unit_code"], {}).get(column)

    return [
        Field(Column("Sửa được", "count", adds_up=True), of("fixed")),
        Field(Column("Hỏng lại", "count", adds_up=True), of("regressed")),
    ]


def _facilities(facts: Facts) -> Table | None:
    rows = facts.facilities
    if rows is None:
        return None
    district = Field(
        Column("Huyện", "text"),
        lambda row: short_name(unit_name(row["district_name"] or "", LANGUAGE)),
    )
    validity = _validity(facts, rows)
    validity[2] = _ratio("Tỷ lệ hợp lệ", "ratio", (2, 3))
    ordered = sorted(
        _listed(rows.parts, "records"),
        key=lambda row: (
            row["unit_code"] == UNMAPPED,
            row["district_code"] or "",
            row["unit_code"],
        ),
    )
    made = _table(
        "Cơ sở",
        "Kết quả làm sạch dữ liệu của từng cơ sở",
        [_name("Cơ sở"), district, *validity, *_repairs(facts)],
        ordered,
        rows.unit,
        source_line(facts, "valid_ratio"),
        _change_note(facts),
    )
    total = [*(made.total or [])]
    total[1] = Cell("", "")
    return made._replace(total=total)


# Reasons ------------------------------------------------------------------------------------


def _reasons(facts: Facts) -> Table | None:
    rows = facts.cleaning
    own = [row for row in facts.reasons if row["unit_code"] == facts.place.unit_code]
    found = [row["reason"] for row in own if row["records"]]
    if rows is None or not found:
        return None
    counted = {(row["unit_code"], row["reason"]): row["records"] for row in facts.reasons}
    names = reason_names(LANGUAGE)
    title, heading = _units(facts)

    def of(reason: str) -> Callable[[Row], int]:
        return lambda row: counted.get((row["unit_code"], reason), 0)

    return _table(
        "Lý do",
        f"Lý do hồ sơ không hợp lệ của {title}",
        [
            _name(heading),
            _count("Không hợp lệ", "invalid"),
            *(Field(Column(names[reason], "count", adds_up=True), of(reason)) for reason in found),
        ],
        _listed(rows.parts, "records"),
        rows.unit,
        source_line(facts, "invalid_reasons"),
        "Một hồ sơ có thể có nhiều lý do, nên các lý do cộng lại có thể nhiều hơn số hồ sơ.",
    )


# Complaints ---------------------------------------------------------------------------------


def _complaints(facts: Facts) -> Table | None:
    rows = facts.complaints
    if rows is None:
        return None
    title, heading = _units(facts)
    ages = age_bucket_names(LANGUAGE)
    return _table(
        "Phản ánh",
        f"Phản ánh còn tồn theo thời gian chờ của {title}",
        [
            _name(heading),
            _count("Quá 48 giờ", "overdue"),
            _count("Còn tồn", "open"),
            _ratio("Tỷ lệ quá hạn", "overdue_ratio", (1, 2)),
            Field(Column("Thay đổi số tồn", "change"), lambda row: rows.change(row, "open")),
            *(_count(f"Chờ {name}", code) for code, name in ages.items()),
            Field(Column("Cũ nhất", "age"), lambda row: row["oldest_hours"]),
        ],
        _listed(rows.parts, "received"),
        rows.unit,
        source_line(facts, "overdue_complaint_ratio"),
        _change_note(facts),
    )


# Signing ------------------------------------------------------------------------------------


def _signing(facts: Facts) -> Table | None:
    rows = facts.signing
    if rows is None:
        return None
    title, heading = _units(facts)
    return _table(
        "Ký số",
        f"Tiến độ ký số của {title}",
        [
            _name(heading),
            _count("Đã ký", "done"),
            _count("Đủ điều kiện", "signable"),
            _ratio("Tỷ lệ ký", "ratio", (1, 2)),
            Field(Column("Thay đổi, điểm", "points"), lambda row: rows.change(row, "ratio")),
            Field(Column("Thay đổi số đã ký", "change"), lambda row: rows.change(row, "done")),
            _count("Đang xử lý ký", "in_process"),
            _count("Chưa bắt đầu", "not_started"),
        ],
        _listed(rows.parts, "records"),
        rows.unit,
        source_line(facts, "signing_progress"),
        _change_note(facts),
    )


# Moves --------------------------------------------------------------------------------------


def _net(row: Row, standing: str) -> int:
    return row[f"moved_in_{standing}"] - row[f"moved_out_{standing}"]


def _judged(row: Row) -> int:
    """How many more are valid because they came from, or went back to, pending or exempt."""
    apart = STANDINGS[2:]
    return sum(row[f"{one}_to_valid"] - row[f"valid_to_{one}"] for one in apart)


def _moves(facts: Facts) -> Table | None:
    if facts.moves is None:
        return None
    title, heading = _units(facts)

    def change(name: str, value: Callable[[Row], Value]) -> Field:
        return Field(Column(name, "change", adds_up=True), value)

    return _table(
        "Biến động",
        f"Biến động số hồ sơ hợp lệ của {title}",
        [
            _name(heading),
            _count("Đầu kỳ", "valid_before"),
            _count("Sửa được", "fixed", "change"),
            change("Hỏng lại", lambda row: -row["regressed"]),
            _count("Mới", "new_valid", "change"),
            change("Xóa", lambda row: -row["removed_valid"]),
            change("Phân loại lại", _judged),
            Field(Column("Chuyển đơn vị", "change"), lambda row: _net(row, "valid")),
            _count("Cuối kỳ", "valid"),
            Field(Column("Đóng góp, điểm", "points"), lambda row: row["contribution"]),
        ],
        _listed(facts.moves.parts, "records"),
        facts.moves.unit,
        source_line(facts, "valid_ratio"),
        "Đầu kỳ cộng các cột sau bằng cuối kỳ. Đóng góp: phần của đơn vị trong thay đổi tỷ lệ "
        "hợp lệ chung.",
    )


# Who moved the ratio ------------------------------------------------------------------------


def movers(facts: Facts) -> Table | None:
    """The facilities that moved the ratio most, up on the left and down on the right."""
    if facts.moves is None or facts.moves.unit["delta_ratio"] is None:
        return None
    known = [
        row
        for row in facts.moves.facilities
        if row["unit_code"] != UNMAPPED and abs(row["contribution"] or 0) >= _LEAST_CONTRIBUTION
    ]
    up = sorted(
        (row for row in known if row["contribution"] > 0),
        key=lambda row: (-row["contribution"], row["unit_code"]),
    )[:MOST_MOVERS]
    down = sorted(
        (row for row in known if row["contribution"] < 0),
        key=lambda row: (row["contribution"], row["unit_code"]),
    )[:MOST_MOVERS]
    if not up and not down:
        return None
    return Table(
        "Đóng góp",
        f"Đơn vị làm tỷ lệ hợp lệ thay đổi nhiều nhất{_since(facts)}",
        [
            Column("Tăng nhiều nhất", "name"),
            Column("Điểm", "points", decimals=_MOVER_DECIMALS),
            Column("Giảm nhiều nhất", "name"),
            Column("Điểm", "points", decimals=_MOVER_DECIMALS),
        ],
        [[*_mover(up, at), *_mover(down, at)] for at in range(max(len(up), len(down)))],
        None,
        source_line(facts, "valid_ratio"),
    )


def _mover(rows: Sequence[Row], at: int) -> list[Cell]:
    if at >= len(rows):
        return [Cell("", None), Cell("", None)]
    row = rows[at]
    name = unit_name(row["unit_name"], LANGUAGE)
    points = formats.signed_points(row["contribution"], LANGUAGE, _MOVER_DECIMALS)
    return [Cell(name, name), Cell(points, row["contribution"])]
