"""A table of totals by district, for days of which nothing else is known: what it tells and
refuses, and that it does not come between the snapshots of records on both sides of it."""

import datetime as dt
from typing import Any

import polars as pl
import pytest

from data import pairs, snapshots
from data.errors import HeldError, RefusedError
from data.ingest import Ingested, ingest
from data.readers import read_file
from data.sample import build_province, write_day, write_facilities
from data.sample.province import scaled_totals
from queries.complaints import complaint_flow, still_invalid_complaints
from queries.measure import Level, covering, trend
from queries.metrics import metric_definition, metric_names
from queries.questions import find_snapshot, unit_table, unmapped_codes
from queries.scope import Scope
from queries.signing import signing_contradictions
from tests.stores import (
    COUNTS,
    DISTRICTS,
    NOON,
    Store,
    complaints,
    publish_totals,
    records,
    text_table,
    totals,
    write_csv,
)

EVERYTHING = Scope.everything()
DAY = dt.timedelta(days=1)
WEEK = 7 * DAY
MAY_26 = dt.datetime.fromisoformat("2022-05-26T16:00")
#: One district with all that can be told of it; 2 + 3 + 1 + 4 = 10 records.
FULL = """
    Mã huyện | Hợp lệ | Không hợp lệ | Chưa phân loại | Miễn xác thực | Đủ điều kiện ký \
| Đang xử lý ký | Đã ký | Trong đó đã cấp
    747      | 2      | 3            | 1              | 4             | 5               \
| 1             | 3     | 2
"""
CLEANING = "Mã huyện | Hợp lệ | Không hợp lệ | Đủ điều kiện ký | Đang xử lý ký | Đã ký"


@pytest.fixture
def taken(tmp_path):
    """Writes a table of totals and ingests it."""

    def take(rows: list[dict[str, str]]) -> Ingested:
        return ingest([read_file(write_csv(tmp_path / "totals.csv", rows))], as_of=NOON)

    return take


@pytest.fixture(scope="module")
def full(tmp_path_factory) -> Store:
    """A store with the table FULL; only asked, never written."""
    folder = tmp_path_factory.mktemp("full")
    store = Store(folder / "store", folder / "inbox")
    publish_totals(store, FULL)
    return store


def manifest(store: Store) -> snapshots.Manifest:
    """Of the newest snapshot in force."""
    return snapshots.in_force(store.folder)[-1]


def refusal(store: Store, metric: str, level: Level = "province") -> str:
    """What a question to the newest snapshot is refused with."""
    with pytest.raises(RefusedError) as refused:
        store.ask().ratios(metric, level)
    return str(refused.value)


def table(store: Store, level: Level, snapshot_id: str = "") -> dict[str, dict[str, Any]]:
    """Unit -> its row of the table of cleaning."""
    connection = store.open()
    newest = snapshot_id or find_snapshot(connection)
    rows = unit_table(connection, scope=EVERYTHING, level=level, snapshot_id=newest)
    return {row["unit_code"]: row for row in rows.to_dicts()}


# The province's own report ------------------------------------------------------------------

# Báo Bà Rịa - Vũng Tàu, June 2022: as of 26/5/2022 signed 301.043 of 873.322 (34,47 %), the rest
# being signed; 309.663 - 36.366 = 273.297 still to be cleaned. The split by district is invented.
REPORT = """
    Mã huyện | Hợp lệ  | Không hợp lệ | Đủ điều kiện ký | Đang xử lý ký | Đã ký
    747      | 260.000 | 90.000       | 260.000         | 169.000       | 91.000
    748      | 90.000  | 20.000       | 90.000          | 52.000        | 38.000
    750      | 124.000 | 35.000       | 124.000         | 77.000        | 47.000
    751      | 118.000 | 35.000       | 118.000         | 78.000        | 40.000
    752      | 107.000 | 35.000       | 107.000         | 74.000        | 33.000
    753      | 61.000  | 15.000       | 61.000          | 36.000        | 25.000
    754      | 108.322 | 42.297       | 108.322         | 84.279        | 24.043
    755      | 5.000   | 1.000        | 5.000           | 2.000         | 3.000
    Tổng cộng | 873.322 | 273.297     | 873.322         | 572.279       | 301.043
"""


