"""Complaints: the backlog and its age, what came in and went out, what it takes to clear it."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from data.workstreams import Deadline
from display import formats
from display.html import render
from display.labels import (
    age_bucket_names,
    complaint_status_names,
    complaint_type,
    reject_reason,
    short_name,
    unit_name,
)
from display.notes import Source
from display.reasons import Bar
from display.sparkline import sparkline, widest_span
from display.streams import open_change_words, overdue_words
from display.summary import most_named
from display.tables import Cell, Column, Link, Row, Segment, Sorting, change_cell, table, titled
from display.words import words
from queries.complaints import Clearance

Unit = Mapping[str, Any]
BUCKETS = ("up_to_48_hours", "days_2_to_7", "days_8_to_30", "over_30_days")
OPEN_STATUSES = ("new", "unassigned", "in_progress", "more_information")


class Share(NamedTuple):
    """One part of a whole: its name, its count and what it is of the whole, in words."""

    code: str
    name: str
    count: int
    share: str


def complaint_answer(unit: Unit, parts: Sequence[Unit], language: str) -> str:
    """How many are open and overdue, since when the oldest, and which parts hold most of them."""
    _ = words(language)
    if not unit["received"]:
        return _("Chưa tiếp nhận phản ánh nào.")
    if not unit["open"]:
        return _(
            "Không còn phản ánh nào tồn: cả {count} phản ánh đã tiếp nhận đều xử lý xong."
        ).format(count=formats.count(unit["received"], language))
    most = most_named(parts, "open")
    sentence = _(
        "Còn {open} phản ánh chưa xử lý xong, {overdue} ({ratio}) đã quá 48 giờ; "
        "cũ nhất đã chờ {oldest}."
    )
    if most:
        sentence = _(
            "Còn {open} phản ánh chưa xử lý xong, {overdue} ({ratio}) đã quá 48 giờ; "
            "cũ nhất đã chờ {oldest}; {share} số tồn ở {places}."
        )
    return sentence.format(
        open=formats.count(unit["open"], language),
        overdue=formats.count(unit["overdue"], language),
        ratio=formats.ratio(unit["overdue_ratio"], language),
        oldest=formats.age(unit["oldest_hours"], language),
        share=formats.ratio(sum(part["open"] for part in most) / unit["open"], language),
        places=formats.names([short_name(part["unit_name"]) for part in most], language),
    )


def deadline_answer(
    found: Clearance | None, *, since: dt.date | None, as_of: dt.date, language: str
) -> str:
    """What the deadline asks for each day, against what was done a day since the day `since`; ""
    where there is nothing to say.
    """
    _ = words(language)
    if found is None or since is None or found.deadline is None or not found.open:
        return ""
    deadline = formats.deadline(found.deadline.date, language, exclusive=found.deadline.exclusive)
    if not found.days_left:
        return deadline_passed(found.deadline, as_of, language)
    return _(
        "Để hết tồn {deadline} (còn {days} ngày) cần xử lý {needed} phản ánh mỗi ngày; "
        "từ {day} đến nay mỗi ngày xử lý được {closed}."
    ).format(
        deadline=deadline,
        days=formats.count(found.days_left, language),
        needed=formats.needed(found.needed_a_day, language),
        day=formats.day(since, language),
        closed=formats.rate(found.closed_a_day, language),
    )


def deadline_passed(deadline: Deadline, as_of: dt.date, language: str) -> str:
    """By how much a deadline has been missed."""
    _ = words(language)
    late = (as_of - deadline.date).days
    written = formats.deadline(deadline.date, language, exclusive=deadline.exclusive)
    if late <= 0:
        return _("Hạn {deadline} vừa hết.").format(deadline=written)
    return _("Hạn {deadline} đã qua {count} ngày.").format(
        deadline=written, count=formats.count(late, language)
    )


def backlog_card(
    unit: Unit, *, compared: Mapping[str, Any] | None, source: Source, language: str
) -> str:
    """The open complaints: overdue, ages, statuses; the closed apart."""
    _ = words(language)
    names = complaint_status_names(language)
    change = unit["open_change"] if compared else None
    ages = [
        (_("Một nửa đã chờ hơn"), formats.age(unit["median_hours"], language)),
        (_("Một phần mười đã chờ hơn"), formats.age(unit["p90_hours"], language)),
        (_("Cũ nhất đã chờ"), formats.age(unit["oldest_hours"], language)),
    ]
    return render(
        "backlog.html",
        language,
        unit=unit,
        overdue=overdue_words(unit, language),
        change="" if change is None else open_change_words(change, language),
        tone="" if not change else "good" if change < 0 else "bad",
        compared=compared,
        ages=ages if unit["open"] else [],
        open_statuses=[(names[code], unit[code]) for code in OPEN_STATUSES],
        closed_statuses=[(names[code], unit[code]) for code in ("approved", "rejected")],
        source=source,
    )


def course_in_words(points: Sequence[Mapping[str, Any]], language: str) -> str:
    """From how many open to how many, as one sentence; also the chart's text alternative."""
    _ = words(language)
    if len(points) < 2:
        return _("Mới có một kỳ số liệu, chưa thành diễn biến.")
    first, last = points[0], points[-1]
    return _("Tồn từ {first_open} ngày {first_day} đến {last_open} ngày {last_day}.").format(
        first_open=formats.count(first["open"], language),
        first_day=formats.day(first["as_of"], language),
        last_open=formats.count(last["open"], language),
        last_day=formats.day(last["as_of"], language),
    )


