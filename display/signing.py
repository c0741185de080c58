"""Signing: how far it has come, where records get lost on the way, what waits, what contradicts."""

import datetime as dt
import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from data.workstreams import Deadline
from display import formats
from display.complaints import deadline_passed
from display.html import render
from display.labels import (
    UNMAPPED,
    short_name,
    signing_names,
    state_names,
    unit_name,
    waiting_bucket_names,
)
from display.notes import Source
from display.sparkline import sparkline, widest_span
from display.summary import most_named
from display.tables import Cell, Column, Link, Row, Segment, Sorting, change_cell, table, titled
from display.words import words
from queries.deadlines import calendar_days_left
from queries.signing import STALLED_WORKING_DAYS, Rule

Unit = Mapping[str, Any]
STATES = ("issued", "signed", "in_process", "not_started")
BUCKETS = ("waiting_0_2", "waiting_3_7", "waiting_8_30", "waiting_over_30")


class Stage(NamedTuple):
    """One stage of the funnel, and what has got lost since the one before."""

    name: str
    count: int
    #: Of all records: as width 0..1, and of the stage before in words.
    width: float
    share: str
    losses: Sequence[str]


def signing_answer(unit: Unit, parts: Sequence[Unit], language: str) -> str:
    """How much of what can be signed is, and where the rest lies."""
    _ = words(language)
    if not unit["signable"]:
        return _("Chưa có hồ sơ nào đủ điều kiện ký.")
    if not unit["waiting"]:
        return _("Toàn bộ {count} hồ sơ đủ điều kiện đều đã ký.").format(
            count=formats.count(unit["signable"], language)
        )
    most = most_named(parts, "waiting")
    sentence = _(
        "{ratio} hồ sơ đủ điều kiện đã ký: {fraction}; {in_process} đang xử lý, "
        "{not_started} chưa bắt đầu."
    )
    if most:
        sentence = _(
            "{ratio} hồ sơ đủ điều kiện đã ký: {fraction}; {in_process} đang xử lý, "
            "{not_started} chưa bắt đầu; {share} số chưa ký ở {places}."
        )
    return sentence.format(
        ratio=formats.ratio(unit["ratio"], language),
        fraction=formats.fraction(unit["done"], unit["signable"], language),
        in_process=formats.count(unit["in_process"], language),
        not_started=formats.count(unit["not_started"], language),
        share=formats.ratio(sum(part["waiting"] for part in most) / unit["waiting"], language),
        places=formats.names([short_name(part["unit_name"]) for part in most], language),
    )


def signing_deadline(unit: Unit, deadline: Deadline | None, as_of: dt.date, language: str) -> str:
    """How long there is to sign what waits; "" where there is nothing to say."""
    _ = words(language)
    if deadline is None or not unit["waiting"]:
        return ""
    days = calendar_days_left(as_of, deadline.last_day)
    if not days:
        return deadline_passed(deadline, as_of, language)
    return _("Hạn ký: {deadline}, còn {days} ngày ({document}).").format(
        deadline=formats.deadline(deadline.date, language, exclusive=deadline.exclusive),
        days=formats.count(days, language),
        document=deadline.document,
    )


def progress_card(
    unit: Unit, *, compared: Mapping[str, Any] | None, source: Source, language: str
) -> str:
    """The headline ratio, its four states in one bar, and what is newly signed."""
    names = signing_names(language)
    change = unit["ratio_change"] if compared else None
    shares = formats.adding_up([unit[state] for state in STATES], language)
    return render(
        "signing_progress.html",
        language,
        unit=unit,
        states=[
            (state, names[state], unit[state], share)
            for state, share in zip(STATES, shares, strict=True)
        ],
        change="" if change is None else formats.points(change, language),
        tone="" if not change else "good" if change > 0 else "bad",
        compared=compared,
        source=source,
    )


