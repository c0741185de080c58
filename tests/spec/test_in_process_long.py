"""in_process_long: of the signable records in process, those for more than 7 days."""

import pytest

from data.errors import RefusedError
from tests.stores import Asked, Store

#: The facility is the case; 18/4 is 7 days before the last day, 17/4 is 8.
COURSES = """
    Mã cơ sở nhập | 10/4       | 17/4                | 18/4               | 25/4
    SEVEN         | Chưa ký    | Chưa ký             | Đang xử lý         | Đang xử lý
    EIGHT         | Chưa ký    | Đang xử lý          | Đang xử lý         | Đang xử lý
    FIRST         | Đang xử lý | Đang xử lý          | Đang xử lý         | Đang xử lý
    BACK          | Đang xử lý | Đang xử lý          | Chưa ký            | Đang xử lý
    ABSENT        | Đang xử lý | Đang xử lý          |                    | Đang xử lý
    SIGNED        | Đang xử lý | Đang xử lý          | Đang xử lý         | Đã ký
    INVALID       | Đang xử lý | Đang xử lý          | Đang xử lý         | Đang xử lý, Sai
    NO_DOSE       | Đang xử lý | Đang xử lý          | Đang xử lý         | Đang xử lý, Số mũi = 0
    WAS_INVALID   | Chưa ký    | Đang xử lý, Sai     | Đang xử lý, Sai    | Đang xử lý
    MOVED_FROM    | Chưa ký    | Đang xử lý          | Đang xử lý         | Đang xử lý, MOVED_TO
"""
FACILITIES = """
    Mã cơ sở    | Mã huyện
    SEVEN       | 748
    EIGHT       | 748
    FIRST       | 747
    BACK        | 747
    ABSENT      | 747
    SIGNED      | 747
    INVALID     | 747
    NO_DOSE     | 747
    WAS_INVALID | 747
    MOVED_FROM  | 747
    MOVED_TO    | 747
"""


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    store = Store.inside(tmp_path_factory.mktemp("in_process_long"))
    return store.publish_courses(COURSES, with_facilities=FACILITIES)


def long(asked, level="facility"):
    return asked.ratios("in_process_long", level)


def test_seven_days_are_not_too_long_and_eight_are(asked):
    assert (long(asked)["SEVEN"], long(asked)["EIGHT"]) == ((0, 1, 0.0), (1, 1, 1.0))


def test_the_days_are_counted_to_the_day_of_the_snapshot(asked):
    week_before = Asked(asked.connection, "2022-04-18T1200-r1")
    assert long(week_before)["EIGHT"] == (0, 1, 0.0)
    assert long(week_before)["FIRST"] == (1, 1, 1.0)


def test_in_process_since_the_first_snapshot_of_all_is_at_least_since_then(asked):
    assert long(asked)["FIRST"] == (1, 1, 1.0)


@pytest.mark.parametrize("case", ["BACK", "ABSENT"])
def test_a_break_of_one_snapshot_begins_the_days_anew(asked, case):
    assert long(asked)[case] == (0, 1, 0.0)


@pytest.mark.parametrize("case", ["SIGNED", "INVALID", "NO_DOSE"])
def test_what_is_signed_or_cannot_be_signed_counts_in_neither_part(asked, case):
    assert long(asked)[case] == (0, 0, None)


def test_days_in_process_before_it_could_be_signed_count_once_it_can(asked):
    assert long(asked)["WAS_INVALID"] == (1, 1, 1.0)


def test_a_record_that_moved_keeps_its_days(asked):
    assert (long(asked)["MOVED_FROM"], long(asked)["MOVED_TO"]) == ((0, 0, None), (1, 1, 1.0))


def test_a_province_is_the_sum_of_its_parts(asked):
    districts = long(asked, "district")
    assert (districts["748"], districts["755"]) == ((0 + 1, 1 + 1, 1 / 2), (0, 0, None))
    assert districts["747"] == (1 + 0 + 0 + 1 + 1, 1 + 1 + 1 + 1 + 1, 3 / 5)
    assert long(asked, "province") == {"77": (1 + 3, 2 + 5, 4 / 7)}


def test_it_is_counted_where_the_record_was_entered_only(asked):
    with pytest.raises(RefusedError, match="không theo residence"):
        asked.ratios("in_process_long", "province", axis="residence")