def flow_card(
    flow: Unit | None,
    *,
    compared: Mapping[str, Any] | None,
    snapshot: Mapping[str, Any],
    source: Source,
    language: str,
) -> str:
    """Opening + received - closed (+ opened again) = closing, and what does not fit, in words."""
    _ = words(language)
    if flow is None or compared is None:
        return render("flow.html", language, flow=None, terms=[], parts=[], source=source)
    first, last = (formats.day(row["as_of"], language) for row in (compared, snapshot))
    always = [
        ("", _("Tồn ngày {day}").format(day=first), formats.count(flow["opening"], language)),
        ("+", _("Tiếp nhận"), formats.count(flow["received"], language)),
        (formats.MINUS, _("Xử lý xong"), formats.count(flow["closed"], language)),
    ]
    again = ("+", _("Mở lại cùng mã"), formats.count(flow["opened_again"], language))
    rest = ("", _("Chênh"), formats.signed_count(flow["difference"], language))
    return render(
        "flow.html",
        language,
        flow=flow,
        terms=[
            *always,
            *([again] if flow["opened_again"] else []),
            *([rest] if flow["difference"] else []),
        ],
        closing=(_("Tồn ngày {day}").format(day=last), formats.count(flow["closing"], language)),
        parts=_difference_parts(flow, language),
        source=source,
    )


def _difference_parts(flow: Unit, language: str) -> list[str]:
    """What makes up the difference, one phrase each."""
    _ = words(language)
    moved = flow["moved_in"] - flow["moved_out"]
    said = [
        (flow["late"], _("{count} tiếp nhận từ trước nhưng nay mới có trong danh sách")),
        (flow["removed"], _("{count} còn tồn nhưng không còn trong danh sách")),
        (max(moved, 0), _("{count} chuyển từ đơn vị khác đến")),
        (max(-moved, 0), _("{count} chuyển sang đơn vị khác")),
    ]
    return [
        phrase.format(count=formats.count(number, language)) for number, phrase in said if number
    ]