def funnel(unit: Unit, tree: Unit | None, rule: Rule, *, source: Source, language: str) -> str:
    """All records -> verified -> signable -> sent -> signed -> issued, every loss named.

    Args:
        unit: a row of queries.signing_table; tree: of queries.unit_table (None: not known).
    """
    _ = words(language)
    sent = unit["signable"] - unit["not_started"]
    not_verified = (
        [
            _("{count} không hợp lệ").format(count=formats.count(tree["invalid"], language)),
            _("{count} chưa phân loại").format(count=formats.count(tree["pending"], language)),
        ]
        if tree
        else []
    )
    steps = [
        (_("Toàn bộ hồ sơ"), unit["records"], []),
        (_("Đã xác thực: đúng hoặc miễn"), unit["verified"], not_verified),
        (
            _("Đủ điều kiện ký"),
            unit["signable"],
            [
                _("{count} chưa đủ {doses} mũi").format(
                    count=formats.count(unit["too_few_doses"], language), doses=rule.min_doses
                )
            ],
        ),
        (
            _("Đã gửi ký"),
            sent,
            [_("{count} chưa bắt đầu").format(count=formats.count(unit["not_started"], language))],
        ),
        (
            _("Cơ sở đã ký"),
            unit["done"],
            [_("{count} đang xử lý").format(count=formats.count(unit["in_process"], language))],
        ),
        (
            _("Bộ đã cấp hộ chiếu"),
            unit["issued"],
            [_("{count} đã ký, chờ Bộ cấp").format(count=formats.count(unit["signed"], language))],
        ),
    ]
    known = steps if tree else steps[2:]
    return render(
        "funnel.html",
        language,
        stages=_stages(known, language),
        document=_(rule.document),
        source=source,
    )


def _stages(steps: Sequence[tuple[str, int, list[str]]], language: str) -> list[Stage]:
    whole = steps[0][1] or 1
    first = Stage(steps[0][0], steps[0][1], 1.0 if steps[0][1] else 0.0, "", [])
    following = [
        Stage(
            name,
            count,
            count / whole,
            formats.ratio(count / before if before else None, language),
            losses,
        )
        for (_name, before, _losses), (name, count, losses) in itertools.pairwise(steps)
    ]
    return [first, *following]


def course_in_words(points: Sequence[Mapping[str, Any]], language: str) -> str:
    """How many were newly signed over the snapshots, as one sentence."""
    _ = words(language)
    if not points:
        return _("Chưa có hai kỳ liền nhau để thấy hồ sơ mới ký.")
    return _("{count} hồ sơ mới ký từ {first_day} đến {last_day}.").format(
        count=formats.count(sum(point["newly_signed"] for point in points), language),
        first_day=formats.day(points[0]["as_of"], language),
        last_day=formats.day(points[-1]["as_of"], language),
    )


def waiting_card(unit: Unit, first_day: dt.date, *, source: Source, language: str) -> str:
    """How long what can be signed has waited for its signature."""
    _ = words(language)
    names = waiting_bucket_names(language)
    is_told = unit["waiting_0_2"] is not None
    counts = [unit[bucket] or 0 for bucket in BUCKETS]
    shares = formats.adding_up(counts, language)
    longest = max(counts, default=0) or 1
    from_start = ""
    if is_told and unit["waiting_from_start"]:
        from_start = _(
            "{count} hồ sơ đã xác thực từ trước kỳ đầu tiên ({day}): đã chờ ít nhất từ ngày đó."
        ).format(
            count=formats.count(unit["waiting_from_start"], language),
            day=formats.day(first_day, language),
        )
    return render(
        "waiting.html",
        language,
        waiting=unit["waiting"],
        bars=[
            (f"age-{at}", names[bucket], count, share, count / longest)
            for at, (bucket, count, share) in enumerate(zip(BUCKETS, counts, shares, strict=True))
        ],
        is_told=is_told,
        from_start=from_start,
        source=source,
    )


