"""Blocks of HTML: what they say, that parts add up, and that no name becomes markup."""

import datetime as dt
import re

import pytest

from display import notes
from display.catalogue import quarantine_table
from display.labels import short_name
from display.reasons import movers, reason_bars
from display.summary import Base, answer
from display.tree import tree_bar
from display.unit_tables import unit_columns, unit_table
from queries.engine import UNMAPPED_NAME

SOURCE = notes.Source("Nguồn", "Định nghĩa")


def unit(code: str, name: str, valid: int, invalid: int, **more) -> dict:
    classified = valid + invalid
    return {
        "unit_code": code,
        "unit_name": name,
        "records": classified,
        "valid": valid,
        "invalid": invalid,
        "classified": classified,
        "ratio": valid / classified if classified else None,
        "remaining_share": None,
        "ratio_change": None,
        "valid_change": None,
        "invalid_change": None,
        "history": [],
        **more,
    }


def shown(html: str) -> str:
    """The text a person reads."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).replace("\u00a0", " ").strip()


def rows_of(html: str) -> list[str]:
    body = html.split("<tbody>")[1].split("</tbody>")[0]
    return [shown(row) for row in body.split("</tr>") if shown(row)]


def districts_table(units: list[dict], total: dict | None = None) -> str:
    return unit_table(
        "districts",
        "Các huyện",
        units,
        columns=unit_columns("Đơn vị", "Phần của tỉnh", "vi"),
        link=lambda code: f"huyen?district={code}",
        total=total,
        source=SOURCE,
        language="vi",
    )


PARTS = [
    unit("747", "Thành phố Vũng Tàu", 50, 50),
    unit("754", "Thị xã Phú Mỹ", 70, 30),
    unit("750", "Huyện Châu Đức", 85, 15),
    unit("755", "Huyện Côn Đảo", 95, 5),
]


def test_the_answer_names_the_three_units_that_hold_most_of_what_is_left():
    whole = unit("77", "Tỉnh", 300, 100)
    assert answer(whole, PARTS, "vi").replace("\u00a0", " ") == (
        "75,0 % hồ sơ đã phân loại là hợp lệ: 300/400; còn 100 hồ sơ phải làm sạch, "
        "95,0 % số đó ở Vũng Tàu, Phú Mỹ và Châu Đức."
    )


def test_the_answer_of_few_parts_names_none():
    sentence = answer(unit("755", "Huyện Côn Đảo", 95, 5), PARTS[:3], "vi")
    assert sentence.endswith("còn 5 hồ sơ phải làm sạch.")


def test_records_of_no_known_unit_are_never_named_among_the_units():
    unknown = unit("unmapped", "Chưa xác định đơn vị", 0, 999)
    assert "Chưa xác định" not in answer(unit("77", "Tỉnh", 1, 9), [unknown, *PARTS], "vi")


@pytest.mark.parametrize(
    "valid, invalid, words", [(0, 0, "Chưa có hồ sơ nào"), (7, 0, "Toàn bộ 7 hồ sơ")]
)
def test_nothing_classified_and_nothing_left_have_sentences_of_their_own(valid, invalid, words):
    assert answer(unit("77", "Tỉnh", valid, invalid), [], "vi").startswith(words)


@pytest.mark.parametrize(
    "name, short",
    [
        ("Thành phố Vũng Tàu", "Vũng Tàu"),
        ("Thị xã Phú Mỹ", "Phú Mỹ"),
        ("Huyện Côn Đảo", "Côn Đảo"),
        ("Phường 1", "Phường 1"),
        ("Trạm Y tế Phường 1", "Trạm Y tế Phường 1"),
    ],
)
def test_a_place_is_said_without_its_rank_where_it_keeps_a_name(name, short):
    assert short_name(name) == short


def test_a_table_begins_with_the_most_left_to_do_and_ends_with_the_whole():
    html = districts_table(PARTS[::-1], total=unit("77", "Toàn tỉnh", 300, 100))
    assert [row.split(" %")[0] for row in rows_of(html)] == [
        "Thành phố Vũng Tàu 50,00",
        "Thị xã Phú Mỹ 70,00",
        "Huyện Châu Đức 85,00",
        "Huyện Côn Đảo 95,00",
    ]
    assert "Toàn tỉnh" in shown(html.split("<tfoot>")[1])


def test_what_the_browser_sorts_by_is_the_value_not_the_text():
    html = districts_table([unit("747", "Vũng Tàu", 1082345, 1)])
    assert 'data-value="1082345">1.082.345' in html


def test_units_without_records_stand_in_the_table_with_dashes():
    [row] = rows_of(districts_table([unit("755", "Huyện Côn Đảo", 0, 0)]))
    assert row.startswith("Huyện Côn Đảo –")


def test_records_of_no_known_unit_are_a_row_that_opens_nothing():
    html = districts_table([*PARTS, unit("unmapped", UNMAPPED_NAME, 3, 2)])
    assert "Chưa xác định đơn vị" in html
    assert "district=unmapped" not in html
    assert "Chưa xác định" not in districts_table([*PARTS, unit("unmapped", UNMAPPED_NAME, 0, 0)])


def test_a_name_never_becomes_markup():
    hostile = unit("747", "<img src=x onerror=alert(1)>", 1, 1)
    assert "<img" not in districts_table([hostile])
    assert "&lt;img" in districts_table([hostile])
    assert "<script>" not in notes.unknown_choice("district", "<script>", "vi")


TREE = {
    "records": 200,
    "valid": 100,
    "invalid": 60,
    "pending": 30,
    "exempt": 10,
    "matched": 100,
    "mismatched": 33,
    "not_found": 20,
    "no_id": 6,
    "bad_id": 1,
    "not_sent": 29,
    "awaiting": 1,
    "unspecified_invalid": 0,
    "unspecified_pending": 0,
}


def test_the_tree_names_every_part_and_its_bases():
    base = Base("Tỷ lệ hợp lệ", "trên số đã phân loại", 100, 160, 100 / 160)
    text = shown(tree_bar(TREE, [base], source=SOURCE, language="vi"))
    assert "Không hợp lệ 60 30,0 %" in text
    assert "Số sai định dạng 1 0,5 %" in text
    assert "trên số đã phân loại: 160 → 62,5 %" in text


def test_an_empty_unit_has_a_tree_without_figures():
    tree = dict.fromkeys(TREE, 0)
    base = Base("", "trên số đã phân loại", 0, 0, None)
    assert "→" not in tree_bar(tree, [base], source=SOURCE, language="vi")


def test_reasons_stand_by_size_and_say_when_they_add_up_to_more():
    rows = [{"reason": "wrong_name", "records": 6}, {"reason": "no_id", "records": 8}]
    html = reason_bars(rows, invalid=10, source=SOURCE, language="vi")
    assert html.index("Không có số định danh") < html.index("Sai họ tên")
    assert "80,0\u00a0%" in html
    assert "cộng lại nhiều hơn" in html
    assert "cộng lại nhiều hơn" not in reason_bars(
        rows[:1], invalid=10, source=SOURCE, language="vi"
    )


def test_what_changed_most_is_at_most_five_on_each_side():
    units = [unit(str(n), f"Đơn vị {n}", 1, 9, invalid_change=n) for n in range(-7, 8)]
    html = movers(units, link=lambda _: None, compared=None, source=SOURCE, language="vi")
    assert "Chưa có kỳ so sánh" in html
    since = {"as_of": dt.date(2022, 4, 18)}
    text = shown(movers(units, link=lambda _: None, compared=since, source=SOURCE, language="vi"))
    named = [int(number) for number in re.findall(r"Đơn vị (-?\d)", text)]
    assert named == [-7, -6, -5, -4, -3, 7, 6, 5, 4, 3]


def test_reasons_of_quarantine_are_plain_sentences():
    reasons = [{"reason": "birth_date_missing", "row_count": 2}]
    assert "Thiếu ngày sinh" in quarantine_table(reasons, quarantined=2, language="vi")
    assert "Date of birth missing" in quarantine_table(reasons, quarantined=2, language="en")
    assert "Không có dòng nào phải để riêng" in quarantine_table([], quarantined=0, language="vi")
