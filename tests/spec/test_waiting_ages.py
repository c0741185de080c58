"""How long what can be signed has waited, what was newly signed, and who stands still."""

import datetime as dt

import pytest

from queries.scope import Scope
from queries.signing import signing_course
from tests.stores import FACILITIES, NOON, Asked, Store, publish_totals, text_table

BUCKETS = (
    "waiting_0_2",
    "waiting_3_7",
    "waiting_8_30",
    "waiting_over_30",
    "waiting_from_start",
)
TOTALS = """
    Mã huyện | Hợp lệ | Không hợp lệ | Đủ điều kiện ký | Đang xử lý ký | Đã ký
    747      | 2      | 0            | 2               | 0             | 0
"""
#: The facility is the case. 25/3 is 31 days before the last day, 17/4 is 8, 18/4 is 7.
COURSES = """
    Mã cơ sở nhập | 20/3 | 25/3 | 26/3 | 17/4 | 18/4  | 22/4   | 23/4          | 25/4
    DAYS_31       | Sai  | Đúng | Đúng | Đúng | Đúng  | Đúng   | Đúng          | Đúng
    DAYS_30       | Sai  | Sai  | Đúng | Đúng | Đúng  | Đúng   | Đúng          | Đúng
    DAYS_8        | Sai  | Sai  | Sai  | Đúng | Đúng  | Đúng   | Đúng          | Đúng
    DAYS_7        | Sai  | Sai  | Sai  | Sai  | Đúng  | Đúng   | Đúng          | Đúng
    DAYS_3        | Sai  | Sai  | Sai  | Sai  | Sai   | Đúng   | Đúng          | Đúng
    DAYS_2        | Sai  | Sai  | Sai  | Sai  | Sai   | Sai    | Đúng          | Đúng
    DAYS_0        | Sai  | Sai  | Sai  | Sai  | Sai   | Sai    | Sai           | Đúng
    START         | Đúng | Đúng | Đúng | Đúng | Đúng  | Đúng   | Đúng          | Đúng
    AGAIN         | Đúng | Đúng | Đúng | Đúng | Sai   | Đúng   | Đúng          | Đúng
    ABSENT        | Đúng | Đúng | Đúng | Đúng |       | Đúng   | Đúng          | Đúng
    EXEMPT        |      |      |      |      |       |        | Miễn xác thực | Miễn xác thực
    PROCESS       | Sai  | Sai  | Sai  | Đúng | Đúng  | Đúng   | Đang xử lý    | Đang xử lý
    SIGNED        | Sai  | Sai  | Sai  | Đúng | Đúng  | Đúng   | Đúng          | Đã ký
    LOST          | Sai  | Sai  | Sai  | Đúng | Đã ký | Đã cấp | Đã cấp        | Chưa ký
    NO_DOSE       | Sai  | Sai  | Sai  | Đúng | Đúng  | Đúng   | Đúng          | Số mũi = 0
    MOVED_FROM    | Sai  | Sai  | Sai  | Đúng | Đúng  | Đúng   | Đúng          | MOVED_TO
    F9            | Sai  | Sai  | Sai  | Đúng | Đúng  | Đúng   | Đúng          | Đúng
"""
CASES = [row["Mã cơ sở nhập"] for row in text_table(COURSES) if row["Mã cơ sở nhập"] != "F9"]
#: All but SIGNED and NO_DOSE.
WAITING = len(CASES) + 1 - 2


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    store = Store.inside(tmp_path_factory.mktemp("waiting"))
    known = "\n".join(["Mã cơ sở", *CASES, "MOVED_TO"])
    return store.publish_courses(COURSES, with_facilities=known)


@pytest.fixture(scope="module")
def rows(asked):
    return asked.signing("facility")


def waits(row):
    """The buckets in which records wait, with their number."""
    return {name: row[name] for name in BUCKETS if row[name]}


@pytest.mark.parametrize(
    "case, bucket",
    [
        ("DAYS_31", "waiting_over_30"),
        ("DAYS_30", "waiting_8_30"),
        ("DAYS_8", "waiting_8_30"),
        ("DAYS_7", "waiting_3_7"),
        ("DAYS_3", "waiting_3_7"),
        ("DAYS_2", "waiting_0_2"),
        ("DAYS_0", "waiting_0_2"),
    ],
)
def test_days_are_counted_from_the_first_snapshot_in_which_it_matched(rows, case, bucket):
    assert waits(rows[case]) == {bucket: 1}


def test_what_matched_in_the_first_snapshot_of_all_has_waited_longer_than_anybody_knows(rows):
    assert waits(rows["START"]) == {"waiting_from_start": 1}


@pytest.mark.parametrize("case", ["AGAIN", "ABSENT"])
def test_after_a_break_of_one_snapshot_the_days_begin_anew(rows, case):
    assert waits(rows[case]) == {"waiting_3_7": 1}


def test_what_needs_no_match_waits_since_it_appeared(rows):
    assert waits(rows["EXEMPT"]) == {"waiting_0_2": 1}


def test_what_is_in_process_waits_too(rows):
    assert waits(rows["PROCESS"]) == {"waiting_8_30": 1}


