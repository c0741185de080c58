"""Builds the briefing of a unit and a period."""

import datetime as dt
import hashlib
import json
from collections.abc import Iterable

from data.errors import RefusedError
from data.letterheads import letterhead
from data.workstreams import Directive, campaign
from display import formats
from display.briefing.annexes import annexes
from display.briefing.asking import HEADLINE, facts_of, place_of
from display.briefing.evaluation import sections
from display.briefing.facts import Facts
from display.briefing.letters import shown
from display.briefing.movers import movers
from display.briefing.outlook import notes, tasks
from display.briefing.phrases import day
from display.briefing.sources import source_of_all
from display.briefing.standing import statuses
from display.briefing.summary import asks, overdue, why
from display.briefing.value import Briefing, Chart, Table
from display.labels import unit_name, workstream_names
from queries.engine import Connection
from queries.questions import comparison_snapshot, find_snapshot
from queries.scope import Scope


def build(
    connection: Connection,
    *,
    scope: Scope,
    district_code: str | None = None,
    snapshot_id: str | None = None,
    since_id: str | None = None,
) -> Briefing:
    """The briefing of the province, or of one district.

    Args:
        snapshot_id: None: the newest.
        since_id: the snapshot compared with; None: the one a week before.

    Raises:
        UnknownUnitError: there is no such district, or the scope does not hold all of it.
        RefusedError: marts are stale, or `since_id` is not before the other.
    """
    now = snapshot_id or find_snapshot(connection)
    since = since_id or comparison_snapshot(connection, snapshot_id=now)
    _require_order(since, now)
    place = place_of(connection, scope, district_code, snapshot_id=now)
    facts = facts_of(connection, place, snapshot_id=now, since_id=since)
    return shown(_of(connection, facts))


def _of(connection: Connection, facts: Facts) -> Briefing:
    since = facts.compared["as_of"] if facts.compared else None
    return Briefing(
        letterhead=letterhead(facts.place.district_code),
        place=unit_name(facts.place.unit_name, "vi"),
        unit_code=facts.place.unit_code,
        district_code=facts.place.district_code,
        as_of=facts.as_of,
        since=since,
        snapshot_id=facts.snapshot["snapshot_id"],
        since_id=facts.compared["snapshot_id"] if facts.compared else None,
        is_invented=facts.snapshot["is_invented"],
        period=_period(since, facts.as_of),
        subject=_subject(facts, since),
        basis=_basis(facts),
        statuses=statuses(facts),
        why=why(facts),
        movers=movers(facts),
        overdue=overdue(facts),
        asks=asks(facts),
        short_asks=asks(facts, is_short=True),
        sections=sections(facts),
        tasks=tasks(facts),
        notes=notes(facts),
        annexes=annexes(facts),
        source=source_of_all(facts),
        headline=_headline(facts),
        inputs=inputs_sha256(connection.dates["snapshot_id"], facts.snapshot["snapshot_id"]),
    )


def _period(since: dt.datetime | None, as_of: dt.datetime) -> str:
    """Instants, not days: the hour at which one report ends is that at which the next begins."""
    if since is None:
        return f"đến {formats.as_of(as_of, 'vi')}"
    return f"từ {formats.as_of(since, 'vi')} đến {formats.as_of(as_of, 'vi')}"


def _subject(facts: Facts, since: dt.datetime | None) -> str:
    what, whose = " tiêm chủng COVID-19", ""
    if facts.place.district_code is not None:
        name = unit_name(facts.place.unit_name, "vi")
        what, whose = "", f" của {name[:1].lower()}{name[1:]}"
    passport = "Hộ chiếu vắc xin".replace(" ", formats.NO_BREAK_SPACE)
    return (
        f"Tiến độ làm sạch dữ liệu{what}, xử lý phản ánh và ký số {passport}{whose} "
        f"{_period(since, facts.as_of)}"
    )


def _basis(facts: Facts) -> str:
    """As of when, and after which documents."""
    documents = _documents(facts)
    told = f"Số liệu đến {formats.hour(facts.as_of, 'vi')} {day(facts.as_of)}"
    if not documents:
        return f"{told}."
    return f"Thực hiện {formats.names(documents, 'vi')}; {told[:1].lower()}{told[1:]}."


def _documents(facts: Facts) -> list[str]:
    """The documents that set the deadlines; where there are several, for which workstreams."""
    of_document: dict[str, list[str]] = {}
    for name, stream in facts.streams.items():
        if stream.directive is not None:
            title = workstream_names("vi")[name]
            of_document.setdefault(_written(stream.directive), []).append(title.lower())
    if len(of_document) == 1:
        return list(of_document)
    return [f"{document} ({', '.join(titles)})" for document, titles in of_document.items()]


def _written(directive: Directive) -> str:
    """ "Công văn số 1975/BYT-CNTT ngày 19/4/2022 của Bộ Y tế"; without the day where that is known
    only roughly.
    """
    document = directive.document
    is_number = document[:1].isdigit()
    kind = "Quyết định số" if "/QĐ" in document else "Công văn số"
    named = f"{kind} {document}" if is_number else document
    issuer = " của Bộ Y tế" if is_number and "BYT" in document else ""
    issued = "" if directive.issued_about else f" ngày {day(directive.issued_on)}"
    return f"{named}{issued}{issuer}"


def _headline(facts: Facts) -> dict[str, int]:
    """The few counts by which a later change of figures is seen."""
    return {
        column: rows.unit[column]
        for name, rows in facts.counted.items()
        if rows is not None
        for column in HEADLINE[name]
    }


def inputs_sha256(in_force: Iterable[str], snapshot_id: str) -> str:
    """What figures depend on beside their definitions: a hash of the snapshots in force up to
    theirs, and of the campaign (deadlines, targets, days off) but for its notes.
    """
    upto = sorted(one for one in in_force if one <= snapshot_id)
    return hashlib.sha256(repr((upto, campaign()._replace(annotations=()))).encode()).hexdigest()


def figures_sha256(briefing: Briefing) -> str:
    """What tells whether two briefings say the same: a hash of all their figures and words; a
    note that was added is no other figure.
    """
    said = [
        briefing.subject,
        briefing.basis,
        [[status.title, status.status, status.text] for status in briefing.statuses],
        briefing.why,
        list(briefing.overdue),
        list(briefing.asks),
        [
            [section.title, list(section.paragraphs), _plotted(section.chart)]
            for section in briefing.sections
        ],
        list(briefing.tasks),
        [_plain(table) for table in briefing.tables],
    ]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()


def _plain(table: Table) -> list:
    rows = [*table.rows, *([table.total] if table.total else [])]
    return [
        table.title,
        table.note,
        table.source,
        [column.heading for column in table.columns],
        [[cell.text for cell in row] for row in rows],
    ]


def _plotted(chart: Chart | None) -> list:
    if chart is None:
        return []
    lines = [[line.name, [[str(day), value] for day, value in line.points]] for line in chart.lines]
    return [chart.title, chart.alt, chart.source, str(chart.deadline), lines]


def _require_order(since: str | None, now: str) -> None:
    if since is not None and since >= now:
        raise RefusedError(f"Kỳ so sánh {since} không trước kỳ {now}; cần một kỳ trước đó.")