def clearance_card(found: Clearance | None, *, source: Source, language: str) -> str:
    """What came in and went out a day, and what it takes until the deadline and afterwards."""
    _ = words(language)
    lines: list[tuple[str, str, str]] = []
    if found is not None:
        received = formats.rate(found.received_a_day, language)
        closed = formats.rate(found.closed_a_day, language)
        lines = [
            (_("Tiếp nhận mỗi ngày, từ kỳ so sánh"), received, ""),
            (_("Xử lý mỗi ngày, từ kỳ so sánh"), closed, ""),
            (
                _("Tải: tiếp nhận chia cho xử lý"),
                formats.multiple(found.load, language),
                _load_words(found, language),
            ),
            *_deadline_lines(found, language),
            (
                _("Sau đó, để ai cũng được trả lời trong 48 giờ"),
                _("{count} mỗi ngày").format(count=formats.needed(found.lasting_a_day, language)),
                _("và tồn không quá {count}").format(
                    count=formats.count(int(found.lasting_open), language)
                ),
            ),
        ]
    return render("clearance.html", language, lines=lines, source=source)


def _deadline_lines(found: Clearance, language: str) -> list[tuple[str, str, str]]:
    _ = words(language)
    if found.deadline is None:
        return []
    deadline = formats.deadline(found.deadline.date, language, exclusive=found.deadline.exclusive)
    name = _("Để hết tồn {deadline}").format(deadline=deadline)
    if found.needed_a_day is None:
        return [
            (
                name,
                formats.UNKNOWN,
                _("hạn đã qua ({document})").format(document=found.deadline.document),
            )
        ]
    return [
        (
            name,
            _("{count} mỗi ngày").format(count=formats.needed(found.needed_a_day, language)),
            _("còn {days} ngày ({document})").format(
                days=formats.count(found.days_left, language), document=found.deadline.document
            ),
        )
    ]


def _load_words(found: Clearance, language: str) -> str:
    _ = words(language)
    if found.load is None:
        return _("chưa xử lý phản ánh nào")
    if found.load >= 1:
        return _("từ 1 trở lên: tồn sẽ tăng mãi")
    return _("dưới 1: tồn đang giảm")


# Tables -------------------------------------------------------------------------------------


def ageing_columns(unit: str, language: str) -> list[Column]:
    """The columns of the table of backlogs; `unit` heads the names."""
    _ = words(language)
    return [
        Column(unit, "name"),
        Column(_("Tuổi tồn"), "stack", is_sortable=False),
        Column(_("Còn tồn"), "number"),
        Column(_("Quá 48 giờ"), "number"),
        Column(_("Tỷ lệ quá hạn"), "number", room=2),
        Column(_("Cũ nhất"), "number", room=2),
        Column(_("7 ngày"), "change", room=2),
        Column(_("Diễn biến"), "spark", room=3, is_sortable=False),
    ]


def ageing_table(
    name: str,
    caption: str,
    units: Sequence[Unit],
    *,
    unit_heading: str,
    link: Link,
    source: Source,
    language: str,
    total: Unit | None = None,
    sentence: str = "",
) -> str:
    """Units by what is overdue, most first; `units` are rows of queries.complaint_table."""
    _ = words(language)
    ordered = sorted(units, key=lambda unit: (-unit["overdue"], -unit["open"], unit["unit_code"]))
    span = widest_span(unit["history"] for unit in ordered)
    longest = max((unit["open"] for unit in ordered), default=0)
    rows = [
        Row(_unit_cells(unit, longest, span, language), link(unit["unit_code"])) for unit in ordered
    ]
    whole = widest_span([total["history"]]) if total else 0.0
    last = Row(_unit_cells(total, total["open"], whole, language)) if total else None
    columns = ageing_columns(unit_heading, language)
    shown = table(name, caption, columns, rows, language=language, sorting=Sorting(3), total=last)
    names = age_bucket_names(language)
    return titled(
        caption,
        shown,
        source=source,
        language=language,
        legend=[(f"age-{at}", names[bucket]) for at, bucket in enumerate(BUCKETS)],
        rule=_("tính theo giờ đồng hồ từ lúc tiếp nhận, cả ngày nghỉ; đúng 48 giờ chưa là quá hạn"),
        sentence=sentence,
    )


