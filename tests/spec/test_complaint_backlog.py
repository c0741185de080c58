"""complaint_backlog: complaints neither approved nor rejected, where they have to be handled."""

import pytest

from data.errors import RefusedError
from queries.measure import trend
from queries.scope import Scope
from tests.stores import FACILITIES, NOON, Asked, Store

# What is open -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def states(tmp_path_factory):
    store = Store.inside(tmp_path_factory.mktemp("states"))
    store.publish(
        "Mã hồ sơ\nH1",
        with_complaints="""
            Mã cơ sở | Trạng thái      | Thời điểm tiếp nhận | Thời điểm xử lý
            F1       | Mới ghi nhận    | 24/04/2022 08:00    |
            F1       | Chưa phân công  | 24/04/2022 08:00    |
            F1       | Đang xử lý      | 24/04/2022 08:00    |
            F1       | Yêu cầu bổ sung | 24/04/2022 08:00    |
            F1       | Đã duyệt        | 24/04/2022 08:00    |
            F1       | Từ chối         | 24/04/2022 08:00    |
            F2       | Đã duyệt        | 25/04/2022 12:00    | 25/04/2022 12:00
        """,
    )
    return store.ask()


def test_open_is_what_is_neither_approved_nor_rejected(states):
    assert states.ratios("complaint_backlog", "facility")["F1"] == (4, 4 + 2, 4 / 6)


def test_a_request_for_more_is_open_and_a_rejection_closed_and_both_stand_apart(states):
    row = states.complaints("facility")["F1"]
    assert (row["new"], row["unassigned"], row["in_progress"], row["more_information"]) == (1,) * 4
    assert (row["approved"], row["rejected"]) == (1, 1)
    assert (row["open"], row["closed"], row["received"]) == (4, 1 + 1, 4 + 2)


def test_a_complaint_closed_in_the_minute_it_came_is_received_and_closed(states):
    assert states.ratios("complaint_backlog", "facility")["F2"] == (0, 1, 0.0)


def test_a_unit_without_complaints_is_a_row_with_zero_of_zero_and_no_ratio(states):
    assert states.ratios("complaint_backlog", "facility")["F3"] == (0, 0, None)


def test_every_district_is_a_row_con_dao_too(states):
    districts = states.ratios("complaint_backlog", "district")
    assert list(districts) == ["747", "748", "750", "751", "752", "753", "754", "755"]
    assert districts["755"] == (0, 0, None)


def test_rows_of_districts_and_of_nobody_are_there_only_when_something_waits_in_them(states):
    assert list(states.ratios("complaint_backlog", "facility")) == ["F1", "F2", "F3"]
    assert "unmapped" not in states.ratios("complaint_backlog", "district")


@pytest.mark.parametrize("level, axis", [("commune", None), ("district", "residence")])
def test_complaints_have_no_place_of_residence(states, level, axis):
    with pytest.raises(RefusedError, match="không theo residence"):
        states.ratios("complaint_backlog", level, axis=axis)


# Who has to handle it -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def routed(tmp_path_factory):
    """Closed: a facility that is no more. F5: one of a district nobody knows. F9: unknown."""
    store = Store.inside(tmp_path_factory.mktemp("routed"))
    store.publish(
        "Mã hồ sơ\nH1",
        with_facilities="""
            Mã cơ sở | Tên cơ sở | Mã huyện | Đến ngày
            F1       | Một       | 747      |
            F2       | Hai       | 747      |
            F3       | Ba        | 755      |
            CLOSED   | Cũ        | 748      | 24/04/2022
            F5       | Năm       | 999      |
        """,
        with_complaints="""
            Mã cơ sở | Mã huyện | Trạng thái
            F1       |          | Mới ghi nhận
            F1       | 755      | Đã duyệt
            F3       | 747      | Mới ghi nhận
            CLOSED   |          | Mới ghi nhận
            F5       | 748      | Đã duyệt
            F5       |          | Mới ghi nhận
                     | 747      | Mới ghi nhận
            F9       | 747      | Đã duyệt
                     | 750      | Mới ghi nhận
            F9       |          | Mới ghi nhận
            F9       | 999      | Từ chối
                     |          | Mới ghi nhận
        """,
    )
    return store.ask()


def test_a_known_facility_handles_it_whatever_district_is_named(routed):
    facilities = routed.ratios("complaint_backlog", "facility")
    assert facilities["F1"] == (1, 1 + 1, 1 / 2)
    assert facilities["F3"] == (1, 1, 1.0)


def test_without_a_known_facility_it_waits_in_a_row_of_the_district_among_the_facilities(routed):
    facilities = routed.ratios("complaint_backlog", "facility")
    assert facilities["747"] == (1, 1 + 1, 1 / 2)
    assert facilities["750"] == (1, 1, 1.0)
    row = routed.complaints("facility")["747"]
    assert (row["unit_name"], row["district_code"]) == ("Thành phố Vũng Tàu (chưa rõ cơ sở)", "747")