def stalled_card(
    units: Sequence[Unit],
    *,
    link: Callable[[Unit], str | None],
    source: Source,
    language: str,
) -> str:
    """Facilities that have something to sign and have signed nothing for some working days; `units`
    are rows of queries.signing_idleness.
    """
    _ = words(language)
    stalled = [unit for unit in units if unit["is_stalled"] and unit["unit_code"] != UNMAPPED]
    ordered = sorted(stalled, key=lambda unit: (-unit["waiting"], unit["unit_code"]))
    columns = [
        Column(_("Cơ sở"), "name"),
        Column(_("Chờ ký"), "number"),
        Column(_("Ký gần nhất"), "number"),
        Column(_("Ngày làm việc"), "number", room=2),
    ]
    rows = [
        Row(
            [
                Cell(unit["unit_name"], unit["unit_name"]),
                Cell(formats.count(unit["waiting"], language), unit["waiting"]),
                _last_signed(unit, language),
                Cell(_idle(unit, language), unit["idle_days"]),
            ],
            link(unit),
        )
        for unit in ordered
    ]
    title = _("Cơ sở đứng yên")
    return render(
        "stalled.html",
        language,
        title=title,
        detail=_("còn hồ sơ chờ ký, {days} ngày làm việc trở lên không ký thêm").format(
            days=STALLED_WORKING_DAYS
        ),
        count=len(ordered),
        table=table("stalled", title, columns, rows, language=language, is_scrolling=True),
        source=source,
    )


def _last_signed(unit: Unit, language: str) -> Cell:
    _ = words(language)
    last = unit["last_signed_on"]
    if last is None:
        return Cell(_("chưa thấy"), "")
    return Cell(formats.day(last, language), last.isoformat())


def _idle(unit: Unit, language: str) -> str:
    """Working days without a new signature; "≥" when none was ever seen."""
    days = formats.count(unit["idle_days"], language)
    return days if unit["last_signed_on"] else f"≥{formats.NO_BREAK_SPACE}{days}"


# Tables -------------------------------------------------------------------------------------


def signing_table(
    name: str,
    caption: str,
    units: Sequence[Unit],
    *,
    unit_heading: str,
    link: Link,
    source: Source,
    language: str,
    total: Unit | None = None,
) -> str:
    """Units by what waits for its signature, most first; rows of queries.signing_table."""
    ordered = sorted(units, key=lambda unit: (-unit["waiting"], unit["unit_code"]))
    span = widest_span(unit["history"] for unit in ordered)
    rows = [
        Row(
            _unit_cells(unit, span, language),
            None if unit["unit_code"] == UNMAPPED else link(unit["unit_code"]),
        )
        for unit in ordered
        if unit["unit_code"] != UNMAPPED or unit["records"]
    ]
    whole = widest_span([total["history"]]) if total else 0.0
    last = Row(_unit_cells(total, whole, language)) if total else None
    columns = _columns(unit_heading, language)
    shown = table(name, caption, columns, rows, language=language, sorting=Sorting(4), total=last)
    names = signing_names(language)
    legend = [(f"sign-{state}", names[state]) for state in STATES]
    return titled(caption, shown, source=source, language=language, legend=legend)


def _columns(unit: str, language: str) -> list[Column]:
    _ = words(language)
    return [
        Column(unit, "name"),
        Column(_("Tiến độ ký"), "stack", is_sortable=False),
        Column(_("Tỷ lệ đã ký"), "number"),
        Column(_("Đủ điều kiện"), "number", room=3),
        Column(_("Chưa ký"), "number"),
        Column(_("Đang xử lý"), "number", room=2),
        Column(_("7 ngày ký mới"), "change", room=2),
        Column(_("Chờ trên 30 ngày"), "number", room=3),
        Column(_("Diễn biến"), "spark", room=3, is_sortable=False),
    ]


def _unit_cells(unit: Unit, span: float, language: str) -> list[Cell]:
    newly = unit["newly_signed_since"]
    return [
        Cell(unit_name(unit["unit_code"], unit["unit_name"], language), unit["unit_name"]),
        Cell("", segments=_segments(unit, language)),
        Cell(formats.ratio(unit["ratio"], language, 2), unit["ratio"]),
        Cell(formats.count(unit["signable"], language), unit["signable"]),
        Cell(formats.count(unit["waiting"], language), unit["waiting"]),
        Cell(formats.count(unit["in_process"], language), unit["in_process"]),
        change_cell(newly, formats.signed_count(newly, language)),
        Cell(formats.count(unit["waiting_over_30"], language), unit["waiting_over_30"]),
        Cell("", line=sparkline(unit["history"], span)),
    ]


