"""valid_ratio_with_id: of the records with a usable number and a result, those that matched."""

import pytest


def test_records_without_a_usable_number_are_not_in_the_base(published):
    asked = published("""
        Trạng thái xác thực
        Đúng
        Sai
        Không xác minh được
        Không có số
        Sai định dạng
    """)
    assert asked.ratios("valid_ratio_with_id", "facility")["F1"] == (1, 1 + 1 + 1, 1 / 3)


@pytest.mark.parametrize(
    "word", ["Không có số", "Sai định dạng", "Chưa gửi", "Chờ xác thực", "Miễn xác thực"]
)
def test_a_unit_with_nothing_in_the_base_has_no_ratio(published, word):
    asked = published(f"""
        Trạng thái xác thực
        {word}
    """)
    ratios = asked.ratios("valid_ratio_with_id", "facility")
    assert ratios["F1"] == (0, 0, None)
    assert ratios["F3"] == (0, 0, None)


def test_the_state_decides_and_not_the_cell_with_the_number(published):
    asked = published("""
        Số CCCD/CMND | Trạng thái xác thực
                     | Đúng
        077190000001 | Không có số
    """)
    assert asked.ratios("valid_ratio_with_id", "facility")["F1"] == (1, 1, 1.0)


def test_a_district_is_sum_over_sum(published):
    asked = published("""
        Mã cơ sở nhập | Trạng thái xác thực
        F1            | Đúng
        F1            | Không có số
        F2            | Không xác minh được
        F2            | Sai
    """)
    facilities = asked.ratios("valid_ratio_with_id", "facility")
    assert facilities["F1"] == (1, 1, 1.0)
    assert facilities["F2"] == (0, 2, 0.0)
    assert asked.ratios("valid_ratio_with_id", "district")["747"] == (1 + 0, 1 + 2, 1 / 3)


def test_by_residence_con_dao_counts_as_one_commune(published):
    asked = published("""
        Mã huyện thường trú | Trạng thái xác thực
        755                 | Đúng
        755                 | Không xác minh được
        755                 | Sai định dạng
    """)
    assert asked.ratios("valid_ratio_with_id", "commune")["755"] == (1, 1 + 1, 1 / 2)
