"""Questions beside the metrics: which snapshot, which unit, which change; and who may see what."""

import datetime as dt
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import duckdb
import pytest

from data.errors import RefusedError
from queries.measure import Level, measure, trend
from queries.metrics import metric_names
from queries.questions import (
    comparison_snapshot,
    facility,
    find_snapshot,
    invalid_reasons,
    peers,
    quarantine_reasons,
    snapshot_sources,
    snapshots,
    unit_table,
    units,
    unmapped_codes,
)
from queries.run import UnknownUnitError
from queries.scope import Scope
from tests.stores import NOON, Store, only_looked_at

EVERYTHING = Scope.everything()
ONE = "Mã hồ sơ\nH1"
DAY = dt.timedelta(days=1)


@pytest.fixture(scope="module")
def days(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Snapshots of 18, 19 and 25 April at noon, and a second one of the 25th at 16:00; only
    looked at.
    """
    store = Store.inside(tmp_path_factory.mktemp("days"))
    for number, as_of in enumerate([NOON - 7 * DAY, NOON - 6 * DAY, NOON, NOON.replace(hour=16)]):
        store.publish("Mã hồ sơ\n" + "\n".join(f"H{n}" for n in range(number + 1)), as_of=as_of)
    with only_looked_at(store):
        yield store


# Which snapshot -----------------------------------------------------------------------------


def test_a_date_finds_its_newest_snapshot_and_an_instant_its_own(days):
    connection = days.open()
    assert find_snapshot(connection) == "2022-04-25T1600-r1"
    assert find_snapshot(connection, NOON.date()) == "2022-04-25T1600-r1"
    assert find_snapshot(connection, NOON) == "2022-04-25T1200-r1"


@pytest.mark.parametrize("at", [NOON.date() - DAY, NOON + dt.timedelta(minutes=1)])
def test_a_date_without_snapshot_is_refused_with_what_there_is(days, at):
    with pytest.raises(RefusedError, match="4 kỳ từ 18/04/2022 đến 25/04/2022"):
        find_snapshot(days.open(), at)


def test_the_snapshot_compared_with_is_the_newest_of_a_day_seven_or_more_days_before(days):
    connection = days.open()
    assert comparison_snapshot(connection, snapshot_id="2022-04-25T1600-r1") == "2022-04-18T1200-r1"
    assert comparison_snapshot(connection, snapshot_id="2022-04-25T1600-r1", days=6) == (
        "2022-04-19T1200-r1"
    )
    assert comparison_snapshot(connection, snapshot_id="2022-04-19T1200-r1") is None


def test_snapshots_are_listed_newest_first_with_their_counts(days):
    rows = snapshots(days.open())
    assert rows["records"].to_list() == [4, 3, 2, 1]
    assert rows["rows_read"].to_list() == [4 + 3, 3 + 3, 2 + 3, 1 + 3]
    assert rows["files"][0].to_list() == ["records.csv", "facilities.csv"]


def test_sources_and_reasons_of_a_snapshot_are_kept(store):
    rows = "Mã hồ sơ | Số mũi | Giới tính\nH1 | 2 | Nam\nH2 | ? | Nam\nH3 | ? | ?"
    outcome = store.publish(rows, with_facilities=None)
    connection, snapshot_id = store.open(), outcome.snapshot_id
    assert snapshot_id
    reasons = quarantine_reasons(connection, snapshot_id=snapshot_id)
    assert dict(reasons.select("reason", "row_count").iter_rows()) == {
        "dose_count_unreadable": 2,
        "sex_unknown": 1,
    }
    (source,) = snapshot_sources(connection, snapshot_id=snapshot_id).to_dicts()
    assert (source["rows_read"], source["accepted"], source["quarantined"]) == (3, 1, 2)


# Change and history -------------------------------------------------------------------------


def table(
    store: Store,
    level: Level = "province",
    *,
    snapshot_id: str | None = None,
    district_code: str | None = None,
) -> dict[str, dict[str, Any]]:
    """Unit -> its row, in the newest snapshot or the one named."""
    connection = store.open()
    rows = unit_table(
        connection,
        scope=EVERYTHING,
        level=level,
        snapshot_id=snapshot_id or find_snapshot(connection),
        district_code=district_code,
    )
    return {row["unit_code"]: row for row in rows.to_dicts()}


def test_with_one_snapshot_there_is_no_change_and_a_history_of_one(store):
    store.publish(ONE)
    row = table(store)["77"]
    assert (row["ratio_change"], row["valid_change"], row["invalid_change"]) == (None, None, None)
    assert row["history"] == [1.0]


def test_the_change_is_against_the_snapshot_seven_days_before_and_not_the_last(store):
    states = {7: ["Sai", "Sai"], 1: ["Sai", "Đúng"], 0: ["Đúng", "Đúng", "Sai"]}
    for days, words in states.items():
        rows = "Trạng thái xác thực\n" + "\n".join(words)
        store.publish(rows, as_of=NOON - days * DAY, is_confirmed=True)
    row = table(store)["77"]
    assert row["history"] == [0 / 2, 1 / 2, 2 / 3]
    assert row["ratio_change"] == 2 / 3 - 0 / 2
    assert (row["valid_change"], row["invalid_change"]) == (2 - 0, 1 - 2)


def test_an_older_snapshot_knows_nothing_of_what_came_after(store):
    store.publish("Trạng thái xác thực\nSai", as_of=NOON - 7 * DAY)
    store.publish("Trạng thái xác thực\nĐúng")
    row = table(store, snapshot_id="2022-04-18T1200-r1")["77"]
    assert row["history"] == [0 / 1]
    assert row["ratio_change"] is None


def test_a_unit_that_is_gone_by_now_still_has_its_change_in_an_older_snapshot(store):
    store.publish("Mã cơ sở nhập\nF9", as_of=NOON - 14 * DAY)
    store.publish("Mã cơ sở nhập\nF9\nF9", as_of=NOON - 7 * DAY)
    store.publish("Mã cơ sở nhập\nF1")
    row = table(store, "facility", snapshot_id="2022-04-18T1200-r1")["unmapped"]
    assert row["valid_change"] == 2 - 1


def test_a_unit_new_in_this_snapshot_has_come_from_nothing(store):
    store.publish("Mã cơ sở nhập\nF1", as_of=NOON - 7 * DAY)
    store.publish("Mã cơ sở nhập\nF1\nF9\nF9")
    rows = table(store, "facility")
    assert rows["unmapped"]["valid_change"] == 2 - 0
    assert rows["unmapped"]["ratio_change"] is None
    changes = sum(row["valid_change"] for row in rows.values())
    assert changes == table(store)["77"]["valid_change"] == 3 - 1


def test_a_history_has_a_place_for_every_snapshot_also_where_the_unit_was_not_listed(store):
    for days, facility_code in ((2, "F9"), (1, "F1"), (0, "F9")):
        store.publish(f"Mã cơ sở nhập\n{facility_code}", as_of=NOON - days * DAY, is_confirmed=True)
    assert table(store, "facility")["unmapped"]["history"] == [1.0, None, 1.0]


def test_the_share_of_what_remains_is_of_the_rows_listed(store):
    store.publish("Mã cơ sở nhập | Trạng thái xác thực\nF1 | Sai\nF2 | Sai\nF2 | Sai\nF3 | Sai")
    rows = table(store, "facility", district_code="747")
    assert (rows["F1"]["remaining_share"], rows["F2"]["remaining_share"]) == (1 / 3, 2 / 3)


def test_where_nothing_remains_there_is_no_share(store):
    store.publish(ONE)
    assert table(store)["77"]["remaining_share"] is None


def test_a_trend_of_reasons_names_the_reason(store):
    store.publish("Trạng thái xác thực | Lý do không hợp lệ\nSai | SAI_SO")
    rows = trend(store.open(), "invalid_reasons", scope=EVERYTHING, level="province")
    assert dict(rows.select("reason", "numerator").iter_rows())["wrong_id"] == 1


def test_a_trend_of_one_unit_has_one_row_a_snapshot_oldest_first(days):
    rows = trend(days.open(), "valid_ratio", scope=EVERYTHING, level="facility", unit_code="F1")
    assert rows["numerator"].to_list() == [1, 2, 3, 4]
    assert rows["as_of"].is_sorted()


# Facilities ---------------------------------------------------------------------------------


def test_a_facility_is_known_with_its_district_commune_and_head(store):
    store.publish(
        ONE,
        with_facilities="""
            Mã cơ sở | Tên cơ sở | Loại       | Mã huyện | Mã xã | Người đứng đầu
            F1       | Trạm Một  | Trạm Y tế  | 747      | 26506 | Trần An
        """,
    )
    (row,) = facility(
        store.open(), scope=EVERYTHING, facility_code="F1", snapshot_id="2022-04-25T1200-r1"
    ).to_dicts()
    assert (row["facility_name"], row["kind"], row["head"]) == (
        "Trạm Một",
        "commune_station",
        "Trần An",
    )
    assert (row["district_name"], row["commune_name"]) == ("Thành phố Vũng Tàu", "Phường 1")


@pytest.mark.parametrize("day, name", [(25, "Cũ"), (26, "Mới"), (27, "Mới")])
def test_a_facility_is_the_one_in_force_on_the_day_as_in_the_counts(store, day, name):
    dated = """
        Mã cơ sở | Tên cơ sở | Từ ngày    | Đến ngày
        F1       | Cũ        |            | 25/04/2022
        F1       | Mới       | 26/04/2022 |
    """
    store.publish("Mã cơ sở nhập\nF1", as_of=NOON.replace(day=day), with_facilities=dated)
    connection = store.open()
    row = facility(
        connection, scope=EVERYTHING, facility_code="F1", snapshot_id=find_snapshot(connection)
    )
    assert row["facility_name"].to_list() == [name]
    assert store.ask().tree("facility")["F1"]["unit_name"] == name


def test_an_unknown_facility_is_refused_by_its_code(store):
    store.publish(ONE)
    with pytest.raises(UnknownUnitError, match="F9"):
        facility(
            store.open(), scope=EVERYTHING, facility_code="F9", snapshot_id="2022-04-25T1200-r1"
        )


def test_peers_are_of_the_same_kind_ranked_when_they_have_30_classified(store):
    kinds = """
        Mã cơ sở | Tên cơ sở | Loại
        A        | A         | Trạm Y tế
        B        | B         | Trạm Y tế
        C        | C         | Trạm Y tế
        D        | D         | Trạm Y tế
        H        | H         | Bệnh viện
    """
    words = {"A": ["Đúng"] * 30, "B": ["Sai"] * 30, "C": ["Đúng"] * 29, "D": ["Đúng"] * 31}
    rows = "\n".join(f"{code} | {word}" for code in words for word in words[code])
    store.publish("Mã cơ sở nhập | Trạng thái xác thực\n" + rows, with_facilities=kinds)
    ranked = peers(
        store.open(), scope=EVERYTHING, facility_code="B", snapshot_id="2022-04-25T1200-r1"
    )
    ranks = dict(ranked.select("unit_code", "rank").iter_rows())
    assert ranks == {"A": 1, "D": 1, "B": 3, "C": None}


# Wrong questions ----------------------------------------------------------------------------


def test_an_unknown_district_is_refused_with_the_codes_there_are(store):
    store.publish(ONE)
    with pytest.raises(UnknownUnitError, match="“749”; các mã: 747, 748, 750"):
        store.ask().ratios("valid_ratio", "facility", district_code="749")


def test_an_unknown_metric_is_refused_with_the_metrics_there_are(store):
    store.publish(ONE)
    with pytest.raises(RefusedError, match=f"“ratio”; các chỉ số: {', '.join(metric_names())}"):
        store.ask().ratios("ratio", "province")


@pytest.mark.parametrize(
    "level, axis", [("facility", "residence"), ("commune", "facility"), ("village", None)]
)
def test_a_level_that_does_not_go_with_an_axis_is_refused(store, level, axis):
    store.publish(ONE)
    with pytest.raises(RefusedError, match=r"Cấp|cấp"):
        store.ask().ratios("valid_ratio", level, axis=axis)


@pytest.mark.parametrize("text", ["' or 1=1 --", "%", "747; drop table units", "747' --"])
def test_text_in_a_filter_is_data(store, text):
    store.publish(ONE)
    with pytest.raises(UnknownUnitError):
        store.ask().ratios("valid_ratio", "facility", district_code=text)
    assert store.ask().ratios("valid_ratio", "facility")["F1"] == (1, 1, 1.0)


# Who may see what ---------------------------------------------------------------------------

BOTH = """
    Mã hồ sơ | Mã cơ sở nhập | Trạng thái xác thực
    H1       | F1            | Đúng
    H2       | F3            | Sai
    H3       | F9            | Sai
"""


def test_a_cursor_without_a_scope_sees_nothing(store):
    store.publish(BOTH)
    cursor = store.open().database.cursor()
    for view in ("unit_cleaning", "scoped_facilities", "scoped_unmapped"):
        assert cursor.sql(f"select count(*) from {view}").fetchall() == [(0,)]


def test_an_empty_scope_sees_no_unit(store):
    store.publish(BOTH)
    ratios = store.ask().ratios("valid_ratio", "district", scope=Scope(()))
    assert ratios == {}


def test_a_scope_of_one_district_sees_no_other_and_no_unmapped_code(store):
    store.publish(BOTH)
    connection, own = store.open(), Scope(("747",))
    snapshot_id = find_snapshot(connection)
    seen = units(connection, scope=own, level="facility", snapshot_id=snapshot_id)
    assert seen["unit_code"].to_list() == ["F1", "F2"]
    seen = units(connection, scope=own, level="district", snapshot_id=snapshot_id)
    assert seen["unit_code"].to_list() == ["747"]
    assert unmapped_codes(connection, scope=own, snapshot_id=snapshot_id).is_empty()
    with pytest.raises(UnknownUnitError):
        facility(connection, scope=own, facility_code="F3", snapshot_id=snapshot_id)
    with pytest.raises(UnknownUnitError, match="các mã: 747"):
        measure(
            connection,
            "valid_ratio",
            scope=own,
            level="facility",
            snapshot_id=snapshot_id,
            district_code="755",
        )


def test_reasons_of_a_district_without_records_are_all_there_with_zero(store):
    store.publish(BOTH)
    connection = store.open()
    rows = invalid_reasons(
        connection,
        scope=Scope(("748",)),
        level="district",
        snapshot_id=find_snapshot(connection),
    )
    assert rows.height == 8
    assert rows["records"].sum() == 0


def test_threads_with_different_scopes_never_see_each_others_rows(store):
    store.publish(BOTH)
    connection = store.open()
    snapshot_id = find_snapshot(connection)
    scopes = [Scope(("747",)), Scope(("755",)), EVERYTHING] * 40
    expected = {"747": ["F1", "F2"], "755": ["F3"], "all": ["F1", "F2", "F3", "unmapped"]}

    def ask(scope: Scope) -> tuple[str, list[str]]:
        rows = units(connection, scope=scope, level="facility", snapshot_id=snapshot_id)
        return (scope.district_codes or ("all",))[0], rows["unit_code"].to_list()

    with ThreadPoolExecutor(8) as pool:
        for name, seen in pool.map(ask, scopes):
            assert seen == expected[name]


def test_the_engine_reads_no_file_once_it_is_open(store):
    store.publish(ONE)
    cursor = store.open().database.cursor()
    with pytest.raises(duckdb.Error, match="disabled"):
        cursor.sql("select * from read_text('/etc/hostname')").fetchall()
