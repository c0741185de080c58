"""Complaints, signing, and what cleaning won and lost, recomputed in plain Python over random
snapshots, at every level.
"""

import datetime as dt
import itertools
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import Phase, given, settings

from queries.complaints import complaint_kinds, open_complaints, still_invalid_complaints
from queries.measure import Axis, Level, trend
from queries.metrics import metric_definition, metric_names
from queries.scope import Scope
from queries.signing import CONTRADICTIONS, signing_contradictions
from tests.stores import COMPLAINT, NOON, RECORD, Asked, Store
from tests.test_measure import (
    COMMUNES,
    DISTRICT_OF,
    DISTRICTS,
    FACILITIES,
    GRAINS,
    INVALID,
    STATES,
)
from tests.test_pairs import turned

EVERYTHING = Scope.everything()
LEVELS: tuple[Level, ...] = ("province", "district", "facility")
#: Name of a count -> whether one is in it; unit -> name -> how many are.
Facts = Mapping[str, bool]
Counts = dict[str, Counter[str]]


class Where(NamedTuple):
    """The unit of the finest level that counts something, and its district."""

    unit: str
    district: str

    def part_of(self, level: Level) -> str:
        return {"province": "77", "district": self.district}.get(level, self.unit)


def entered(facility: str) -> Where:
    known = facility in DISTRICT_OF
    return Where(facility if known else "unmapped", DISTRICT_OF.get(facility, "unmapped"))


#: One snapshot: where each record or complaint counts, and what for.
Told = Sequence[tuple[Where, Facts]]


# Records over several snapshots -------------------------------------------------------------

#: Another value of each; a signature stands for all but the telephone number.
OTHER = {
    "Họ và tên": "Người Khác",
    "Ngày sinh": "1990",
    "Giới tính": "Nữ",
    "Số CCCD/CMND": "077190000001",
    "Số hộ chiếu": "C1234567",
    "Số điện thoại": "0900000000",
}
SIGNED = ("Đã ký", "Đã cấp")
SIGNING = ("Chưa ký", "Đang xử lý", *SIGNED)


class Person(NamedTuple):
    """One record in one snapshot; a word nobody knows puts its row aside."""

    facility: str
    commune: str
    district: str
    word: str
    signing: str
    doses: int
    others: tuple[str, ...]
    signed_on: dt.date | None = None

    @property
    def is_verified(self) -> bool:
        return STATES[self.word] in ("matched", "exempt")

    @property
    def is_signed(self) -> bool:
        return self.signing in SIGNED

    @property
    def is_in_process(self) -> bool:
        return self.signing == "Đang xử lý"

    @property
    def signed_data(self) -> tuple[int, set[str]]:
        return self.doses, {*self.others} - {"Số điện thoại"}

    def where(self, axis: str) -> Where:
        if axis == "facility":
            return entered(self.facility)
        if self.commune in COMMUNES:
            return Where(self.commune, COMMUNES[self.commune])
        code = self.district if self.district in DISTRICTS else "unmapped"
        return Where(code, code)

    def row(self, record_id: str) -> dict[str, str]:
        return (
            RECORD
            | {"Mã hồ sơ": record_id, "Mã cơ sở nhập": self.facility, "Số mũi": f"{self.doses}"}
            | {"Mã xã thường trú": self.commune, "Mã huyện thường trú": self.district}
            | {"Trạng thái xác thực": self.word, "Trạng thái ký": self.signing}
            | {"Ngày ký": f"{self.signed_on:%d/%m/%Y}" if self.signed_on else ""}
            | {heading: OTHER[heading] for heading in self.others}
        )


#: One record in each snapshot, None where it is absent.
Course = Sequence[Person | None]


def run_start(course: Course, at: int, holds: Callable[[Person], bool]) -> int:
    """The first snapshot of the unbroken run up to `at` in which it holds."""
    while at and (before := course[at - 1]) and holds(before):
        at -= 1
    return at