@pytest.mark.parametrize("level", ["facility", "district"])
def test_with_neither_it_is_nobodys_yet(routed, level):
    row = routed.complaints(level)["unmapped"]
    names = {"facility": "Chưa rõ huyện (chờ tỉnh giao)", "district": "Chưa rõ huyện"}
    assert row["unit_name"] == names[level]
    from_f5 = {"facility": 0, "district": 1}[level]
    assert (row["open"], row["received"]) == (1 + 1 + from_f5, 1 + 1 + 1 + from_f5)
    assert row["open_unrouted"] == 1 + 1


def test_a_closed_facility_still_handles_its_complaints(routed):
    assert routed.ratios("complaint_backlog", "facility")["CLOSED"] == (1, 1, 1.0)
    assert routed.ratios("complaint_backlog", "district")["748"] == (1, 1 + 1, 1 / 2)


def test_of_a_facility_in_no_known_district_the_district_named_has_to_find_who_handles_it(routed):
    assert routed.ratios("complaint_backlog", "facility")["748"] == (0, 1, 0.0)
    assert routed.ratios("complaint_backlog", "facility")["F5"] == (1, 1, 1.0)
    assert routed.ratios("complaint_backlog", "district")["unmapped"] == (3, 3 + 1, 3 / 4)


def test_a_district_is_its_facilities_and_what_waits_without_one(routed):
    districts = routed.ratios("complaint_backlog", "district")
    assert districts["747"] == (1 + 0 + 1, 2 + 0 + 2, 2 / 4)


def test_nothing_disappears_on_the_way_to_the_province(routed):
    assert routed.ratios("complaint_backlog", "province") == {"77": (8, 12, 8 / 12)}
    for level in ("facility", "district"):
        parts = routed.ratios("complaint_backlog", level).values()
        assert (sum(n for n, _, _ in parts), sum(d for _, d, _ in parts)) == (8, 12)


def test_asked_of_one_district_its_facilities_and_its_own_row_answer(routed):
    facilities = routed.ratios("complaint_backlog", "facility", district_code="747")
    assert facilities == {"747": (1, 2, 1 / 2), "F1": (1, 2, 1 / 2), "F2": (0, 0, None)}


# Rows put aside, and snapshots without a list -----------------------------------------------


@pytest.fixture(scope="module")
def days(tmp_path_factory):
    """23 April a list, 24 April none, 25 April one whose rows are all put aside or new."""
    store = Store.inside(tmp_path_factory.mktemp("days"))
    return store.publish_courses(
        "Mã hồ sơ | 24/4\nH1 | Đúng",
        """
        Mã phản ánh | 23/4             | 25/4               | 26/4
        P1          | Mới ghi nhận, F1 | Trạng thái = ?, F2 |
        P2          | Đã duyệt, F1     | Trạng thái = ?, F2 |
        P3          |                  | Trạng thái = ?, F2 |
        P4          |                  | Mới ghi nhận, F3   |
        """,
    )


def on(day, days):
    return Asked(days.connection, f"2022-04-{day}T1200-r1")


def test_a_new_complaint_of_an_unknown_status_is_put_aside_and_not_counted(days):
    facilities = on(25, days).ratios("complaint_backlog", "facility")
    assert (facilities["F2"], facilities["F3"]) == ((0, 0, None), (1, 1, 1.0))


def test_a_complaint_whose_new_row_is_put_aside_stays_as_it_was_in_the_last_list(days):
    assert on(25, days).ratios("complaint_backlog", "facility")["F1"] == (1, 1 + 1, 1 / 2)


def test_a_list_without_a_row_is_zero_complaints(days):
    assert on(26, days).ratios("complaint_backlog", "province") == {"77": (0, 0, None)}


def test_without_a_list_there_is_no_figure_and_no_zero(days):
    with pytest.raises(RefusedError, match="không có tệp phản ánh; kỳ mới nhất có: 26/04/2022"):
        on(24, days).ratios("complaint_backlog", "province")


def test_a_trend_leaves_out_the_snapshots_without_a_list(days):
    everything = Scope.everything()
    rows = trend(days.connection, "complaint_backlog", scope=everything, level="province")
    expected = [(NOON.replace(day=23), 1), (NOON, 1 + 1), (NOON.replace(day=26), 0)]
    assert rows.select("as_of", "numerator").rows() == expected


def test_a_row_that_cannot_be_counted_is_named_with_its_reason(store):
    outcome = store.publish(
        "Mã hồ sơ\nH1",
        with_facilities=FACILITIES,
        with_complaints="""
            Trạng thái   | Thời điểm tiếp nhận | Thời điểm xử lý
            Mới          | 24/04/2022 08:00    |
            Mới ghi nhận | 25/04/2022 12:01    |
            Đã duyệt     | 24/04/2022 08:00    | 24/04/2022 07:59
        """,
    )
    assert outcome.by_reason == {
        "status_unknown": 1,
        "received_after_snapshot": 1,
        "closed_before_received": 1,
    }
