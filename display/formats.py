"""Every number, date and list of names a person reads is written here.

A value that is not known is written as an en dash. Rounding is half up on the decimal digits,
as in the reports that leave the office; minus is the typographic one.
"""

import datetime as dt
import math
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Final

from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_decimal

from display.words import words

UNKNOWN: Final = "–"
MINUS: Final = "\u2212"
LEAST_WHOLE_RATE: Final = 10
#: Steps in which ratios are told in tables: hundredths of a per cent.
HUNDREDTHS: Final = 10_000
#: Decimals after which a difference of two floats is noise.
_EXACT: Final = 12
#: A change that prints as none.
_UNSEEN: Final = 1e-6
NO_BREAK_SPACE: Final = "\u00a0"
#: What a count of minutes may be off by after it was hours.
_LESS_THAN_A_MINUTE: Final = 1e-6
#: Babel takes 10–20 µs a number, and a page draws the same hundreds at every rerun.
_REMEMBERED: Final = 20_000


@lru_cache(maxsize=_REMEMBERED)
def count(value: int | None, language: str) -> str:
    """1082345 -> "1.082.345"."""
    if value is None:
        return UNKNOWN
    return format_decimal(value, format="#,##0", locale=language).replace("-", MINUS)


def signed_count(value: int | None, language: str) -> str:
    """16240 -> "+16.240", -412 -> "−412", 0 -> "0"."""
    if value is None:
        return UNKNOWN
    return ("+" if value > 0 else "") + count(value, language)


def fraction(numerator: int | None, denominator: int | None, language: str) -> str:
    """(731214, 1082377) -> "731.214/1.082.377"."""
    return f"{count(numerator, language)}/{count(denominator, language)}"


def ratio(value: float | None, language: str, decimals: int = 1) -> str:
    """0.6755 -> "67,6 %"; what is not quite none or not quite all never prints as none or all."""
    if value is None:
        return UNKNOWN
    percent = _rounded(Decimal(str(value)) * 100, decimals)
    return _not_quite(percent, decimals, language, some=value > 0, all_of_it=value >= 1)


def points(difference: float | None, language: str, decimals: int = 1) -> str:
    """A difference of two ratios: 0.015 -> "+1,5 điểm"."""
    _ = words(language)
    if difference is None:
        return UNKNOWN
    return _("{number} điểm").format(number=signed_points(difference, language, decimals))


def signed_points(difference: float | None, language: str, decimals: int = 1) -> str:
    """A difference of two ratios without its unit: 0.015 -> "+1,5"."""
    if difference is None:
        return UNKNOWN
    rounded = _rounded(Decimal(str(round(difference, _EXACT))) * 100, decimals)
    sign = "+" if rounded > 0 else ""
    return sign + _decimal(abs(rounded) if rounded == 0 else rounded, decimals, language)


def printed_change(before: float | None, now: float | None) -> float | None:
    """How far a ratio moved by its values as tables print them: (0.66168, 0.67234) -> 0.0106, so
    that 66,17 % and 67,23 % differ by what is told. A move too small to be seen keeps its sign
    and prints as none. None where there is no ratio on either side.
    """
    if before is None or now is None:
        return None
    first, last = (_printed_hundredths(ratio) for ratio in (before, now))
    if first != last:
        return (last - first) / HUNDREDTHS
    return math.copysign(_UNSEEN, now - before) if now != before else 0.0


def _printed_hundredths(ratio: float) -> int:
    """What is not quite none or all is not printed as none or all: it is one step from it."""
    steps = hundredths(ratio)
    return min(max(steps, 1), HUNDREDTHS - 1) if 0 < ratio < 1 else steps


def hundredths(value: float) -> int:
    """A ratio, or a difference of ratios, in hundredths of a per cent: 0.66168 -> 6617."""
    return int(_rounded(Decimal(str(round(value, _EXACT))) * HUNDREDTHS, 0))


def adding_up(counts: Sequence[int], language: str, decimals: int = 1) -> list[str]:
    """The shares of `counts` in their sum, printed so that the printed shares add up to 100.

    By the largest remainder: every share is cut, and the steps left over go to the shares cut most.
    """
    [(_, shares)] = adding_up_within([counts], language, decimals)
    return shares


def adding_up_within(
    groups: Sequence[Sequence[int]], language: str, decimals: int = 1
) -> list[tuple[str, list[str]]]:
    """The share of each group in the sum of all, and of its members, printed so that groups add
    up to 100 and the members of a group to what is printed of the group.
    """
    whole = sum(map(sum, groups))
    if whole == 0:
        return [(UNKNOWN, [UNKNOWN] * len(members)) for members in groups]
    steps = 10 ** (decimals + 2)
    printed = []
    sums = [sum(members) for members in groups]
    for members, group in zip(groups, _shared_out(sums, whole, steps, steps), strict=True):
        shares = zip(members, _shared_out(members, whole, steps, group), strict=True)
        of_group = _share(sum(members), Decimal(group) / 10**decimals, whole, decimals, language)
        of_members = [
            _share(value, Decimal(part) / 10**decimals, whole, decimals, language)
            for value, part in shares
        ]
        printed.append((of_group, of_members))
    return printed


