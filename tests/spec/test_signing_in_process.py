"""signing_in_process: of the records that can be signed, those sent and not signed yet."""

import pytest

from tests.stores import Store


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    store = Store.inside(tmp_path_factory.mktemp("in_process"))
    store.publish("""
        Mã cơ sở nhập | Mã xã thường trú | Trạng thái xác thực | Số mũi | Trạng thái ký
        F1            | 26548            | Đúng                | 2      | Chưa ký
        F1            | 26548            | Đúng                | 2      | Đang xử lý
        F1            | 26548            | Đúng                | 2      | Đã ký
        F1            | 26548            | Đúng                | 2      | Đã cấp
        F2            | 26548            | Chờ xác thực        | 2      | Đang xử lý
        F2            | 26548            | Đúng                | 0      | Đang xử lý
        F2            | 26548            | Miễn xác thực       | 2      | Đang xử lý
    """)
    return store.ask()


def test_in_process_is_neither_what_has_not_begun_nor_what_is_signed(asked):
    assert asked.ratios("signing_in_process", "facility")["F1"] == (1, 4, 1 / 4)


def test_what_cannot_be_signed_counts_in_neither_part_even_when_it_was_sent(asked):
    assert asked.ratios("signing_in_process", "facility")["F2"] == (1, 1, 1.0)


def test_it_is_counted_on_both_axes(asked):
    assert asked.ratios("signing_in_process", "district")["747"] == (1 + 1, 4 + 1, 2 / 5)
    assert asked.ratios("signing_in_process", "commune")["26548"] == (1 + 1, 4 + 1, 2 / 5)


def test_a_unit_without_records_is_a_row_with_zero_of_zero_and_no_ratio(asked):
    assert asked.ratios("signing_in_process", "facility")["F3"] == (0, 0, None)
