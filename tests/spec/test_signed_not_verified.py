"""signed_not_verified: of the records with a signature, those that no longer match."""

import pytest

from tests.stores import Store


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    store = Store.inside(tmp_path_factory.mktemp("not_verified"))
    store.publish("""
        Mã cơ sở nhập | Mã huyện thường trú | Trạng thái xác thực | Số mũi | Trạng thái ký
        F1            | 748                 | Đúng                | 2      | Đã ký
        F1            | 748                 | Sai                 | 2      | Đã ký
        F1            | 748                 | Không xác minh được | 2      | Đã ký
        F1            | 748                 | Không có số         | 2      | Đã cấp
        F1            | 748                 | Sai định dạng       | 2      | Đã cấp
        F1            | 748                 | Chưa gửi            | 2      | Đã ký
        F1            | 748                 | Chờ xác thực        | 2      | Đã ký
        F1            | 748                 | Miễn xác thực       | 2      | Đã ký
        F2            | 748                 | Sai                 | 2      | Chưa ký
        F2            | 748                 | Sai                 | 2      | Đang xử lý
        F2            | 748                 | Sai                 | 0      | Đã ký
        F2            | 748                 | Đúng                | 0      | Đã ký
    """)
    return store.ask()


def test_it_no_longer_matches_whatever_state_but_matched_or_exempt_it_is_in(asked):
    assert asked.ratios("signed_not_verified", "facility")["F1"] == (6, 8, 6 / 8)


def test_only_records_with_a_signature_count_whatever_doses_they_have(asked):
    assert asked.ratios("signed_not_verified", "facility")["F2"] == (1, 1 + 1, 1 / 2)


def test_it_is_counted_on_both_axes(asked):
    assert asked.ratios("signed_not_verified", "district")["747"] == (6 + 1, 8 + 2, 7 / 10)
    resident = asked.ratios("signed_not_verified", "district", axis="residence")
    assert resident["748"] == (6 + 1, 8 + 2, 7 / 10)


def test_a_unit_without_records_is_a_row_with_zero_of_zero_and_no_ratio(asked):
    assert asked.ratios("signed_not_verified", "facility")["F3"] == (0, 0, None)
