"""valid_ratio: of the records already classified, those that matched."""

EIGHT_STATES = """
    Trạng thái xác thực
    Đúng
    Sai
    Không xác minh được
    Không có số
    Sai định dạng
    Chưa gửi
    Chờ xác thực
    Miễn xác thực
"""


def test_only_what_matched_is_valid_and_only_what_is_judged_is_in_the_base(published):
    ratios = published(EIGHT_STATES).ratios("valid_ratio", "facility")
    assert ratios["F1"] == (1, 1 + 4, 1 / 5)


def test_a_unit_without_records_is_a_row_with_zero_of_zero_and_no_ratio(published):
    ratios = published(EIGHT_STATES).ratios("valid_ratio", "facility")
    assert ratios["F3"] == (0, 0, None)


def test_a_unit_where_all_matched_has_ratio_one(published):
    asked = published("""
        Trạng thái xác thực
        Đúng
        Đúng
    """)
    assert asked.ratios("valid_ratio", "facility")["F1"] == (2, 2, 1.0)


def test_a_unit_where_none_matched_has_ratio_zero_and_not_none(published):
    asked = published("""
        Trạng thái xác thực
        Sai
    """)
    assert asked.ratios("valid_ratio", "facility")["F1"] == (0, 1, 0.0)


def test_records_not_yet_judged_count_in_neither_part(published):
    asked = published("""
        Mã cơ sở nhập | Trạng thái xác thực
        F1            | Đúng
        F1            | Chưa gửi
        F1            | Chờ xác thực
        F2            | Chưa gửi
        F2            | Chờ xác thực
    """)
    ratios = asked.ratios("valid_ratio", "facility")
    assert ratios["F1"] == (1, 1, 1.0)
    assert ratios["F2"] == (0, 0, None)


def test_a_foreigner_with_a_passport_is_not_in_the_base(published):
    asked = published("""
        Quốc tịch | Số hộ chiếu | Trạng thái xác thực
        Pháp      | 19AB00001   | Miễn xác thực
                  |             | Đúng
                  |             | Sai
    """)
    assert asked.ratios("valid_ratio", "facility")["F1"] == (1, 1 + 1, 1 / 2)


def test_empty_optional_cells_change_nothing_where_the_record_was_entered(published):
    asked = published("""
        Số CCCD/CMND | Mã xã thường trú | Lý do không hợp lệ | Trạng thái xác thực
                     |                  |                    | Đúng
                     |                  |                    | Sai
    """)
    assert asked.ratios("valid_ratio", "facility")["F1"] == (1, 1 + 1, 1 / 2)


def test_a_group_is_sum_over_sum_and_not_the_mean_of_its_ratios(published):
    asked = published("""
        Mã cơ sở nhập | Trạng thái xác thực
        F1            | Đúng
        F2            | Đúng
        F2            | Sai
        F2            | Sai
        F3            | Sai
    """)
    facilities = asked.ratios("valid_ratio", "facility")
    districts = asked.ratios("valid_ratio", "district")
    assert facilities["F1"] == (1, 1, 1.0)
    assert facilities["F2"] == (1, 3, 1 / 3)
    assert districts["747"] == (1 + 1, 1 + 3, 2 / 4)
    assert asked.ratios("valid_ratio", "province") == {"77": (2 + 0, 4 + 1, 2 / 5)}


def test_every_district_is_a_row_con_dao_too(published):
    asked = published("""
        Mã xã thường trú
        26506
    """)
    for axis in ("facility", "residence"):
        districts = asked.ratios("valid_ratio", "district", axis=axis)
        assert list(districts) == ["747", "748", "750", "751", "752", "753", "754", "755"]
        assert districts["747"] == (1, 1, 1.0)
        assert districts["755"] == (0, 0, None)


def test_the_two_axes_count_a_moved_person_in_different_districts(published):
    asked = published("""
        Mã cơ sở nhập | Mã xã thường trú | Trạng thái xác thực
        F1            | 26548            | Đúng
    """)
    entered = asked.ratios("valid_ratio", "district", axis="facility")
    resident = asked.ratios("valid_ratio", "district", axis="residence")
    assert (entered["747"], entered["748"]) == ((1, 1, 1.0), (0, 0, None))
    assert (resident["747"], resident["748"]) == ((0, 0, None), (1, 1, 1.0))


def test_a_facility_no_table_knows_is_counted_as_unmapped_at_every_level(published):
    asked = published("""
        Mã cơ sở nhập | Trạng thái xác thực
        F1            | Đúng
        F9            | Đúng
        F9            | Sai
    """)
    assert asked.ratios("valid_ratio", "facility")["unmapped"] == (1, 2, 1 / 2)
    assert asked.ratios("valid_ratio", "district")["unmapped"] == (1, 2, 1 / 2)
    assert asked.ratios("valid_ratio", "province")["77"] == (1 + 1, 1 + 2, 2 / 3)


def test_without_unknown_units_there_is_no_unmapped_row(published):
    asked = published(EIGHT_STATES)
    assert "unmapped" not in asked.ratios("valid_ratio", "district")
    assert "unmapped" not in asked.ratios("valid_ratio", "facility")


def test_an_unknown_commune_counts_for_its_district_else_as_unmapped(published):
    asked = published("""
        Mã xã thường trú | Mã huyện thường trú
        99999            | 747
        99999            |
                         | 747
                         |
    """)
    communes = asked.ratios("valid_ratio", "commune")
    assert communes["747"] == (2, 2, 1.0)
    assert communes["unmapped"] == (2, 2, 1.0)
    assert asked.ratios("valid_ratio", "district", axis="residence")["747"] == (2, 2, 1.0)


def test_the_commune_decides_when_it_contradicts_the_district(published):
    asked = published("""
        Mã xã thường trú | Mã huyện thường trú
        26548            | 747
    """)
    districts = asked.ratios("valid_ratio", "district", axis="residence")
    assert (districts["748"], districts["747"]) == ((1, 1, 1.0), (0, 0, None))


def test_con_dao_is_one_row_with_its_districts_code_at_commune_level(published):
    asked = published("""
        Mã xã thường trú | Mã huyện thường trú | Trạng thái xác thực
                         | 755                 | Đúng
                         | 755                 | Sai
        26506            | 747                 | Đúng
    """)
    communes = asked.ratios("valid_ratio", "commune")
    assert communes["755"] == (1, 2, 1 / 2)
    assert communes["26506"] == (1, 1, 1.0)
    assert len(communes) == 82 + 1


def test_a_district_with_communes_has_a_row_of_its_own_only_for_records_without_commune(published):
    asked = published("""
        Mã xã thường trú | Mã huyện thường trú
        26506            | 747
                         | 748
    """)
    communes = asked.ratios("valid_ratio", "commune")
    assert communes["748"] == (1, 1, 1.0)
    assert "747" not in communes


def test_asked_of_one_district_only_its_units_answer(published):
    asked = published("""
        Mã cơ sở nhập | Mã xã thường trú
        F1            | 26506
        F3            | 26506
    """)
    facilities = asked.ratios("valid_ratio", "facility", district_code="747")
    communes = asked.ratios("valid_ratio", "commune", district_code="755")
    assert facilities == {"F1": (1, 1, 1.0), "F2": (0, 0, None)}
    assert communes == {"755": (0, 0, None)}
