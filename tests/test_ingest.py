"""Rows typed and checked: what is accepted as what, and every reason for putting a row aside."""

import datetime as dt
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import given

from data import schema
from data.ingest import Ingested, ingest
from data.readers import named_apart, read_file
from tests.stores import NOON, complaints, facilities, records, totals, write_csv


@pytest.fixture
def taken(tmp_path: Path):
    """Writes tables as files of one snapshot and ingests them."""

    def take(*tables: list[dict[str, str]]) -> Ingested:
        paths = [write_csv(tmp_path / f"{n}.csv", rows) for n, rows in enumerate(tables, 1)]
        return ingest([read_file(path) for path in paths], as_of=NOON)

    return take


def one(taken, **cells: str) -> dict[str, object]:
    """The accepted record with these cells."""
    found = taken([records("Mã hồ sơ\nH1")[0] | cells])
    assert found.by_reason() == {}
    return found.accepted["records"].to_dicts()[0]


# Typing -------------------------------------------------------------------------------------


def test_a_full_record_is_typed_as_the_contract_says(taken):
    found = taken(
        records("""
            Mã hồ sơ | Họ và tên | Ngày sinh  | Giới tính | Số CCCD/CMND | Mã cơ sở nhập | Số mũi
            001      | Lê An     | 02/01/1990 | Nữ        | 077190000001 | F1            | 3
        """)
    )
    record = found.accepted["records"].to_dicts()[0]
    assert (record["record_id"], record["id_number"]) == ("001", "077190000001")
    assert (record["birth_date"], record["birth_year"]) == (dt.date(1990, 1, 2), 1990)
    assert (record["sex"], record["dose_count"]) == ("female", 3)
    assert (record["verification"], record["signing"]) == ("matched", "unsigned")


def test_a_birth_year_alone_is_a_year_and_no_date(taken):
    record = one(taken, **{"Ngày sinh": "1965"})
    assert (record["birth_date"], record["birth_year"]) == (None, 1965)


@pytest.mark.parametrize(
    "word, code", [("Nam", "male"), ("nữ", "female"), ("0", "male"), ("1", "female")]
)
def test_sex_is_a_word_or_the_templates_digit(taken, word, code):
    assert one(taken, **{"Giới tính": word})["sex"] == code


@pytest.mark.parametrize("word, code", schema.VERIFICATION_WORDS.items())
def test_each_word_of_verification_has_its_code(taken, word, code):
    assert one(taken, **{"Trạng thái xác thực": word.upper()})["verification"] == code


@pytest.mark.parametrize("word, code", schema.SIGNING_WORDS.items())
def test_each_word_of_signing_has_its_code(taken, word, code):
    assert one(taken, **{"Trạng thái ký": f" {word} "})["signing"] == code


def test_spaces_round_a_cell_do_not_matter_and_an_empty_cell_is_null(taken):
    record = one(taken, **{"Họ và tên": "  Lê An ", "Số hộ chiếu": "   "})
    assert (record["full_name"], record["passport_number"]) == ("Lê An", None)


def test_what_serves_only_the_check_is_not_kept(taken):
    assert not {name for name in one(taken) if name.endswith("_text") or name == "row"}


def test_instants_are_wall_clock_to_the_minute(taken):
    record = one(taken, **{"Cập nhật lúc": "24/04/2022 23:59"})
    assert record["updated_at"] == dt.datetime.fromisoformat("2022-04-24T23:59")


# Reasons ------------------------------------------------------------------------------------

