"""Numbers, dates and lists of names as they are read."""

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from display import formats

NOON = dt.datetime.fromisoformat("2022-04-25T12:00")
FOUR = dt.datetime.fromisoformat("2022-04-25T16:00")


@pytest.mark.parametrize(
    "value, vi, en",
    [
        (1082345, "1.082.345", "1,082,345"),
        (0, "0", "0"),
        (-412, "−412", "−412"),
        (None, "–", "–"),
    ],
)
def test_a_count_has_the_separators_of_its_language(value, vi, en):
    assert formats.count(value, "vi") == vi
    assert formats.count(value, "en") == en


@pytest.mark.parametrize("value, text", [(16240, "+16.240"), (-412, "−412"), (0, "0"), (None, "–")])
def test_a_change_of_a_count_has_its_sign(value, text):
    assert formats.signed_count(value, "vi") == text


@pytest.mark.parametrize(
    "value, decimals, vi, en",
    [
        (731214 / 1082377, 1, "67,6\u00a0%", "67.6%"),
        (731214 / 1082377, 2, "67,56\u00a0%", "67.56%"),
        (0.6755, 1, "67,6\u00a0%", "67.6%"),
        (0.6745, 1, "67,5\u00a0%", "67.5%"),
        (0.0, 1, "0,0\u00a0%", "0.0%"),
        (1.0, 1, "100,0\u00a0%", "100.0%"),
        (0.65, 0, "65\u00a0%", "65%"),
        (None, 1, "–", "–"),
    ],
)
def test_a_ratio_is_rounded_half_up_with_a_space_that_does_not_break(value, decimals, vi, en):
    assert formats.ratio(value, "vi", decimals) == vi
    assert formats.ratio(value, "en", decimals) == en


@pytest.mark.parametrize(
    "value, decimals, text",
    [
        (0.0004, 1, "<0,1\u00a0%"),
        (0.0005, 1, "0,1\u00a0%"),
        (0.9997, 1, ">99,9\u00a0%"),
        (0.9994, 1, "99,9\u00a0%"),
        (0.00004, 2, "<0,01\u00a0%"),
        (0.99996, 2, ">99,99\u00a0%"),
    ],
)
def test_what_is_not_quite_none_or_all_never_prints_as_none_or_all(value, decimals, text):
    assert formats.ratio(value, "vi", decimals) == text


@pytest.mark.parametrize(
    "difference, vi, en",
    [
        (0.015, "+1,5 điểm", "+1.5 points"),
        (-0.0004, "0,0 điểm", "0.0 points"),
        (-0.0215, "−2,2 điểm", "−2.2 points"),
        (0.0, "0,0 điểm", "0.0 points"),
        (None, "–", "–"),
    ],
)
def test_a_difference_of_ratios_is_in_points(difference, vi, en):
    assert formats.points(difference, "vi") == vi
    assert formats.points(difference, "en") == en


@given(st.integers(0, 400), st.integers(0, 400), st.integers(400, 900), st.integers(400, 900))
def test_a_change_is_the_difference_of_the_ratios_beside_it(before, now, base_before, base):
    then, last = before / base_before, now / base
    change = formats.printed_change(then, last)
    assert change is not None
    first, second = (float(printed_percent(ratio)) for ratio in (then, last))
    told = formats.signed_points(change, "vi", 2)
    assert float(told.replace("−", "-").replace(",", ".")) == round(second - first, 2)
    assert (change > 0, change < 0) == (last > then, last < then)


def printed_percent(ratio: float) -> Decimal:
    """Half up, in Python's own decimals."""
    exact = Fraction(ratio).limit_denominator(1000) * 100
    return (Decimal(exact.numerator) / exact.denominator).quantize(Decimal("0.01"), ROUND_HALF_UP)


def test_close_to_none_and_to_all_a_change_is_of_what_is_printed():
    assert formats.ratio(0.99998, "vi", 2) == ">99,99\u00a0%"
    for before, now in ((0.99994, 0.99998), (0.00001, 0.00004)):
        change = formats.printed_change(before, now)
        assert change is not None
        assert (formats.signed_points(change, "vi", 2), change > 0) == ("0,00", True)
    assert formats.printed_change(0.99998, 1.0) == pytest.approx(0.0001)


def test_without_a_ratio_before_or_now_there_is_no_change():
    assert formats.printed_change(None, 0.5) is None
    assert formats.printed_change(0.5, None) is None


def test_a_fraction_stands_without_spaces():
    assert formats.fraction(731214, 1082377, "vi") == "731.214/1.082.377"