def has_changed(course: Course, at: int) -> bool:
    start = run_start(course, at, lambda person: person.is_signed)
    run = [person for person in course[start : at + 1] if person]
    changed = False
    for one, other in itertools.pairwise(run):
        is_renewed = one.signed_on and other.signed_on and other.signed_on > one.signed_on
        changed = not is_renewed and (changed or one.signed_data != other.signed_data)
    return changed


def facts_of(course: Course, days: Sequence[dt.date], at: int) -> Facts:
    """Every count of signing a record is in, by name."""
    now, before = course[at], course[at - 1] if at else None
    assert now
    signable = now.is_verified and now.doses >= (1 if days[at] >= dt.date(2022, 4, 1) else 2)
    had_signature = bool(before and before.is_signed)
    came_back = bool(at and not before and now.signed_on and now.signed_on < days[at - 1])
    start = run_start(course, at, lambda person: person.is_verified)
    waited = (days[at] - days[start]).days
    sent = run_start(course, at, lambda person: person.is_in_process)
    in_process = signable and now.is_in_process
    waiting = signable and not now.is_signed
    return {
        "records": True,
        "verified": now.is_verified,
        "signable": signable,
        "too_few_doses": now.is_verified and not signable,
        "not_started": signable and now.signing == "Chưa ký",
        "in_process": in_process,
        "signed": signable and now.signing == "Đã ký",
        "issued": signable and now.signing == "Đã cấp",
        "done": signable and now.is_signed,
        "waiting": waiting,
        "with_signature": now.is_signed,
        "signed_not_verified": now.is_signed and not now.is_verified,
        "signed_too_few_doses": now.is_signed and now.is_verified and not signable,
        "waiting_0_2": waiting and start > 0 and waited <= 2,
        "waiting_3_7": waiting and start > 0 and 2 < waited <= 7,
        "waiting_8_30": waiting and start > 0 and 7 < waited <= 30,
        "waiting_over_30": waiting and start > 0 and waited > 30,
        "waiting_from_start": waiting and start == 0,
        "in_process_long": in_process and (days[at] - days[sent]).days > 7,
        "changed_after_signing": now.is_signed and has_changed(course, at),
        "newly_signed": signable and now.is_signed and not had_signature and not came_back,
        "signature_lost": had_signature and not now.is_signed,
    }


#: Told only where the record was entered; the last two not in the first snapshot of all.
OVER_TIME = (
    "waiting_0_2",
    "waiting_3_7",
    "waiting_8_30",
    "waiting_over_30",
    "waiting_from_start",
    "in_process_long",
    "changed_after_signing",
    "newly_signed",
    "signature_lost",
)
SIGNING_RATIOS = {
    "signing_progress": ("done", "signable"),
    "issued_ratio": ("issued", "signable"),
    "signing_in_process": ("in_process", "signable"),
    "signed_not_verified": ("signed_not_verified", "with_signature"),
    "changed_after_signing": ("changed_after_signing", "with_signature"),
    "in_process_long": ("in_process_long", "in_process"),
}
KNOWN = {
    "province": ["77"],
    "district": DISTRICTS,
    "facility": [*DISTRICT_OF],
    "commune": [*COMMUNES, "755"],
}


def summed(level: Level, told: Told) -> Counts:
    """Unit -> its counts; all units the level lists."""
    counts: Counts = {unit: Counter() for unit in KNOWN[level]}
    for where, facts in told:
        counts.setdefault(where.part_of(level), Counter()).update(
            {name: int(is_so) for name, is_so in facts.items()}
        )
    return counts


def check_ratios(
    asked: Asked,
    metric: str,
    parts: tuple[str, str],
    level: Level,
    axis: Axis,
    told: Mapping[str, Told],
) -> None:
    """A metric of all units over all snapshots that tell of it."""
    rows = trend(asked.connection, metric, scope=EVERYTHING, level=level, axis=axis)
    found = rows.select("snapshot_id", "unit_code", "numerator", "denominator", "ratio").rows()
    expected = [
        (snapshot_id, unit, counts[upper], counts[lower], ratio(counts[upper], counts[lower]))
        for snapshot_id, facts in told.items()
        for unit, counts in summed(level, facts).items()
        for upper, lower in [parts]
    ]
    assert sorted(found) == sorted(expected)