#: Reason -> cells that break one row of a layout for that reason alone.
BROKEN_RECORD = [
    ("record_id_missing", {"Mã hồ sơ": ""}),
    ("full_name_missing", {"Họ và tên": " "}),
    ("birth_date_missing", {"Ngày sinh": ""}),
    ("birth_date_unreadable", {"Ngày sinh": "31/02/1990"}),
    ("birth_date_unreadable", {"Ngày sinh": "04/25/1990"}),
    ("birth_date_unreadable", {"Ngày sinh": "1990-04-25"}),
    ("birth_date_unreadable", {"Ngày sinh": "32874"}),
    ("birth_date_unreadable", {"Ngày sinh": "25/04/1990 00:00"}),
    ("birth_date_unreadable", {"Ngày sinh": "１９９０"}),
    ("birth_date_impossible", {"Ngày sinh": "25/04/1850"}),
    ("birth_date_impossible", {"Ngày sinh": "31/12/1889"}),
    ("birth_date_impossible", {"Ngày sinh": "1889"}),
    ("birth_date_impossible", {"Ngày sinh": "26/04/2022"}),
    ("birth_date_impossible", {"Ngày sinh": "2023"}),
    ("birth_date_unreadable", {"Ngày sinh": "25/04/+99999"}),
    ("sex_unknown", {"Giới tính": "2"}),
    ("sex_unknown", {"Giới tính": ""}),
    ("facility_code_missing", {"Mã cơ sở nhập": ""}),
    ("dose_count_unreadable", {"Số mũi": "hai"}),
    ("dose_count_unreadable", {"Số mũi": "-1"}),
    ("dose_count_unreadable", {"Số mũi": "21"}),
    ("dose_count_unreadable", {"Số mũi": "1,5"}),
    ("dose_count_unreadable", {"Số mũi": "NaN"}),
    ("dose_count_unreadable", {"Số mũi": ""}),
    ("verification_unknown", {"Trạng thái xác thực": "Gần đúng"}),
    ("verification_unknown", {"Trạng thái xác thực": ""}),
    ("invalid_reason_unknown", {"Lý do không hợp lệ": "SAI_QUE"}),
    ("invalid_reason_unknown", {"Lý do không hợp lệ": "SAI_SO,SAI_HO_TEN"}),
    ("verified_date_unreadable", {"Ngày xác thực": "hôm qua"}),
    ("signing_unknown", {"Trạng thái ký": "Ký rồi"}),
    ("signed_date_unreadable", {"Ngày ký": "30/02/2022"}),
    ("updated_at_unreadable", {"Cập nhật lúc": "24/04/2022 24:10"}),
]
BROKEN_COMPLAINT = [
    ("complaint_id_missing", {"Mã phản ánh": ""}),
    ("received_at_unreadable", {"Thời điểm tiếp nhận": "20/04/2022 25:10"}),
    ("received_at_unreadable", {"Thời điểm tiếp nhận": ""}),
    ("received_after_snapshot", {"Thời điểm tiếp nhận": "25/04/2022 12:01"}),
    ("complaint_type_missing", {"Loại phản ánh": ""}),
    ("status_unknown", {"Trạng thái": "Đã xong"}),
    ("closed_at_unreadable", {"Thời điểm xử lý": "mai"}),
    ("closed_before_received", {"Thời điểm xử lý": "20/04/2022 08:29"}),
    ("closed_after_snapshot", {"Thời điểm xử lý": "25/04/2022 12:01"}),
    ("reject_reason_unknown", {"Mã lý do từ chối": "14"}),
    ("reject_reason_unknown", {"Mã lý do từ chối": "0"}),
]
BROKEN_FACILITY = [
    ("facility_code_missing", {"Mã cơ sở": ""}),
    ("facility_code_taken", {"Mã cơ sở": "747"}),
    ("facility_code_taken", {"Mã cơ sở": "unmapped"}),
    ("facility_name_missing", {"Tên cơ sở": ""}),
    ("facility_kind_unknown", {"Loại": "Nhà thuốc"}),
    ("district_code_missing", {"Mã huyện": ""}),
    ("validity_unreadable", {"Từ ngày": "2022"}),
    ("validity_reversed", {"Từ ngày": "02/01/2022", "Đến ngày": "01/01/2022"}),
]
BROKEN_TOTAL = [
    ("district_code_missing", {"Mã huyện": ""}),
    ("count_unreadable", {"Hợp lệ": "-5"}),
    ("count_unreadable", {"Hợp lệ": "5,5"}),
    ("count_unreadable", {"Hợp lệ": "5.5"}),
    ("count_unreadable", {"Hợp lệ": "0.500"}),
    ("count_unreadable", {"Hợp lệ": "5.00"}),
    ("count_unreadable", {"Hợp lệ": "1.0000"}),
    ("count_unreadable", {"Hợp lệ": "1,000"}),
    ("count_unreadable", {"Hợp lệ": "1e3"}),
    ("count_unreadable", {"Hợp lệ": "NaN"}),
    ("count_unreadable", {"Hợp lệ": "năm"}),
    ("count_unreadable", {"Hợp lệ": "５"}),
    ("count_unreadable", {"Đã ký": "chưa có"}),
    ("cleaning_incomplete", {"Hợp lệ": "", "Đủ điều kiện ký": "0"}),
    ("cleaning_incomplete", {"Không hợp lệ": ""}),
    ("cleaning_incomplete", {"Hợp lệ": "", "Không hợp lệ": ""}),
    ("signing_incomplete", {"Đủ điều kiện ký": ""}),
    ("signing_incomplete", {"Đang xử lý ký": ""}),
    ("signing_incomplete", {"Đã ký": ""}),
    ("signed_over_signable", {"Đang xử lý ký": "1", "Đã ký": "5"}),
    ("signed_over_signable", {"Đã ký": "1", "Trong đó đã cấp": "2"}),
    ("signable_over_valid", {"Đủ điều kiện ký": "6"}),
    ("signable_over_valid", {"Miễn xác thực": "2", "Đủ điều kiện ký": "8"}),
]
TWO_ROWS = {
    "record_id_duplicated",
    "complaint_id_duplicated",
    "facility_duplicated",
    "district_duplicated",
    "field_count",
}


