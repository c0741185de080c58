"""Pieces of sentences that every part of a briefing says alike, in official Vietnamese."""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from display import formats
from display.briefing.facts import Facts
from display.labels import UNMAPPED, short_name, unit_name
from display.summary import MOST_NAMED

Row = Mapping[str, Any]
#: An official document is in Vietnamese.
LANGUAGE: Final = "vi"
_WEEK: Final = 7
#: Of fewer no share is told.
LEAST_SHARED: Final = 20
#: Why nothing is compared.
NOTHING_BEFORE: Final = "chưa có kỳ số liệu cách 7–10 ngày để so sánh"
#: A number that ends a name stays beside it: "Phường 2".
_NUMBERED: Final = re.compile(r" (\d+)$")


def count(value: int | None) -> str:
    """1082345 -> "1.082.345"."""
    return formats.count(value, LANGUAGE)


def percent(value: float | None) -> str:
    """In a sentence a percentage has one decimal: "67,6 %"."""
    return formats.ratio(value, LANGUAGE)


def fraction(numerator: int, denominator: int) -> str:
    """(731214, 1082377) -> "731.214/1.082.377"."""
    return formats.fraction(numerator, denominator, LANGUAGE)


def day(value: dt.date) -> str:
    """25/4/2022."""
    return formats.day(value, LANGUAGE)


def moved(change: float | None, text: str) -> str:
    """ "tăng 53", "giảm 53", "không đổi"; `text` is how far, without a sign."""
    if not change:
        return "không đổi"
    return f"{'tăng' if change > 0 else 'giảm'} {text}"


def moved_count(change: int | None) -> str:
    """ "tăng 1.240", "giảm 53", "không đổi"."""
    return moved(change, count(abs(change or 0)))


def moved_points(change: float | None) -> str:
    """ "tăng 1,45 điểm phần trăm", with the two decimals of the tables; what is not nothing never
    prints as none.
    """
    text = formats.signed_points(abs(change or 0), LANGUAGE, 2).lstrip("+")
    if change and not text.strip("0,"):
        text = "dưới 0,01"
    return moved(change, f"{text} điểm phần trăm")


def compared_with(facts: Facts) -> str:
    """ "so với tuần trước", "so với ngày 16/4/2022"."""
    since = facts.compared
    if since is None:
        return ""
    days = (facts.as_of.date() - since["as_of"].date()).days
    return "so với tuần trước" if days == _WEEK else f"so với ngày {day(since['as_of'])}"


def since_words(facts: Facts) -> str:
    """ "Trong tuần", "Từ ngày 16/4/2022"."""
    since = facts.compared
    if since is None:
        return ""
    days = (facts.as_of.date() - since["as_of"].date()).days
    return "Trong tuần" if days == _WEEK else f"Từ ngày {day(since['as_of'])} đến nay"


def bracketed(facts: Facts, told: str | None) -> str:
    """ " (tăng 1,5 điểm so với tuần trước)"; "" where there is nothing to compare with."""
    return f" ({told} {compared_with(facts)})" if told and facts.compared else ""


def place_name(row: Row) -> str:
    """A unit inside a sentence: districts without their rank."""
    name = short_name(unit_name(row["unit_name"], LANGUAGE))
    return _NUMBERED.sub(rf"{formats.NO_BREAK_SPACE}\1", name)


def named(rows: Iterable[Row]) -> str:
    """ "Vũng Tàu, Phú Mỹ và Châu Đức"."""
    return formats.names([place_name(row) for row in rows], LANGUAGE)


def most_of(rows: Iterable[Row], column: str, least: int = 1) -> list[Row]:
    """The few known units that have most of a count, most first; not what lies in a district
    without a facility, which nobody can be asked to do.
    """
    found = [row for row in rows if is_known(row) and (row[column] or 0) >= least]
    return sorted(found, key=lambda row: (-row[column], row["unit_code"]))[:MOST_NAMED]


def is_known(row: Row) -> bool:
    """Whether it is a unit one can name."""
    return row["unit_code"] != UNMAPPED and "(chưa rõ " not in row["unit_name"]


def held_by(rows: Iterable[Row], column: str, whole: int) -> str:
    """ ", trong đó 62,1 % ở Vũng Tàu, Phú Mỹ và Châu Đức"; "" where units or counts are too few to
    be worth a percentage.
    """
    listed = list(rows)
    most = most_of(listed, column)
    if len(most) < MOST_NAMED or len(listed) <= MOST_NAMED or whole < LEAST_SHARED:
        return ""
    share = percent(sum(row[column] for row in most) / whole)
    return f", trong đó {share} ở {named(most)}"


def units_of(facts: Facts) -> str:
    """What the parts are called: "huyện, thị xã, thành phố", "cơ sở"."""
    return "huyện, thị xã, thành phố" if facts.place.below == "district" else "cơ sở"


def sentence(text: str) -> str:
    """A text as a sentence: a capital at its beginning, a full stop at its end."""
    stripped = text.strip()
    ended = stripped if stripped.endswith((".", "?", ":")) else f"{stripped}."
    return ended[:1].upper() + ended[1:]
