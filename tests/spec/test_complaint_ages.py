"""How long the open complaints have waited: buckets, median, 90th percentile, oldest."""

import numpy as np
import pytest

from tests.stores import Store

AGES = ("median_hours", "p90_hours", "oldest_hours")
BUCKETS = ("up_to_48_hours", "days_2_to_7", "days_8_to_30", "over_30_days")
#: Received at -> the bucket on 25 April at noon.
EDGES = {
    "25/04/2022 12:00": "up_to_48_hours",
    "23/04/2022 12:00": "up_to_48_hours",
    "23/04/2022 11:59": "days_2_to_7",
    "18/04/2022 12:00": "days_2_to_7",
    "18/04/2022 11:59": "days_8_to_30",
    "26/03/2022 12:00": "days_8_to_30",
    "26/03/2022 11:59": "over_30_days",
}
#: Facility -> hours its open complaints have waited.
WAITED = {
    "ODD": [2, 9, 4],
    "EVEN": [9, 2, 4, 5],
    "FIVE": [1, 2, 3, 4, 8],
    "ELEVEN": list(range(1, 12)),
    "ALONE": [3.75],
    "A": [1],
    "B": [2, 6, 7],
}


def hours_ago(hours):
    minutes = int(12 * 60 - hours * 60)
    return f"25/04/2022 {minutes // 60:02}:{minutes % 60:02}"


@pytest.fixture(scope="module")
def facilities(tmp_path_factory):
    """Each edge and each list of hours is a facility of its own; A and B are of district 748."""
    store = Store.inside(tmp_path_factory.mktemp("ages"))
    others = {code: "748" if code in ("A", "B") else "747" for code in [*WAITED, "NONE", "ALL"]}
    lines = [f"{at} | {at} | Mới ghi nhận |" for at in EDGES]
    lines += [f"{code} | {hours_ago(h)} | Mới ghi nhận |" for code in WAITED for h in WAITED[code]]
    lines += [
        "ALONE | 01/01/2022 10:00 | Đã duyệt        | 02/01/2022 10:00",
        "NONE  | 01/01/2022 10:00 | Đã duyệt        | 02/01/2022 10:00",
        "NONE  | 01/01/2022 10:00 | Từ chối         |",
        "ALL   | 25/04/2022 08:00 | Mới ghi nhận    |",
        "ALL   | 20/04/2022 08:00 | Đang xử lý      |",
        "ALL   | 10/04/2022 08:00 | Yêu cầu bổ sung |",
        "ALL   | 01/01/2022 08:00 | Chưa phân công  |",
        "ALL   | 01/01/2022 08:00 | Đã duyệt        |",
    ]
    store.publish(
        "Mã hồ sơ\nH1",
        with_facilities="\n".join(
            ["Mã cơ sở | Mã huyện", *(f"{at} | 747" for at in EDGES)]
            + [f"{code} | {district}" for code, district in others.items()]
        ),
        with_complaints="\n".join(
            ["Mã cơ sở | Thời điểm tiếp nhận | Trạng thái | Thời điểm xử lý", *lines]
        ),
    )
    asked = store.ask()
    return asked.complaints("facility") | asked.complaints("district")


def of(row, names):
    return tuple(row[name] for name in names)


@pytest.mark.parametrize("received_at, bucket", EDGES.items())
def test_a_bucket_ends_with_the_minute_of_its_last_day(facilities, received_at, bucket):
    row = facilities[received_at]
    assert {name: row[name] for name in BUCKETS} == {name: int(name == bucket) for name in BUCKETS}


def test_the_buckets_are_the_open_and_all_but_the_first_are_overdue(facilities):
    row = facilities["ALL"]
    assert of(row, BUCKETS) == (1, 1, 1, 1)
    assert (row["open"], row["overdue"]) == (1 + 1 + 1 + 1, 1 + 1 + 1)


def test_the_median_is_the_middle_one_or_the_mean_of_the_two_in_the_middle(facilities):
    assert facilities["ODD"]["median_hours"] == 4
    assert facilities["EVEN"]["median_hours"] == (4 + 5) / 2


def test_the_90th_percentile_lies_between_the_two_complaints_beside_it(facilities):
    assert facilities["FIVE"]["p90_hours"] == 4 + 0.6 * (8 - 4)  # place 0.9 * 4 = 3.6, from 0
    assert facilities["ELEVEN"]["p90_hours"] == 10  # place 0.9 * 10 = 9
    assert facilities["FIVE"]["p90_hours"] == np.percentile(WAITED["FIVE"], 90)


def test_of_one_complaint_all_three_are_its_age_to_the_minute_what_is_closed_has_none(facilities):
    assert of(facilities["ALONE"], AGES) == (3.75, 3.75, 3.75)


@pytest.mark.parametrize("unit", ["NONE", "755"])
def test_where_nothing_is_open_there_is_no_age(facilities, unit):
    assert of(facilities[unit], AGES) == (None, None, None)


def test_a_groups_ages_are_of_its_complaints_and_not_of_its_units(facilities):
    assert (facilities["A"]["median_hours"], facilities["B"]["median_hours"]) == (1, 6)
    assert of(facilities["748"], AGES) == ((2 + 6) / 2, 6 + 0.7 * (7 - 6), 7)


def test_the_last_seven_days_begin_after_the_same_minute_a_week_before(store):
    store.publish(
        "Mã hồ sơ\nH1",
        with_complaints="""
            Thời điểm tiếp nhận | Thời điểm xử lý  | Trạng thái
            18/04/2022 12:01    |                  | Mới ghi nhận
            18/04/2022 12:00    |                  | Mới ghi nhận
            01/04/2022 12:00    | 18/04/2022 12:01 | Đã duyệt
            01/04/2022 12:00    | 18/04/2022 12:00 | Đã duyệt
        """,
    )
    row = store.ask().complaints("province")["77"]
    assert (row["received_7_days"], row["closed_7_days"]) == (1, 1)


def test_closed_nobody_says_when_is_not_known_to_be_longer_ago(store):
    store.publish(
        "Mã hồ sơ\nH1",
        with_complaints="""
            Mã cơ sở | Thời điểm xử lý  | Trạng thái
            F1       | 20/04/2022 12:01 | Đã duyệt
            F1       |                  | Từ chối
            F3       | 20/04/2022 12:01 | Đã duyệt
            F3       |                  | Mới ghi nhận
        """,
    )
    rows = store.ask().complaints("district")
    assert (rows["747"]["closed_7_days"], rows["755"]["closed_7_days"]) == (None, 1)
    assert store.ask().complaints("province")["77"]["closed_7_days"] is None