def test_every_reason_has_an_example_here():
    every = BROKEN_RECORD + BROKEN_COMPLAINT + BROKEN_FACILITY + BROKEN_TOTAL
    shown = {reason for reason, _ in every}
    assert shown | TWO_ROWS == set(schema.REASONS)


@pytest.mark.parametrize("reason, cells", BROKEN_RECORD)
def test_a_broken_record_is_put_aside_for_one_reason(taken, reason, cells):
    good, broken = records("Mã hồ sơ\nH1\nH2")
    found = taken([good, broken | cells])
    assert found.by_reason() == {reason: 1}
    assert found.accepted["records"]["record_id"].to_list() == ["H1"]
    assert found.quarantine["line"].to_list() == [3]


@pytest.mark.parametrize("reason, cells", BROKEN_COMPLAINT)
def test_a_broken_complaint_is_put_aside_for_one_reason(taken, reason, cells):
    good, broken = complaints("Mã phản ánh\nP1\nP2")
    found = taken([good, broken | cells])
    assert found.by_reason() == {reason: 1}
    assert found.accepted["complaints"]["complaint_id"].to_list() == ["P1"]


@pytest.mark.parametrize("reason, cells", BROKEN_FACILITY)
def test_a_broken_facility_is_put_aside_for_one_reason(taken, reason, cells):
    good, broken = facilities("Mã cơ sở\nF1\nF2")
    found = taken([good, broken | cells])
    assert found.by_reason() == {reason: 1}
    assert found.accepted["facilities"]["facility_code"].to_list() == ["F1"]


@pytest.mark.parametrize("reason, cells", BROKEN_TOTAL)
def test_a_broken_row_of_totals_is_put_aside_for_one_reason(taken, reason, cells):
    good, broken = totals("Mã huyện | Hợp lệ | Đủ điều kiện ký\n747 | 5 | 5\n748 | 5 | 5")[:2]
    found = taken([good, broken | cells])
    assert found.by_reason() == {reason: 1}
    assert found.accepted["totals"]["district_code"].to_list() == ["747"]
    assert found.quarantine["line"].to_list() == [3]


def test_edges_that_are_still_possible_are_accepted(taken):
    assert one(taken, **{"Ngày sinh": "25/04/2022"})["birth_year"] == 2022
    assert one(taken, **{"Ngày sinh": "01/01/1890"})["birth_year"] == 1890
    assert one(taken, **{"Số mũi": "0"})["dose_count"] == 0
    assert one(taken, **{"Số mũi": "20"})["dose_count"] == 20


def test_a_complaint_received_on_the_minute_and_closed_at_once_is_accepted(taken):
    row = complaints("""
        Thời điểm tiếp nhận | Thời điểm xử lý  | Mã lý do từ chối
        25/04/2022 12:00    | 25/04/2022 12:00 | 13
    """)
    assert taken(row).by_reason() == {}


def test_both_rows_of_a_repeated_id_are_put_aside_also_across_files(taken):
    rows = records("Mã hồ sơ\nH1\nH2\nH3")
    found = taken(rows, records("Mã hồ sơ\nH2"))
    assert found.by_reason() == {"record_id_duplicated": 2}
    places = found.quarantine.select("source", "line").rows()
    assert places == [("1.csv", 3), ("2.csv", 2)]


def test_repeated_complaints_and_facilities_are_put_aside_too(taken):
    found = taken(complaints("Mã phản ánh\nP1\nP1"), facilities("Mã cơ sở\nF1\nF1"))
    assert found.by_reason() == {"complaint_id_duplicated": 2, "facility_duplicated": 2}


