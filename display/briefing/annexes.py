"""The tables of a briefing: every district, every facility, reasons, complaints, signing, moves."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from display import formats
from display.briefing.facts import Counted, Facts, Row
from display.briefing.phrases import LANGUAGE, NOTHING_BEFORE, is_known
from display.briefing.sources import source_line
from display.briefing.standing import NO_DEADLINE, NOT_BEGUN
from display.briefing.tables import (
    Field,
    Value,
    count_field,
    listed,
    name_field,
    ratio_field,
    table,
)
from display.briefing.value import Cell, Column, Table
from display.flows import printed_contributions
from display.labels import UNMAPPED, age_bucket_names, reason_names, short_name, unit_name
from display.progress import chance_words, status_words
from queries.flows import STANDINGS


def annexes(facts: Facts) -> list[Table]:
    """Every annex the snapshot has figures for."""
    if facts.place.below == "facility" and not facts.snapshot["is_by_unit"]:
        # Totals by district tell nothing of facilities.
        return []
    made = [
        _cleaning(facts),
        _facilities(facts),
        _reasons(facts),
        _complaints(facts),
        _signing(facts),
        _facilities_beside(facts),
        _moves(facts),
    ]
    return [one for one in made if one is not None]


def _units(facts: Facts) -> tuple[str, str]:
    """What the parts are called: in a title, at the head of their names."""
    if facts.place.below == "district":
        return "các huyện, thị xã, thành phố", "Đơn vị"
    return "các cơ sở", "Cơ sở"


# Cleaning -----------------------------------------------------------------------------------


def _cleaning(facts: Facts) -> Table | None:
    rows = facts.cleaning
    if rows is None:
        return None
    title, heading = _units(facts)
    stream = facts.streams["cleaning"]
    ahead = {**stream.parts, rows.unit["unit_code"]: stream.unit}
    fields = [name_field(heading), *_validity(facts, rows)]
    if stream.parts:
        fields += _pace(facts, ahead)
    else:
        fields += _repairs(facts)
    return table(
        "Làm sạch",
        f"Kết quả làm sạch dữ liệu của {title}",
        fields,
        listed(rows.parts, "records"),
        rows.unit,
        source_line(facts, "valid_ratio"),
        _pace_note(facts) if stream.parts else _change_note(facts),
    )


def _change_note(facts: Facts) -> str:
    if facts.compared is None:
        return f"{NOTHING_BEFORE[:1].upper()}{NOTHING_BEFORE[1:]}."
    since = formats.as_of(facts.compared["as_of"], LANGUAGE)
    return f"Thay đổi tính từ {since}; “–” là chưa có số để tính."


def _pace_note(facts: Facts) -> str:
    """How the pace beside a deadline is counted."""
    told = (
        "“Cần mỗi ngày” làm tròn lên ở từng dòng, nên cộng các dòng có thể nhiều hơn dòng tổng; "
        "“Đạt mỗi ngày” là bình quân 7 ngày gần nhất."
    )
    return f"{_change_note(facts)} {told}"


def _validity(facts: Facts, rows: Counted) -> list[Field]:
    return [
        count_field("Hợp lệ", "valid"),
        count_field("Đã phân loại", "classified"),
        ratio_field("Tỷ lệ hợp lệ", "ratio", ("Hợp lệ", "Đã phân loại")),
        Field(Column("Thay đổi, điểm", "points"), lambda row: rows.change(row, "ratio")),
        count_field("Không hợp lệ", "invalid"),
    ]


def _pace(facts: Facts, ahead: Mapping[str, Row]) -> list[Field]:
    def of(column: str) -> Callable[[Row], Any]:
        return lambda row: ahead.get(row["unit_code"], {}).get(column)

    return [
        Field(Column("Cần mỗi ngày", "needed"), of("required_per_day")),
        Field(Column("Đạt mỗi ngày", "rate"), of("actual_per_day")),
        Field(Column("Khả năng đúng hạn", "chance"), of("p_meet"), lambda row: _chance(ahead, row)),
        Field(Column("Tình trạng", "text"), lambda row: _status(facts, ahead, row)),
    ]


def _chance(ahead: Mapping[str, Row], row: Row) -> Cell:
    unit = ahead.get(row["unit_code"])
    text = chance_words(unit["p_meet"], unit["status"], LANGUAGE) if unit else formats.UNKNOWN
    return Cell(text, None if unit is None or text == formats.UNKNOWN else unit["p_meet"])


def _status(facts: Facts, ahead: Mapping[str, Row], row: Row) -> str:
    unit = ahead.get(row["unit_code"])
    if unit is None:
        return formats.UNKNOWN
    if facts.streams["cleaning"].time is None and row["classified"]:
        return NO_DEADLINE
    return status_words(unit["status"], LANGUAGE).text if row["classified"] else NOT_BEGUN


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
    rows = facts.facilities.get("cleaning")
    if rows is None:
        return None
    return _of_facilities(
        "Cơ sở",
        "Kết quả làm sạch dữ liệu của từng cơ sở",
        [*_validity(facts, rows), *_repairs(facts)],
        listed(rows.parts, "records"),
        rows.unit,
        source_line(facts, "valid_ratio"),
        _change_note(facts),
    )


def _facilities_beside(facts: Facts) -> Table | None:
    """Complaints and signing of each facility, and of what waits in a district without one."""
    complaints, signing = (facts.facilities.get(name) for name in ("complaints", "signing"))
    both = [counted for counted in (signing, complaints) if counted is not None]
    if not both:
        return None
    units: dict[tuple[str, str], dict[str, Any]] = {}
    for row in [row for counted in both for row in counted.parts]:
        units.setdefault((row["district_code"] or "", row["unit_code"]), {}).update(row)
    whole = {name: value for counted in both for name, value in counted.unit.items()}
    fields = [
        *([_zero("Còn tồn", "open"), _zero("Quá 48 giờ", "overdue")] if complaints else []),
        *([_zero("Đã ký", "done"), _zero("Đủ điều kiện", "signable")] if signing else []),
        *([_zero("Đang xử lý ký", "in_process")] if signing else []),
        *([_zero("Chưa bắt đầu", "not_started")] if signing else []),
    ]
    return _of_facilities(
        "Cơ sở, phản ánh và ký",
        "Phản ánh và ký số của từng cơ sở",
        fields,
        [row for row in units.values() if is_known(row) or _has_any(row)],
        whole,
        " ".join(
            source_line(facts, metric)
            for counted, metric in (
                (complaints, "overdue_complaint_ratio"),
                (signing, "signing_progress"),
            )
            if counted
        ),
        "Phản ánh chưa rõ cơ sở do huyện, hoặc do tỉnh giao đơn vị xử lý.",
    )


def _zero(heading: str, column: str) -> Field:
    """A count of units of which one question knows nothing: none."""
    return Field(Column(heading, "count", adds_up=True), lambda row: row.get(column) or 0)


def _has_any(row: Row) -> bool:
    return any(row.get(column) for column in ("received", "records"))


def _of_facilities(
    name: str,
    title: str,
    fields: Sequence[Field],
    rows: Sequence[Row],
    total: Row,
    source: str,
    note: str,
) -> Table:
    """A table of facilities, with the district of each beside its name."""
    district = Field(
        Column("Huyện", "text"),
        lambda row: short_name(unit_name(row["district_name"] or "", LANGUAGE)),
        lambda row: _district(row, total),
    )
    ordered = sorted(
        rows,
        key=lambda row: (
            row["unit_code"] == UNMAPPED,
            row["district_code"] or "",
            row["unit_code"],
        ),
    )
    return table(
        name, title, [name_field("Cơ sở"), district, *fields], ordered, total, source, note
    )


def _district(row: Row, total: Row) -> Cell:
    """The short name of a facility's district; nothing beside the total and what is in none."""
    if row is total or row["unit_code"] == UNMAPPED:
        return Cell("", "")
    name = short_name(unit_name(row["district_name"] or "", LANGUAGE))
    return Cell(name, name)


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

    return table(
        "Lý do",
        f"Lý do hồ sơ không hợp lệ của {title}",
        [
            name_field(heading),
            count_field("Không hợp lệ", "invalid"),
            *(Field(Column(names[reason], "count", adds_up=True), of(reason)) for reason in found),
        ],
        listed(rows.parts, "records"),
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
    return table(
        "Phản ánh",
        f"Phản ánh còn tồn theo thời gian chờ của {title}",
        [
            name_field(heading),
            count_field("Quá 48 giờ", "overdue"),
            count_field("Còn tồn", "open"),
            ratio_field("Tỷ lệ quá hạn", "overdue_ratio", ("Quá 48 giờ", "Còn tồn")),
            Field(Column("Thay đổi số tồn", "change"), lambda row: rows.change(row, "open")),
            *(count_field(f"Chờ {name}", code) for code, name in ages.items()),
            Field(Column("Chờ lâu nhất", "age"), lambda row: row["oldest_hours"]),
            count_field("Chưa phân công", "unassigned"),
        ],
        listed(rows.parts, "received"),
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
    return table(
        "Ký số",
        f"Tiến độ ký số của {title}",
        [
            name_field(heading),
            count_field("Đã ký", "done"),
            count_field("Đủ điều kiện", "signable"),
            ratio_field("Tỷ lệ ký", "ratio", ("Đã ký", "Đủ điều kiện")),
            Field(Column("Thay đổi, điểm", "points"), lambda row: rows.change(row, "ratio")),
            Field(Column("Thay đổi số đã ký", "change"), lambda row: rows.change(row, "done")),
            count_field("Đang xử lý ký", "in_process"),
            count_field("Chưa bắt đầu", "not_started"),
            *_contradictions(facts),
        ],
        listed(rows.parts, "records"),
        rows.unit,
        source_line(facts, "signing_progress"),
        _change_note(facts),
    )


def _contradictions(facts: Facts) -> list[Field]:
    """What is to be looked into; known of records only, and not of totals."""
    if not facts.snapshot["is_by_unit"]:
        return []
    days = facts.rule.in_process_days
    return [
        count_field(f"Xử lý quá {days} ngày", "in_process_long"),
        count_field("Đã ký, nay không hợp lệ", "signed_not_verified"),
        count_field("Đổi sau khi ký", "changed_after_signing"),
    ]


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
    unit, parts = facts.moves.unit, facts.moves.parts
    contributions = {
        part["unit_code"]: value
        for part, value in zip(parts, printed_contributions(parts, unit), strict=True)
    }
    contributions[unit["unit_code"]] = formats.printed_change(unit["ratio_before"], unit["ratio"])

    def change(name: str, value: Callable[[Row], Value]) -> Field:
        return Field(Column(name, "change", adds_up=True), value)

    return table(
        "Biến động",
        f"Biến động số hồ sơ hợp lệ của {title}",
        [
            name_field(heading),
            count_field("Đầu kỳ", "valid_before"),
            count_field("Sửa được", "fixed", "change"),
            change("Hỏng lại", lambda row: -row["regressed"]),
            count_field("Mới", "new_valid", "change"),
            change("Xóa", lambda row: -row["removed_valid"]),
            change("Phân loại lại", _judged),
            Field(Column("Chuyển đơn vị", "change"), lambda row: _net(row, "valid")),
            count_field("Cuối kỳ", "valid"),
            change("Mẫu số đổi", lambda row: row["classified"] - row["classified_before"]),
            Field(Column("Đóng góp, điểm", "points"), lambda row: contributions[row["unit_code"]]),
        ],
        listed(parts, "records", "records_before"),
        unit,
        source_line(facts, "valid_ratio"),
        "Đầu kỳ cộng các cột sau bằng cuối kỳ. Phân loại lại: từ chờ kết quả hoặc miễn xác thực "
        "thành hợp lệ, trừ chiều ngược lại. Mẫu số: hồ sơ đã phân loại; mẫu số tăng mà số hợp lệ "
        "không tăng theo thì tỷ lệ giảm, nên hồ sơ mới hay phân loại lại có thể làm giảm tỷ lệ. "
        "Đóng góp: phần của đơn vị trong thay đổi tỷ lệ hợp lệ chung, làm tròn sao cho cộng đúng.",
    )
