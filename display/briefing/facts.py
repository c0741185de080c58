"""Everything a briefing has to know, asked once: the unit and its parts, now and at the start."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from data.workstreams import Directive, Workstream
from display.formats import printed_change
from queries import signing
from queries.burn_up import BurnUp
from queries.deadlines import Time
from queries.measure import Level
from queries.scope import Scope

Row = Mapping[str, Any]


class Place(NamedTuple):
    """Whose briefing it is."""

    scope: Scope
    level: Level
    unit_code: str
    unit_name: str
    #: Its parts: districts of the province, facilities of a district.
    below: Level
    #: None: the province's.
    district_code: str | None

    @property
    def parts(self) -> dict[str, Any]:
        """Its parts, as questions take them."""
        return {"scope": self.scope, "level": self.below, "district_code": self.district_code}

    @property
    def own(self) -> dict[str, Any]:
        """The unit itself, as questions take it."""
        return {"scope": self.scope, "level": self.level, "district_code": self.district_code}


class Counted(NamedTuple):
    """One question's rows now, and what they were at the start."""

    unit: Row
    #: By code, unmapped last.
    parts: Sequence[Row]
    #: The unit's row at the start; None where that is not known.
    opening: Row | None
    #: unit_code -> a part's row at the start. Complaints also lie with a district itself, under its
    #: code: the unit's own row stands apart.
    before: Mapping[str, Row]

    def change(self, row: Row, column: str) -> Any:
        """By how much a column of the unit or a part has changed, a ratio by its printed values; a
        part that was not there had nothing to count, and no ratio. None where that is not known.
        """
        then = self.opening if row is self.unit else self.before.get(row["unit_code"])
        if then is None and row is not self.unit and self.before and isinstance(row[column], int):
            return row[column]
        if then is None or then[column] is None or row[column] is None:
            return None
        if isinstance(row[column], float):
            return printed_change(then[column], row[column])
        return row[column] - then[column]


class Stream(NamedTuple):
    """How a workstream stands to its deadline."""

    unit: Row
    #: Rows of queries.progress of the parts, by code.
    parts: Mapping[str, Row]
    time: Time | None
    directive: Directive | None
    course: BurnUp


class Moves(NamedTuple):
    """What became of the records since the start: rows of queries.flows."""

    unit: Row
    parts: Sequence[Row]
    facilities: Sequence[Row]


class Facts(NamedTuple):
    """What one briefing is made of; None where the snapshot tells nothing of it."""

    place: Place
    #: Rows of queries.questions.snapshots: the one told, and the one compared with.
    snapshot: Row
    compared: Row | None
    streams: Mapping[Workstream, Stream]
    cleaning: Counted | None
    complaints: Counted | None
    signing: Counted | None
    #: What came in and went out since the start; None where that is not known.
    complaint_flow: Row | None
    moves: Moves | None
    #: Why there are no moves; "" where there are.
    why_no_moves: str
    #: By workstream, with every facility of the unit as its parts; none of totals.
    facilities: Mapping[Workstream, Counted]
    #: Rows of queries.questions.invalid_reasons of the unit and its parts.
    reasons: Sequence[Row]
    #: Rows of queries.signing.signing_idleness of all facilities.
    idle: Sequence[Row]
    rule: signing.Rule
    #: Another number of doses was asked for at the start: signing is not compared.
    rules_differ: bool
    #: The province's valid counts, beside a district's.
    province: Row | None

    @property
    def as_of(self) -> dt.datetime:
        """The instant of the figures."""
        return self.snapshot["as_of"]

    @property
    def counted(self) -> dict[Workstream, Counted | None]:
        """The counts of each workstream."""
        return {
            "cleaning": self.cleaning,
            "complaints": self.complaints,
            "signing": self.signing,
        }