def ratio(numerator: int, denominator: int) -> float | None:
    return numerator / denominator if denominator else None


def check_signing(asked: Asked, present: Sequence[tuple[str, Person, Facts]], at: int) -> None:
    for level, axis in GRAINS:
        counts = summed(level, [(person.where(axis), facts) for _, person, facts in present])
        rows = asked.signing(level, axis)
        assert rows.keys() == counts.keys()
        untold = {*(OVER_TIME if axis == "residence" else ()), *(OVER_TIME[-2:] * (at == 0))}
        for unit, row in rows.items():
            names = present[0][2].keys()
            expected = {name: None if name in untold else counts[unit][name] for name in names}
            assert {name: row[name] for name in names} == expected
    for which in CONTRADICTIONS:
        listed = signing_contradictions(
            asked.connection, scope=EVERYTHING, which=which, snapshot_id=asked.snapshot_id
        )
        expected = [
            (key, *person.where("facility")) for key, person, facts in present if facts[which]
        ]
        rows = listed.select("record_id", "unit_code", "district_code").rows()
        assert sorted(rows) == sorted(expected)


def check_turned(asked: Asked, courses: Sequence[Course], at: int) -> None:
    for level, axis in GRAINS:
        found = turned(asked, level, axis)
        if at == 0:
            assert found.keys() >= {*KNOWN[level]}
            assert {*found.values()} == {(None, None)}
            continue
        fixed, regressed = Counter[str](), Counter[str]()
        for course in courses:
            before, now = course[at - 1], course[at]
            if before and now:
                was, state = STATES[before.word], STATES[now.word]
                unit = now.where(axis).part_of(level)
                fixed[unit] += was in INVALID and state == "matched"
                regressed[unit] += was == "matched" and state in INVALID
        units = +fixed | +regressed
        assert found == {unit: (fixed[unit], regressed[unit]) for unit in units}


# Complaints over several snapshots ----------------------------------------------------------

OPEN = {
    "Mới ghi nhận": "new",
    "Chưa phân công": "unassigned",
    "Đang xử lý": "in_progress",
    "Yêu cầu bổ sung": "more_information",
}
CLOSED = {"Đã duyệt": "approved", "Từ chối": "rejected"}
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


class State(NamedTuple):
    """What may differ from snapshot to snapshot; a status nobody knows puts the row aside."""

    facility: str
    district: str
    status: str
    #: How long after receipt it was closed.
    closed_after: dt.timedelta | None
    reject_reason: str


class Complaint(NamedTuple):
    """One complaint in each snapshot, None where it is not listed."""

    #: Received so long before the instant of this snapshot.
    at: int
    before: dt.timedelta
    kind: str
    record: str
    original: str
    states: Sequence[State | None]


class Listed(NamedTuple):
    """One complaint as one snapshot has it."""

    complaint_id: str
    received_at: dt.datetime
    complaint: Complaint
    state: State
    #: The instant of the snapshot it came in with.
    as_of: dt.datetime

    @property
    def is_open(self) -> bool:
        return self.state.status in OPEN

    @property
    def is_known(self) -> bool:
        """Whether its row is not put aside."""
        is_past = self.closed_at is None or self.closed_at <= self.as_of
        return self.state.status != "?" and is_past

    @property
    def is_reopened(self) -> bool:
        return self.complaint.original not in ("", self.complaint_id)

    def was_over(self, as_of: dt.datetime) -> bool:
        return not self.is_open and self.closed_at is not None and self.closed_at <= as_of

    @property
    def where(self) -> Where:
        has_district = self.state.district in DISTRICTS
        district = DISTRICT_OF.get(self.state.facility)
        if district and (district != "unmapped" or not has_district):
            return entered(self.state.facility)
        code = self.state.district if has_district else "unmapped"
        return Where(code, code)

    @property
    def closed_at(self) -> dt.datetime | None:
        after = self.state.closed_after
        return None if after is None else self.received_at + after

    def row(self) -> dict[str, str]:
        text = "%d/%m/%Y %H:%M"
        return COMPLAINT | {
            "Mã phản ánh": self.complaint_id,
            "Mã hồ sơ": self.complaint.record,
            "Thời điểm tiếp nhận": self.received_at.strftime(text),
            "Loại phản ánh": self.complaint.kind,
            "Mã cơ sở": self.state.facility,
            "Mã huyện": self.state.district,
            "Trạng thái": self.state.status,
            "Thời điểm xử lý": self.closed_at.strftime(text) if self.closed_at else "",
            "Mã lý do từ chối": self.state.reject_reason,
            "Mã phản ánh gốc": self.complaint.original,
        }


