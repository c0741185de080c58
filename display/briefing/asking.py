"""Asks everything a briefing has to know: of the unit and its parts, now and at the start."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import polars as pl

from data.workstreams import WORKSTREAMS, Workstream, directive_on
from display.briefing.facts import Counted, Facts, Moves, Place, Row, Stream
from display.briefing.phrases import NOTHING_BEFORE
from queries import complaints, questions, signing
from queries.burn_up import burn_up
from queries.courses import time_of
from queries.engine import Connection
from queries.flows import Span, flows
from queries.measure import Level, UncomparedError, require_district
from queries.progress import progress
from queries.run import UnknownUnitError
from queries.scope import Scope


def facts_of(
    connection: Connection, place: Place, *, snapshot_id: str, since_id: str | None
) -> Facts:
    """Asks everything.

    Raises:
        RefusedError: there is no such unit in the snapshot, or the marts are stale.
    """
    rows = {row["snapshot_id"]: row for row in questions.snapshots(connection).to_dicts()}
    asked = _Asked(connection, place, rows[snapshot_id], rows.get(since_id or ""))
    covers = asked.now["covers"]
    moves, why_not = asked.moves()
    is_by_unit = asked.now["is_by_unit"]
    return Facts(
        place=place,
        snapshot=asked.now,
        compared=asked.then,
        streams={name: asked.stream(name) for name in WORKSTREAMS if name in covers},
        cleaning=asked.counted("cleaning"),
        complaints=asked.counted("complaints"),
        signing=asked.counted("signing"),
        complaint_flow=asked.complaint_flow(),
        moves=moves,
        why_no_moves=why_not,
        facilities=asked.facilities() if is_by_unit else {},
        reasons=asked.reasons() if is_by_unit else [],
        idle=asked.idle() if is_by_unit else [],
        rule=signing.rule_on(connection, snapshot_id=snapshot_id),
        rules_differ=asked.rules_differ,
        province=asked.province() if place.district_code and "cleaning" in covers else None,
    )


#: The few counts by which a later change of figures is seen, by workstream.
HEADLINE: Mapping[Workstream, tuple[str, str]] = {
    "cleaning": ("valid", "classified"),
    "complaints": ("open", "overdue"),
    "signing": ("done", "signable"),
}


def headline(
    connection: Connection, *, scope: Scope, district_code: str | None, snapshot_id: str
) -> dict[str, int]:
    """The counts of HEADLINE of the province or a district; those the snapshot tells.

    Raises:
        UnknownUnitError: there is no such district, or the scope does not hold all of it.
    """
    rows = {row["snapshot_id"]: row for row in questions.snapshots(connection).to_dicts()}
    place = place_of(connection, scope, district_code, snapshot_id=snapshot_id)
    asked = _Asked(connection, place, rows[snapshot_id], None)
    return {
        column: row[column]
        for name in WORKSTREAMS
        for row in asked.own(name)
        for column in HEADLINE[name]
    }


class _Asked(NamedTuple):
    connection: Connection
    place: Place
    now: Row
    then: Row | None

    @property
    def _id(self) -> str:
        return self.now["snapshot_id"]

    def counted(self, name: Workstream) -> Counted | None:
        """The unit and its parts now and then; None where the snapshot tells nothing of it."""
        question, own = _QUESTIONS[name], self.own(name)
        if not own:
            return None
        is_whole = self.now["is_by_unit"] or self.place.below == "district"
        parts = self._rows(question, self.now, self.place.parts) if is_whole else []
        opening, before = self._openings(name)
        return Counted(own[0], parts, opening, {row["unit_code"]: row for row in before})

    def _openings(self, name: Workstream) -> tuple[Row | None, list[Row]]:
        """The unit's row at the start, and its parts'; none of another rule of signing."""
        then = self.then
        if then is None or name not in then["covers"]:
            return None, []
        if name == "signing" and self.rules_differ:
            return None, []
        own = [
            row
            for row in self._rows(_QUESTIONS[name], then, self.place.own)
            if row["unit_code"] == self.place.unit_code
        ]
        is_whole = then["is_by_unit"] or self.place.below == "district"
        parts = self._rows(_QUESTIONS[name], then, self.place.parts) if is_whole else []
        return next(iter(own), None), parts

    @property
    def rules_differ(self) -> bool:
        """Whether another number of doses was asked for at the start."""
        if self.then is None:
            return False
        now, then = (
            signing.rule_on(self.connection, snapshot_id=one["snapshot_id"])
            for one in (self.now, self.then)
        )
        return now.min_doses != then.min_doses

    def own(self, name: Workstream) -> list[Row]:
        """The unit's row of a workstream; none where the snapshot tells nothing of it."""
        if name not in self.now["covers"]:
            return []
        rows = self._rows(_QUESTIONS[name], self.now, self.place.own)
        return [row for row in rows if row["unit_code"] == self.place.unit_code]

    def _rows(
        self, question: Callable[..., pl.DataFrame], snapshot: Row, place: dict[str, Any]
    ) -> list[Row]:
        snapshot_id = snapshot["snapshot_id"]
        return [*question(self.connection, snapshot_id=snapshot_id, **place).to_dicts()]

    def facilities(self) -> dict[Workstream, Counted]:
        """Every facility of the unit, where its parts are districts."""
        if self.place.below == "facility":
            return {}
        place = self.place._replace(below="facility")
        found = {name: self._replace(place=place).counted(name) for name in WORKSTREAMS}
        return {name: rows for name, rows in found.items() if rows is not None}

    def stream(self, name: Workstream) -> Stream:
        ask: dict[str, Any] = {"workstream": name, "snapshot_id": self._id}
        own = progress(self.connection, **ask, **self.place.own)
        parts = (
            progress(self.connection, **ask, **self.place.parts).to_dicts()
            if self.place.below == "district"
            else []
        )
        day = self.now["as_of"].date()
        code = self.place.unit_code
        return Stream(
            own.row(by_predicate=pl.col("unit_code") == code, named=True),
            {row["unit_code"]: row for row in parts},
            time_of(name, day),
            directive_on(name, day),
            burn_up(self.connection, **ask, unit_code=code, **self.place.own),
        )

    def complaint_flow(self) -> Row | None:
        if self.then is None or not {"complaints"} <= {*self.then["covers"]} & {
            *self.now["covers"]
        }:
            return None
        try:
            rows = complaints.complaint_flow(
                self.connection,
                snapshot_id=self._id,
                since=self.then["snapshot_id"],
                **self.place.own,
            )
        except UncomparedError:
            return None
        found = rows.filter(pl.col("unit_code") == self.place.unit_code)
        return found.row(0, named=True) if found.height else None

    def moves(self) -> tuple[Moves | None, str]:
        """What became of the records, else why that is not known."""
        if self.then is None:
            return None, NOTHING_BEFORE
        if not (self.then["is_by_unit"] and self.now["is_by_unit"]):
            return None, "một trong hai kỳ chỉ có bảng tổng theo huyện"
        span = Span(self.then["snapshot_id"], self._id)

        def ask(place: dict[str, Any]) -> list[Row]:
            return [*flows(self.connection, span=span, **place).to_dicts()]

        try:
            own, parts = ask(self.place.own), ask(self.place.parts)
            is_lowest = self.place.below == "facility"
            facilities = parts if is_lowest else ask(self.place._replace(below="facility").parts)
        except UncomparedError:
            return None, "đối chiếu giữa hai kỳ chưa tính xong"
        unit = next((row for row in own if row["unit_code"] == self.place.unit_code), None)
        return (Moves(unit, parts, facilities), "") if unit else (None, "đơn vị chưa có hồ sơ")

    def reasons(self) -> list[Row]:
        if "cleaning" not in self.now["covers"]:
            return []
        return [
            row
            for place in (self.place.own, self.place.parts)
            for row in self._rows(questions.invalid_reasons, self.now, place)
        ]

    def idle(self) -> list[Row]:
        if "signing" not in self.now["covers"]:
            return []
        place = self.place._replace(below="facility").parts
        return self._rows(signing.signing_idleness, self.now, place)

    def province(self) -> Row:
        ask = {"level": "province", "scope": self.place.scope}
        return self._rows(_tree, self.now, ask)[0]


