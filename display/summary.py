"""The head of a page: where, as of when, and the answer in one whole sentence; the bases."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from display import formats
from display.html import render
from display.labels import UNMAPPED, short_name
from display.notes import Source
from display.words import words

Unit = Mapping[str, Any]
#: So many units are named as those that hold most of what is left.
MOST_NAMED = 3


class Crumb(NamedTuple):
    """A place above the one shown, and the address of its page."""

    name: str
    href: str


class Base(NamedTuple):
    """One ratio with the base it stands on."""

    title: str
    base: str
    numerator: int
    denominator: int
    ratio: float | None


def page_head(
    place: str,
    snapshot: Mapping[str, Any],
    *,
    counted: str,
    answers: Sequence[str],
    language: str,
    crumbs: Sequence[Crumb] = (),
) -> str:
    """Place, as-of instant, what is counted, the mark of invented data and the answers."""
    return render(
        "head.html",
        language,
        place=place,
        snapshot=snapshot,
        counted=counted,
        answers=answers,
        crumbs=crumbs,
    )


def answer(unit: Unit, parts: Sequence[Unit], language: str) -> str:
    """How much of `unit` is valid, what is left, and which of its `parts` hold most of it."""
    _ = words(language)
    if not unit["classified"]:
        return _("Chưa có hồ sơ nào được phân loại là hợp lệ hay không hợp lệ.")
    if not unit["invalid"]:
        return _("Toàn bộ {count} hồ sơ đã phân loại đều hợp lệ.").format(
            count=formats.count(unit["classified"], language)
        )
    return _remaining(unit, parts, language)


def _remaining(unit: Unit, parts: Sequence[Unit], language: str) -> str:
    _ = words(language)
    most = most_named(parts, "invalid")
    sentence = (
        _(
            "{ratio} hồ sơ đã phân loại là hợp lệ: {fraction}; "
            "còn {remaining} hồ sơ phải làm sạch, {share} số đó ở {places}."
        )
        if most
        else _(
            "{ratio} hồ sơ đã phân loại là hợp lệ: {fraction}; còn {remaining} hồ sơ phải làm sạch."
        )
    )
    return sentence.format(
        ratio=formats.ratio(unit["ratio"], language),
        fraction=formats.fraction(unit["valid"], unit["classified"], language),
        remaining=formats.count(unit["invalid"], language),
        share=formats.ratio(sum(part["invalid"] for part in most) / unit["invalid"], language),
        places=formats.names([short_name(part["unit_name"]) for part in most], language),
    )


def most_named(parts: Sequence[Unit], column: str) -> list[Unit]:
    """The few units that hold most of a count, when there are more than few."""
    known = [part for part in parts if part["unit_code"] != UNMAPPED and part[column]]
    if len(known) <= MOST_NAMED:
        return []
    return sorted(known, key=lambda part: (-part[column], part["unit_code"]))[:MOST_NAMED]


def bases_card(bases: Sequence[Base], *, source: Source, language: str) -> str:
    """The valid ratio on each of its bases, with its fraction; the headline's first."""
    return render("bases.html", language, bases=bases, source=source)


def change_words(unit: Unit, compared: Mapping[str, Any] | None, language: str) -> list[str]:
    """The change since `compared`: of the ratio in points, of the valid, of what is left."""
    _ = words(language)
    if compared is None or unit["ratio_change"] is None:
        return []
    return [
        formats.points(unit["ratio_change"], language),
        _("{count} hợp lệ").format(count=formats.signed_count(unit["valid_change"], language)),
        _("{count} phải làm sạch").format(
            count=formats.signed_count(unit["invalid_change"], language)
        ),
    ]
