"""overdue_complaint_ratio: of the open complaints, those received more than 48 hours ago."""

import pytest

from tests.stores import NOON, Asked, Store


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    store = Store.inside(tmp_path_factory.mktemp("overdue"))
    store.publish(
        "Mã hồ sơ\nH1",
        with_facilities="""
            Mã cơ sở | Mã huyện
            AT_48    | 748
            AFTER_48 | 748
            MORE     | 748
            CLOSED   | 748
            F1       | 747
            F2       | 747
        """,
        with_complaints="""
            Mã cơ sở | Mã huyện | Thời điểm tiếp nhận | Trạng thái
            AT_48    |          | 23/04/2022 12:00    | Mới ghi nhận
            AFTER_48 |          | 23/04/2022 11:59    | Mới ghi nhận
            MORE     |          | 20/04/2022 08:00    | Yêu cầu bổ sung
            MORE     |          | 25/04/2022 08:00    | Yêu cầu bổ sung
            CLOSED   |          | 01/02/2022 08:00    | Đã duyệt
            CLOSED   |          | 01/02/2022 08:00    | Từ chối
            F1       |          | 20/04/2022 08:00    | Mới ghi nhận
            F2       |          | 25/04/2022 08:00    | Mới ghi nhận
            F2       |          | 25/04/2022 08:00    | Mới ghi nhận
                     | 747      | 20/04/2022 08:00    | Mới ghi nhận
                     |          | 20/04/2022 08:00    | Mới ghi nhận
        """,
    )
    return store.ask()


def test_48_hours_are_not_overdue_and_a_minute_more_is(asked):
    ratios = asked.ratios("overdue_complaint_ratio", "facility")
    assert (ratios["AT_48"], ratios["AFTER_48"]) == ((0, 1, 0.0), (1, 1, 1.0))


def test_a_request_for_more_does_not_stop_the_clock(asked):
    assert asked.ratios("overdue_complaint_ratio", "facility")["MORE"] == (1, 1 + 1, 1 / 2)


def test_what_is_closed_counts_in_neither_part_however_long_it_took(asked):
    assert asked.ratios("overdue_complaint_ratio", "facility")["CLOSED"] == (0, 0, None)


def test_a_group_is_sum_over_sum_and_not_the_mean_of_its_ratios(asked):
    facilities = asked.ratios("overdue_complaint_ratio", "facility")
    districts = asked.ratios("overdue_complaint_ratio", "district")
    assert facilities["F1"] == (1, 1, 1.0)
    assert facilities["F2"] == (0, 2, 0.0)
    assert facilities["747"] == (1, 1, 1.0)
    assert districts["747"] == (1 + 0 + 1, 1 + 2 + 1, 2 / 4)
    assert districts["unmapped"] == (1, 1, 1.0)
    province = asked.ratios("overdue_complaint_ratio", "province")
    assert province == {"77": (2 + 2 + 1, 4 + 4 + 1, 5 / 9)}


def test_received_on_28_april_at_1630_it_is_due_on_30_april_at_1630_a_holiday(store):
    """T29."""
    ratios = []
    for minute in (30, 31):
        outcome = store.publish(
            "Mã hồ sơ\nH1",
            as_of=NOON.replace(day=30, hour=16, minute=minute),
            with_complaints="Thời điểm tiếp nhận\n28/04/2022 16:30",
            is_confirmed=True,
        )
        asked = Asked(store.open(), outcome.snapshot_id)
        ratios.append(asked.ratios("overdue_complaint_ratio", "province")["77"])
    assert ratios == [(0, 1, 0.0), (1, 1, 1.0)]
