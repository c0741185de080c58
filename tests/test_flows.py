"""What became of the records between two snapshots, recomputed in plain Python; and why."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import polars as pl
import pytest
from hypothesis import Phase, given, settings

from data.errors import RefusedError
from data.publish import withdraw
from data.reference import reference
from data.schema import VERIFICATION_CODES
from queries.engine import Connection
from queries.flows import (
    PARTS,
    STANDINGS,
    BrokenIdentityError,
    Span,
    checked,
    flow_records,
    flows,
    lists_between,
    record_timeline,
    transitions,
)
from queries.measure import Axis, Level
from queries.questions import verification_tree
from queries.scope import Scope
from tests.stores import NOON, OF_RECORDS, Store, courses, publish_totals, quiet

EVERYTHING = Scope.everything()
DAY = dt.timedelta(days=1)
VALID = {"Đúng": "valid", "Chờ xác thực": "pending", "Miễn xác thực": "exempt"}
SIGNED = ("Đã ký", "Đã cấp")
#: Facility -> district; F9 is in no list.
FACILITY_DISTRICTS = {"F1": "747", "F2": "747", "F3": "755"}
COMMUNES = {row[0]: row[1] for row in reference("communes").select("code", "district_code").rows()}
LEVELS: dict[Axis, tuple[Level, ...]] = {
    "facility": ("province", "district", "facility"),
    "residence": ("province", "district", "commune"),
}
FIELDS = {
    "changed_name": ("Họ và tên",),
    "changed_birth_date": ("Ngày sinh",),
    "changed_sex": ("Giới tính",),
    "changed_id": ("Số CCCD/CMND",),
    "changed_phone": ("Số điện thoại",),
    "changed_commune": ("Mã xã thường trú", "Mã huyện thường trú"),
    "changed_facility": ("Mã cơ sở nhập",),
}

Person = Mapping[str, str]
#: Record -> its row, as it is stored.
People = Mapping[str, Person]


def told(
    connection: Connection,
    span: Span,
    level: Level = "province",
    axis: Axis = "facility",
    scope: Scope = EVERYTHING,
    district: str | None = None,
) -> dict[str, dict[str, Any]]:
    """Unit (with its district, where that matters) -> its row of flows."""
    rows = flows(
        connection, scope=scope, level=level, axis=axis, span=span, district_code=district
    ).to_dicts()
    return {row["unit_code"]: row for row in rows}


def happened(row: Mapping[str, Any]) -> dict[str, int]:
    """What is not nothing of what came and went."""
    ends = ("records", "valid", "invalid", "pending", "exempt", "signed", "classified")
    known = {*ends, *(f"{name}_before" for name in ends)}
    return {
        name: count
        for name, count in row.items()
        if isinstance(count, int) and count and name not in known
    }


# One of each --------------------------------------------------------------------------------

#: An empty cell: the record is not there.
EACH = """
    Mã xã thường trú | 18/4              | 24/4        | 25/4
    26506            | Sai               | Đúng        | Đúng
    26506            | Sai               | Sai         | Đúng, Đã ký
    26506            | Đúng              | Sai         | Sai
    26506            | Chờ xác thực      | Chờ xác thực | Đúng
    26506            | Chờ xác thực, F2  | Sai, F2     | Sai, F2
    26506            | Đúng, F2          | Chờ xác thực, F2 | Chờ xác thực, F2
    26506            |                   | Đúng, F2    | Đúng, F2
    26506            |                   |             | Sai, F3
    26506            | Đúng, F3          |             |
    26506            | Sai, F3           |             | Sai, F3
    26506            | Sai, F1           | Sai, F2     | Đúng, F2
    26506            | Đúng, F1, Đã ký   | Đúng, F3, Đã ký | Đúng, F3
    26506            | Đúng, F1, Đã ký   | Sai, F1, Đã ký | Đúng, F1, Đã ký
