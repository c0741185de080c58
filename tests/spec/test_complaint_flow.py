"""opening + received - closed + opened again + moved (net) + late - removed = closing."""

import pytest

from tests.stores import NOON, Asked, Store

LEVELS = ("facility", "district", "province")
KINDS = ("received", "closed", "opened_again", "late", "removed", "moved_in", "moved_out")
SIGNS = {"closed": -1, "removed": -1, "moved_out": -1}
#: A code alone: open there. The facility, or district, is the case; C is in another district.
CASES = """
    Mã phản ánh | Thời điểm tiếp nhận | 18/4              | 21/4                   | 25/4
    P1          | 10/04/2022 08:00    | STAYS             | Đang xử lý, STAYS      | STAYS
    P2          | 18/04/2022 12:01    |                   | NEW                    | NEW
    P3          | 18/04/2022 12:00    |                   | LATE                   | LATE
    P4          | 10/04/2022 08:00    | DONE              | Đã duyệt, DONE         | Đã duyệt, DONE
    P5          | 10/04/2022 08:00    | DONE              | Từ chối, DONE          | Từ chối, DONE
    P6          | 20/04/2022 08:00    |                   | Đã duyệt, BRIEF        | Đã duyệt, BRIEF
    P7          | 01/04/2022 08:00    |                   | Đã duyệt, OLD          | Đã duyệt, OLD
    P8          | 10/04/2022 08:00    | GONE              |                        |
    P9          | 10/04/2022 08:00    | Đã duyệt, NOTHING |                        |
    P10         | 10/04/2022 08:00    | Đã duyệt, NOTHING | Đã duyệt, A            | Đã duyệt, A
    P11         | 10/04/2022 08:00    | Đã duyệt, NOTHING | ELSEWHERE              | ELSEWHERE
    P12         | 10/04/2022 08:00    | Đã duyệt, AGAIN   | Yêu cầu bổ sung, AGAIN | Từ chối, AGAIN
    P13         | 10/04/2022 08:00    | A                 | B                      | B
    P14         | 10/04/2022 08:00    | A                 | Đã duyệt, C            | Đã duyệt, C
    P15         | 10/04/2022 08:00    | BACK              |                        | BACK
    P16         | 10/04/2022 08:00    | TWICE             | Mã huyện = 751         | Đã duyệt, TWICE
    P17         | 10/04/2022 08:00    | Mới ghi nhận      | Mã huyện = 752         | Mới ghi nhận
    P18         | 10/04/2022 08:00    |                   | BEFORE                 | BEFORE
    P19         | 10/04/2022 08:00    |                   | JUST                   | JUST
    P20         | 10/04/2022 08:00    |                   | AFTER                  | AFTER
"""
#: Approved at these instants; 18/4 12:00 is the first snapshot.
CLOSED_AT = {"BEFORE": "18/04/2022 11:59", "JUST": "18/04/2022 12:00", "AFTER": "18/04/2022 12:01"}
FACILITIES = """
    Mã cơ sở  | Mã huyện
    STAYS     | 747
    NEW       | 747
    LATE      | 747
    DONE      | 747
    BRIEF     | 747
    OLD       | 747
    GONE      | 747
    NOTHING   | 747
    ELSEWHERE | 747
    AGAIN     | 747
    A         | 747
    B         | 747
    C         | 755
    BACK      | 747
    TWICE     | 747
    BEFORE    | 747
    JUST      | 747
    AFTER     | 747
"""
FIRST, SECOND = "2022-04-18T1200-r1", "2022-04-21T1200-r1"


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    store = Store.inside(tmp_path_factory.mktemp("flow"))
    cases = CASES
    for unit, closed in CLOSED_AT.items():
        cases = cases.replace(f" {unit} ", f" Đã duyệt, {unit}, Thời điểm xử lý = {closed} ")
    return store.publish_courses(of_complaints=cases, with_facilities=FACILITIES)


@pytest.fixture(scope="module")
def one_pair(asked):
    """Of the first two days alone, level -> unit -> row."""
    second = Asked(asked.connection, SECOND)
    return {level: second.flow(level, since=FIRST) for level in LEVELS}


def told(row):
    """What is not 0, from left to right."""
    names = ("opening", *KINDS, "closing")
    return {name: row[name] for name in names if row[name]}


def explained(row):
    return row["opening"] + sum(SIGNS.get(kind, 1) * row[kind] for kind in KINDS)


@pytest.mark.parametrize(
    "unit, flow",
    [
        pytest.param("STAYS", {"opening": 1, "closing": 1}, id="stays open"),
        pytest.param("NEW", {"received": 1, "closing": 1}, id="received a minute after"),
        pytest.param("LATE", {"late": 1, "closing": 1}, id="received at the instant, not listed"),
        pytest.param("DONE", {"opening": 2, "closed": 1 + 1}, id="approved and rejected"),
        pytest.param("BRIEF", {"received": 1, "closed": 1}, id="received and closed since"),
        pytest.param("OLD", {"closed": 1, "late": 1}, id="late and closed, nobody knows when"),
        pytest.param("BEFORE", {}, id="late, and closed before the first list"),
        pytest.param("JUST", {}, id="late, and closed at the instant of the first list"),
        pytest.param("AFTER", {"closed": 1, "late": 1}, id="late, and closed after the first list"),
        pytest.param("GONE", {"opening": 1, "removed": 1}, id="open, no longer listed"),
        pytest.param("NOTHING", {}, id="closed, no longer here"),
        pytest.param("AGAIN", {"opened_again": 1, "closing": 1}, id="closed, open again"),
        pytest.param("A", {"opening": 2, "moved_out": 1 + 1}, id="moved to B and to C"),
        pytest.param("B", {"moved_in": 1, "closing": 1}, id="moved in"),
        pytest.param("C", {"closed": 1, "moved_in": 1}, id="moved in and closed"),
        pytest.param("ELSEWHERE", {"opened_again": 1, "closing": 1}, id="moved, open again"),
        pytest.param("751", {"moved_in": 1, "closing": 1}, id="moved to a district"),
    ],
)
def test_each_complaint_is_told_once_where_it_happened(one_pair, unit, flow):
    assert told(one_pair["facility"][unit]) == flow


