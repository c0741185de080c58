"""complaint_closed_ratio: of the complaints received, those approved or rejected."""

import pytest

from tests.stores import Store


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    store = Store.inside(tmp_path_factory.mktemp("closed"))
    store.publish(
        "Mã hồ sơ\nH1",
        with_complaints="""
            Mã cơ sở | Mã huyện | Trạng thái
            F1       |          | Mới ghi nhận
            F1       |          | Yêu cầu bổ sung
            F1       |          | Đã duyệt
            F1       |          | Từ chối
            F2       |          | Đã duyệt
                     | 747      | Đã duyệt
                     |          | Chưa phân công
        """,
    )
    return store.ask()


def test_approved_and_rejected_are_closed_and_a_request_for_more_is_not(asked):
    assert asked.ratios("complaint_closed_ratio", "facility")["F1"] == (1 + 1, 4, 2 / 4)


def test_a_district_is_the_sum_of_its_facilities_and_of_what_waits_in_itself(asked):
    assert asked.ratios("complaint_closed_ratio", "district")["747"] == (2 + 1 + 1, 6, 4 / 6)


def test_the_province_counts_what_nobody_has_been_given(asked):
    [province] = asked.ratios("complaint_closed_ratio", "province").values()
    assert province == (4, 6 + 1, 4 / 7)


def test_closed_and_open_make_up_what_was_received(asked):
    closed = asked.ratios("complaint_closed_ratio", "facility")
    still_open = asked.ratios("complaint_backlog", "facility")
    assert all(closed[unit][0] + still_open[unit][0] == closed[unit][1] for unit in closed)


def test_a_unit_without_complaints_is_a_row_with_zero_of_zero_and_no_ratio(asked):
    assert asked.ratios("complaint_closed_ratio", "facility")["F3"] == (0, 0, None)