def test_the_provinces_report_of_26_may_is_answered_from_its_totals(store):
    publish_totals(store, REPORT, as_of=MAY_26)
    asked = store.ask()
    progress = asked.ratios("signing_progress", "province")["77"]
    assert progress == (301_043, 873_322, 301_043 / 873_322)
    assert round(100 * 301_043 / 873_322, 2) == 34.47
    in_process = asked.ratios("signing_in_process", "province")["77"]
    assert in_process[:2] == (572_279, 873_322)
    assert asked.ratios("invalid_ratio", "province")["77"][0] == 309_663 - 36_366


def test_the_provinces_report_of_26_may_comes_out_of_invented_records_in_proportion(
    store, tmp_path
):
    # The records and their split by district are invented; build_province() of full size has the
    # report's own numbers, see test_sample.py.
    size = 20_000
    province, reported = build_province(size), scaled_totals(size)
    files = [*write_day(province, MAY_26.date(), tmp_path), write_facilities(province, tmp_path)]
    store.publish_files(files, as_of=MAY_26)
    asked = store.ask()
    signed, signable = reported.last_signed, reported.last_signable
    assert asked.ratios("signing_progress", "province")["77"] == (
        signed,
        signable,
        signed / signable,
    )
    assert signed / signable == pytest.approx(0.3447, abs=0.0001)
    in_process = asked.ratios("signing_in_process", "province")["77"]
    assert in_process[:2] == (signable - signed, signable)
    assert asked.ratios("invalid_ratio", "province")["77"][0] == reported.last_invalid


# Rows ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("written", ["301043", "301.043", "301043.0", " 301.043 "])
def test_a_count_may_be_written_with_dots_or_as_a_workbook_writes_it(taken, written):
    row = totals("Mã huyện | Hợp lệ\n747 | 1")[0] | {"Hợp lệ": written}
    assert taken([row]).accepted["totals"]["valid"].to_list() == [301_043]


def test_both_rows_of_a_repeated_district_are_put_aside(taken):
    found = taken(totals("Mã huyện | Hợp lệ\n747 | 1\n747 | 2"))
    assert found.by_reason() == {"district_duplicated": 2}
    assert found.quarantine["row_id"].to_list() == ["747", "747"]


def test_the_signable_may_be_valid_or_exempt(taken):
    rows = totals("Mã huyện | Hợp lệ | Miễn xác thực | Đủ điều kiện ký\n747 | 2 | 3 | 5")
    assert taken(rows).by_reason() == {}


def test_issued_without_the_signed_they_are_part_of_are_put_aside(taken):
    found = taken(
        text_table(f"{CLEANING} | Đã cấp\n747 | 8 | 2 |  |  |  | 3\n748 | 8 | 2 |  |  |  | ")
    )
    assert found.by_reason() == {"signing_incomplete": 1}


def test_one_stray_count_puts_aside_its_own_row_and_no_other(taken):
    found = taken(text_table(f"{CLEANING}\n747 | 5 |  | 5 | 0 | 0\n748 |  |  | 5 | 0 | 0"))
    assert found.by_reason() == {"cleaning_incomplete": 1}
    assert found.accepted["totals"]["district_code"].to_list() == ["748"]


def test_a_district_of_which_a_stream_is_not_told_while_it_is_of_others_is_put_aside(taken):
    found = taken(text_table(f"{CLEANING}\n747 | 8 | 2 | 8 | 0 | 0\n748 |  |  | 5 | 0 | 0"))
    assert found.by_reason() == {"cleaning_incomplete": 1}
    found = taken(text_table(f"{CLEANING}\n747 | 8 | 2 | 8 | 0 | 0\n748 | 5 | 1 |  |  | "))
    assert found.by_reason() == {"signing_incomplete": 1}


@pytest.mark.parametrize(
    "code, name", [("Tổng cộng", ""), ("", "TỔNG CỘNG"), ("", "Toàn tỉnh"), ("TỔNG", "")]
)
def test_a_row_of_sums_is_known_by_its_name(taken, code, name):
    last = {"Mã huyện": code, "Tên huyện": name} | dict.fromkeys(COUNTS, "0")
    kept = taken([last | {"Mã huyện": "747", "Tên huyện": ""}, last]).accepted["totals"]
    assert kept.select("district_code", "is_total").rows() == [("747", False), (None, True)]