@pytest.mark.parametrize("level", LEVELS)
def test_all_that_happened_makes_the_open_of_the_later_snapshot_for_every_unit(one_pair, level):
    for row in one_pair[level].values():
        assert explained(row) == row["closing"]
        assert row["moved"] == row["moved_in"] - row["moved_out"]
        assert row["difference"] == row["late"] - row["removed"]


def test_in_a_district_and_the_province_what_only_moved_within_cancels_out(one_pair):
    province, con_dao = one_pair["province"]["77"], one_pair["district"]["755"]
    assert province["moved_in"] == province["moved_out"] == 4
    assert told(con_dao) == {"closed": 1, "moved_in": 1}


@pytest.mark.parametrize("level", ["facility", "district"])
def test_the_units_add_up_to_the_province_also_those_nothing_waits_in_any_more(one_pair, level):
    province = one_pair["province"]["77"]
    for name in ("opening", *KINDS, "closing", "difference"):
        assert sum(row[name] for row in one_pair[level].values()) == province[name], name
    assert told(one_pair[level]["unmapped"]) == {"opening": 1, "moved_out": 1}


def test_over_several_snapshots_everything_in_between_counts(asked):
    flow = asked.flow("facility", since=FIRST)
    assert told(flow["AGAIN"]) == {"closed": 1, "opened_again": 1}
    assert told(flow["BACK"]) == {"opening": 1, "late": 1, "removed": 1, "closing": 1}
    assert told(flow["TWICE"]) == {"opening": 1, "closed": 1, "moved_in": 1, "moved_out": 1}


def test_a_queue_that_was_emptied_in_between_is_told_too(store):
    asked = store.publish_courses(
        of_complaints="""
        Mã phản ánh | Thời điểm tiếp nhận | 18/4           | 21/4           | 25/4
        P1          | 10/04/2022 08:00    | Mã huyện = 751 | F1             | F1
        P2          | 10/04/2022 08:00    | F1             | Mã huyện = 750 | F1
    """
    )
    flow = asked.flow("facility", since=FIRST)
    assert told(flow["751"]) == {"opening": 1, "moved_out": 1}
    assert told(flow["750"]) == {"moved_in": 1, "moved_out": 1}
    for name in ("opening", *KINDS, "closing"):
        total = asked.flow("province", since=FIRST)["77"][name]
        assert sum(row[name] for row in flow.values()) == total, name


def test_units_listed_on_some_of_the_days_are_told_too(asked):
    flow = asked.flow("facility", since=FIRST)
    assert told(flow["751"]) == told(flow["752"]) == {"moved_in": 1, "moved_out": 1}
    there_and_back = {"opening": 1, "moved_in": 1, "moved_out": 1, "closing": 1}
    assert told(flow["unmapped"]) == there_and_back


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("since", [FIRST, SECOND])
def test_over_several_snapshots_it_still_makes_the_later_open(asked, level, since):
    rows = asked.flow(level, since=since).values()
    assert all(explained(row) == row["closing"] for row in rows)
    province = asked.flow("province", since=since)["77"]
    for name in ("opening", *KINDS, "closing"):
        assert sum(row[name] for row in rows) == province[name], name


def test_without_a_day_it_is_the_flow_since_a_week_before(asked):
    assert asked.flow("facility") == asked.flow("facility", since=FIRST)


def test_a_snapshot_without_a_list_in_between_is_stepped_over(store):
    asked = store.publish_courses(
        "Mã hồ sơ | 20/4\nH1 | Đúng",
        """
        Mã phản ánh | Thời điểm tiếp nhận | 18/4             | 25/4
        P1          | 10/04/2022 08:00    | Mới ghi nhận, F1 | Đã duyệt, F1
        P2          | 19/04/2022 08:00    |                  | Mới ghi nhận, F1
        """,
    )
    assert told(asked.flow("facility")["F1"]) == {
        "opening": 1,
        "received": 1,
        "closed": 1,
        "closing": 1,
    }


def test_120_and_35_received_and_41_closed_are_114_and_a_list_of_110_lacks_4(store):
    """T30: four of the open were left out of the later list."""
    old = [f"P{n} | 10/04/2022 08:00 | Mới ghi nhận" for n in range(120)]
    new = [f"N{n} | 20/04/2022 08:00 | Mới ghi nhận" for n in range(35)]
    closed = [line.replace("Mới ghi nhận", "Đã duyệt") for line in old[:41]]
    heading = "Mã phản ánh | Thời điểm tiếp nhận | Trạng thái"
    store.publish(
        "Mã hồ sơ\nH1",
        as_of=NOON.replace(day=18),
        with_complaints="\n".join([heading, *old]),
    )
    store.publish(
        "Mã hồ sơ\nH1",
        with_complaints="\n".join([heading, *closed, *old[41:-4], *new]),
        is_confirmed=True,
    )
    row = store.ask().flow("province")["77"]
    assert told(row) == {
        "opening": 120,
        "received": 35,
        "closed": 41,
        "removed": 4,
        "closing": 110,
    }
    assert row["difference"] == 110 - (120 + 35 - 41) == -4
