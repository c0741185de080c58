"""invalid_ratio: of the records already classified, those still to be cleaned."""

import pytest


def test_what_mismatched_was_not_found_or_has_no_usable_number_is_invalid(published):
    asked = published("""
        Trạng thái xác thực
        Đúng
        Sai
        Không xác minh được
        Không có số
        Sai định dạng
        Chưa gửi
        Chờ xác thực
        Miễn xác thực
    """)
    assert asked.ratios("invalid_ratio", "facility")["F1"] == (1 + 1 + 1 + 1, 4 + 1, 4 / 5)


@pytest.mark.parametrize("word", ["Sai", "Không xác minh được", "Không có số", "Sai định dạng"])
def test_each_invalid_state_alone_makes_the_ratio_one(published, word):
    asked = published(f"""
        Trạng thái xác thực
        {word}
    """)
    assert asked.ratios("invalid_ratio", "facility")["F1"] == (1, 1, 1.0)


def test_it_is_what_valid_ratio_leaves_over_at_every_level(published):
    asked = published("""
        Mã cơ sở nhập | Trạng thái xác thực
        F1            | Đúng
        F2            | Sai
        F2            | Đúng
        F3            | Không có số
    """)
    for level in ("facility", "district", "province"):
        valid = asked.ratios("valid_ratio", level)
        for unit, (invalid, classified, _) in asked.ratios("invalid_ratio", level).items():
            assert (invalid, classified) == (valid[unit][1] - valid[unit][0], valid[unit][1])


@pytest.mark.parametrize("word", ["Chưa gửi", "Chờ xác thực", "Miễn xác thực"])
def test_a_unit_with_nothing_classified_has_no_ratio(published, word):
    asked = published(f"""
        Trạng thái xác thực
        {word}
    """)
    ratios = asked.ratios("invalid_ratio", "facility")
    assert ratios["F1"] == (0, 0, None)
    assert ratios["F3"] == (0, 0, None)


def test_all_valid_is_zero(published):
    asked = published("""
        Trạng thái xác thực
        Đúng
    """)
    assert asked.ratios("invalid_ratio", "facility")["F1"] == (0, 1, 0.0)


def test_a_district_is_the_sum_of_its_communes_and_of_what_has_none(published):
    asked = published("""
        Mã xã thường trú | Mã huyện thường trú | Trạng thái xác thực
        26506            | 747                 | Sai
        26508            | 747                 | Đúng
        26508            | 747                 | Đúng
                         | 747                 | Sai
    """)
    communes = asked.ratios("invalid_ratio", "commune")
    assert communes["26506"] == (1, 1, 1.0)
    assert communes["26508"] == (0, 2, 0.0)
    assert communes["747"] == (1, 1, 1.0)
    districts = asked.ratios("invalid_ratio", "district", axis="residence")
    assert districts["747"] == (1 + 0 + 1, 1 + 2 + 1, 2 / 4)


def test_unknown_units_keep_their_invalid_records(published):
    asked = published("""
        Mã cơ sở nhập | Trạng thái xác thực
        F9            | Sai
        F1            | Đúng
    """)
    assert asked.ratios("invalid_ratio", "facility")["unmapped"] == (1, 1, 1.0)
    assert asked.ratios("invalid_ratio", "province")["77"] == (1, 1 + 1, 1 / 2)
