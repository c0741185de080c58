"""The campaign: its workstreams, what they have to reach, and the deadlines documents set.

Read from `workstreams.toml`, `annotations.toml`, `holidays.csv` and `targets.csv`: each from the
folder the setting CAMPAIGN names where it is there, else the program's own.
"""

import datetime as dt
import functools
import itertools
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from data.entries import CampaignError, Entry, own_file, read_rows, read_toml
from data.reference import FOLDER as REFERENCE
from settings import setting

Workstream = Literal["cleaning", "complaints", "signing"]
WORKSTREAMS: tuple[Workstream, ...] = ("cleaning", "complaints", "signing")
PaceDays = Literal["calendar", "working"]

#: Whom a directive may bind, and which of them bind this province.
SCOPES = ("national", "province", "ministry", "citizens")
BINDING = ("national", "province")
_HERE = Path(__file__).parent
_FILES = {
    "workstreams.toml": _HERE,
    "annotations.toml": _HERE,
    "holidays.csv": REFERENCE,
    "targets.csv": REFERENCE,
}


class Deadline(NamedTuple):
    """A day by which a workstream has to reach its target, as a document set it."""

    document: str
    issued_on: dt.date
    #: As written: "trước ngày 30/4/2022".
    text: str
    date: dt.date
    #: The day itself is too late.
    exclusive: bool

    @property
    def last_day(self) -> dt.date:
        """The last day on which work still counts."""
        return self.date - dt.timedelta(days=1) if self.exclusive else self.date


class Directive(NamedTuple):
    """What one document says of one workstream."""

    id: str
    workstream: Workstream
    scope: str
    document: str
    issued_on: dt.date
    text: str
    #: None: no day is named.
    date: dt.date | None = None
    exclusive: bool = False
    supersedes: tuple[str, ...] = ()
    #: Holds for every item as it comes, and sets no end.
    standing: bool = False
    #: The day of issue is known only roughly.
    issued_about: bool = False

    @property
    def is_about_an_end(self) -> bool:
        """Whether it binds this province and says when the whole workstream has to be done."""
        return self.scope in BINDING and not self.standing

    @property
    def deadline(self) -> Deadline | None:
        """The day it names; None when it names none."""
        if self.date is None:
            return None
        return Deadline(self.document, self.issued_on, self.text, self.date, self.exclusive)


class Milestone(NamedTuple):
    """A share to be reached by the end of a day on the way."""

    date: dt.date
    ratio: float


class Plan(NamedTuple):
    """What a workstream has to reach."""

    target: float
    milestones: tuple[Milestone, ...]


class DistrictTarget(NamedTuple):
    """A district's own target."""

    workstream: Workstream
    district_code: str
    target: float
    issued_on: dt.date
    document: str


class OfficeDay(NamedTuple):
    """A day the office itself has taken off, or works on."""

    is_off: bool
    name: str


class Annotation(NamedTuple):
    """What happened on a day; None: on every curve, in every district."""

    date: dt.date
    text: str
    workstream: Workstream | None = None
    district: str | None = None


class Campaign(NamedTuple):
    """All of it."""

    pace_days: PaceDays
    plans: Mapping[Workstream, Plan]
    #: In the order of issue.
    directives: tuple[Directive, ...]
    district_targets: tuple[DistrictTarget, ...]
    office_days: Mapping[dt.date, OfficeDay]
    #: Oldest first.
    annotations: tuple[Annotation, ...]


def campaign() -> Campaign:
    """The campaign in force; read once.

    Raises:
        CampaignError: a file does not hold; names it, what was found and what is expected.
    """
    return _read(setting("CAMPAIGN"))


def directive_on(workstream: str, day: dt.date) -> Directive | None:
    """The last word on `day` on when the workstream has to be done; it may name no day."""
    issued = _issued(workstream, day)
    replaced = {older for directive in issued for older in directive.supersedes}
    return next((one for one in reversed(issued) if one.id not in replaced), None)