def test_a_row_of_sums_is_kept_and_is_no_district(store):
    outcome = publish_totals(store, "Mã huyện | Hợp lệ\n747 | 3\nTổng cộng | 3")
    assert (outcome.accepted, outcome.quarantined) == (8 + 1, 0)
    assert list(store.ask().ratios("valid_ratio", "district")) == list(DISTRICTS)
    assert store.ask().ratios("valid_ratio", "province")["77"] == (3, 3, 1.0)
    kept = snapshots.read_table(store.folder, manifest(store).snapshot_id, "totals")
    assert kept.filter("is_total")["valid"].to_list() == [3]


# Held and refused ---------------------------------------------------------------------------

UNBALANCED = "Mã huyện | Hợp lệ\n747 | 3\n748 | 4\nTổng cộng | 8"


def test_districts_that_do_not_make_up_the_total_are_held_until_confirmed(store):
    with pytest.raises(HeldError, match=r"“Hợp lệ” = 8, các huyện cộng lại là 7;.*--confirm"):
        publish_totals(store, UNBALANCED)
    assert store.content() == {}
    publish_totals(store, UNBALANCED, is_confirmed=True)
    assert store.ask().ratios("valid_ratio", "province")["77"] == (3 + 4, 3 + 4, 1.0)


def test_a_total_that_is_not_given_is_not_compared(store):
    rows = totals("Mã huyện | Hợp lệ\n747 | 3\nTổng cộng | 3")
    rows[1] |= {"Đã ký": "", "Đủ điều kiện ký": "", "Đang xử lý ký": ""}
    assert publish_totals(store, rows).snapshot_id


def test_a_missing_district_is_held_by_its_name_until_confirmed(store):
    rows = [row for row in totals("Mã huyện | Hợp lệ\n747 | 3") if row["Mã huyện"] != "755"]
    with pytest.raises(HeldError, match=r"Bảng tổng thiếu Huyện Côn Đảo;.*--confirm"):
        publish_totals(store, rows)
    assert publish_totals(store, rows, is_confirmed=True).accepted == 8 - 1


@pytest.mark.parametrize(
    "row, said",
    [
        ("747 | ? | 0", r"dòng 2 \(747\) phải để riêng vì số liệu không đọc được"),
        ("Tổng cộng | ? | 0", r"dòng 2 \(dòng tổng cộng\) phải để riêng vì số liệu không đọc"),
    ],
)
def test_a_district_or_total_whose_row_is_put_aside_is_held_with_the_reason(store, row, said):
    with pytest.raises(HeldError, match=f"{said}.*; sửa dòng này rồi chạy lại") as held:
        publish_totals(store, f"Mã huyện | Hợp lệ | Không hợp lệ\n{row}")
    assert "--confirm" not in str(held.value)


def test_records_and_totals_together_are_refused(store, tmp_path):
    files = [
        write_csv(tmp_path / "records.csv", records("Mã hồ sơ\nH1")),
        write_csv(tmp_path / "totals.csv", totals("Mã huyện\n747")),
    ]
    with pytest.raises(RefusedError, match="có cả bảng hồ sơ và bảng tổng theo huyện"):
        store.publish_files(files)
    assert store.content() == {}


def test_a_table_without_one_count_is_refused(store):
    with pytest.raises(RefusedError, match="không có số liệu làm sạch, cũng không có số liệu ký"):
        publish_totals(store, f"{CLEANING}\n747 |  |  |  |  | ")
    assert store.content() == {}


def test_a_table_whose_rows_are_all_put_aside_is_refused(store):
    rows = [row | {"Hợp lệ": "?"} for row in totals("Mã huyện\n747")]
    with pytest.raises(RefusedError, match="Không có dòng tổng theo huyện nào nhận được"):
        publish_totals(store, rows, is_confirmed=True)


# Answers ------------------------------------------------------------------------------------


@pytest.mark.parametrize("axis", ["facility", "residence"])
@pytest.mark.parametrize("level, unit", [("province", "77"), ("district", "747")])
def test_province_and_districts_are_answered_on_both_axes(full, level, unit, axis):
    asked = full.ask()
    answers = {
        "valid_ratio": (2, 2 + 3),
        "invalid_ratio": (3, 2 + 3),
        "signing_progress": (3, 5),
        "signing_in_process": (1, 5),
        "issued_ratio": (2, 5),
    }
    for metric, counts in answers.items():
        assert asked.ratios(metric, level, axis=axis)[unit][:2] == counts
    assert asked.ratios("valid_ratio", "district", axis=axis)["748"] == (0, 0, None)


