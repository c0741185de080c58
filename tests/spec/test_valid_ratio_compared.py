"""valid_ratio_compared: of the records found in the population database, those that matched."""

import pytest


def test_only_what_could_be_compared_is_in_the_base(published):
    asked = published("""
        Trạng thái xác thực
        Đúng
        Đúng
        Sai
        Không xác minh được
        Không có số
        Sai định dạng
        Chưa gửi
        Chờ xác thực
        Miễn xác thực
    """)
    assert asked.ratios("valid_ratio_compared", "facility")["F1"] == (2, 2 + 1, 2 / 3)


@pytest.mark.parametrize("word", ["Không xác minh được", "Không có số", "Chưa gửi"])
def test_a_unit_with_nothing_compared_has_no_ratio(published, word):
    asked = published(f"""
        Trạng thái xác thực
        {word}
    """)
    ratios = asked.ratios("valid_ratio_compared", "facility")
    assert ratios["F1"] == (0, 0, None)
    assert ratios["F3"] == (0, 0, None)


def test_the_three_bases_give_three_ratios_of_the_same_records(published):
    asked = published("""
        Trạng thái xác thực
        Đúng
        Sai
        Không xác minh được
        Không có số
    """)
    assert asked.ratios("valid_ratio", "province")["77"] == (1, 4, 1 / 4)
    assert asked.ratios("valid_ratio_with_id", "province")["77"] == (1, 3, 1 / 3)
    assert asked.ratios("valid_ratio_compared", "province")["77"] == (1, 2, 1 / 2)


def test_a_district_is_sum_over_sum_on_both_axes(published):
    asked = published("""
        Mã cơ sở nhập | Mã xã thường trú | Trạng thái xác thực
        F1            | 26506            | Đúng
        F2            | 26508            | Sai
        F2            | 26508            | Đúng
        F3            | 26508            | Đúng
    """)
    entered = asked.ratios("valid_ratio_compared", "district", axis="facility")
    resident = asked.ratios("valid_ratio_compared", "district", axis="residence")
    assert entered["747"] == (1 + 1, 1 + 2, 2 / 3)
    assert entered["755"] == (1, 1, 1.0)
    assert resident["747"] == (1 + 2, 1 + 3, 3 / 4)
    assert resident["755"] == (0, 0, None)


def test_unknown_units_are_part_of_the_province(published):
    asked = published("""
        Mã cơ sở nhập | Trạng thái xác thực
        F9            | Đúng
        F1            | Sai
    """)
    assert asked.ratios("valid_ratio_compared", "facility")["unmapped"] == (1, 1, 1.0)
    assert asked.ratios("valid_ratio_compared", "province")["77"] == (1, 1 + 1, 1 / 2)
