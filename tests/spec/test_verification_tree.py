"""The verification tree: every record once, by state; the parts add up to all records."""

import pytest

STATES = ("matched", "mismatched", "not_found", "no_id", "bad_id", "not_sent", "awaiting", "exempt")
WORDS = (
    "Đúng",
    "Sai",
    "Không xác minh được",
    "Không có số",
    "Sai định dạng",
    "Chưa gửi",
    "Chờ xác thực",
    "Miễn xác thực",
)
PART_OF = {"matched": "valid", "not_sent": "pending", "awaiting": "pending", "exempt": "exempt"}


@pytest.mark.parametrize("state, word", list(zip(STATES, WORDS, strict=True)))
def test_each_state_is_counted_under_its_own_name_and_in_one_part(published, state, word):
    asked = published(f"""
        Trạng thái xác thực
        {word}
    """)
    tree = asked.tree("facility")["F1"]
    part = PART_OF.get(state, "invalid")
    assert tree["records"] == 1
    assert [name for name in STATES if tree[name]] == [state]
    assert [n for n in ("valid", "invalid", "pending", "exempt") if tree[n]] == [part]


def test_the_parts_add_up_to_all_records(published):
    rows = "\n".join(word for n, word in enumerate(WORDS, 1) for _ in range(n))
    tree = published("Trạng thái xác thực\n" + rows).tree("facility")["F1"]
    assert tree["valid"] == 1
    assert tree["invalid"] == 2 + 3 + 4 + 5
    assert tree["pending"] == 6 + 7
    assert tree["exempt"] == 8
    assert tree["records"] == 1 + (2 + 3 + 4 + 5) + (6 + 7) + 8


def test_words_are_read_without_case_and_with_any_spaces(published):
    asked = published("""
        Trạng thái xác thực
        đúng
        KHÔNG CÓ SỐ
        Không  xác minh  được
    """)
    tree = asked.tree("facility")["F1"]
    assert (tree["matched"], tree["no_id"], tree["not_found"]) == (1, 1, 1)


def test_a_unit_without_records_has_zero_everywhere(published):
    tree = published("Trạng thái xác thực\nSai").tree("facility")["F3"]
    assert {tree[name] for name in (*STATES, "records", "valid", "invalid", "pending")} == {0}


def test_units_carry_their_name_kind_and_district(published):
    asked = published("""
        Mã cơ sở nhập | Mã xã thường trú | Mã huyện thường trú
        F9            |                  | 748
    """)
    facility, unknown = asked.tree("facility")["F1"], asked.tree("facility")["unmapped"]
    assert facility["unit_name"] == "Trạm Y tế Phường 1"
    assert facility["unit_kind"] == "commune_station"
    assert facility["district_name"] == "Thành phố Vũng Tàu"
    assert unknown["unit_name"] == "Chưa xác định đơn vị"
    rest, island = asked.tree("commune")["748"], asked.tree("commune")["755"]
    assert rest["unit_name"] == "Thành phố Bà Rịa (chưa rõ xã, phường)"
    assert island["unit_name"] == "Huyện Côn Đảo"


def test_a_level_is_the_sum_of_the_finer_one_on_each_axis(published):
    asked = published("""
        Mã cơ sở nhập | Mã xã thường trú | Mã huyện thường trú | Trạng thái xác thực
        F1            | 26506            |                     | Đúng
        F2            | 26548            |                     | Sai
        F3            |                  | 755                 | Chờ xác thực
        F9            |                  |                     | Không có số
        F1            | 99999            |                     | Miễn xác thực
    """)
    for axis, leaf in (("facility", "facility"), ("residence", "commune")):
        levels = [asked.tree(level, axis=axis) for level in (leaf, "district", "province")]
        totals = [[sum(u[name] for u in tree.values()) for name in STATES] for tree in levels]
        assert totals[0] == totals[1] == totals[2] == [1, 1, 0, 1, 0, 0, 1, 1]