def test_the_signed_of_a_table_count_the_issued_too(full):
    row = full.ask().signing("district")["747"]
    assert (row["signed"], row["issued"], row["done"]) == (3 - 2, 2, 3)
    assert (row["not_started"], row["in_process"], row["signable"]) == (5 - 1 - 3, 1, 5)
    assert (row["verified"], row["too_few_doses"]) == (2 + 4, 2 + 4 - 5)


def test_how_long_records_have_waited_is_not_known_of_totals(full):
    asked = full.ask()
    row, idle = asked.signing("district")["747"], asked.idleness("district")["747"]
    assert (row["waiting"], row["waiting_0_2"], row["in_process_long"]) == (2, None, None)
    assert (row["newly_signed"], idle["idle_days"], idle["is_stalled"]) == (None, None, None)


@pytest.mark.parametrize("level, unit", [("province", "77"), ("district", "747")])
def test_the_parts_of_the_tree_add_up_with_those_whose_state_is_not_known(full, level, unit):
    row = full.ask().tree(level)[unit]
    assert (row["valid"], row["invalid"], row["pending"], row["exempt"]) == (2, 3, 1, 4)
    assert row["records"] == 2 + 3 + 1 + 4
    assert (row["unspecified_invalid"], row["unspecified_pending"]) == (3, 1)
    states = ("mismatched", "not_found", "no_id", "bad_id", "not_sent", "awaiting")
    assert [row[state] for state in states] == [0] * len(states)


def test_the_table_of_units_has_the_states_that_are_not_known_too(store):
    publish_totals(store, FULL)
    row = table(store, "district")["747"]
    assert (row["unspecified_invalid"], row["unspecified_pending"]) == (3, 1)
    store.publish("Mã hồ sơ\nH1", as_of=NOON + DAY)
    row = table(store, "district")["747"]
    assert (row["unspecified_invalid"], row["unspecified_pending"]) == (0, 0)


def test_why_records_are_invalid_is_not_specified_by_totals_and_adds_up(full):
    assert full.ask().reasons("district", "747") == {"unspecified_invalid": (3, 3, 1.0)}
    assert full.ask().reasons("district", "748") == {"unspecified_invalid": (0, 0, None)}


def test_of_records_no_reason_is_unspecified_for_want_of_records(store):
    store.publish("Trạng thái xác thực\nSai")
    assert "unspecified_invalid" not in store.ask().reasons("province", "77")


def test_a_district_nobody_knows_counts_as_unmapped(store):
    publish_totals(store, "Mã huyện | Hợp lệ\n747 | 3\n749 | 4")
    asked = store.ask()
    assert asked.ratios("valid_ratio", "district")["unmapped"] == (4, 4, 1.0)
    assert asked.ratios("valid_ratio", "province")["77"] == (3 + 4, 3 + 4, 1.0)
    codes = unmapped_codes(asked.connection, scope=EVERYTHING, snapshot_id=asked.snapshot_id)
    assert codes.rows() == [("facility", "749", 4), ("residence", "749", 4)]


def test_a_district_in_scope_sees_its_own_row_and_the_provinces(store):
    publish_totals(store, "Mã huyện | Hợp lệ\n747 | 3\n748 | 4")
    asked, own = store.ask(), Scope(("748",))
    assert asked.ratios("valid_ratio", "district", scope=own) == {"748": (4, 4, 1.0)}
    assert asked.ratios("valid_ratio", "province", scope=own)["77"][0] == 3 + 4


# What it does not cover ---------------------------------------------------------------------


def test_a_table_of_cleaning_only_covers_cleaning_and_refuses_signing(store):
    publish_totals(store, f"{CLEANING}\n747 | 8 | 2 |  |  | ")
    assert manifest(store).covers == ["cleaning"]
    asked = store.ask()
    assert asked.ratios("valid_ratio", "district")["747"] == (8, 8 + 2, 0.8)
    assert refusal(store, "signing_progress") == "Kỳ 25/04/2022 12:00 không có số liệu ký."


