"""invalid_reasons: why records are invalid; one record may have several reasons."""

ALL_REASONS = {
    "no_id",
    "bad_id",
    "not_found",
    "wrong_name",
    "wrong_birth_date",
    "wrong_sex",
    "wrong_id",
    "unspecified",
}


def test_a_state_is_a_reason_and_a_mismatch_names_its_own(published):
    asked = published("""
        Trạng thái xác thực | Lý do không hợp lệ
        Đúng                |
        Không có số         |
        Sai định dạng       |
        Không xác minh được |
        Sai                 | SAI_HO_TEN
        Sai                 | SAI_NGAY_SINH
        Sai                 | SAI_GIOI_TINH
        Sai                 | SAI_SO
        Sai                 |
    """)
    assert asked.reasons("facility", "F1") == dict.fromkeys(ALL_REASONS, (1, 8, 1 / 8))


def test_a_record_with_two_reasons_counts_under_both_and_once_in_the_base(published):
    asked = published("""
        Trạng thái xác thực | Lý do không hợp lệ
        Sai                 | SAI_HO_TEN;SAI_SO
        Sai                 | SAI_HO_TEN
    """)
    reasons = asked.reasons("facility", "F1")
    assert reasons["wrong_name"] == (1 + 1, 2, 2 / 2)
    assert reasons["wrong_id"] == (1, 2, 1 / 2)
    assert reasons["unspecified"] == (0, 2, 0.0)


def test_spaces_case_and_a_last_semicolon_do_not_matter(published):
    asked = published("""
        Trạng thái xác thực | Lý do không hợp lệ
        Sai                 | sai_ho_ten ; Sai_So;
    """)
    reasons = asked.reasons("facility", "F1")
    assert (reasons["wrong_name"][0], reasons["wrong_id"][0]) == (1, 1)


def test_a_mismatch_that_names_no_reason_is_unspecified(published):
    asked = published("""
        Trạng thái xác thực | Lý do không hợp lệ
        Sai                 |
        Không có số         |
    """)
    assert asked.reasons("facility", "F1")["unspecified"] == (1, 2, 1 / 2)


def test_a_reason_left_on_a_record_that_is_not_mismatched_does_not_count(published):
    asked = published("""
        Trạng thái xác thực | Lý do không hợp lệ
        Đúng                | SAI_HO_TEN
        Không có số         | SAI_HO_TEN
        Chưa gửi            | SAI_SO
    """)
    reasons = asked.reasons("facility", "F1")
    assert reasons["wrong_name"] == (0, 1, 0.0)
    assert reasons["no_id"] == (1, 1, 1.0)


def test_a_unit_without_records_has_every_reason_with_zero(published):
    asked = published("""
        Trạng thái xác thực
        Sai
    """)
    assert asked.reasons("facility", "F3") == dict.fromkeys(ALL_REASONS, (0, 0, None))


def test_all_valid_or_pending_or_exempt_has_nothing_invalid(published):
    asked = published("""
        Trạng thái xác thực
        Đúng
        Chưa gửi
        Miễn xác thực
    """)
    assert asked.reasons("facility", "F1") == dict.fromkeys(ALL_REASONS, (0, 0, None))


def test_a_district_is_the_sum_of_its_units_on_both_axes(published):
    asked = published("""
        Mã cơ sở nhập | Mã xã thường trú | Trạng thái xác thực | Lý do không hợp lệ
        F1            | 26506            | Sai                 | SAI_SO
        F2            | 26548            | Sai                 | SAI_SO
        F2            | 26548            | Không có số         |
        F9            | 26548            | Sai                 | SAI_SO
    """)
    assert asked.reasons("district", "747")["wrong_id"] == (1 + 1, 1 + 2, 2 / 3)
    assert asked.reasons("district", "unmapped")["wrong_id"] == (1, 1, 1.0)
    assert asked.reasons("district", "748", axis="residence")["wrong_id"] == (2, 3, 2 / 3)
    assert asked.reasons("province", "77")["wrong_id"] == (3, 4, 3 / 4)