def deadline_on(workstream: str, day: dt.date) -> Deadline | None:
    """The deadline that counts on `day`: that of the directive in force; where it names no day, the
    one it replaced, if that had passed by then. None before the first.
    """
    latest = directive_on(workstream, day)
    if latest is None or latest.date is not None:
        return latest.deadline if latest else None
    replaced_ids = _replaced_by(latest.id, {one.id: one for one in campaign().directives})
    replaced = [
        directive.deadline
        for directive in _issued(workstream, day)
        if directive.id in replaced_ids and directive.deadline
    ]
    lapsed = [one for one in replaced if one.last_day < latest.issued_on]
    return lapsed[-1] if lapsed else None


def deadlines_until(workstream: str, day: dt.date) -> list[Deadline]:
    """Every deadline that has counted by `day`, in the order of issue; each day once."""
    found: dict[dt.date, Deadline] = {}
    for directive in _issued(workstream, day):
        if directive.deadline:
            found.setdefault(directive.deadline.date, directive.deadline)
    return list(found.values())


def target_on(workstream: Workstream, day: dt.date, district_code: str | None = None) -> float:
    """The share to be reached: the district's own, the last one issued by `day`, else the
    workstream's.
    """
    own = [
        one.target
        for one in campaign().district_targets
        if (one.workstream, one.district_code) == (workstream, district_code)
        and one.issued_on <= day
    ]
    return own[-1] if own else campaign().plans[workstream].target


def _issued(workstream: str, day: dt.date) -> list[Directive]:
    return [
        one
        for one in campaign().directives
        if one.workstream == workstream and one.is_about_an_end and one.issued_on <= day
    ]


# Reading ------------------------------------------------------------------------------------


@functools.cache
def _read(_folder: str) -> Campaign:
    files = {name: own_file(name) or place / name for name, place in _FILES.items()}
    entry = read_toml(files["workstreams.toml"])
    entry.only(("pace_days", "workstreams", "directives"))
    pace_days = entry.one_of("pace_days", ("calendar", "working"))
    of_each = entry.within("workstreams")
    of_each.only(WORKSTREAMS)
    plans = {name: _plan(of_each.within(name)) for name in WORKSTREAMS}
    directives = sorted(
        (_directive(one) for one in entry.entries("directives")), key=lambda one: one.issued_on
    )
    _require_order(files["workstreams.toml"], directives)
    noted = read_toml(files["annotations.toml"])
    noted.only(("annotations",))
    annotations = [_annotation(one) for one in noted.entries("annotations")]
    return Campaign(
        pace_days,
        plans,
        tuple(directives),
        tuple(sorted(_district_targets(files["targets.csv"]), key=lambda one: one.issued_on)),
        dict(_office_days(files["holidays.csv"])),
        tuple(sorted(annotations, key=lambda one: one.date)),
    )


def _plan(entry: Entry) -> Plan:
    entry.only(("target", "milestones"))
    target = entry.ratio("target")
    milestones = tuple(_milestone(one) for one in entry.entries("milestones"))
    for earlier, later in itertools.pairwise(milestones):
        if later.date <= earlier.date or later.ratio < earlier.ratio:
            raise entry.refuse(
                f"mốc {later.date} ({later.ratio}) đứng sau mốc {earlier.date} ({earlier.ratio}); "
                "ngày và tỷ lệ của các mốc phải tăng dần"
            )
    if milestones and milestones[-1].ratio > target:
        raise entry.refuse(f"mốc {milestones[-1].ratio} vượt chỉ tiêu {target}")
    return Plan(target, milestones)


def _milestone(entry: Entry) -> Milestone:
    entry.only(Milestone._fields)
    return Milestone(entry.day("date"), entry.ratio("ratio"))


