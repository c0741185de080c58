"""Why records are invalid, and which units changed most."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from display import formats
from display.html import render
from display.labels import UNMAPPED, reason_names
from display.listings import ToList, no_list
from display.notes import Source
from display.tables import Link
from display.words import words

#: So many units are named on each side of what changed most.
MOST_CHANGED = 5


class Bar(NamedTuple):
    """One reason."""

    name: str
    records: int
    share: str
    #: Length against the longest bar, 0..1.
    width: float
    #: The count it is, where that can be listed.
    code: str = ""


class Mover(NamedTuple):
    """A unit whose number of invalid records changed."""

    href: str | None
    name: str
    change: str
    remaining: str


def reason_bars(
    reasons: Sequence[Mapping[str, Any]],
    *,
    invalid: int,
    source: Source,
    language: str,
    to_list: ToList = no_list,
) -> str:
    """Reasons of invalidity, most frequent first, with their share of the invalid records."""
    found = sorted(
        (row for row in reasons if row["records"]), key=lambda row: (-row["records"], row["reason"])
    )
    names = reason_names(language)
    longest = max((row["records"] for row in found), default=1)
    bars = [
        Bar(
            names[row["reason"]],
            row["records"],
            formats.ratio(row["records"] / invalid if invalid else None, language),
            row["records"] / longest,
            row["reason"],
        )
        for row in found
    ]
    several = sum(row["records"] for row in found) > invalid
    return render(
        "reasons.html",
        language,
        bars=bars,
        invalid=invalid,
        several=several,
        source=source,
        to_list=to_list,
    )


def movers(
    units: Sequence[Mapping[str, Any]],
    *,
    link: Link,
    compared: Mapping[str, Any] | None,
    source: Source,
    language: str,
) -> str:
    """The units whose invalid records fell most and rose most since the snapshot `compared`."""
    _ = words(language)
    changed = [unit for unit in units if unit["invalid_change"] and unit["unit_code"] != UNMAPPED]
    ordered = sorted(changed, key=lambda unit: (unit["invalid_change"], unit["unit_code"]))
    fell = [unit for unit in ordered if unit["invalid_change"] < 0][:MOST_CHANGED]
    rose = [unit for unit in reversed(ordered) if unit["invalid_change"] > 0][:MOST_CHANGED]
    sides = [
        ("good", _("Giảm nhiều nhất"), [_mover(unit, link, language) for unit in fell]),
        ("bad", _("Tăng nhiều nhất"), [_mover(unit, link, language) for unit in rose]),
    ]
    return render("movers.html", language, sides=sides, compared=compared, source=source)


def _mover(unit: Mapping[str, Any], link: Link, language: str) -> Mover:
    return Mover(
        link(unit["unit_code"]),
        unit["unit_name"],
        formats.signed_count(unit["invalid_change"], language),
        formats.count(unit["invalid"], language),
    )