def test_a_table_of_signing_only_covers_signing_and_refuses_cleaning(store):
    publish_totals(store, f"{CLEANING}\n747 |  |  | 8 | 1 | 2")
    assert manifest(store).covers == ["signing"]
    asked = store.ask()
    assert asked.ratios("signing_progress", "district")["747"] == (2, 8, 2 / 8)
    assert asked.ratios("signing_progress", "district")["748"] == (0, 0, None)
    assert refusal(store, "valid_ratio") == "Kỳ 25/04/2022 12:00 không có số liệu làm sạch."


def test_of_a_table_of_signing_only_one_district_may_be_asked_for(store):
    publish_totals(store, f"{CLEANING}\n747 |  |  | 8 | 1 | 2")
    asked = store.ask()
    assert asked.ratios("signing_progress", "district", district_code="747") == {
        "747": (2, 8, 2 / 8)
    }


def test_a_full_table_covers_both_and_no_complaints(full):
    assert manifest(full).covers == ["cleaning", "signing", "issuing"]
    assert refusal(full, "complaint_backlog") == "Kỳ 25/04/2022 12:00 không có tệp phản ánh."


@pytest.fixture(scope="module")
def after_records(tmp_path_factory) -> Store:
    """Records on 25/4, totals on 26/4; only asked, never written."""
    folder = tmp_path_factory.mktemp("after_records")
    store = Store(folder / "store", folder / "inbox")
    store.publish("Mã hồ sơ\nH1")
    publish_totals(store, FULL, as_of=NOON + DAY)
    return store


NAMED = "Kỳ 26/04/2022 12:00 chỉ có bảng tổng theo huyện; kỳ mới nhất có: 25/04/2022 12:00."


@pytest.mark.parametrize("metric", ["valid_ratio", "signing_progress"])
@pytest.mark.parametrize("level", ["facility", "commune"])
def test_below_the_district_totals_refuse_and_name_the_newest_that_answers(
    after_records, metric, level
):
    assert refusal(after_records, metric, level) == NAMED


@pytest.mark.parametrize(
    "metric",
    [
        name
        for name in metric_names()
        if metric_definition(name).needs_records
        and metric_definition(name).workstream != "complaints"
    ],
)
def test_a_metric_that_needs_records_is_refused_and_names_the_newest_that_answers(
    after_records, metric
):
    assert refusal(after_records, metric) == NAMED


def test_without_any_snapshot_of_records_there_is_none_to_name(full):
    assert refusal(full, "valid_ratio", "facility") == (
        "Kỳ 25/04/2022 12:00 chỉ có bảng tổng theo huyện."
    )


@pytest.mark.parametrize(
    "which", ["signed_not_verified", "changed_after_signing", "in_process_long"]
)
def test_totals_have_no_list_of_records(after_records, which):
    connection = after_records.open()
    newest = find_snapshot(connection)
    with pytest.raises(RefusedError, match="chỉ có bảng tổng theo huyện; kỳ mới nhất có: 25/04"):
        signing_contradictions(connection, scope=EVERYTHING, which=which, snapshot_id=newest)


# With complaints ----------------------------------------------------------------------------

COMPLAINTS = """
    Mã cơ sở | Mã huyện | Trạng thái    | Thời điểm tiếp nhận
    F1       | 747      | Mới ghi nhận  | 25/04/2022 11:00
             | 747      | Đang xử lý    | 20/04/2022 11:00
             |          | Đã duyệt      | 20/04/2022 11:00
"""


def test_complaints_come_along_with_totals_and_are_answered_at_every_level(store):
    store.publish("Mã hồ sơ\nH1", as_of=NOON - DAY)
    publish_totals(store, FULL, with_complaints=complaints(COMPLAINTS))
    assert manifest(store).covers == ["cleaning", "signing", "issuing", "complaints"]
    asked = store.ask()
    backlog = {
        level: asked.ratios("complaint_backlog", level)
        for level in ("province", "district", "facility")
    }
    assert backlog["province"]["77"] == (2, 3, 2 / 3)
    assert backlog["district"]["747"] == (2, 2, 1.0)
    assert backlog["district"]["unmapped"] == (0, 1, 0.0)
    assert (backlog["facility"]["F1"], backlog["facility"]["747"]) == ((1, 1, 1.0), (1, 1, 1.0))
    assert asked.ratios("overdue_complaint_ratio", "province")["77"] == (1, 2, 1 / 2)


