"""Questions about complaints: table, flow, kinds, lists, clearance; and who may see what."""

import datetime as dt

import polars as pl
import pytest

from data.errors import RefusedError
from queries.clearance import (
    Clearance,
    clearance,
    load,
    relief_capacity,
    target_capacity,
    target_queue,
)
from queries.complaints import (
    complaint_flow,
    complaint_kinds,
    complaint_table,
    open_complaints,
    still_invalid_complaints,
)
from queries.measure import DamagedBetweenError, measure
from queries.questions import unmapped_codes
from queries.run import UnknownUnitError, table_files
from queries.scope import Scope
from queries.signing import signing_contradictions, signing_table
from tests.stores import NOON, Asked, Store, complaints

EVERYTHING = Scope.everything()
ONE = "Mã hồ sơ\nH1"
WEEK_BEFORE = "2022-04-18T1200-r1"
WEEK_EARLIER = NOON - dt.timedelta(days=7)


def listed(asked, question=open_complaints, *, scope=EVERYTHING, **where) -> pl.DataFrame:
    return question(asked.connection, scope=scope, snapshot_id=asked.snapshot_id, **where)


# The table ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def weeks(tmp_path_factory) -> Asked:
    """Lists of 11, 18, 22 and 25 April; on 22 April none, on 25 April two units more."""
    store = Store.inside(tmp_path_factory.mktemp("weeks"))
    return store.publish_courses(
        "Mã hồ sơ | 22/4\nH1 | Đúng",
        """
        Thời điểm tiếp nhận | 11/4         | 18/4         | 25/4
        10/04/2022 08:00    | F1           | F1           | Đã duyệt, F1
        11/04/2022 08:00    | F1           | F1           | F1
        17/04/2022 08:00    |              | F1           | Từ chối, F1
        20/04/2022 08:00    |              |              | F2
        20/04/2022 08:00    |              |              | F2
        25/04/2022 08:00    |              |              | Mã huyện = 755
        """,
    )


def test_changes_are_against_the_list_of_a_week_before_and_the_course_is_of_all_lists(weeks):
    row = weeks.complaints("facility")["F1"]
    assert row["history"] == [2, 3, 1]
    assert row["open_change"] == 1 - 3


def test_a_unit_not_listed_before_has_come_from_nothing(weeks):
    row = weeks.complaints("facility")["755"]
    assert (row["history"], row["open_change"]) == ([None, None, 1], 1)


def test_without_a_list_of_a_week_before_there_is_no_change(weeks):
    row = Asked(weeks.connection, "2022-04-11T1200-r1").complaints("province")["77"]
    assert (row["history"], row["open_change"]) == ([2], None)


def test_with_the_total_the_level_above_is_a_row_more(weeks):
    rows = listed(weeks, complaint_table, level="facility", district_code="747", with_total=True)
    counts = rows.select("level", "unit_code", "open").rows()
    assert counts == [("district", "747", 1 + 2), ("facility", "F1", 1), ("facility", "F2", 2)]


def test_a_table_of_an_unknown_district_is_refused(weeks):
    with pytest.raises(UnknownUnitError, match="“749”"):
        listed(weeks, complaint_table, level="facility", district_code="749")


def test_codes_of_facilities_nobody_knows_are_listed_with_their_complaints(store):
    store.publish(
        ONE,
        with_complaints="""
            Mã cơ sở | Mã huyện
            F9       | 747
            F9       |
            F1       |
                     | 747
                     | 999
            F9       | 999
        """,
    )
    rows = listed(store.ask(), unmapped_codes)
    assert rows.filter(axis="complaint").rows() == [
        ("complaint", "F9", 2 + 1),
        ("complaint", "999", 1 + 1),
    ]


def test_a_complaint_that_names_itself_brings_nothing_up_again(store):
    store.publish(ONE, with_complaints="Mã phản ánh | Mã phản ánh gốc\nP1 | P1\nP2 | P1")
    rows = listed(store.ask()).select("complaint_id", "reopened_times")
    assert dict(rows.iter_rows()) == {"P1": 0, "P2": 1}
    assert store.ask().complaints("province")["77"]["reopened"] == 1


MOVED = """
    Mã cơ sở | Mã huyện
    F1       | 748
    F2       | 747
    F3       | 755
"""