List = dict[str, Listed]


def judged(one: Listed, as_of: dt.datetime, people: Mapping[str, Person]) -> Facts:
    """Every count of complaints one is in, by name."""
    age, person = as_of - one.received_at, people.get(one.complaint.record)
    approved = one.state.status == "Đã duyệt"
    return {
        "received": True,
        "open": one.is_open,
        "closed": not one.is_open,
        **{code: one.state.status == word for word, code in (OPEN | CLOSED).items()},
        "overdue": one.is_open and age > 48 * HOUR,
        "up_to_48_hours": one.is_open and age <= 48 * HOUR,
        "days_2_to_7": one.is_open and 48 * HOUR < age <= 7 * DAY,
        "days_8_to_30": one.is_open and 7 * DAY < age <= 30 * DAY,
        "over_30_days": one.is_open and age > 30 * DAY,
        "received_7_days": age < 7 * DAY,
        "closed_7_days": bool(
            not one.is_open and one.closed_at and as_of - one.closed_at < 7 * DAY
        ),
        "reopened": one.is_reopened,
        "reopened_open": one.is_open and one.is_reopened,
        "closed_undated": not one.is_open and one.closed_at is None,
        "resolved_known": approved and person is not None,
        "still_invalid": bool(approved and person and STATES[person.word] in INVALID),
    }


COMPLAINT_RATIOS = {
    "complaint_backlog": ("open", "received"),
    "complaint_closed_ratio": ("closed", "received"),
    "overdue_complaint_ratio": ("overdue", "open"),
    "resolved_still_invalid": ("still_invalid", "resolved_known"),
}


def check_complaints(
    asked: Asked, now: List, as_of: dt.datetime, facts: Mapping[str, Facts]
) -> None:
    for level in LEVELS:
        counts = summed(level, [(one.where, facts[key]) for key, one in now.items()])
        rows = asked.complaints(level)
        assert rows.keys() == counts.keys()
        for unit, row in rows.items():
            own: dict[str, int | None] = {**counts[unit]}
            if own.pop("closed_undated", 0):
                own["closed_7_days"] = None
            assert {name: row[name] for name in own} == own
            check_ages(
                row,
                [
                    as_of - one.received_at
                    for one in now.values()
                    if one.is_open and one.where.part_of(level) == unit
                ],
            )
    for question, name in ((open_complaints, "open"), (still_invalid_complaints, "still_invalid")):
        listed = question(asked.connection, scope=EVERYTHING, snapshot_id=asked.snapshot_id)
        expected = [(key, *one.where) for key, one in now.items() if facts[key][name]]
        rows = listed.select("complaint_id", "unit_code", "district_code").rows()
        assert sorted(rows) == sorted(expected)


def check_ages(row: Mapping[str, Any], ages: list[dt.timedelta]) -> None:
    """Median, 90th percentile (linear between the two beside it) and oldest, in hours."""
    hours = [age / HOUR for age in ages]
    known = [np.median(hours), np.percentile(hours, 90), max(hours)] if hours else [None] * 3
    found = [row["median_hours"], row["p90_hours"], row["oldest_hours"]]
    assert found == (pytest.approx(known) if hours else known)