"""
BEFORE, BETWEEN, LAST = (f"2022-04-{day}T1200-r1" for day in (18, 24, 25))
SPAN = Span(BEFORE, LAST)


def published(store: Store, text: str) -> Store:
    for as_of, rows in courses(text, OF_RECORDS).items():
        store.publish(rows, as_of=as_of, is_confirmed=True)
    return store


@pytest.fixture(scope="module")
def each(tmp_path_factory) -> Connection:
    return published(Store.inside(tmp_path_factory.mktemp("each")), EACH).open()


def test_every_kind_of_flow_is_told_of_the_province(each):
    row = told(each, SPAN)["77"]
    assert happened(row) == {
        # H1, H2 and H11; H3.
        "fixed": 3,
        "regressed": 1,
        # H4; H5; H6.
        "pending_to_valid": 1,
        "pending_to_invalid": 1,
        "valid_to_pending": 1,
        "from_pending": 2,
        "to_pending": 1,
        # H7; H8. H10 was there on 18/4 already.
        "new_valid": 1,
        "new_invalid": 1,
        # H9.
        "removed_valid": 1,
        # H2; H12. H11 to F2 and H12 to F3.
        "newly_signed": 1,
        "unsigned_again": 1,
        "changed_facility": 2,
    }
    assert (row["valid_before"], row["invalid_before"]) == (5, 4)
    assert (row["valid"], row["invalid"]) == (7, 4)


def test_the_parts_of_the_change_of_the_ratio_are_as_by_hand(each):
    row = told(each, SPAN)["77"]
    # H3, H6, H9, H12, H13 of 9; now 7 of 11.
    before = 5 / 9
    assert row["delta_ratio"] == pytest.approx(7 / 11 - before, abs=1e-15)
    expected = {
        "fixed": 3 / 11,
        "regressed": -1 / 11,
        "new": (1 - before * 2) / 11,
        "removed": -(1 - before * 1) / 11,
        "moved": 0.0,
        # Two came out of pending, one of them valid; a valid one became pending.
        "reclassified": (1 - 1 - before * (2 - 1)) / 11,
    }
    assert {part: row[f"delta_{part}"] for part in PARTS} == pytest.approx(expected, abs=1e-15)


def test_what_moves_has_left_one_unit_and_come_to_another_in_its_state_before(each):
    rows = told(each, SPAN, "facility")
    assert {code: row["moved_out"] for code, row in rows.items()} == {"F1": 2, "F2": 0, "F3": 0}
    # H11 came as invalid and was fixed there.
    assert (rows["F2"]["moved_in_invalid"], rows["F2"]["fixed"]) == (1, 1)
    assert (rows["F1"]["moved_out_invalid"], rows["F1"]["moved_out_valid"]) == (1, 1)
    assert (rows["F3"]["moved_in_valid"], rows["F3"]["unsigned_again"]) == (1, 1)
    districts = told(each, SPAN, "district")
    # From F1 to F2 is not out of 747.
    assert (districts["747"]["moved_out"], districts["755"]["moved_in"]) == (1, 1)


def test_what_was_known_before_and_was_away_has_returned(each):
    row = told(each, Span(BETWEEN, LAST))["77"]
    assert (row["new_invalid"], row["returned"]) == (2, 1)


def test_by_residence_nothing_has_moved(each):
    rows = told(each, SPAN, "commune", "residence")
    assert rows["26506"]["moved_in"] == rows["26506"]["moved_out"] == 0
    assert rows["26506"]["fixed"] == 3


def test_from_the_later_to_the_earlier_all_is_turned(each):
    there, back = told(each, SPAN)["77"], told(each, Span(LAST, BEFORE))["77"]
    assert back["delta_ratio"] == -there["delta_ratio"]
    turned = [
        ("fixed", "regressed"),
        ("new_valid", "removed_valid"),
        ("newly_signed", "unsigned_again"),
        ("pending_to_valid", "valid_to_pending"),
    ]
    for one, other in turned:
        assert (back[one], back[other]) == (there[other], there[one])


def test_a_record_tells_how_it_came_to_what_it_is(each):
    rows = record_timeline(each, scope=EVERYTHING, record_id="H10", snapshot_id=LAST)
    steps = rows.select("verification_before", "verification", "is_returned").rows()
    assert steps == [("mismatched", "absent", False), ("absent", "mismatched", True)]
    rows = record_timeline(each, scope=EVERYTHING, record_id="H2", snapshot_id=LAST)
    assert rows["as_of"].to_list() == [NOON]
    assert rows.row(0, named=True)["signing"] == "signed"
    rows = record_timeline(each, scope=EVERYTHING, record_id="H2", snapshot_id=BETWEEN)
    assert rows.is_empty()


def test_only_units_in_scope_are_listed_and_others_are_not_named(each):
    own = Scope(("755",))
    assert list(told(each, SPAN, "facility", scope=own)) == ["F3"]
    assert told(each, SPAN, "district", scope=own)["755"]["moved_in"] == 1
    assert told(each, SPAN, scope=own) == told(each, SPAN)
    unit = {"unit_district": "755", "unit_code": "F3"}
    rows = flow_records(
        each,
        scope=own,
        level="facility",
        axis="facility",
        span=SPAN,
        unit=unit,
        flow="moved_in",
    )
    assert rows.select("record_id", "unit_before", "unit_code").rows() == [("H12", "", "F3")]
    timeline = {"scope": own, "snapshot_id": LAST}
    assert record_timeline(each, record_id="H2", **timeline).is_empty()
    assert record_timeline(each, record_id="H12", **timeline).height == 2
    assert told(each, SPAN, "district", scope=Scope(())) == {}


def test_one_snapshot_is_not_compared_with_itself(each):
    with pytest.raises(RefusedError, match="Cần hai kỳ khác nhau"):
        told(each, Span(LAST, LAST))


def test_figures_that_do_not_add_up_are_not_shown(each):
    rows = flows(each, scope=EVERYTHING, level="facility", span=SPAN)
    broken = rows.with_columns(pl.col("fixed") + (pl.col("unit_code") == "F2").cast(pl.Int64))
    with pytest.raises(BrokenIdentityError, match=r"Trung tâm Y tế Vũng Tàu \(F2\): valid"):
        checked(broken)


# Lists and numbers --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "axis, level", [(axis, level) for axis, levels in LEVELS.items() for level in levels]
)
def test_every_number_has_as_many_records_behind_it(each, axis, level):
    asked: dict[str, Any] = {"scope": EVERYTHING, "level": level, "axis": axis, "span": SPAN}
    names = ("fixed", "regressed", "to_pending", "from_pending", "returned", "newly_signed")
    names += ("moved_in", "moved_out", "unsigned_again", *FIELDS)
    names += tuple(f"{way}_{one}" for way in ("new", "removed") for one in STANDINGS)
    for row in flows(each, **asked).to_dicts():
        unit = {name: row[name] for name in ("unit_district", "unit_code")}
        for name in names if level == "province" else [name for name in names if row[name]]:
            assert flow_records(each, unit=unit, flow=name, **asked).height == row[name], name
        for before, now, records in transitions(each, unit=unit, **asked).iter_rows():
            if before != now:
                found = flow_records(each, unit=unit, flow="cell", cell=(before, now), **asked)
                assert found.height == records


@pytest.mark.parametrize("level", LEVELS["facility"])
def test_the_transitions_lead_from_all_there_was_to_all_there_is(each, level):
    place: dict[str, Any] = {"scope": EVERYTHING, "level": level, "axis": "facility"}
    trees = {snapshot: verification_tree(each, snapshot_id=snapshot, **place) for snapshot in SPAN}
    for row in flows(each, span=SPAN, **place).to_dicts():
        unit = {name: row[name] for name in ("unit_district", "unit_code")}
        cells = transitions(each, unit=unit, span=SPAN, **place)
        code = row["unit_code"]
        now = trees[LAST].filter(unit_code=code).row(0, named=True)
        for state in VERIFICATION_CODES:
            assert cells.filter(verification=state)["records"].sum() == now[state]
        gone = cells.filter(pl.col("verification_before") != "absent")["records"].sum()
        assert gone == row["records_before"] + row["moved_in"]


# Any records --------------------------------------------------------------------------------

STATES_TOLD = st.sampled_from(["Đúng", "Đúng", "Sai", "Không có số", "Chờ xác thực"])


@st.composite
def person(draw: st.DrawFn) -> dict[str, str]:
    commune = draw(st.sampled_from(["26506", "26509", "26590", "99999", ""]))
    return {
        "Họ và tên": draw(st.sampled_from(["Người Mô Phỏng", "Người Mô Phóng"])),
        "Ngày sinh": draw(st.sampled_from(["02/01/1990", "03/01/1990"])),
        "Giới tính": draw(st.sampled_from(["Nam", "Nữ"])),
        "Số CCCD/CMND": draw(st.sampled_from(["", "077090000001", "077090000002"])),
        "Số điện thoại": draw(st.sampled_from(["", "0900000001"])),
        "Mã xã thường trú": commune,
        "Mã huyện thường trú": draw(st.sampled_from(["", "747", "755"])) if not commune else "",
        "Mã cơ sở nhập": draw(st.sampled_from(["F1", "F1", "F2", "F3", "F9"])),
        "Số mũi": "2",
        "Trạng thái xác thực": draw(STATES_TOLD),
        "Trạng thái ký": draw(st.sampled_from(["Chưa ký", "Chưa ký", "Đang xử lý", "Đã ký"])),
    }


@st.composite
def days(draw: st.DrawFn) -> list[dict[str, dict[str, str] | None]]:
    """Three days: record -> its row; None: its row is broken. Absent: not there."""
    names = [f"H{number}" for number in range(draw(st.integers(4, 14)))]
    found: list[dict[str, dict[str, str] | None]] = []
    for _day in range(3):
        before = found[-1] if found else {}
        today: dict[str, dict[str, str] | None] = {"H": PERSON}
        for name in names:
            fate = draw(st.sampled_from(["same", "same", "other", "absent", "broken"]))
            if fate == "same" and before.get(name):
                today[name] = before[name]
            elif fate == "broken":
                today[name] = None
            elif fate != "absent":
                today[name] = draw(person())
        found.append(today)
    return found


#: Somebody is there every day.
PERSON = {
    "Họ và tên": "Người Mô Phỏng",
    "Ngày sinh": "02/01/1990",
    "Giới tính": "Nam",
    "Mã xã thường trú": "26506",
    "Mã cơ sở nhập": "F1",
    "Số mũi": "2",
    "Trạng thái xác thực": "Đúng",
    "Trạng thái ký": "Chưa ký",
}


def stored(told: Sequence[Mapping[str, dict[str, str] | None]]) -> list[tuple[People, set[str]]]:
    """What is in force each day, and what of it was carried forward."""
    found: list[tuple[People, set[str]]] = []
    for today in told:
        before = found[-1][0] if found else {}
        people = {name: row for name, row in today.items() if row}
        kept = {name for name, row in today.items() if row is None and name in before}
        found.append((people | {name: before[name] for name in kept}, kept))
    return found


def standing(row: Person | None) -> str:
    return "absent" if row is None else VALID.get(row["Trạng thái xác thực"], "invalid")


def place(row: Person, axis: Axis, level: Level) -> tuple[str, str]:
    """District and unit that count a record; of the province ''."""
    if level == "province":
        return "", "77"
    if axis == "facility":
        code = row["Mã cơ sở nhập"]
        district = FACILITY_DISTRICTS.get(code, "unmapped")
        unit = code if code in FACILITY_DISTRICTS else "unmapped"
    else:
        commune, own = row.get("Mã xã thường trú", ""), row.get("Mã huyện thường trú", "")
        district = COMMUNES.get(commune) or own or "unmapped"
        unit = commune if commune in COMMUNES else own or "unmapped"
    return (district, district) if level == "district" else (district, unit)


def counted(
    before: People, now: People, known: set[str], axis: Axis, level: Level
) -> dict[tuple[str, str], Counter[str]]:
    """District and unit -> what became of its records."""
    found: dict[tuple[str, str], Counter[str]] = {}

    def add(row: Person, name: str) -> None:
        found.setdefault(place(row, axis, level), Counter())[name] += 1

    for record in before.keys() | now.keys():
        was, is_now = before.get(record), now.get(record)
        if was is None and is_now is not None:
            add(is_now, f"new_{standing(is_now)}")
            if record in known:
                add(is_now, "returned")
        elif was is not None and is_now is None:
            add(was, f"removed_{standing(was)}")
        elif was is not None and is_now is not None:
            _both(was, is_now, axis, level, add)
    return found


def _both(was: Person, now: Person, axis: Axis, level: Level, add: Any) -> None:
    one, other = standing(was), standing(now)
    named = {("invalid", "valid"): "fixed", ("valid", "invalid"): "regressed"}
    if one != other:
        add(now, named.get((one, other), f"{one}_to_{other}"))
    if place(was, axis, level) != place(now, axis, level):
        add(was, f"moved_out_{one}")
        add(now, f"moved_in_{one}")
    signed = was["Trạng thái ký"] in SIGNED, now["Trạng thái ký"] in SIGNED
    if signed == (False, True):
        add(now, "newly_signed")
    if signed == (True, False):
        add(now, "unsigned_again")
    for name, fields in FIELDS.items():
        if any(was.get(field, "") != now.get(field, "") for field in fields):
            add(now, name)


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("any")


@given(days())
@settings(max_examples=6, phases=[Phase.generate, Phase.explain])
def test_flows_are_what_plain_python_counts_between_any_two_days(folder, told_days):
    own = folder / f"{len(list(folder.iterdir()))}"
    own.mkdir()
    store = Store.inside(own)
    for number, today in enumerate(told_days):
        rows = [
            {"Mã hồ sơ": name} | (row or {**PERSON, "Ngày sinh": "99/99/1990"})
            for name, row in today.items()
        ]
        store.publish(rows, as_of=NOON + number * DAY, is_confirmed=True)
    connection = store.open()
    ids = connection.dates["snapshot_id"].to_list()
    people = stored(told_days)
    for first in range(len(ids)):
        for last in range(first + 1, len(ids)):
            span = Span(ids[first], ids[last])
            known = {name for rows, _kept in people[:first] for name in rows}
            for axis, levels in LEVELS.items():
                for level in levels:
                    compared = (people[first][0], people[last][0], known, axis, level)
                    _agree(connection, span, compared, people[last][1])


def _agree(connection: Connection, span: Span, compared: Any, kept: set[str]) -> None:
    before, now, _known, axis, level = compared
    expected = counted(*compared)
    rows = flows(connection, scope=EVERYTHING, level=level, axis=axis, span=span).to_dicts()
    for row in rows:
        unit = row["unit_district"], row["unit_code"]
        told = expected.pop(unit, Counter())
        assert {name: row[name] for name in row if name in told} == dict(told)
        came = {name: count for name, count in happened(row).items() if name in COUNTED}
        assert came == {name: count for name, count in told.items() if name in COUNTED}
        carried = sum(place(now[name], axis, level) == unit for name in kept)
        assert row["carried_forward"] == carried
        _parts_add_up(row)
    assert not expected
    contributions = [row["contribution"] for row in rows if row["contribution"] is not None]
    ratio_before, ratio = _ratio(before), _ratio(now)
    if ratio_before is not None and ratio is not None:
        assert sum(contributions) == pytest.approx(float(ratio - ratio_before), abs=1e-12)


COUNTED = {
    "fixed",
    "regressed",
    "returned",
    "newly_signed",
    "unsigned_again",
    *FIELDS,
    *(f"{way}_{one}" for way in ("new", "removed", "moved_in", "moved_out") for one in STANDINGS),
    *(f"{one}_to_{other}" for one in STANDINGS for other in STANDINGS if one != other),
}


def _ratio(people: People) -> Fraction | None:
    standings = Counter(map(standing, people.values()))
    base = standings["valid"] + standings["invalid"]
    return Fraction(standings["valid"], base) if base else None


def _parts_add_up(row: Mapping[str, Any]) -> None:
    if not (row["classified_before"] and row["classified"]):
        assert row["delta_fixed"] is None
        return
    change = Fraction(row["valid"], row["classified"]) - Fraction(
        row["valid_before"], row["classified_before"]
    )
    assert sum(row[f"delta_{part}"] for part in PARTS) == pytest.approx(float(change), abs=1e-12)
    assert row["delta_ratio"] == pytest.approx(float(change), abs=1e-12)


# What is not a removal, and what is a move --------------------------------------------------


def test_a_record_whose_row_is_put_aside_is_carried_forward_and_not_removed(store):
    good = [PERSON | {"Mã hồ sơ": name} for name in ("H1", "H2")]
    store.publish(good, as_of=NOON - DAY)
    broken = [good[0], good[1] | {"Ngày sinh": "99/99/1990"}]
    store.publish(broken, is_confirmed=True)
    row = told(store.open(), Span("2022-04-24T1200-r1", LAST))["77"]
    assert happened(row) == {"carried_forward": 1}


def test_a_key_that_is_there_twice_counts_once_at_most(store):
    rows = [PERSON | {"Mã hồ sơ": name} for name in ("H1", "H2")]
    store.publish(rows, as_of=NOON - DAY)
    store.publish([*rows, rows[1] | {"Trạng thái xác thực": "Sai"}], is_confirmed=True)
    row = told(store.open(), Span("2022-04-24T1200-r1", LAST))["77"]
    assert row["records"] == 2
    assert row["removed_valid"] == row["new_valid"] == 0


def test_a_facility_that_is_another_districts_now_has_moved_with_its_records(store):
    rows = [PERSON | {"Mã hồ sơ": "H1"}]
    store.publish(rows, as_of=NOON - DAY)
    other = "Mã cơ sở | Mã huyện\nF1 | 748\nF2 | 747\nF3 | 755"
    store.publish(rows, with_facilities=other, is_confirmed=True)
    connection = store.open()
    span = Span("2022-04-24T1200-r1", LAST)
    rows = told(connection, span, "district")
    assert rows["747"]["moved_out_valid"] == rows["748"]["moved_in_valid"] == 1
    assert happened(told(connection, span)["77"]) == {}
    assert happened(told(connection, span, "commune", "residence")["26506"]) == {}


def test_totals_between_two_days_of_records_are_passed_over(store):
    store.publish([PERSON | {"Mã hồ sơ": "H1", "Trạng thái xác thực": "Sai"}], as_of=NOON - 2 * DAY)
    heading = "Mã huyện | Hợp lệ | Không hợp lệ | Đủ điều kiện ký"
    publish_totals(store, f"{heading}\n747 | 5 | 5 | 0", as_of=NOON - DAY, is_confirmed=True)
    store.publish([PERSON | {"Mã hồ sơ": "H1"}], is_confirmed=True)
    connection = store.open()
    span = Span("2022-04-23T1200-r1", LAST)
    assert lists_between(connection, span) == [LAST]
    assert told(connection, span)["77"]["fixed"] == 1


def test_without_a_day_between_what_became_of_records_is_the_same(tmp_path):
    store = published(Store.inside(tmp_path), EACH)
    before = told(store.open(), SPAN, "facility")
    withdraw(store.folder, BETWEEN, why="thử", progress=quiet)
    after = store.open()
    assert lists_between(after, SPAN) == [LAST]
    assert told(after, SPAN, "facility") == before
