"""Why the ratio moved, as it is printed: parts that add up, an account, a waterfall, a table."""

from fractions import Fraction
from typing import Any

import hypothesis.strategies as st
import polars as pl
import pytest
from hypothesis import given

from display import flow_tables, flows
from display.listings import Listing
from display.notes import Source
from queries.flows import PARTS, STANDINGS, checked, with_ratio

SOURCE = Source("nguồn", "định nghĩa")
SIDES = ("in", "out")
COUNTS = (
    "fixed",
    "regressed",
    *(f"{way}_{one}" for way in ("new", "removed") for one in STANDINGS),
    *(f"moved_{way}_{one}" for way in SIDES for one in STANDINGS),
    *(f"{one}_to_{other}" for one in STANDINGS for other in STANDINGS if one != other),
    *("newly_signed", "unsigned_again", "new_signed", "removed_signed"),
    *("moved_in_signed", "moved_out_signed"),
)


def unit(before: dict[str, int], **counts: int) -> dict[str, Any]:
    """A row of queries.flows, of what was before and what came and went."""
    row: dict[str, Any] = {
        "unit_code": "747",
        "unit_name": "Thành phố Vũng Tàu",
        **dict.fromkeys(COUNTS, 0),
        **counts,
    }
    del row["valid_to_invalid"], row["invalid_to_valid"]
    between = {("invalid", "valid"): "fixed", ("valid", "invalid"): "regressed"}
    for one in STANDINGS:
        row[f"{one}_before"] = before.get(one, 0)
        came = [row[f"new_{one}"], row[f"moved_in_{one}"]]
        gone = [row[f"removed_{one}"], row[f"moved_out_{one}"]]
        for other in STANDINGS:
            if other != one:
                came.append(row[between.get((other, one), f"{other}_to_{one}")])
                gone.append(row[between.get((one, other), f"{one}_to_{other}")])
        row[one] = row[f"{one}_before"] + sum(came) - sum(gone)
    row |= {"signed_before": 0, "signed": 0, "carried_forward": 0}
    for side in ("", "_before"):
        row[f"records{side}"] = sum(row[f"{one}{side}"] for one in STANDINGS)
        row[f"classified{side}"] = row[f"valid{side}"] + row[f"invalid{side}"]
    for way in SIDES:
        row[f"moved_{way}"] = sum(row[f"moved_{way}_{one}"] for one in STANDINGS)
    frame = pl.DataFrame([row])
    checked(frame)
    return with_ratio(frame).row(0, named=True)


#: 100 of 200 valid; 30 fixed, 4 fell back, 10 new of which 2 are valid, 6 removed of which 5 are.
MOVED = unit(
    {"valid": 100, "invalid": 100},
    fixed=30,
    regressed=4,
    new_valid=2,
    new_invalid=8,
    removed_valid=5,
    removed_invalid=1,
)


def test_the_sentence_says_each_part_and_the_parts_add_up_to_the_whole():
    # 123 of 204 against 100 of 200: 60,294 - 50 = 10,294. Fixed 30/204 = 14,706; regressed
    # -4/204 = -1,961; new (2 - 0,5 x 10)/204 = -1,471; removed -(5 - 0,5 x 6)/204 = -0,980.
    assert flows.why_sentence(MOVED, "vi") == (
        "+10,29 điểm = sửa được +14,70; hỏng lại −1,96; hồ sơ mới −1,47; xóa −0,98."
    )
    # Rounded, they are 14,71 - 1,96 - 1,47 - 0,98 = 10,30: the hundredth too many goes where
    # rounding added most (14,7059 to 14,71).
    assert round(30 / 204 * 100, 2) == 14.71


@pytest.mark.parametrize(
    "row, sentence",
    [
        (unit({"valid": 3, "invalid": 1}), "Không có gì làm tỷ lệ hợp lệ thay đổi."),
        (unit({"pending": 3}, new_valid=1), ""),
        (unit({"valid": 1}, removed_valid=1), ""),
        (
            unit({"valid": 1, "invalid": 1, "pending": 2}, pending_to_valid=2),
            "+25,00 điểm = phân loại lại +25,00.",
        ),
        (
            unit({"valid": 1, "invalid": 1}, fixed=1, regressed=1),
            "0,00 điểm = sửa được +50,00; hỏng lại −50,00.",
        ),
    ],
)
def test_the_sentence_of_what_is_simple(row, sentence):
    assert flows.why_sentence(row, "vi").startswith(sentence) or not sentence
    assert bool(flows.why_sentence(row, "vi")) == bool(sentence)


FEW = st.integers(0, 40)


@st.composite
def moved_units(draw: st.DrawFn) -> dict[str, Any]:
    before = {one: draw(st.integers(200, 900)) for one in STANDINGS}
    names = [name for name in COUNTS if "signed" not in name and "valid_to_invalid" not in name]
    names = [name for name in names if name != "invalid_to_valid"]
    return unit(before, **{name: draw(FEW) for name in names})


@given(moved_units())
def test_whatever_happens_the_printed_parts_add_up_and_are_near_what_they_are(row):
    printed = flows.printed_parts(row)
    assert printed
    whole, parts = printed
    assert sum(parts.values()) == whole
    # What is told is the difference of the two ratios as they are printed.
    now, before = (
        hundredths(Fraction(row["valid" + when], row["classified" + when]))
        for when in ("", "_before")
    )
    assert whole == now - before
    for part in PARTS:
        assert abs(parts[part] - row[f"delta_{part}"] * 10_000) <= 1.5 + 1e-6