def routed_sentence(unit: Unit, language: str) -> str:
    """All open complaints as the sum of who has to handle them, so that none gets lost."""
    _ = words(language)
    elsewhere = unit["open_in_district"] + unit["open_unrouted"]
    return _(
        "Cộng đủ: {total} = {facilities} ở cơ sở + {districts} mới rõ huyện, chưa rõ cơ sở "
        "+ {unrouted} chưa phân công, chờ tỉnh giao."
    ).format(
        total=formats.count(unit["open"], language),
        facilities=formats.count(unit["open"] - elsewhere, language),
        districts=formats.count(unit["open_in_district"], language),
        unrouted=formats.count(unit["open_unrouted"], language),
    )


def _unit_cells(unit: Unit, longest: int, span: float, language: str) -> list[Cell]:
    change = unit["open_change"]
    return [
        Cell(unit_name(unit["unit_code"], unit["unit_name"], language), unit["unit_name"]),
        Cell("", segments=_segments(unit, longest, language)),
        Cell(formats.count(unit["open"], language), unit["open"]),
        Cell(formats.count(unit["overdue"], language), unit["overdue"]),
        Cell(formats.ratio(unit["overdue_ratio"], language), unit["overdue_ratio"]),
        Cell(formats.age(unit["oldest_hours"], language), unit["oldest_hours"]),
        change_cell(change, formats.signed_count(change, language), more_is_better=False),
        Cell("", line=sparkline(unit["history"], span)),
    ]


def _segments(unit: Unit, longest: int, language: str) -> list[Segment]:
    names = age_bucket_names(language)
    return [
        Segment(
            f"age-{at}",
            unit[bucket] / longest,
            f"{names[bucket]}: {formats.count(unit[bucket], language)}",
        )
        for at, bucket in enumerate(BUCKETS)
        if unit[bucket]
    ]


def type_bars(
    kinds: Sequence[Mapping[str, Any]], *, received: int, source: Source, language: str
) -> str:
    """What the complaints are about, with how many of each are open."""
    _ = words(language)
    found = [row for row in kinds if row["kind"] == "type"]
    rows = _bars(found, [complaint_type(row["code"], language) for row in found], language)
    notes = [
        _("{count} còn tồn").format(count=formats.count(row["open"], language)) for row in found
    ]
    return render(
        "kinds.html",
        language,
        title=_("Phản ánh về việc gì"),
        detail=_("{count} phản ánh đã tiếp nhận").format(count=formats.count(received, language)),
        bars=list(zip(rows, notes, strict=True)),
        nothing=_("Chưa có phản ánh nào."),
        source=source,
    )


def reject_bars(
    kinds: Sequence[Mapping[str, Any]], *, rejected: int, source: Source, language: str
) -> str:
    """Why complaints were rejected: the 13 official reasons, those that occur."""
    _ = words(language)
    found = [row for row in kinds if row["kind"] == "reject_reason"]
    rows = _bars(found, [reject_reason(row["code"], language) for row in found], language)
    return render(
        "kinds.html",
        language,
        title=_("Vì sao từ chối"),
        detail=_("{count} phản ánh bị từ chối, theo 13 lý do của Công văn 9458").format(
            count=formats.count(rejected, language)
        ),
        bars=[(bar, "") for bar in rows],
        nothing=_("Chưa từ chối phản ánh nào."),
        source=source,
    )


def _bars(rows: Sequence[Mapping[str, Any]], names: Sequence[str], language: str) -> list[Bar]:
    counts = [row["complaints"] for row in rows]
    shares = formats.adding_up(counts, language)
    longest = max(counts, default=1)
    return [
        Bar(name, count, share, count / longest)
        for name, count, share in zip(names, counts, shares, strict=True)
    ]


# Lists --------------------------------------------------------------------------------------