def _directive(entry: Entry) -> Directive:
    entry.only(Directive._fields)
    supersedes = entry.table.get("supersedes", [])
    if not isinstance(supersedes, list) or not all(isinstance(one, str) for one in supersedes):
        raise entry.refuse(f"“supersedes” là {supersedes!r}; cần một danh sách mã")
    directive = Directive(
        id=entry.text("id"),
        workstream=entry.one_of("workstream", WORKSTREAMS),
        scope=entry.one_of("scope", SCOPES),
        document=entry.text("document"),
        issued_on=entry.day("issued_on"),
        text=entry.text("text"),
        date=entry.day("date") if "date" in entry.table else None,
        exclusive=entry.flag("exclusive"),
        supersedes=tuple(supersedes),
        standing=entry.flag("standing"),
        issued_about=entry.flag("issued_about"),
    )
    if directive.date is not None and directive.date < directive.issued_on:
        raise entry.refuse(f"hạn {directive.date} trước ngày ban hành {directive.issued_on}")
    if directive.standing and directive.date is not None:
        raise entry.refuse("đã là quy định thường xuyên (standing) thì không có ngày hạn")
    return directive


def _require_order(file: Path, directives: Sequence[Directive]) -> None:
    """Raises CampaignError unless at every moment one directive is in force in each workstream."""
    known = {one.id: one for one in directives}
    if len(known) < len(directives):
        doubled = next(one.id for one in directives if known[one.id] is not one)
        raise CampaignError(f"{file.name}: mã {doubled} có hai lần; mỗi văn bản một mã.")
    for directive in directives:
        where = f"{file.name}: directives {directive.id}:"
        for older in directive.supersedes:
            if older not in known:
                raise CampaignError(f"{where} thay thế “{older}”, không có văn bản mã đó.")
            if known[older].workstream != directive.workstream:
                raise CampaignError(f"{where} thay thế {older}, của việc khác.")
            if older in _replaced_by(older, known):
                raise CampaignError(f"{where} thay thế {older}, vòng trở lại chính nó.")
            if known[older].issued_on > directive.issued_on:
                raise CampaignError(f"{where} thay thế {older}, ban hành sau nó.")
    _require_one_in_force(file, [one for one in directives if one.is_about_an_end])


def _replaced_by(directive: str, known: Mapping[str, Directive]) -> set[str]:
    """All that a directive replaces, and what these replace."""
    found: set[str] = set()
    ahead = [*known[directive].supersedes]
    while ahead:
        older = ahead.pop()
        if older not in found and older in known:
            found.add(older)
            ahead += known[older].supersedes
    return found


def _require_one_in_force(file: Path, directives: Sequence[Directive]) -> None:
    for number, directive in enumerate(directives):
        issued = [one for one in directives[:number] if one.workstream == directive.workstream]
        replaced = {older for one in [*issued, directive] for older in one.supersedes}
        beside = [one.id for one in issued if one.id not in replaced]
        if beside:
            raise CampaignError(
                f"{file.name}: directives {directive.id}: {beside[0]} vẫn còn hiệu lực cùng lúc; "
                "ghi mã đó vào “supersedes”."
            )


def _annotation(entry: Entry) -> Annotation:
    entry.only(Annotation._fields)
    district = entry.text("district") if "district" in entry.table else None
    if district is not None:
        entry.require_district(district)
    named = "workstream" in entry.table
    return Annotation(
        entry.day("date"),
        entry.text("text"),
        entry.one_of("workstream", WORKSTREAMS) if named else None,
        district,
    )


def _district_targets(file: Path) -> Iterator[DistrictTarget]:
    for entry in read_rows(file, DistrictTarget._fields):
        code = entry.text("district_code")
        entry.require_district(code)
        yield DistrictTarget(
            entry.one_of("workstream", WORKSTREAMS),
            code,
            entry.ratio("target"),
            entry.day("issued_on"),
            entry.text("document"),
        )


def _office_days(file: Path) -> Iterator[tuple[dt.date, OfficeDay]]:
    seen: set[dt.date] = set()
    for entry in read_rows(file, ("date", *OfficeDay._fields)):
        is_off, day = entry.one_of("is_off", ("0", "1")) == "1", entry.day("date")
        if day in seen:
            raise entry.refuse(f"ngày {day} có hai lần; mỗi ngày một dòng")
        seen.add(day)
        yield day, OfficeDay(is_off, entry.text("name"))