def _tree(connection: Connection, **place: Any) -> pl.DataFrame:
    """The verification tree, with what is classified and its ratio."""
    rows = questions.verification_tree(connection, **place)
    classified = pl.col("valid") + pl.col("invalid")
    return rows.with_columns(
        classified.alias("classified"),
        pl.when(classified > 0).then(pl.col("valid") / classified).alias("ratio"),
    )


_QUESTIONS: Mapping[Workstream, Callable[..., pl.DataFrame]] = {
    "cleaning": _tree,
    "complaints": complaints.complaint_table,
    "signing": signing.signing_table,
}


def place_of(
    connection: Connection, scope: Scope, district_code: str | None, *, snapshot_id: str
) -> Place:
    """The province's place, or a district's.

    Raises:
        UnknownUnitError: there is no such district, or the scope does not hold all of it.
    """
    if not scope.holds(district_code, None) or scope.facility_codes is not None:
        raise UnknownUnitError("Báo cáo này không thuộc phạm vi được xem.")
    level: Level = "district" if district_code else "province"
    if district_code is not None:
        require_district(connection, district_code, scope=scope, snapshot_id=snapshot_id)
    listed = questions.units(connection, scope=scope, level=level, snapshot_id=snapshot_id)
    code = district_code or listed["unit_code"][0]
    unit = listed.row(by_predicate=pl.col("unit_code") == code, named=True)
    below: Level = "facility" if district_code else "district"
    return Place(scope, level, code, unit["unit_name"], below, district_code)