@pytest.mark.parametrize("case", ["SIGNED", "NO_DOSE"])
def test_what_is_signed_or_cannot_be_signed_does_not_wait(rows, case):
    assert waits(rows[case]) == {}


def test_when_its_signature_is_lost_it_has_waited_since_it_matched(rows):
    assert waits(rows["LOST"]) == {"waiting_8_30": 1}


def test_a_record_that_moved_keeps_its_days(rows):
    assert waits(rows["MOVED_FROM"]) == {}
    assert waits(rows["MOVED_TO"]) == {"waiting_8_30": 1}


@pytest.mark.parametrize("level", ["facility", "district", "province"])
def test_the_buckets_are_all_that_waits_also_of_unknown_facilities(asked, level):
    table = asked.signing(level)
    for row in table.values():
        assert sum(row[name] for name in BUCKETS) == row["waiting"]
    assert sum(row["waiting"] for row in table.values()) == WAITING
    if level != "province":
        assert waits(table["unmapped"]) == {"waiting_8_30": 1}


def test_an_earlier_snapshot_counts_the_days_up_to_its_own(asked):
    before = Asked(asked.connection, "2022-04-18T1200-r1").signing("facility")
    assert waits(before["DAYS_31"]) == {"waiting_8_30": 1}  # 25/3 to 18/4: 24
    assert waits(before["DAYS_7"]) == {"waiting_0_2": 1}


def test_by_place_of_residence_it_is_not_told(asked):
    row = asked.signing("province", "residence")["77"]
    assert {row[name] for name in (*BUCKETS, "newly_signed", "in_process_long")} == {None}
    assert row["waiting"] == WAITING


def test_totals_by_district_in_between_do_not_break_the_run(store):
    store.publish("Trạng thái xác thực\nSai\nĐúng", as_of=NOON.replace(day=15))
    store.publish("Trạng thái xác thực\nĐúng\nĐúng", as_of=NOON.replace(day=17))
    publish_totals(store, TOTALS, as_of=NOON.replace(day=20), is_confirmed=True)
    store.publish("Trạng thái xác thực\nĐúng\nĐúng", is_confirmed=True)
    row = store.ask().signing("facility")["F1"]
    assert waits(row) == {"waiting_8_30": 1, "waiting_from_start": 1}


def signed_of_two(count: int) -> str:
    """Two records that can be signed, of which so many are."""
    return "\n".join(["Trạng thái ký", *["Đã ký"] * count, *["Chưa ký"] * (2 - count)])


def test_newly_signed_of_a_week_steps_over_totals_in_between(store):
    store.publish(signed_of_two(0), as_of=NOON.replace(day=15))
    store.publish(signed_of_two(1), as_of=NOON.replace(day=18), is_confirmed=True)
    publish_totals(store, TOTALS, as_of=NOON.replace(day=20), is_confirmed=True)
    store.publish(signed_of_two(2), is_confirmed=True)
    for level, unit in {"province": "77", "district": "747", "facility": "F1"}.items():
        assert store.ask().signing(level)[unit]["newly_signed_since"] == 1


def test_newly_signed_of_a_week_is_not_told_where_the_week_before_is_totals(store):
    store.publish(signed_of_two(0), as_of=NOON.replace(day=15))
    publish_totals(store, TOTALS, as_of=NOON.replace(day=18), is_confirmed=True)
    store.publish(signed_of_two(2), is_confirmed=True)
    asked = store.ask()
    assert asked.signing("province")["77"]["newly_signed_since"] is None
    assert asked.signing("facility")["F1"]["newly_signed_since"] == 2  # since 15/4


# Newly signed, and standing still -----------------------------------------------------------

#: 25/4/2022 is a Monday: 20/4 is 3 working days before it, 21/4 is 2.
SIGNATURES = """
    Mã cơ sở nhập | 14/4       | 18/4       | 20/4       | 21/4       | 25/4
    SINCE_20      | Chưa ký    | Chưa ký    | Đã ký      | Đã ký      | Đã cấp
    SINCE_20      | Chưa ký    | Chưa ký    | Chưa ký    | Chưa ký    | Chưa ký
    SINCE_21      | Chưa ký    | Chưa ký    | Chưa ký    | Đã ký      | Đã ký
    SINCE_21      |            | Đã ký      | Đã ký      | Đã ký      | Đã ký
    SINCE_21      | Chưa ký    | Chưa ký    | Chưa ký    | Chưa ký    | Đang xử lý
    ALL_DONE      | Chưa ký    | Đã ký      | Đã ký      | Đã ký      | Đã ký
    NEVER         | Đã ký      | Đã ký      | Đã ký      | Đã ký      | Đã ký
    NEVER         | Chưa ký    | Chưa ký    | Chưa ký    | Chưa ký    | Chưa ký
    LOST          | Đã ký      | Đã ký      | Chưa ký    | Đang xử lý | Đang xử lý
    LOST          | Đã cấp     | Đã cấp     |            |            |
    ALL_BEGUN     | Đang xử lý | Đang xử lý | Đang xử lý | Đang xử lý | Đang xử lý
"""
STILL = """
    Mã cơ sở  | Mã huyện
    SINCE_20  | 748
    SINCE_21  | 750
    ALL_DONE  | 751
    NEVER     | 748
    LOST      | 752
    EMPTY     | 753
    ALL_BEGUN | 754
"""