def test_a_facility_that_now_lies_in_another_district_keeps_what_it_was(store):
    people = "Mã cơ sở nhập | Trạng thái ký\nF1 | Đã ký\nF1 | Chưa ký"
    of_f1 = "Mã cơ sở | Thời điểm tiếp nhận\nF1 | 10/04/2022 08:00"
    store.publish(people, as_of=WEEK_EARLIER, with_complaints=of_f1)
    store.publish(people, with_facilities=MOVED, with_complaints=of_f1, is_confirmed=True)
    asked = store.ask()
    for question, change in ((complaint_table, "open_change"), (signing_table, "ratio_change")):
        within = {"level": "facility", "district_code": "748"}
        [row] = listed(asked, question, **within).filter(unit_code="F1").to_dicts()
        assert (row[change], len(row["history"])) == (0, 2)
        assert None not in row["history"]


# What lies between is damaged ---------------------------------------------------------------


def test_nothing_is_told_over_a_snapshot_that_is_damaged(store):
    people = "Mã hồ sơ | Trạng thái ký\nH1 | {}\nH2 | {}"
    states = {18: ("Chưa ký", "Chưa ký"), 21: ("Đã ký", "Chưa ký"), 25: ("Đã ký", "Đã ký")}
    for day, signing in states.items():
        left = [
            f"10/04/2022 08:00 | {'Đã duyệt' if n < day - 18 else 'Mới ghi nhận'}" for n in range(9)
        ]
        store.publish(
            people.format(*signing),
            as_of=WEEK_EARLIER.replace(day=day),
            with_complaints="\n".join(["Thời điểm tiếp nhận | Trạng thái", *left]),
            is_confirmed=True,
        )
    whole = store.ask()
    assert whole.flow("province")["77"]["closed"] == 25 - 18
    assert whole.signing("province")["77"]["newly_signed_since"] == 2
    assert whole.idleness("facility")["F1"]["idle_days"] == 0
    damaged = "2022-04-21T1200-r1"
    (store.folder / "snapshots" / damaged / "facilities.parquet").write_bytes(b"PAR1")
    asked = store.ask()
    with pytest.raises(DamagedBetweenError, match=f"Kỳ {damaged} bị hỏng.*verify"):
        asked.flow("province")
    assert asked.complaints("province")["77"]["open_change"] == -(25 - 18)
    assert asked.signing("province")["77"]["newly_signed_since"] is None
    assert asked.idleness("facility")["F1"]["idle_days"] is None


def test_the_list_of_what_is_long_in_process_counts_from_the_first_snapshot_though_it_is_damaged(
    store,
):
    for day in (14, 20, 25):
        store.publish(
            "Trạng thái ký\nĐang xử lý", as_of=WEEK_EARLIER.replace(day=day), is_confirmed=True
        )
    first = "2022-04-14T1200-r1"
    (store.folder / "snapshots" / first / "facilities.parquet").write_bytes(b"PAR1")
    asked = store.ask()
    assert asked.signing("province")["77"]["in_process_long"] == 1
    assert listed(asked, signing_contradictions, which="in_process_long").height == 1


# Snapshots without a list -------------------------------------------------------------------


@pytest.mark.parametrize(
    "question",
    [complaint_table, complaint_flow, complaint_kinds, open_complaints, still_invalid_complaints],
)
def test_no_question_answers_zero_where_there_was_no_list(weeks, question):
    without = Asked(weeks.connection, "2022-04-22T1200-r1")
    level = {"level": "province"} if question in (complaint_table, complaint_flow) else {}
    with pytest.raises(RefusedError, match="không có tệp phản ánh; kỳ mới nhất có: 25/04/2022"):
        listed(without, question, **level)


def test_a_flow_from_a_snapshot_without_a_list_is_refused(weeks):
    with pytest.raises(RefusedError, match="22/04/2022 12:00 không có tệp phản ánh"):
        weeks.flow("province", since="2022-04-22T1200-r1")


@pytest.mark.parametrize("since", ["2022-04-25T1200-r1", WEEK_BEFORE])
def test_a_flow_is_from_an_earlier_snapshot(weeks, since):
    with pytest.raises(RefusedError, match="không trước kỳ"):
        Asked(weeks.connection, WEEK_BEFORE).flow("province", since=since)


def test_the_first_list_has_no_flow(weeks):
    rows = listed(Asked(weeks.connection, "2022-04-11T1200-r1"), complaint_flow, level="facility")
    assert rows.is_empty()
    assert "difference" in rows.columns