def test_complaints_without_records_do_not_tell_whose_record_is_still_invalid(store):
    rows = complaints("Mã hồ sơ | Trạng thái\nH1 | Đã duyệt")
    publish_totals(store, FULL, with_complaints=rows)
    assert refusal(store, "resolved_still_invalid") == (
        "Kỳ 25/04/2022 12:00 chỉ có bảng tổng theo huyện."
    )
    connection = store.open()
    with pytest.raises(RefusedError, match="chỉ có bảng tổng theo huyện"):
        still_invalid_complaints(
            connection, scope=EVERYTHING, snapshot_id=find_snapshot(connection)
        )


def test_complaints_flow_from_a_snapshot_of_records_to_one_of_totals(store):
    before = "Mã phản ánh | Mã cơ sở\nP1 | F1"
    store.publish("Mã hồ sơ\nH1", as_of=NOON - DAY, with_complaints=before)
    rows = complaints("""
        Mã phản ánh | Mã cơ sở | Trạng thái | Thời điểm tiếp nhận
        P1          | F1       | Đã duyệt   | 20/04/2022 08:30
        P2          | F1       | Đang xử lý | 25/04/2022 09:00
    """)
    publish_totals(store, FULL, with_complaints=rows)
    asked = store.ask()
    flow = complaint_flow(
        asked.connection,
        scope=EVERYTHING,
        level="province",
        snapshot_id=asked.snapshot_id,
        since="2022-04-24T1200-r1",
    )
    columns = ("opening", "received", "closed", "difference", "closing")
    assert flow.select(columns).rows() == [(1, 1, 1, 0, 1 + 1 - 1)]


# Over time ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def between(tmp_path_factory) -> Store:
    """Records a week before and now, totals three days before: 1, 3 and 2 valid records; only
    asked, never written.
    """
    folder = tmp_path_factory.mktemp("between")
    store = Store(folder / "store", folder / "inbox")
    store.publish("Mã hồ sơ\nH1", as_of=NOON - WEEK)
    publish_totals(store, "Mã huyện | Hợp lệ\n747 | 3", as_of=NOON - 3 * DAY)
    store.publish("Mã hồ sơ\nH1\nH2")
    return store


@pytest.mark.parametrize(
    "metric, level, unit, valid",
    [
        ("valid_ratio", "province", "77", [1, 3, 2]),
        ("valid_ratio", "district", "747", [1, 3, 2]),
        ("valid_ratio", "facility", "F1", [1, 2]),
        ("valid_ratio_compared", "province", "77", [1, 2]),
    ],
)
def test_a_trend_has_a_point_for_every_snapshot_that_tells(between, metric, level, unit, valid):
    rows = trend(between.open(), metric, scope=EVERYTHING, level=level, unit_code=unit)
    assert rows["numerator"].to_list() == valid
    assert rows["as_of"].is_sorted()


def test_a_stream_that_totals_do_not_cover_has_no_point_of_them(store):
    store.publish("Mã hồ sơ\nH1", as_of=NOON - DAY)
    publish_totals(store, f"{CLEANING}\n747 | 8 | 2 |  |  | ")
    connection = store.open()
    assert covering(connection, "signing")["snapshot_id"].to_list() == ["2022-04-24T1200-r1"]
    rows = trend(connection, "signing_progress", scope=EVERYTHING, level="province")
    assert rows["denominator"].to_list() == [1]


def test_a_facility_has_no_change_since_totals_which_do_not_list_it(store):
    publish_totals(store, "Mã huyện | Hợp lệ\n747 | 3", as_of=NOON - WEEK)
    store.publish("Mã hồ sơ\nH1\nH2")
    row = table(store, "facility")["F1"]
    assert (row["valid"], row["valid_change"], row["invalid_change"]) == (2, None, None)
    row = table(store, "district")["747"]
    assert (row["valid"], row["valid_change"]) == (2, 2 - 3)
    assert store.ask().signing("facility")["F1"]["ratio_change"] is None


