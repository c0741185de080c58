"""Complaints: the answer, the backlog, what came in and went out, what it takes to clear it."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from data.workstreams import Deadline
from display import formats
from display.html import render
from display.labels import (
    complaint_status_names,
    short_name,
)
from display.listings import ToList, no_list
from display.notes import Source
from display.streams import open_change_words, overdue_words
from display.summary import most_named
from display.words import words
from queries.clearance import Clearance
from queries.deadlines import calendar_days_left

Unit = Mapping[str, Any]
WhyNoFlow = Literal["alone", "stale", "damaged"]
OPEN_STATUSES = ("new", "unassigned", "in_progress", "more_information")


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
    unit: Unit,
    deadline: Deadline | None,
    found: Clearance | None,
    *,
    since: dt.date | None,
    as_of: dt.date,
    language: str,
) -> str:
    """How long there is to deal with what is open, and, where the pace since the day `since` is
    known (`found`), what that asks for each day; "" where there is nothing to say.
    """
    _ = words(language)
    if deadline is None or not unit["open"]:
        return ""
    days_left = calendar_days_left(as_of, deadline.last_day)
    if not days_left:
        return deadline_passed(deadline, as_of, language)
    written = formats.deadline(deadline.date, language, exclusive=deadline.exclusive)
    if found is None or since is None:
        return _("Hạn xử lý: {deadline}, còn {days} ngày ({document}).").format(
            deadline=written,
            days=formats.count(days_left, language),
            document=deadline.document,
        )
    return _(
        "Để hết tồn {deadline} (còn {days} ngày) cần xử lý {needed} phản ánh mỗi ngày, kể cả "
        "phản ánh mới; "
        "từ {day} đến nay mỗi ngày xử lý được {closed}."
    ).format(
        deadline=written,
        days=formats.count(days_left, language),
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
    unit: Unit,
    *,
    compared: Mapping[str, Any] | None,
    source: Source,
    language: str,
    to_list: ToList = no_list,
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
        open_statuses=[(code, names[code], unit[code]) for code in OPEN_STATUSES],
        closed_statuses=[(code, names[code], unit[code]) for code in ("approved", "rejected")],
        source=source,
        to_list=to_list,
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
    level: str,
    why_not: WhyNoFlow,
    compared: Mapping[str, Any] | None,
    snapshot: Mapping[str, Any],
    source: Source,
    language: str,
) -> str:
    """Opening + received - closed (+ opened again, + moved) = closing; and what does not fit.

    Args:
        flow: a row of queries.complaint_flow; None: not known, and `why_not` says why.
    """
    _ = words(language)
    if flow is None or compared is None:
        without = without_flow(why_not, language)
        return render("flow.html", language, flow=None, without=without, source=source)
    first, last = (formats.day(row["as_of"], language) for row in (compared, snapshot))
    always = [
        ("", _("Tồn ngày {day}").format(day=first), formats.count(flow["opening"], language)),
        ("+", _("Tiếp nhận"), formats.count(flow["received"], language)),
        (formats.MINUS, _("Xử lý xong"), formats.count(flow["closed"], language)),
    ]
    again = ("+", _("Mở lại cùng mã"), formats.count(flow["opened_again"], language))
    moved = (
        ("+", _("Từ đơn vị khác chuyển đến"), formats.count(flow["moved"], language))
        if flow["moved"] > 0
        else (formats.MINUS, _("Chuyển sang đơn vị khác"), formats.count(-flow["moved"], language))
    )
    rest = ("", _("Chênh"), formats.signed_count(flow["difference"], language))
    return render(
        "flow.html",
        language,
        flow=flow,
        terms=[
            *always,
            *([again] if flow["opened_again"] else []),
            *([moved] if flow["moved"] else []),
            *([rest] if flow["difference"] else []),
        ],
        closing=(_("Tồn ngày {day}").format(day=last), formats.count(flow["closing"], language)),
        parts=_difference_parts(flow, language),
        moves=_moves(flow, level, language),
        source=source,
    )


def without_flow(why_not: WhyNoFlow, language: str) -> str:
    """Why what came in and went out is not known."""
    _ = words(language)
    return {
        "alone": _("Chưa có kỳ so sánh: cần một kỳ số liệu cách 7–10 ngày."),
        "stale": _(
            "Đối chiếu giữa các kỳ chưa tính xong; người vận hành chạy: "
            "python cli.py rebuild --stale."
        ),
        "damaged": _(
            "Một kỳ ở giữa bị hỏng nên không tính được; người vận hành chạy: python cli.py verify."
        ),
    }[why_not]


def _difference_parts(flow: Unit, language: str) -> list[str]:
    """What makes up the difference, one phrase each."""
    _ = words(language)
    said = [
        (flow["late"], _("{count} tiếp nhận từ trước nhưng nay mới có trong danh sách")),
        (flow["removed"], _("{count} còn tồn nhưng không còn trong danh sách")),
    ]
    return [
        phrase.format(count=formats.count(number, language)) for number, phrase in said if number
    ]


def _moves(flow: Unit, level: str, language: str) -> str:
    """Complaints that went from one unit to another, in words; "" where there are none."""
    _ = words(language)
    if not flow["moved_in"] and not flow["moved_out"]:
        return ""
    sentences = {
        "province": _("{moved_in} phản ánh đổi đơn vị xử lý trong tỉnh."),
        "district": _(
            "{moved_in} phản ánh chuyển đến, {moved_out} chuyển đi, kể cả giữa các cơ sở trong "
            "huyện."
        ),
        "facility": _("{moved_in} phản ánh chuyển đến, {moved_out} chuyển đi."),
    }
    return sentences[level].format(
        moved_in=formats.count(flow["moved_in"], language),
        moved_out=formats.count(flow["moved_out"], language),
    )


def clearance_card(
    found: Clearance | None, *, level: str, why_not: WhyNoFlow, source: Source, language: str
) -> str:
    """What came in and went out a day, and what it takes until the deadline and afterwards.

    Afterwards is not asked of a facility: what comes in there is too little to plan by.
    """
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
            *([] if level == "facility" else [_lasting_line(found, language)]),
        ]
    without = without_flow(why_not, language)
    return render("clearance.html", language, lines=lines, without=without, source=source)


def _lasting_line(found: Clearance, language: str) -> tuple[str, str, str]:
    _ = words(language)
    at_most = int(found.lasting_open)
    note = _("và tồn không quá {count}").format(count=formats.count(at_most, language))
    return (
        _("Sau đó, để ai cũng được trả lời trong 48 giờ"),
        _("{count} mỗi ngày").format(count=formats.needed(found.lasting_a_day, language)),
        note if at_most else "",
    )


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
    if found.load > 1:
        return _("trên 1: tồn sẽ tăng mãi")
    if found.load == 1:
        return _("bằng 1: tồn không giảm")
    return _("dưới 1: tồn đang giảm")
