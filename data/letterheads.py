"""What the office puts round its weekly report, from `briefing.toml`."""

import functools
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from data.entries import Entry, own_file, read_toml

_OURS = Path(__file__).parent / "briefing.toml"
#: Lines that make a district's report another agency's than the office's.
_ANOTHER_AGENCY = ("superior", "agency", "signer")
#: What such a report has instead of the office's number, with its mark in it, and its signer's
#: name: room for a number and a mark, and no name.
_INSTEAD = {"number": f"{' ' * 8}/BC-{' ' * 8}", "signer_name": ""}


class Letterhead(NamedTuple):
    """What the office puts round its report; from `briefing.toml`."""

    superior: str
    agency: str
    #: "05/BC-SYT"; with room left where the number is still to be given.
    number: str
    place: str
    #: "KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC": a line each.
    signer: Sequence[str]
    #: The lines under "Nơi nhận:".
    recipients: Sequence[str]
    #: Under the room for the signature; "" where it is written by hand.
    signer_name: str = ""

    @property
    def is_numbered(self) -> bool:
        """Whether the report's number is there: "05/BC-SYT", and not "   /BC-SYT"."""
        return any(letter.isdigit() for letter in self.number.partition("/")[0])


def letterhead(district_code: str | None) -> Letterhead:
    """The letterhead of the province's report, or of a district's.

    Raises:
        CampaignError: `briefing.toml` does not hold; names what was found and what is expected.
    """
    known = _read(own_file("briefing.toml") or _OURS)
    return known.get(district_code, known[None])


@functools.cache
def _read(file: Path) -> dict[str | None, Letterhead]:
    entry = read_toml(file)
    entry.only(("office", "districts"))
    office = entry.within("office")
    known: dict[str | None, Letterhead] = {None: _letterhead(office)}
    listed = entry.within("districts") if "districts" in entry.table else entry._replace(table={})
    for code in listed.table:
        listed.require_district(code)
        own = listed.within(code)
        known[code] = _letterhead(own._replace(table=_completed(own, office)))
    return known


def _completed(own: Entry, office: Entry) -> dict[str, Any]:
    """A district's lines with those of the office it leaves out; another agency's report takes
    neither the office's number nor the name of who signs for it.
    """
    taken = dict(office.table)
    if own.table.keys() & {*_ANOTHER_AGENCY}:
        taken |= _INSTEAD
    return {**taken, **own.table}


def _letterhead(entry: Entry) -> Letterhead:
    entry.only(Letterhead._fields)
    return Letterhead(
        entry.text("superior"),
        entry.text("agency"),
        entry.text("number"),
        entry.text("place"),
        entry.texts("signer"),
        entry.texts("recipients"),
        entry.text("signer_name") if entry.table.get("signer_name") else "",
    )
