"""resolved_still_invalid: approved complaints whose record is still invalid in that snapshot."""

import pytest

from tests.stores import Store


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    """The handling facility, or district, is the case; all records were entered in ENTERED."""
    store = Store.inside(tmp_path_factory.mktemp("resolved"))
    store.publish(
        """
        Mã hồ sơ | Mã cơ sở nhập | Trạng thái xác thực
        H1       | ENTERED       | Đúng
        H2       | ENTERED       | Sai
        H3       | ENTERED       | Không xác minh được
        H4       | ENTERED       | Không có số
        H5       | ENTERED       | Sai định dạng
        H6       | ENTERED       | Chưa gửi
        H7       | ENTERED       | Chờ xác thực
        H8       | ENTERED       | Miễn xác thực
        """,
        with_facilities="Mã cơ sở\nENTERED\nSTATES\nSTATUSES\nUNKNOWN\nTWICE",
        with_complaints="""
            Mã cơ sở | Mã huyện | Mã hồ sơ | Trạng thái
            STATES   |          | H1       | Đã duyệt
            STATES   |          | H2       | Đã duyệt
            STATES   |          | H3       | Đã duyệt
            STATES   |          | H4       | Đã duyệt
            STATES   |          | H5       | Đã duyệt
            STATES   |          | H6       | Đã duyệt
            STATES   |          | H7       | Đã duyệt
            STATES   |          | H8       | Đã duyệt
            STATUSES |          | H2       | Đã duyệt
            STATUSES |          | H2       | Từ chối
            STATUSES |          | H2       | Đang xử lý
            UNKNOWN  |          | H99      | Đã duyệt
            UNKNOWN  |          |          | Đã duyệt
            UNKNOWN  |          | H1       | Đã duyệt
            TWICE    |          | H5       | Đã duyệt
            TWICE    |          | H5       | Đã duyệt
                     | 748      | H1       | Đã duyệt
                     |          | H2       | Đã duyệt
        """,
    )
    return store.ask()


def test_invalid_is_what_was_judged_and_did_not_match(asked):
    assert asked.ratios("resolved_still_invalid", "facility")["STATES"] == (4, 8, 4 / 8)


def test_only_what_was_approved_counts(asked):
    assert asked.ratios("resolved_still_invalid", "facility")["STATUSES"] == (1, 1, 1.0)


def test_a_complaint_without_a_known_record_counts_in_neither_part(asked):
    assert asked.ratios("resolved_still_invalid", "facility")["UNKNOWN"] == (0, 1, 0.0)


def test_two_complaints_of_one_record_are_two(asked):
    assert asked.ratios("resolved_still_invalid", "facility")["TWICE"] == (1 + 1, 2, 1.0)


def test_it_counts_where_the_complaint_is_handled_and_not_where_the_record_was_entered(asked):
    facilities = asked.ratios("resolved_still_invalid", "facility")
    assert facilities["ENTERED"] == (0, 0, None)
    assert (facilities["748"], facilities["unmapped"]) == ((0, 1, 0.0), (1, 1, 1.0))


def test_a_province_is_the_sum_of_its_parts(asked):
    districts = asked.ratios("resolved_still_invalid", "district")
    assert districts["747"] == (4 + 1 + 0 + 2, 8 + 1 + 1 + 2, 7 / 12)
    province = asked.ratios("resolved_still_invalid", "province")
    assert province == {"77": (7 + 0 + 1, 12 + 1 + 1, 8 / 14)}


def test_the_record_is_the_one_of_the_same_snapshot(store):
    asked = store.publish_courses(
        """
        Mã hồ sơ | 24/4 | 25/4
        H1       | Sai  | Đúng
        H2       | Đúng | Sai
        """,
        """
        Mã phản ánh | Mã hồ sơ | 25/4
        P1          | H1       | Đã duyệt, F1
        P2          | H2       | Đã duyệt, F2
        """,
    )
    ratios = asked.ratios("resolved_still_invalid", "facility")
    assert (ratios["F1"], ratios["F2"]) == ((0, 1, 0.0), (1, 1, 1.0))