def check_kinds(asked: Asked, now: List, as_of: dt.datetime) -> None:
    """Types and reasons of rejection of every unit of the finest level, and of the province."""
    for unit in [None, *{one.where.unit for one in now.values()}]:
        rows = complaint_kinds(
            asked.connection, scope=EVERYTHING, snapshot_id=asked.snapshot_id, unit_code=unit
        )
        own = [one for one in now.values() if unit in (None, one.where.unit)]
        expected: dict[tuple[str, str], Counter[str]] = {}
        for one in own:
            is_overdue = one.is_open and as_of - one.received_at > 48 * HOUR
            keys = [("type", one.complaint.kind)]
            if one.state.status == "Từ chối":
                keys.append(("reject_reason", one.state.reject_reason))
            for key in keys:
                expected.setdefault(key, Counter()).update(
                    {"complaints": 1, "open": int(one.is_open), "overdue": int(is_overdue)}
                )
        assert {(row["kind"], row["code"]): row for row in rows.to_dicts()} == {
            key: {"kind": key[0], "code": key[1], **counts} for key, counts in expected.items()
        }


# What happened between two lists ------------------------------------------------------------

Event = tuple[Where, str]


def events(before: List, now: List, as_of_before: dt.datetime) -> Iterator[Event]:
    """Where what happened to each complaint from one list to the next."""
    came = {key: one for key, one in now.items() if key in before or not one.was_over(as_of_before)}
    for key, one in came.items():
        old = before.get(key)
        if old is None:
            yield one.where, "received" if one.received_at > as_of_before else "late"
        if old and old.is_open and old.where != one.where:
            yield one.where, "moved_in"
            yield old.where, "moved_out"
        if not one.is_open and (old is None or old.is_open):
            yield one.where, "closed"
        if one.is_open and old and not old.is_open:
            yield one.where, "opened_again"
    for key in before.keys() - now.keys():
        if before[key].is_open:
            yield before[key].where, "removed"


KINDS = ("received", "closed", "opened_again", "late", "removed", "moved_in", "moved_out")


def check_flow(asked: Asked, lists: Sequence[tuple[dt.datetime, str, List]]) -> None:
    """From the first of several consecutive lists to the last, which `asked` is of."""
    happened = [
        event
        for (as_of, _, before), (_, _, now) in itertools.pairwise(lists)
        for event in events(before, now, as_of)
    ]
    (_, since, first), (_, _, last) = lists[0], lists[-1]
    for level in LEVELS:
        counts = summed(level, [(one.where, {"closing": one.is_open}) for one in last.values()])
        for where, name in [
            *happened,
            *((one.where, "opening") for one in first.values() if one.is_open),
        ]:
            counts.setdefault(where.part_of(level), Counter())[name] += 1
        rows = asked.flow(level, since=since)
        assert rows.keys() == counts.keys()
        for unit, row in rows.items():
            names = ("opening", *KINDS, "closing")
            assert {name: row[name] for name in names} == {n: counts[unit][n] for n in names}
            explained = row["opening"] + row["received"] - row["closed"] + row["opened_again"]
            assert row["moved"] == row["moved_in"] - row["moved_out"]
            assert row["difference"] == row["late"] - row["removed"]
            assert explained + row["moved"] + row["difference"] == row["closing"]


# Random snapshots, published for real -------------------------------------------------------

SNAPSHOTS = 3
#: Days from one snapshot to the next; 31 leads over 1/4/2022, when the rule changed.
GAPS = st.tuples(*[st.sampled_from([1, 3, 7, 8, 31])] * (SNAPSHOTS - 1))
FACILITY = st.sampled_from([*DISTRICT_OF, "F9"])
DISTRICT = st.sampled_from(["747", "748", "755", "888", ""])


def people(words: Sequence[str]) -> st.SearchStrategy[Person]:
    return st.builds(
        Person,
        facility=FACILITY,
        commune=st.sampled_from(["26506", "26548", "99999", ""]),
        district=DISTRICT,
        word=st.sampled_from(words),
        signing=st.sampled_from(SIGNING),
        doses=st.sampled_from([0, 1, 2, 2, 2]),
        others=st.sampled_from([(), (), (), *itertools.combinations(OTHER, 1)]),
        signed_on=st.sampled_from(
            [None, None, dt.date(2022, 1, 5), dt.date(2022, 1, 6), NOON.date() - 2 * DAY]
        ),
    )