# Kinds --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def kinds(tmp_path_factory) -> Asked:
    store = Store.inside(tmp_path_factory.mktemp("kinds"))
    reasons = "\n".join(f"F3 | | Khác | Từ chối | {n} | 24/04/2022 08:00" for n in range(1, 14))
    heading = "Mã cơ sở | Mã huyện | Loại phản ánh | Trạng thái | Mã lý do từ chối"
    store.publish(
        ONE,
        with_complaints=f"""
            {heading} | Thời điểm tiếp nhận
            F1 |      | Sai họ tên | Mới ghi nhận |    | 20/04/2022 08:00
            F1 |      | Sai họ tên | Đang xử lý   |    | 23/04/2022 12:00
            F2 |      | Sai họ tên | Đã duyệt     |    | 20/04/2022 08:00
               | 747  | Thiếu mũi  | Từ chối      |    | 20/04/2022 08:00
               | 747  | Thiếu mũi  | Từ chối      | 8  | 20/04/2022 08:00
               |      | Khác       | Từ chối      | 8  | 20/04/2022 08:00
            {reasons}
        """,
    )
    return store.ask()


def of_kind(asked, kind, **where):
    rows = listed(asked, complaint_kinds, **where).filter(kind=kind)
    return {row[0]: row[1:] for row in rows.select("code", "complaints", "open", "overdue").rows()}


def test_types_are_counted_with_what_is_open_and_overdue_of_them(kinds):
    types = of_kind(kinds, "type")
    assert types == {"Khác": (14, 0, 0), "Sai họ tên": (3, 2, 1), "Thiếu mũi": (2, 0, 0)}
    assert list(types) == ["Khác", "Sai họ tên", "Thiếu mũi"]


def test_each_of_the_13_reasons_of_rejection_is_counted_and_that_none_was_given(kinds):
    reasons = of_kind(kinds, "reject_reason")
    assert reasons == {str(n): (1, 0, 0) for n in range(1, 14)} | {
        "8": (1 + 1 + 1, 0, 0),
        "": (1, 0, 0),
    }


def test_kinds_of_a_district_are_of_its_facilities_and_what_waits_without_one(kinds):
    assert of_kind(kinds, "type", district_code="747") == {
        "Sai họ tên": (2 + 1, 2, 1),
        "Thiếu mũi": (2, 0, 0),
    }


@pytest.mark.parametrize(
    "unit, reasons", [("747", {"": (1, 0, 0), "8": (1, 0, 0)}), ("unmapped", {"8": (1, 0, 0)})]
)
def test_kinds_of_one_unit_are_its_own(kinds, unit, reasons):
    assert of_kind(kinds, "reject_reason", unit_code=unit) == reasons


def test_a_reason_that_is_none_of_the_13_is_put_aside(store):
    outcome = store.publish(
        ONE,
        with_complaints="""
            Trạng thái | Mã lý do từ chối
            Từ chối    | 14
            Từ chối    | 0
            Từ chối    | 13
        """,
    )
    assert outcome.by_reason == {"reject_reason_unknown": 2}
    assert of_kind(store.ask(), "reject_reason") == {"13": (1, 0, 0)}


# Lists --------------------------------------------------------------------------------------


#: Of the open R3 came back twice; LOOP and RING1 name themselves, STRAY one nobody has.
CHAINS = """
    Mã phản ánh | Mã phản ánh gốc | Mã hồ sơ | Mã cơ sở | Trạng thái   | Thời điểm tiếp nhận
    R3          | R2              | H3       | F1       | Mới ghi nhận | 25/04/2022 08:15
    STRAY       | X99             | H99      | F1       | Mới ghi nhận | 24/04/2022 08:00
    LOOP        | LOOP            |          | F3       | Mới ghi nhận | 24/04/2022 08:00
    RING1       | RING2           |          | F3       | Mới ghi nhận | 24/04/2022 08:00
    RING2       | RING1           |          | F3       | Từ chối      | 24/04/2022 08:00
    LOST        |                 | H1       | F9       | Đang xử lý   | 20/04/2022 08:00
"""
CLOSED = """
    Mã phản ánh | Mã phản ánh gốc | Mã hồ sơ | Mã cơ sở | Trạng thái | Thời điểm xử lý
    R1          |                 | H1       | F1       | Đã duyệt   | 20/04/2022 09:00
    R2          | R1              | H2       | F1       | Đã duyệt   | 21/04/2022 09:00
    RIGHT       |                 | H3       | F2       | Đã duyệt   | 21/04/2022 09:00
"""
WITHOUT_FACILITY = """
    Mã phản ánh | Mã hồ sơ | Mã huyện | Trạng thái      | Thời điểm tiếp nhận
    WAITS       | H1       | 747      | Yêu cầu bổ sung | 20/04/2022 08:00
    DONE        | H1       | 748      | Đã duyệt        | 20/04/2022 08:00
"""