@pytest.fixture(scope="module")
def signatures(tmp_path_factory):
    store = Store.inside(tmp_path_factory.mktemp("signatures"))
    return store.publish_courses(SIGNATURES, with_facilities=STILL)


def course(asked, unit, column):
    """A count of a facility in each snapshot, oldest first."""
    rows = signing_course(
        asked.connection,
        scope=Scope.everything(),
        level="facility",
        unit_code=unit,
        snapshot_id=asked.snapshot_id,
    )
    return rows[column].to_list()


def test_newly_signed_has_a_signature_and_had_none_in_the_snapshot_before(signatures):
    assert course(signatures, "SINCE_20", "newly_signed")[1:] == [0, 1, 0, 0]
    assert course(signatures, "SINCE_21", "newly_signed")[1:] == [1, 0, 1, 0]


def test_what_comes_back_with_an_older_signature_or_does_not_count_is_not_newly_signed(store):
    asked = store.publish_courses(
        """
        Mã cơ sở nhập | Trạng thái ký | 18/4                  | 25/4
        BACK          | Đã ký         |                       | Ngày ký = 17/04/2022
        SAME_DAY      | Đã ký         |                       | Ngày ký = 18/04/2022
        NO_DAY        | Đã ký         |                       | Ngày ký =
        LATE          | Đã ký         | Sai, Chưa ký          | Ngày ký = 17/04/2022
        MISMATCHED    | Đã ký         | Chưa ký               | Sai
        NO_DOSE       | Đã ký         | Chưa ký               | Số mũi = 0
        """,
        with_facilities="Mã cơ sở\nBACK\nSAME_DAY\nNO_DAY\nLATE\nMISMATCHED\nNO_DOSE",
    )
    rows = asked.signing("facility")
    assert {unit: row["newly_signed"] for unit, row in rows.items()} == {
        "BACK": 0,
        "SAME_DAY": 1,
        "NO_DAY": 1,
        "LATE": 1,  # there, and not signed
        "MISMATCHED": 0,
        "NO_DOSE": 0,
    }


def test_in_the_first_snapshot_of_all_it_is_not_known_what_is_new(signatures):
    assert course(signatures, "NEVER", "newly_signed") == [None, 0, 0, 0, 0]
    assert course(signatures, "NEVER", "signature_lost") == [None, 0, 0, 0, 0]


def test_a_signature_is_lost_when_the_record_has_it_no_more_and_not_when_it_is_gone(signatures):
    assert course(signatures, "LOST", "signature_lost") == [None, 0, 1, 0, 0]


def test_newly_signed_of_a_week_is_the_sum_since_the_snapshot_a_week_before(signatures):
    rows = signatures.signing("facility")
    assert (rows["SINCE_20"]["newly_signed_since"], rows["SINCE_21"]["newly_signed_since"]) == (
        1,
        1,
    )
    assert rows["ALL_DONE"]["newly_signed_since"] == 0
    before = Asked(signatures.connection, "2022-04-20T1200-r1").signing("facility")
    assert before["SINCE_20"]["newly_signed_since"] is None


@pytest.mark.parametrize(
    "unit, last, idle, is_stalled",
    [
        pytest.param("SINCE_20", 20, 3, True, id="three working days"),
        pytest.param("SINCE_21", 21, 2, False, id="two working days"),
        pytest.param("ALL_DONE", 18, 5, False, id="nothing left to sign"),
        pytest.param("NEVER", None, 7, True, id="never, since the first snapshot"),
        pytest.param("EMPTY", None, 7, False, id="no records"),
        pytest.param("ALL_BEGUN", None, 7, False, id="all begun"),
    ],
)
def test_who_waits_for_three_working_days_without_signing_stands_still(
    signatures, unit, last, idle, is_stalled
):
    row = signatures.idleness("facility")[unit]
    assert row["last_signed_on"] == (last and dt.date(2022, 4, last))
    assert (row["idle_days"], row["is_stalled"]) == (idle, is_stalled)


def test_a_district_stands_still_when_all_its_facilities_do(signatures):
    districts = signatures.idleness("district")
    assert (districts["748"]["idle_days"], districts["748"]["is_stalled"]) == (3, True)
    province = signatures.idleness("province")["77"]
    assert (province["idle_days"], province["is_stalled"]) == (2, False)


def test_a_snapshot_alone_tells_of_nobody_that_they_stand_still(store):
    store.publish("Trạng thái ký\nChưa ký", with_facilities=FACILITIES)
    asked = store.ask()
    idle, row = asked.idleness("facility")["F1"], asked.signing("facility")["F1"]
    assert (idle["idle_days"], idle["is_stalled"], row["newly_signed"]) == (0, False, None)
    assert waits(row) == {"waiting_from_start": 1}