def _segments(unit: Unit, language: str) -> list[Segment]:
    names = signing_names(language)
    whole = unit["signable"] or 1
    return [
        Segment(
            f"sign-{state}",
            unit[state] / whole,
            f"{names[state]}: {formats.count(unit[state], language)}",
        )
        for state in STATES
        if unit[state]
    ]


# Contradictions -----------------------------------------------------------------------------


def contradiction(
    which: str,
    rows: Sequence[Mapping[str, Any]],
    *,
    total: int | None,
    base: int,
    rule: Rule,
    may_list: bool,
    source: Source,
    language: str,
) -> str:
    """One kind of contradiction: its number, what it means, and its records by id.

    Args:
        rows: the first of its records.
        total: how many there are; None: the pair marts do not tell.
        base: of how many.
        may_list: this viewer may see records.
    """
    title, meaning = _contradictions(rule, language)[which]
    states = state_names(language)
    shown = [
        Row(
            [
                Cell(row["record_id"], row["record_id"]),
                _since(which, row, language),
                Cell(states[row["verification"]], row["verification"]),
                Cell(unit_name(row["unit_code"], row["unit_name"], language), row["unit_name"]),
            ]
        )
        for row in rows
    ]
    return render(
        "contradiction.html",
        language,
        title=title,
        meaning=meaning,
        total=total,
        of_what=_of_what(which, base, language),
        shown=len(shown),
        may_list=may_list,
        table=table(
            which,
            title,
            _record_columns(which, language),
            shown,
            language=language,
            is_scrolling=True,
        ),
        source=source,
    )


def _contradictions(rule: Rule, language: str) -> dict[str, tuple[str, str]]:
    """Kind of contradiction -> its title and what it means."""
    _ = words(language)
    return {
        "signed_not_verified": (
            _("Đã ký nhưng không còn đúng"),
            _("Chữ ký còn đó mà kết quả xác thực nay là sai hoặc chưa rõ; không tính là đã ký."),
        ),
        "changed_after_signing": (
            _("Thay đổi sau khi ký"),
            _("Họ tên, ngày sinh, giới tính, số giấy tờ hoặc số mũi đổi sau khi ký: cần ký lại."),
        ),
        "in_process_long": (
            _("Đang xử lý quá {days} ngày").format(days=rule.in_process_days),
            _("Đã gửi ký mà hệ thống chưa trả kết quả: kiểm tra lại, gửi lại nếu cần."),
        ),
    }


def _of_what(which: str, base: int, language: str) -> str:
    """Of how many records the contradictory ones are."""
    _ = words(language)
    signed, sent = _("trong {count} hồ sơ đã ký"), _("trong {count} hồ sơ đang xử lý")
    sentence = sent if which == "in_process_long" else signed
    return sentence.format(count=formats.count(base, language))


def _record_columns(which: str, language: str) -> list[Column]:
    _ = words(language)
    since = {
        "signed_not_verified": _("Ký ngày"),
        "changed_after_signing": _("Đổi ngày"),
        "in_process_long": _("Từ ngày"),
    }
    return [
        Column(_("Mã hồ sơ"), "id"),
        Column(since[which], "number"),
        Column(_("Xác thực"), "text", room=2),
        Column(_("Cơ sở"), "text", room=2),
    ]


def _since(which: str, row: Mapping[str, Any], language: str) -> Cell:
    """The day that matters: signed, changed, or in process since."""
    columns = {
        "signed_not_verified": "signed_date",
        "changed_after_signing": "changed_on",
        "in_process_long": "in_process_on",
    }
    day = row[columns[which]]
    if day is None:
        return Cell(formats.UNKNOWN, "")
    return Cell(formats.day(day, language), day.isoformat())