@pytest.fixture(scope="module")
def lists(tmp_path_factory) -> Asked:
    store = Store.inside(tmp_path_factory.mktemp("lists"))
    store.publish(
        """
        Mã hồ sơ | Trạng thái xác thực
        H1       | Sai
        H2       | Không có số
        H3       | Đúng
        """,
        with_complaints=[
            row for text in (CHAINS, CLOSED, WITHOUT_FACILITY) for row in complaints(text)
        ],
    )
    return store.ask()


def test_open_complaints_are_listed_the_longest_waiting_first(lists):
    rows = listed(lists)
    ids = ["LOST", "WAITS", "LOOP", "RING1", "STRAY", "R3"]
    assert rows["complaint_id"].to_list() == ids
    assert rows["age_hours"].to_list() == [124.0, 124.0, 28.0, 28.0, 28.0, 3.75]


def test_an_open_complaint_is_listed_with_who_has_to_handle_it(lists):
    places = listed(lists).select("complaint_id", "district_code", "unit_code", "status").rows()
    assert ("R3", "747", "F1", "new") in places
    assert ("WAITS", "747", "747", "more_information") in places
    assert ("LOST", "unmapped", "unmapped", "in_progress") in places


def test_the_list_names_the_first_complaint_of_a_chain_and_how_often_it_came_back(lists):
    chains = listed(lists).select("complaint_id", "reopened_times", "first_complaint_id")
    times = {row[0]: row[1:] for row in chains.rows()}
    assert times["R3"] == (2, "R1")
    assert times["STRAY"] == (1, "X99")
    assert times["WAITS"] == (0, "WAITS")


def test_a_complaint_that_has_a_complaint_before_it_is_one_that_came_back(lists):
    row = lists.complaints("facility")["F1"]
    assert (row["reopened"], row["reopened_open"]) == (2 + 1, 1 + 1)


def test_a_chain_that_comes_back_to_itself_ends_and_its_complaints_are_listed_once(lists):
    assert listed(lists, unit_code="F3")["complaint_id"].to_list() == ["LOOP", "RING1"]


def test_approved_complaints_of_invalid_records_are_listed_the_last_closed_first(lists):
    rows = listed(lists, still_invalid_complaints)
    assert rows.select("complaint_id", "record_id", "verification", "unit_code").rows() == [
        ("R2", "H2", "no_id", "F1"),
        ("R1", "H1", "mismatched", "F1"),
        ("DONE", "H1", "mismatched", "748"),
    ]


def test_a_list_is_as_long_as_is_asked(lists):
    assert listed(lists, row_limit=2)["complaint_id"].to_list() == ["LOST", "WAITS"]


@pytest.mark.parametrize("level", ["province", "district", "facility"])
def test_a_list_has_as_many_rows_as_the_table_counts_for_every_unit(lists, level):
    for unit, row in lists.complaints(level).items():
        where = {"province": {}, "district": {"district_code": unit}}.get(
            level, {"unit_code": unit}
        )
        assert listed(lists, **where).height == row["open"]
        assert listed(lists, still_invalid_complaints, **where).height == row["still_invalid"]


# What it takes ------------------------------------------------------------------------------


def test_the_formulas_give_what_their_source_prints():
    """Fong et al. 2022, the values of NHSRwaitinglist's own documentation."""
    assert round(load(30, 27), 2) == 1.11
    assert round(relief_capacity(30, 1200, 390, 26), 6) == 61.153846
    assert target_queue(30, 52) == 390 == 30 * 52 / 4
    assert target_capacity(30, 52) == 30 + 4 / 52
    assert target_capacity(30, 52, variation=2) == 30 + 2**2 * 4 / 52


def cleared(as_of: str = "25/4", *, received: int = 70, closed: int = 35) -> Clearance:
    day, month = map(int, as_of.split("/"))
    return clearance(
        open_now=120, received=received, closed=closed, days=7, as_of=dt.date(2022, month, day)
    )


def test_what_is_open_is_to_be_done_by_the_deadlines_last_day_while_more_comes_in():
    needs = cleared("25/4")
    assert needs.deadline
    assert (needs.deadline.document, needs.days_left) == ("1975/BYT-CNTT", 29 - 25)
    assert (needs.received_a_day, needs.closed_a_day) == (70 / 7, 35 / 7)
    assert needs.needed_a_day == 70 / 7 + 120 / 4


def test_afterwards_capacity_and_queue_are_those_that_answer_within_two_days():
    needs = cleared()
    assert needs.lasting_a_day == 70 / 7 + 4 / 2
    assert needs.lasting_open == 70 / 7 * 2 / 4