def test_days_and_hours_are_read_as_they_are_said():
    assert formats.day(FOUR, "vi") == "25/4/2022"
    assert formats.day(FOUR, "en") == "25 April 2022"
    assert formats.as_of(FOUR, "vi") == "16 giờ ngày 25/4/2022"
    assert formats.as_of(FOUR, "en") == "4 pm on 25 April 2022"


@pytest.mark.parametrize(
    "instant, vi, en",
    [
        (NOON, "12 giờ", "12 pm"),
        (NOON.replace(hour=0), "0 giờ", "12 am"),
        (NOON.replace(hour=16, minute=30), "16 giờ 30", "4:30 pm"),
        (NOON.replace(hour=9, minute=5), "9 giờ 05", "9:05 am"),
    ],
)
def test_an_hour_has_its_minutes_only_when_it_has_some(instant, vi, en):
    assert formats.hour(instant, "vi") == vi
    assert formats.hour(instant, "en") == en


def test_names_are_joined_by_the_words_of_the_language():
    places = ["Vũng Tàu", "Phú Mỹ", "Châu Đức"]
    assert formats.names(places, "vi") == "Vũng Tàu, Phú Mỹ và Châu Đức"
    assert formats.names(places, "en") == "Vũng Tàu, Phú Mỹ, and Châu Đức"
    assert formats.names([], "vi") == "–"


def number(text: str) -> float:
    return float(text.removesuffix("\u00a0%").replace(",", "."))


@pytest.mark.parametrize(
    "counts", [[1, 1, 1], [2, 2, 2, 1], [675407, 244077, 22329, 36965, 20991, 56528, 7912, 17791]]
)
@pytest.mark.parametrize("decimals", [1, 2])
def test_printed_shares_of_a_whole_add_up_to_100(counts, decimals):
    shares = [number(share) for share in formats.adding_up(counts, "vi", decimals)]
    assert sum(shares) == pytest.approx(100)
    for share, count in zip(shares, counts, strict=True):
        assert share == pytest.approx(100 * count / sum(counts), abs=10**-decimals)


def test_a_tiny_part_of_a_whole_is_named_as_tiny():
    assert formats.adding_up([99_999, 1], "vi") == [">99,9\u00a0%", "<0,1\u00a0%"]
    assert formats.adding_up([5, 0], "vi") == ["100,0\u00a0%", "0,0\u00a0%"]
    assert formats.adding_up([0, 0], "vi") == ["–", "–"]


@given(st.lists(st.lists(st.integers(0, 10**6), min_size=1, max_size=5), min_size=1, max_size=4))
def test_members_add_up_to_what_is_printed_of_their_group_and_groups_to_100(groups):
    printed = formats.adding_up_within(groups, "en")
    if not sum(map(sum, groups)):
        assert {share for share, _ in printed} == {"–"}
        return
    tenths = [(tenth(share), [tenth(member) for member in members]) for share, members in printed]
    whole = [share for share, _ in tenths]
    if None not in whole:
        assert sum(whole) == 1000
    for share, members in tenths:
        if share is not None and None not in members:
            assert sum(members) == share


def tenth(share):
    """Tenths of a percent; None for a share printed as too small or too large to tell."""
    return None if share[0] in "<>" else round(float(share.rstrip("%")) * 10)


@pytest.mark.parametrize(
    "hours, vi, en",
    [
        (0.99, "0 giờ", "0 hours"),
        (48.0, "48 giờ", "48 hours"),
        (48.02, "2,0 ngày", "2.0 days"),
        (239.9, "9,9 ngày", "9.9 days"),
        (240.0, "10 ngày", "10 days"),
        (1870.08, "77 ngày", "77 days"),
        (None, "–", "–"),
    ],
)
def test_an_age_is_in_hours_up_to_48_and_is_cut_and_not_rounded(hours, vi, en):
    assert (formats.age(hours, "vi"), formats.age(hours, "en")) == (vi, en)


@pytest.mark.parametrize("value, text", [(892.4, "892"), (9.96, "10,0"), (4.25, "4,3"), (0, "0,0")])
def test_a_rate_is_whole_from_ten_on(value, text):
    assert formats.rate(value, "vi") == text


def test_what_is_needed_is_rounded_up():
    assert formats.needed(892.01, "vi") == "893"
    assert formats.needed(None, "vi") == "–"


def test_a_deadline_is_worded_as_its_document_does():
    day = dt.date(2022, 4, 30)
    assert formats.deadline(day, "vi", exclusive=True) == "trước ngày 30/4/2022"
    assert formats.deadline(day, "vi", exclusive=False) == "chậm nhất ngày 30/4/2022"