#: What is fixed and what regresses, in any other state between.
TURNING = st.lists(
    st.tuples(*[st.one_of(*[people(["Đúng", "Sai", *STATES, "?"])] * 4, st.none())] * SNAPSHOTS),
    min_size=15,
    max_size=30,
)
#: Most match, so that runs are not always broken.
PERSON = people(["Đúng"] * 8 + [*STATES, "?"])
COURSES = st.lists(
    st.tuples(*[st.one_of(PERSON, PERSON, PERSON, st.none())] * SNAPSHOTS),
    min_size=10,
    max_size=25,
)
MINUTE = dt.timedelta(minutes=1)
EDGES = [0 * DAY, 2 * DAY, 7 * DAY, 30 * DAY]
STATE = st.builds(
    State,
    facility=st.sampled_from([*DISTRICT_OF, "F9", "", ""]),
    district=DISTRICT,
    status=st.sampled_from([*OPEN, *CLOSED, "Đã duyệt", "?"]),
    closed_after=st.sampled_from([None, 0 * DAY, 1 * DAY, 9 * DAY]),
    reject_reason=st.sampled_from(["", "1", "13"]),
)
COMPLAINTS = st.lists(
    st.builds(
        Complaint,
        at=st.integers(0, SNAPSHOTS - 1),
        before=st.sampled_from([edge + n * MINUTE for edge in EDGES for n in (-1, 0, 1)]),
        kind=st.sampled_from(["Sai họ tên", "Thiếu mũi"]),
        record=st.sampled_from([*(f"H{n}" for n in range(8)), "H99", ""]),
        original=st.sampled_from(["", "", "P0", "P1", "X1"]),
        states=st.tuples(*[st.one_of(STATE, STATE, STATE, st.none())] * SNAPSHOTS),
    ),
    min_size=10,
    max_size=25,
)
#: Always there, so that no snapshot is empty.
SOMEBODY = [Person("F1", "", "", "Đúng", "Chưa ký", 2, ())] * SNAPSHOTS


def with_carried(course: Sequence[Any], is_known: Callable[[Any], bool]) -> list[Any]:
    """A row that is put aside stands as it stood in the snapshot before."""
    kept: list[Any] = []
    for state in course:
        aside = state is not None and not is_known(state)
        kept.append((kept[-1] if kept else None) if aside else state)
    return kept


def lists_of(
    complaints: Sequence[Complaint], instants: Sequence[dt.datetime], with_list: Sequence[bool]
) -> tuple[list[List], list[List]]:
    """The list of each snapshot as it comes in, and as it is with what is carried forward."""
    came: list[List] = [{} for _ in instants]
    kept: list[List] = [{} for _ in instants]
    for number, complaint in enumerate(complaints):
        received_at = instants[complaint.at] - complaint.before
        key = f"P{number}"
        listed = [
            Listed(key, received_at, complaint, state, instant)
            if state and received_at <= instant
            else None
            for state, instant in zip(complaint.states, instants, strict=True)
        ]
        at = [place for place, is_there in enumerate(with_list) if is_there]
        carried = with_carried([listed[p] for p in at], lambda one: one.is_known)
        for place, one in zip(at, carried, strict=True):
            if here := listed[place]:
                came[place][key] = here
            if one:
                kept[place][key] = one
    return came, kept


def publish(
    store: Store,
    instants: Sequence[dt.datetime],
    courses: Sequence[Course],
    lists: Sequence[List | None],
) -> Asked:
    for at, (as_of, listed) in enumerate(zip(instants, lists, strict=True)):
        store.publish(
            [person.row(f"H{n}") for n, course in enumerate(courses) if (person := course[at])],
            as_of=as_of,
            with_facilities=FACILITIES,
            with_complaints=None if listed is None else [one.row() for one in listed.values()],
            is_confirmed=True,
        )
    return store.ask()


def instants_of(gaps: Sequence[int]) -> list[dt.datetime]:
    """The last at NOON."""
    return [NOON - sum(gaps[place:]) * DAY for place in range(SNAPSHOTS)]


#: Each example is published three times; it has many records, so few tell enough.
published_for_real = settings(max_examples=6, phases=[Phase.explicit, Phase.generate])