def _shared_out(counts: Sequence[int], whole: int, steps: int, given: int) -> list[int]:
    """`given` of the `steps` that make up `whole`, shared out among `counts`."""
    cut = [value * steps // whole for value in counts]
    by_remainder = sorted(range(len(counts)), key=lambda i: (-(counts[i] * steps % whole), i))
    for index in by_remainder[: given - sum(cut)]:
        cut[index] += 1
    return cut


def rate(value: float | None, language: str) -> str:
    """So many a day: 892.4 -> "892", 4.25 -> "4,3"; whole from 10 on."""
    if value is None:
        return UNKNOWN
    return _decimal(rounded_rate(value), _decimals_of_rate(value), language)


def rounded_rate(value: float) -> Decimal:
    """A rate as it is printed: 892.4 -> 892, 4.25 -> 4.3."""
    return _rounded(Decimal(str(value)), _decimals_of_rate(value))


def _decimals_of_rate(value: float) -> int:
    return 0 if abs(value) >= LEAST_WHOLE_RATE else 1


def needed(value: float | None, language: str) -> str:
    """A rate that has to be reached, rounded up to whole: 892.4 -> "893"."""
    return UNKNOWN if value is None else count(math.ceil(value), language)


def times(value: float | None, language: str) -> str:
    """How many times as much: 2.402 -> "2,4 lần"."""
    _ = words(language)
    if value is None:
        return UNKNOWN
    decimals = 0 if value >= LEAST_WHOLE_RATE else 1
    return _("{number} lần").format(
        number=_decimal(_rounded(Decimal(str(value)), decimals), decimals, language)
    )


def chance(value: float | None, language: str) -> str:
    """A chance in whole per cent; never none and never sure: "<1 %", ">99 %"."""
    if value is None:
        return UNKNOWN
    percent = _rounded(Decimal(str(value)) * 100, 0)
    if percent < 1:
        return "<" + _percent(Decimal(1), 0, language)
    return (
        ">" + _percent(Decimal(99), 0, language) if percent > 99 else _percent(percent, 0, language)
    )


def age(hours: float | None, language: str) -> str:
    """How long something has waited: "36 giờ" up to 48 hours, then "3,4 ngày", "78 ngày"."""
    _ = words(language)
    if hours is None:
        return UNKNOWN
    minutes = math.floor(hours * 60 + _LESS_THAN_A_MINUTE)
    if minutes <= 48 * 60:
        return _("{number} giờ").format(number=count(minutes // 60, language))
    days = minutes // 144 / 10
    number = rate(days, language) if days < LEAST_WHOLE_RATE else count(int(days), language)
    return _("{number} ngày").format(number=number)


def multiple(value: float | None, language: str) -> str:
    """A quotient with two decimals: 0.907 -> "0,91"."""
    return UNKNOWN if value is None else _decimal(_rounded(Decimal(str(value)), 2), 2, language)


def day(value: dt.date, language: str) -> str:
    """25 April 2022 -> "25/4/2022" in Vietnamese, "25 April 2022" in English."""
    return format_date(value, "d/M/y" if language == "vi" else "d MMMM y", locale=language)


def moment(instant: dt.datetime, language: str) -> str:
    """A day with its minute, short: "19/2/2022 17:19"; in English "19 February 2022 17:19"."""
    return f"{day(instant, language)} {instant:%H:%M}"


def deadline(date: dt.date, language: str, *, exclusive: bool) -> str:
    """A deadline as its document words it: "trước ngày 30/4/2022"."""
    _ = words(language)
    sentence = _("trước ngày {day}") if exclusive else _("chậm nhất ngày {day}")
    return sentence.format(day=day(date, language))


def as_of(instant: dt.datetime, language: str) -> str:
    """The instant: "16 giờ ngày 25/4/2022"; in English "4 pm on 25 April 2022"."""
    _ = words(language)
    return _("{hour} ngày {day}").format(hour=hour(instant, language), day=day(instant, language))


def hour(instant: dt.datetime, language: str) -> str:
    """The hour: "16 giờ", "16 giờ 30"; in English "4 pm", "4:30 pm"."""
    minutes = f"{instant.minute:02}" if instant.minute else ""
    if language == "vi":
        return f"{instant.hour} giờ {minutes}".strip()
    clock = f"{instant.hour % 12 or 12}" + (f":{minutes}" if minutes else "")
    return f"{clock} {'am' if instant.hour < 12 else 'pm'}"


def names(values: Sequence[str], language: str) -> str:
    """["Vũng Tàu", "Phú Mỹ", "Châu Đức"] -> "Vũng Tàu, Phú Mỹ và Châu Đức"."""
    return format_list(list(values), locale=language) if values else UNKNOWN


def _share(value: int, percent: Decimal, whole: int, decimals: int, language: str) -> str:
    return _not_quite(percent, decimals, language, some=value > 0, all_of_it=value == whole)


def _not_quite(
    percent: Decimal, decimals: int, language: str, *, some: bool, all_of_it: bool
) -> str:
    """The rounded percentage; "<0,1 %" for some that rounds to none, ">99,9 %" likewise."""
    step = Decimal(1).scaleb(-decimals)
    if some and percent == 0:
        return "<" + _percent(step, decimals, language)
    if percent == 100 and not all_of_it:
        return ">" + _percent(100 - step, decimals, language)
    return _percent(percent, decimals, language)


def _rounded(value: Decimal, decimals: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


@lru_cache(maxsize=_REMEMBERED)
def _decimal(value: Decimal, decimals: int, language: str) -> str:
    pattern = "#,##0." + "0" * decimals if decimals else "#,##0"
    return format_decimal(value, format=pattern, locale=language).replace("-", MINUS)


def _percent(value: Decimal, decimals: int, language: str) -> str:
    space = NO_BREAK_SPACE if language == "vi" else ""
    return f"{_decimal(value, decimals, language)}{space}%"
