"""What the office puts round its weekly report, from `briefing.toml`."""

import functools
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from data.entries import Entry, own_file, read_toml

_OURS = Path(__file__).parent / "briefing.toml"


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
        known[code] = _letterhead(own._replace(table={**office.table, **own.table}))
    return known


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