def open_list(
    name: str,
    rows: Sequence[Mapping[str, Any]] | None,
    *,
    title: str,
    total: int,
    nothing: str,
    source: Source,
    language: str,
    has_unit: bool = True,
) -> str:
    """Open complaints by id, the longest waiting first.

    Args:
        rows: the first of them; None: this viewer may not see them.
        total: how many there are in all.
        has_unit: they are of several units, which are named.
    """
    _ = words(language)
    names = complaint_status_names(language)
    columns = [
        Column(_("Mã phản ánh"), "id"),
        Column(_("Đã chờ"), "number"),
        Column(_("Tiếp nhận"), "number", room=2),
        Column(_("Loại"), "text", room=3 if has_unit else 1),
        Column(_("Trạng thái"), "text", room=2),
        *([Column(_("Đơn vị xử lý"), "text")] if has_unit else []),
    ]
    shown = [
        Row(
            [
                Cell(row["complaint_id"], row["complaint_id"], note=_again(row, language)),
                Cell(formats.age(row["age_hours"], language), row["age_hours"]),
                Cell(formats.moment(row["received_at"], language), row["received_at"].isoformat()),
                Cell(complaint_type(row["complaint_type"], language), row["complaint_type"]),
                Cell(names[row["status"]], row["status"]),
                *([Cell(_handler(row, language), row["unit_code"])] if has_unit else []),
            ]
        )
        for row in rows or []
    ]
    told = _Told(title, total, nothing, may_list=rows is not None)
    return _listed(name, told, columns, shown, source, language)


def still_invalid_list(
    rows: Sequence[Mapping[str, Any]] | None,
    *,
    total: int,
    base: int,
    states: Mapping[str, str],
    source: Source,
    language: str,
) -> str:
    """Complaints approved while the record is still invalid, by the record's id.

    Args:
        rows: the first of them; None: this viewer may not see them.
        total: how many there are; base: of how many approved ones.
    """
    _ = words(language)
    columns = [
        Column(_("Mã hồ sơ"), "id"),
        Column(_("Kết quả xác thực"), "text"),
        Column(_("Duyệt ngày"), "number", room=2),
        Column(_("Mã phản ánh"), "text", room=2),
        Column(_("Đơn vị xử lý"), "text", room=2),
    ]
    shown = [
        Row(
            [
                Cell(row["record_id"], row["record_id"]),
                Cell(states[row["verification"]], row["verification"]),
                Cell(
                    formats.UNKNOWN
                    if row["closed_at"] is None
                    else formats.day(row["closed_at"], language),
                    None if row["closed_at"] is None else row["closed_at"].isoformat(),
                ),
                Cell(row["complaint_id"], row["complaint_id"]),
                Cell(_handler(row, language), row["unit_code"]),
            ]
        )
        for row in rows or []
    ]
    title = _("Đã duyệt nhưng hồ sơ vẫn không hợp lệ")
    nothing = _("Không có phản ánh nào như vậy trong {count} phản ánh đã duyệt có hồ sơ.").format(
        count=formats.count(base, language)
    )
    told = _Told(title, total, nothing, may_list=rows is not None)
    return _listed("still_invalid", told, columns, shown, source, language)


class _Told(NamedTuple):
    """What is said of a list beside its rows."""

    title: str
    total: int
    #: When there is nothing to list.
    nothing: str
    may_list: bool


def _listed(
    name: str,
    told: _Told,
    columns: Sequence[Column],
    rows: Sequence[Row],
    source: Source,
    language: str,
) -> str:
    shown = table(name, told.title, columns, rows, language=language, is_scrolling=True)
    return render(
        "listed.html", language, **told._asdict(), shown=len(rows), table=shown, source=source
    )


def _again(row: Mapping[str, Any], language: str) -> str:
    _ = words(language)
    if not row["reopened_times"]:
        return ""
    return _("mở lại lần {count} của {first}").format(
        count=formats.count(row["reopened_times"], language), first=row["first_complaint_id"]
    )


def _handler(row: Mapping[str, Any], language: str) -> str:
    _ = words(language)
    if row["unit_code"] == "unmapped":
        return _("Chờ tỉnh giao")
    if row["unit_code"] == row["district_code"]:
        return _("{district} (chưa rõ cơ sở)").format(district=row["unit_name"])
    return row["unit_name"]