@given(gaps=GAPS, courses=TURNING)
@published_for_real
def test_all_that_was_fixed_or_regressed_is_what_plain_python_counts(
    tmp_path_factory, gaps, courses
):
    courses = [SOMEBODY, *courses]
    store = Store.inside(tmp_path_factory.mktemp("random"))
    asked = publish(store, instants_of(gaps), courses, [None] * SNAPSHOTS)
    courses = [with_carried(course, lambda person: person.word != "?") for course in courses]
    for at, snapshot_id in enumerate(asked.connection.dates["snapshot_id"]):
        check_turned(Asked(asked.connection, snapshot_id), courses, at)


@given(gaps=GAPS, courses=COURSES)
@published_for_real
def test_all_of_signing_is_what_plain_python_counts(tmp_path_factory, gaps, courses):
    instants = instants_of(gaps)
    days = [instant.date() for instant in instants]
    courses = [SOMEBODY, *courses]
    store = Store.inside(tmp_path_factory.mktemp("random"))
    asked = publish(store, instants, courses, [None] * SNAPSHOTS)
    courses = [with_carried(course, lambda person: person.word != "?") for course in courses]
    told_of = {}
    for at, snapshot_id in enumerate(asked.connection.dates["snapshot_id"]):
        told_of[snapshot_id] = [
            (f"H{n}", person, facts_of(course, days, at))
            for n, course in enumerate(courses)
            if (person := course[at])
        ]
        check_signing(Asked(asked.connection, snapshot_id), told_of[snapshot_id], at)
    for (metric, parts), (level, axis) in itertools.product(SIGNING_RATIOS.items(), GRAINS):
        if axis in metric_definition(metric).axes:
            placed = {
                snapshot_id: [(person.where(axis), facts) for _, person, facts in present]
                for snapshot_id, present in told_of.items()
            }
            check_ratios(asked, metric, parts, level, axis, placed)


@given(
    gaps=GAPS,
    eight=st.lists(people([*STATES, "?"]), min_size=8, max_size=8),
    complaints=COMPLAINTS,
    has_list=st.tuples(*[st.sampled_from([True, True, True, False])] * (SNAPSHOTS - 1)),
)
@published_for_real
def test_all_of_complaints_is_what_plain_python_counts(
    tmp_path_factory, gaps, eight, complaints, has_list
):
    with_list = (*has_list, True)
    instants = instants_of(gaps)
    came, kept = lists_of(complaints, instants, with_list)
    lists = [listed if here else None for listed, here in zip(came, with_list, strict=True)]
    courses = [SOMEBODY, *([person] * SNAPSHOTS for person in eight)]
    store = Store.inside(tmp_path_factory.mktemp("random"))
    asked = publish(store, instants, courses, lists)
    known = {f"H{n}": person for n, [person, *_] in enumerate(courses) if person.word != "?"}
    dates = asked.connection.dates["snapshot_id"]
    listed = [
        (as_of, snapshot_id, one)
        for as_of, snapshot_id, one, here in zip(instants, dates, kept, with_list, strict=True)
        if here
    ]
    told_of = {}
    for as_of, snapshot_id, now in listed:
        facts = {key: judged(one, as_of, known) for key, one in now.items()}
        check_complaints(Asked(asked.connection, snapshot_id), now, as_of, facts)
        check_kinds(Asked(asked.connection, snapshot_id), now, as_of)
        told_of[snapshot_id] = [(one.where, facts[key]) for key, one in now.items()]
    for (metric, parts), level in itertools.product(COMPLAINT_RATIOS.items(), LEVELS):
        check_ratios(asked, metric, parts, level, "facility", told_of)
    for first, last in itertools.combinations(range(len(listed)), 2):
        check_flow(Asked(asked.connection, listed[last][1]), listed[first : last + 1])


def test_every_metric_of_both_streams_is_recomputed_here():
    streams = {name: metric_definition(name).workstream for name in metric_names()}
    signing = {name for name in streams if streams[name] in ("signing", "issuing")}
    assert {*SIGNING_RATIOS} == signing
    assert {*COMPLAINT_RATIOS} == {name for name in streams if streams[name] == "complaints"}
