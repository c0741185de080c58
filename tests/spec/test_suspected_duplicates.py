"""suspected_duplicates: records whose id number stands in another record too."""


def test_both_records_with_the_same_number_are_suspected(published):
    asked = published("""
        Mã hồ sơ | Số CCCD/CMND
        A        | 077190000001
        B        | 077190000001
        C        | 077190000002
    """)
    assert asked.ratios("suspected_duplicates", "facility")["F1"] == (2, 3, 2 / 3)


def test_records_without_a_number_are_not_each_others_duplicates(published):
    asked = published("""
        Mã hồ sơ | Số CCCD/CMND
        A        |
        B        |
    """)
    assert asked.ratios("suspected_duplicates", "facility")["F1"] == (0, 2, 0.0)


def test_every_record_is_in_the_base_whatever_its_state(published):
    asked = published("""
        Số CCCD/CMND | Trạng thái xác thực
        077190000001 | Đúng
        077190000001 | Chưa gửi
        077190000002 | Miễn xác thực
        077190000003 | Không có số
    """)
    assert asked.ratios("suspected_duplicates", "facility")["F1"] == (2, 4, 2 / 4)


def test_the_other_record_may_be_in_another_district(published):
    asked = published("""
        Mã cơ sở nhập | Số CCCD/CMND
        F1            | 077190000001
        F3            | 077190000001
        F9            | 077190000001
    """)
    facilities = asked.ratios("suspected_duplicates", "facility")
    assert facilities["F1"] == facilities["F3"] == facilities["unmapped"] == (1, 1, 1.0)
    assert facilities["F2"] == (0, 0, None)
    assert asked.ratios("suspected_duplicates", "province")["77"] == (3, 3, 1.0)


def test_a_leading_zero_makes_another_number(published):
    asked = published("""
        Số CCCD/CMND
        077190000001
        77190000001
    """)
    assert asked.ratios("suspected_duplicates", "facility")["F1"] == (0, 2, 0.0)


def test_a_district_is_sum_over_sum_by_residence(published):
    asked = published("""
        Mã xã thường trú | Số CCCD/CMND
        26506            | 077190000001
        26508            | 077190000001
        26508            | 077190000002
    """)
    districts = asked.ratios("suspected_duplicates", "district", axis="residence")
    assert asked.ratios("suspected_duplicates", "commune")["26508"] == (1, 2, 1 / 2)
    assert districts["747"] == (1 + 1, 1 + 2, 2 / 3)