def test_totals_are_compared_with_records_of_a_week_before(store):
    store.publish("Mã hồ sơ\nH1\nH2", as_of=NOON - WEEK)
    publish_totals(store, "Mã huyện | Hợp lệ\n747 | 5")
    row = table(store, "district")["747"]
    assert (row["valid_change"], row["history"]) == (5 - 2, [1.0, 1.0])


# Between two snapshots of records -----------------------------------------------------------


def many(count: int) -> list[dict[str, str]]:
    return records("Mã hồ sơ\n" + "\n".join(f"H{number}" for number in range(count)))


def test_the_loss_of_records_is_told_against_the_last_snapshot_of_records(store):
    store.publish(many(100))
    publish_totals(store, "Mã huyện | Hợp lệ\n747 | 1", as_of=NOON + DAY)
    with pytest.raises(HeldError, match=r"Chỉ có 49 hồ sơ.*25/04/2022 12:00 có 100"):
        store.publish(many(49), as_of=NOON + 2 * DAY)


def test_a_state_is_carried_forward_over_a_snapshot_of_totals(store):
    store.publish("Mã hồ sơ | Trạng thái xác thực\nH1 | Sai\nH2 | Đúng")
    publish_totals(store, FULL, as_of=NOON + DAY)
    outcome = store.publish(
        "Mã hồ sơ | Trạng thái xác thực\nH1 | ?\nH2 | Đúng", as_of=NOON + 2 * DAY
    )
    assert outcome.carried_forward == 1
    assert store.ask().ratios("valid_ratio", "province")["77"] == (1, 1 + 1, 1 / 2)


def test_the_pairs_of_records_are_the_same_with_totals_between_them(store, tmp_path):
    other = Store(tmp_path / "other", tmp_path / "inbox")
    publish_totals(store, FULL, as_of=NOON + DAY)
    days = {0: "Chưa ký", 2: "Đang xử lý", 4: "Đã ký"}
    for days_later, word in days.items():
        for kept in (store, other):
            rows = f"Mã hồ sơ | Trạng thái ký\nH1 | {word}"
            kept.publish(rows, as_of=NOON + days_later * DAY, is_confirmed=True)
    for days_later in days:
        folder = f"marts/2022-04-{25 + days_later}T1200-r1/pair"
        for name in ("history.parquet", "signing_since.parquet", "pair.json"):
            path = f"{folder}/{name}"
            assert store.content()[path] == other.content()[path]


def test_totals_have_pair_marts_without_a_record_in_them(between):
    [totals_of] = [m for m in snapshots.in_force(between.folder) if m.has("totals")]
    history = pairs.folder_of(between.folder, totals_of) / "history.parquet"
    assert pl.read_parquet(history).height == 0
    assert between.open().dates["is_paired"].to_list() == [True] * 3


def test_totals_may_be_replaced_by_records_of_the_same_instant(store):
    publish_totals(store, FULL)
    store.publish("Mã hồ sơ\nH1", reason_of_revision="đã có hồ sơ")
    assert store.ask().ratios("valid_ratio", "facility")["F1"] == (1, 1, 1.0)


# Invented -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "notes, is_invented, is_wholly",
    [
        (("", ""), False, False),
        (("số liệu báo cáo", ""), False, False),
        (("Dữ liệu mô phỏng", ""), True, False),
        (("Dữ liệu mô phỏng", "DỮ LIỆU MÔ PHỎNG"), True, True),
    ],
)
def test_totals_are_invented_where_their_note_says_so(store, notes, is_invented, is_wholly):
    rows = totals("Mã huyện | Hợp lệ\n747 | 3")
    first, others = notes
    noted = [row | {"Ghi chú": others} for row in rows]
    publish_totals(store, [noted[0] | {"Ghi chú": first}, *noted[1:]])
    found = manifest(store)
    assert (found.is_invented, found.is_wholly_invented) == (is_invented, is_wholly)


def test_real_complaints_beside_invented_totals_are_not_wholly_invented(store):
    rows = [row | {"Ghi chú": "mô phỏng"} for row in totals("Mã huyện | Hợp lệ\n747 | 3")]
    publish_totals(store, rows, with_complaints=complaints("Mã phản ánh\nP1"))
    found = manifest(store)
    assert (found.is_invented, found.is_wholly_invented) == (True, False)