def hundredths(ratio: Fraction) -> int:
    """Hundredths of a per cent, half up."""
    return int(ratio * 10_000 + Fraction(1, 2))


@given(st.lists(moved_units(), min_size=1, max_size=12))
def test_printed_contributions_add_up_to_the_printed_change_of_all(units):
    names = ("valid", "classified", "valid_before", "classified_before")
    sums = {name: sum(unit[name] for unit in units) for name in names}
    before = sums["valid_before"] / sums["classified_before"]
    total = {"ratio_before": before, "ratio": sums["valid"] / sums["classified"]}
    exact = [
        (unit["valid"] - unit["valid_before"])
        - before * (unit["classified"] - unit["classified_before"])
        for unit in units
    ]
    rows: list[dict[str, Any]] = [
        {**unit, "unit_code": f"F{at}", "contribution": value / sums["classified"]}
        for at, (unit, value) in enumerate(zip(units, exact, strict=True))
    ]
    printed = flows.printed_contributions(rows, total)
    backwards = flows.printed_contributions(rows[::-1], total)
    assert backwards == printed[::-1]
    change = hundredths(Fraction(sums["valid"], sums["classified"])) - hundredths(
        Fraction(sums["valid_before"], sums["classified_before"])
    )
    values = [value for value in printed if value is not None]
    assert sum(round(value * 10_000) for value in values) == change
    for value, row in zip(values, rows, strict=True):
        assert abs(value - row["contribution"]) * 10_000 <= 1.5 + 1e-6
        assert (value == 0) or row["contribution"]


@given(moved_units())
def test_the_account_leads_from_the_valid_and_the_base_before_to_those_now(row):
    terms = flows.terms(row, "vi")
    assert sum(term.valid for term in terms) == row["valid"] - row["valid_before"]
    assert sum(term.base for term in terms) == row["classified"] - row["classified_before"]


@given(moved_units())
def test_each_bar_of_the_waterfall_begins_where_the_one_before_ended(row):
    (bars,) = flows.waterfall(row, language="vi", theme="light").data
    level = row["valid_before"]
    steps = [term for term in flows.terms(row, "vi") if term.valid]
    for place, term in enumerate(steps, 1):
        low, high = sorted((level, level + term.valid))
        assert bars.base[place] == low
        assert bars.base[place] + bars.y[place] == high
        level += term.valid
    assert level == row["valid"]
    assert bars.base[-1] + bars.y[-1] == level


def test_more_fixed_is_good_and_more_that_fell_back_is_bad():
    html = flows.account(MOVED, "fixed", link=str, source=SOURCE, language="vi")
    assert 'class="change room1 good" data-value="30"' in html
    assert 'class="change room1 bad" data-value="-4"' in html
    assert 'aria-current="true"' in html


def test_the_base_is_told_apart():
    html = flows.account(MOVED, "", link=str, source=SOURCE, language="vi")
    # -0,5 x 4/204.
    assert "Mẫu số đổi từ 200 thành 204 hồ sơ đã phân loại" in html
    assert "−0,98 điểm" in html
    same = unit({"valid": 1, "invalid": 1}, fixed=1)
    html = flows.account(same, "", link=str, source=SOURCE, language="vi")
    assert "Mẫu số không đổi: 2 hồ sơ đã phân loại." in html


def test_a_cell_of_the_transitions_leads_to_its_records_and_what_stayed_does_not():
    rows = [
        {"verification_before": "mismatched", "verification": "matched", "records": 9},
        {"verification_before": "matched", "verification": "mismatched", "records": 4},
        {"verification_before": "matched", "verification": "matched", "records": 1200},
        {"verification_before": "absent", "verification": "awaiting", "records": 2},
        {"verification_before": "awaiting", "verification": "absent", "records": 1},
    ]
    html = flow_tables.transition_table(
        rows, "matched.mismatched", link=str, source=SOURCE, language="vi"
    )
    assert '<a href="mismatched.matched" data-open>9</a>' in html
    assert 'class="number good"' in html
    assert 'class="number bad current"' in html
    assert "1.200" in html
    assert "matched.matched" not in html.replace("mismatched.matched", "")
    assert "Đã xóa" in html


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("flow", list(flows.flow_names("vi")))
def test_the_table_of_units_shows_the_flow_chosen_first(language, flow):
    other = {**MOVED, "unit_code": "748", "unit_name": "Thành phố Bà Rịa"}
    for row in (MOVED, other):
        for name in flows.flow_names("vi"):
            row.setdefault(name, 0)
    other[flow] = 10_000
    html = flow_tables.units_table(
        "units",
        "Theo đơn vị",
        [MOVED, other],
        total=MOVED,
        chosen=flow,
        unit_heading="Huyện",
        link=str,
        source=SOURCE,
        language=language,
    )
    assert html.index("Bà Rịa") < html.index("Vũng Tàu")
    assert ("10.000" if language == "vi" else "10,000") in html


def test_a_list_that_is_closed_says_so_and_how_many_there_are():
    html = flow_tables.records_card(
        "Hỏng lại",
        Listing(refusal="closed"),
        1204,
        link=str,
        units={},
        source=SOURCE,
        language="vi",
    )
    assert "1.204" in html
    assert "Danh sách chỉ mở cho tài khoản được giao." in html