@pytest.mark.parametrize("as_of", ["29/4", "30/4", "26/5"])
def test_once_the_deadline_is_over_nothing_can_be_done_by_it(as_of):
    needs = cleared(as_of)
    assert needs.deadline
    assert (needs.days_left, needs.needed_a_day) == (0, None)


def test_without_a_deadline_nothing_is_needed_by_one():
    needs = cleared("10/4")
    assert (needs.deadline, needs.days_left, needs.needed_a_day) == (None, 0, None)


@pytest.mark.parametrize("received, closed, expected", [(70, 35, 2.0), (35, 70, 0.5), (9, 0, None)])
def test_from_a_load_of_one_on_the_backlog_grows(received, closed, expected):
    assert cleared(received=received, closed=closed).load == expected


# Who may see what ---------------------------------------------------------------------------

OWN = Scope(("747",))


@pytest.mark.parametrize("view", ["unit_complaints", "unit_complaint_flow"])
def test_a_cursor_without_a_scope_sees_no_row(weeks, view):
    cursor = weeks.connection.database.cursor()
    assert cursor.sql(f"select count(*) from {view}").fetchall() == [(0,)]
    with weeks.connection.cursor(EVERYTHING) as seeing:
        assert seeing.sql(f"select count(*) > 0 from {view}").fetchall() == [(True,)]


def test_a_cursor_without_a_scope_sees_no_kind_of_complaint(weeks):
    files = table_files(weeks.connection, weeks.snapshot_id, "complaint_kinds")
    ask = "select count(*) > 0 from scoped_complaint_kinds($files)"
    unscoped = weeks.connection.database.cursor()
    assert unscoped.sql(ask, params={"files": files}).fetchall() == [(False,)]
    with weeks.connection.cursor(EVERYTHING) as seeing:
        assert seeing.sql(ask, params={"files": files}).fetchall() == [(True,)]


def test_a_cursor_without_a_scope_sees_no_complaint(weeks):
    files = table_files(weeks.connection, weeks.snapshot_id, "complaints")
    ask = "select count(*) from scoped_complaints($files, $snapshot)"
    given = {"files": files, "snapshot": weeks.snapshot_id}
    unscoped = weeks.connection.database.cursor()
    assert unscoped.sql(ask, params=given).fetchall() == [(0,)]
    with weeks.connection.cursor(EVERYTHING) as seeing:
        assert seeing.sql(ask, params=given).fetchall() == [(6,)]


def test_a_district_sees_its_own_units_and_the_provinces_total(weeks):
    rows = listed(weeks, complaint_table, scope=OWN, level="facility")
    assert rows["unit_code"].to_list() == ["F1", "F2"]
    rows = listed(weeks, complaint_table, scope=OWN, level="district")
    assert rows["unit_code"].to_list() == ["747"]
    rows = listed(weeks, complaint_table, scope=OWN, level="province")
    assert rows["open"].to_list() == [1 + 2 + 1]
    rows = listed(weeks, complaint_flow, scope=OWN, level="facility")
    assert rows["unit_code"].to_list() == ["F1", "F2"]


def test_a_district_sees_no_complaint_of_another_and_none_of_nobodys(lists):
    assert listed(lists, scope=OWN)["complaint_id"].to_list() == ["WAITS", "STRAY", "R3"]
    assert listed(lists, scope=OWN, district_code="755").is_empty()
    assert listed(lists, scope=OWN, unit_code="unmapped").is_empty()
    rows = listed(lists, still_invalid_complaints, scope=OWN)
    assert rows["complaint_id"].to_list() == ["R2", "R1"]


def test_a_district_sees_no_kinds_of_another(kinds):
    assert set(of_kind(kinds, "type", scope=OWN)) == {"Sai họ tên", "Thiếu mũi"}
    assert of_kind(kinds, "type", scope=OWN, district_code="755") == {}
    assert of_kind(kinds, "type", scope=Scope(())) == {}


def test_text_in_a_filter_of_a_list_is_data(lists):
    assert listed(lists, unit_code="' or 1=1 --").is_empty()
    assert listed(lists, district_code="%").is_empty()


def test_a_list_tells_no_persons_data(lists):
    columns = {*listed(lists).columns, *listed(lists, still_invalid_complaints).columns}
    assert not columns & {"full_name", "birth_date", "id_number", "phone", "passport_number"}


def test_a_metric_of_complaints_in_scope_is_of_its_units(weeks):
    rows = listed(weeks, measure, scope=OWN, metric="complaint_backlog", level="facility")
    assert rows.select("unit_code", "numerator").rows() == [("F1", 1), ("F2", 2)]