def test_a_facility_may_have_several_periods(taken):
    found = taken(
        facilities("""
            Mã cơ sở | Từ ngày    | Đến ngày
            F1       |            | 31/12/2021
            F1       | 01/01/2022 |
        """)
    )
    assert found.by_reason() == {}


def test_a_row_with_several_faults_carries_every_reason(taken):
    broken = records("Mã hồ sơ\nH1")[0] | {"Ngày sinh": "31/02/1990", "Số mũi": "?"}
    found = taken([broken])
    reasons = ["birth_date_unreadable", "dose_count_unreadable"]
    assert found.quarantine["reasons"].to_list() == [reasons]


def test_a_row_put_aside_keeps_its_source_line_id_and_text(taken):
    good, broken = records("Mã hồ sơ\nH1\nH2")
    found = taken([good, broken | {"Ngày sinh": "31/02/1990"}])
    row = found.quarantine.to_dicts()[0]
    assert (row["layout"], row["source"], row["line"], row["row_id"]) == (
        "records",
        "1.csv",
        3,
        "H2",
    )
    assert "31/02/1990" in row["row_text"]


def test_a_row_of_the_wrong_length_is_put_aside_with_its_line(tmp_path):
    path = write_csv(tmp_path / "r.csv", records("Mã hồ sơ\nH1"))
    path.write_text(path.read_text() + "H2,Lê\n")
    found = ingest([read_file(path)], as_of=NOON)
    assert found.by_reason() == {"field_count": 1}
    assert found.quarantine.select("line", "row_id", "row_text").rows() == [(3, "H2", "H2,Lê")]


def test_a_thousand_different_wrong_words_do_not_spoil_the_right_ones(taken):
    good = records("Mã hồ sơ\nH1")
    words = [f"W{number}" for number in range(1200)]
    wrong = [good[0] | {"Mã hồ sơ": word, "Trạng thái ký": word} for word in words]
    found = taken(good + wrong)
    assert found.accepted["records"]["record_id"].to_list() == ["H1"]
    assert found.by_reason() == {"signing_unknown": 1200}


def test_two_files_of_the_same_name_are_counted_apart(tmp_path):
    folders = [tmp_path / "747", tmp_path / "748"]
    for number, folder in enumerate(folders):
        folder.mkdir()
        rows = records(f"Mã hồ sơ | Số mũi\nA{number} | 2\nB{number} | {'?' * (1 - number)}2")
        write_csv(folder / "records.csv", rows)
    sources = named_apart([read_file(folder / "records.csv") for folder in folders])
    found = ingest(sources, as_of=NOON)
    assert [file.source for file in found.files] == ["records.csv", "records.csv (2)"]
    assert [(file.accepted, file.quarantined) for file in found.files] == [(1, 1), (2, 0)]


# Always -------------------------------------------------------------------------------------

WORDS = ["H1", "H2", "Nam", "Đúng", "Sai", "Chưa ký", "SAI_SO", "=1+1", "\ufffd", "x" * 40]
NUMBERS = ["1", "2", "-1", "1e5", "NaN", "99999", "1990", "0206", "１９９０"]
DATES = ["01/01/1990", "31/02/1990", "25/04/+99999", "24/04/2022 16:00"]
CELL = st.sampled_from(["", " ", *WORDS, *NUMBERS, *DATES])
HEADINGS = [*records("Mã hồ sơ\nH1")[0], "Lý do không hợp lệ", "Cập nhật lúc", "Ngày ký"]


@given(
    tables=st.lists(
        st.lists(st.lists(CELL, min_size=9, max_size=12), min_size=1, max_size=5),
        min_size=1,
        max_size=2,
    )
)
def test_rows_read_are_rows_accepted_plus_rows_put_aside_always(tmp_path_factory, tables):
    folder = tmp_path_factory.mktemp("files")
    sources = []
    for number, rows in enumerate(tables):
        lines = [",".join(HEADINGS), *(",".join(row) for row in rows)]
        path = folder / f"{number}.csv"
        path.write_text("\n".join(lines) + "\n")
        sources.append(read_file(path))
    found = ingest(sources, as_of=NOON)
    assert found.count("rows_read") == sum(len(rows) for rows in tables)
    assert found.count("rows_read") == found.count("accepted") + found.count("quarantined")
    assert found.accepted["records"].height == found.count("accepted")
    assert found.quarantine.height == found.count("quarantined")
    assert found.quarantine["reasons"].list.len().min() != 0
    assert found.quarantine.select("source", "line").is_unique().all()
