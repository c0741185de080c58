"""Progress to a deadline in words: status, pace, chance, finish; what changed and what would."""

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from data.workstreams import Directive, Workstream
from display import formats
from display.html import render
from display.labels import UNMAPPED, short_name, unit_name, workstream_names
from display.notes import Source
from display.summary import most_named
from display.tables import Cell, Column, Link, Row, Sorting, table, titled
from display.words import words
from queries.deadlines import AT_RISK, ON_TRACK, Time

__all__ = ["AT_RISK", "ON_TRACK"]

Unit = Mapping[str, Any]
#: A chance below this is no chance to speak of.
_HARDLY = 0.05
#: A record with fewer forecasts inside the band says that it cannot be trusted yet.
_TRUSTED = 0.7
#: So many changes of status are told one by one.
_MOST_CHANGES = 5


class StatusWords(NamedTuple):
    """A status as people see it: never its colour alone."""

    icon: str
    text: str
    #: good, warn, bad, late or quiet: which colour it has.
    tone: str


class Standing(NamedTuple):
    """What a card says of pace and deadline: a status, lines of name, value and note."""

    status: StatusWords
    lines: Sequence[tuple[str, str, str]]


def status_words(status: str, language: str) -> StatusWords:
    """A status with its icon and its colour."""
    _ = words(language)
    return {
        "achieved": StatusWords("✓", _("Đã đạt"), "good"),
        "on_track": StatusWords("●", _("Đúng tiến độ"), "good"),
        "at_risk": StatusWords("▲", _("Có nguy cơ"), "warn"),
        "behind": StatusWords("▼", _("Chậm"), "bad"),
        "overdue": StatusWords("■", _("Quá hạn"), "late"),
        "no_target": StatusWords("○", _("Chưa giao chỉ tiêu"), "quiet"),
        "too_little_data": StatusWords("…", _("Thiếu dữ liệu"), "quiet"),
    }[status]


def chance_words(p_meet: float | None, status: str, language: str) -> str:
    """The chance of meeting the deadline; none is told once it is met or over."""
    if status in ("achieved", "overdue", "no_target"):
        return formats.UNKNOWN
    return formats.chance(p_meet, language)


def deadline_words(
    time: Time | None, directive: Directive | None, as_of: dt.date, language: str
) -> tuple[str, str]:
    """The deadline, and how long there is: "trước ngày 5/5/2022", "còn 9 ngày, 5 ngày làm việc"."""
    _ = words(language)
    if directive is None:
        return _("chưa có"), ""
    if time is None:
        return directive.text, directive.document
    deadline = time.deadline
    written = formats.deadline(deadline.date, language, exclusive=deadline.exclusive)
    if time.is_over and as_of <= deadline.date:
        return written, _("vừa hết ({document})").format(document=deadline.document)
    if directive.date is None:
        return directive.text, _("hạn {deadline} đã qua {days} ngày ({document})").format(
            deadline=written, days=late_days(time, as_of, language), document=deadline.document
        )
    if time.is_over:
        return written, _("đã qua {days} ngày ({document})").format(
            days=late_days(time, as_of, language), document=directive.document
        )
    return written, _("còn {days} ngày, {working} ngày làm việc ({document})").format(
        days=formats.count(time.calendar_days, language),
        working=formats.count(time.working_days, language),
        document=directive.document,
    )


def late_days(time: Time, as_of: dt.date, language: str) -> str:
    """By how many days a deadline is missed: none on the day it names itself."""
    return formats.count(max(0, (as_of - time.deadline.date).days), language)


def standing(
    unit: Unit,
    time: Time | None,
    directive: Directive | None,
    *,
    as_of: dt.date,
    language: str,
    gross: tuple[float, float] | None = None,
) -> Standing:
    """Pace and deadline of one workstream of one unit; `unit` is a row of queries.progress.

    Args:
        gross: how many are gained and lost a day, since the snapshot compared with.
    """
    _ = words(language)
    written, left = deadline_words(time, directive, as_of, language)
    is_open = unit["status"] not in ("achieved", "overdue")
    lines = [(_("Thời hạn"), written, left)]
    if unit["remaining"]:
        lines += [
            (
                _("Còn phải làm"),
                formats.count(unit["remaining"], language),
                _target_note(unit, language),
            ),
            *([_required_line(unit, time, language)] if time and is_open else []),
            _actual_line(unit, gross, language),
        ]
    if time and unit["remaining"] and is_open:
        lines += [_effort_line(unit, language), *_chance_lines(unit, language)]
    elif unit["remaining"] and unit["expected_finish"] is not None:
        lines += [_finish_line(unit, language)]
    lines += _plan_line(unit, language) if is_open else []
    return Standing(status_words(unit["status"], language), lines)


def _target_note(unit: Unit, language: str) -> str:
    _ = words(language)
    if unit["target"] == 1:
        return ""
    return _("đến chỉ tiêu {ratio}").format(ratio=formats.ratio(unit["target"], language, 0))


def _required_line(unit: Unit, time: Time, language: str) -> tuple[str, str, str]:
    _ = words(language)
    working = formats.needed(unit["required_per_working_day"], language)
    calendar = formats.needed(unit["required_per_calendar_day"], language)
    if time.kind == "working":
        note = _("{count} nếu làm cả ngày nghỉ").format(count=calendar)
        return _("Cần mỗi ngày làm việc"), working, note
    note = _("{count} nếu chỉ ngày làm việc").format(count=working)
    return _("Cần mỗi ngày"), calendar, note if time.working_days else ""


def _actual_line(
    unit: Unit, gross: tuple[float, float] | None, language: str
) -> tuple[str, str, str]:
    _ = words(language)
    note = ""
    if unit["actual_per_day"] is None:
        note = _("chưa so được với kỳ trước đó 7–10 ngày")
    elif gross is not None:
        gained, lost = (formats.rate(count, language) for count in gross)
        note = _("sửa được hoặc xong {gained}, hỏng hoặc mở lại {lost}").format(
            gained=gained, lost=lost
        )
    return _("Đang mỗi ngày"), formats.rate(unit["actual_per_day"], language), note


def _effort_line(unit: Unit, language: str) -> tuple[str, str, str]:
    _ = words(language)
    name, actual, arrivals = _("Phải nhanh gấp"), unit["actual_per_day"], unit["arrivals_per_day"]
    if actual is None:
        return name, formats.UNKNOWN, ""
    if actual <= 0:
        return name, formats.UNKNOWN, _("từ kỳ so sánh không tiến thêm")
    if unit["required_per_day"] is None:
        return name, formats.UNKNOWN, _("không còn ngày làm việc nào")
    note = ""
    if arrivals > 0:
        needed = unit["required_per_day"] + arrivals
        note = _("{times} kể cả {new} mới mỗi ngày (cần {needed})").format(
            times=formats.times(needed / actual, language),
            new=formats.rate(arrivals, language),
            needed=formats.needed(needed, language),
        )
    return name, formats.times(unit["effort_ratio"], language), note


def _chance_lines(unit: Unit, language: str) -> list[tuple[str, str, str]]:
    _ = words(language)
    if unit["p_meet"] is None:
        return [(_("Khả năng đúng hạn"), formats.UNKNOWN, _("cần ít nhất 6 kỳ số liệu"))]
    chance = formats.chance(unit["p_meet"], language)
    return [(_("Khả năng đúng hạn"), chance, ""), _finish_line(unit, language)]


def _finish_line(unit: Unit, language: str) -> tuple[str, str, str]:
    _ = words(language)
    name = _("Dự kiến đạt")
    if unit["p_meet"] is None and unit["expected_finish"] is None:
        return name, formats.UNKNOWN, ""
    if unit["expected_finish"] is None:
        return name, _("không đạt"), _("với nhịp hiện tại, trong 12 tuần tới")
    late = (
        _("85 %: {day}").format(day=formats.day(unit["finish_p85"], language))
        if unit["finish_p85"]
        else _("85 %: sau hơn 12 tuần")
    )
    return name, formats.day(unit["expected_finish"], language), late


def _plan_line(unit: Unit, language: str) -> list[tuple[str, str, str]]:
    _ = words(language)
    gap, days = unit["pace_gap"], unit["pace_gap_days"]
    if gap is None or not unit["remaining"]:
        return []
    note = ""
    if days is not None:
        sentence = _("sớm {days} ngày") if gap >= 0 else _("muộn {days} ngày")
        note = sentence.format(days=formats.rate(abs(days), language))
    return [(_("So với lộ trình"), formats.signed_count(round(gap), language), note)]


# The answer ---------------------------------------------------------------------------------


def leaders_answer(
    units: Mapping[Workstream, Unit],
    districts: Mapping[Workstream, Sequence[Unit]],
    times: Mapping[Workstream, Time | None],
    *,
    as_of: dt.date,
    language: str,
) -> list[str]:
    """Whether it will be met: the workstream in most danger in one sentence, the others in one.

    Args:
        units: the province's row of queries.progress, by workstream.
        districts: its districts' rows.
    """
    _ = words(language)
    worst = worst_of(units)
    if worst is None:
        return []
    first = _stream_sentence(
        worst, units[worst], districts[worst], times[worst], as_of=as_of, language=language
    )
    others = [
        f"{workstream_names(language)[name]}: {status_words(unit['status'], language).text.lower()}"
        for name, unit in units.items()
        if name != worst
    ]
    return [first, "; ".join(others) + "." if others else ""]


def worst_of(units: Mapping[Workstream, Unit]) -> Workstream | None:
    """The workstream that needs a leader's eye most: by status, then by effort; None of none."""
    order = (
        "overdue",
        "behind",
        "at_risk",
        "too_little_data",
        "no_target",
        "on_track",
        "achieved",
    )

    def danger(name: Workstream) -> tuple[int, float]:
        effort = units[name]["effort_ratio"]
        return order.index(units[name]["status"]), -(math.inf if effort is None else effort)

    return min(units, key=danger, default=None)


def _stream_sentence(
    workstream: str,
    unit: Unit,
    districts: Sequence[Unit],
    time: Time | None,
    *,
    as_of: dt.date,
    language: str,
) -> str:
    _ = words(language)
    name = workstream_names(language)[workstream]
    sentence = _verdict(unit, time, as_of, language)
    known = {
        "name": name,
        "remaining": formats.count(unit["remaining"], language),
        "fraction": formats.fraction(unit["numerator"], unit["denominator"], language),
        "needed": formats.needed(unit["required_per_day"], language),
        "actual": formats.rate(unit["actual_per_day"], language),
        "times": formats.times(unit["effort_ratio"], language),
        "chance": formats.chance(unit["p_meet"], language),
        "deadline": "",
        "late": "",
    }
    if time is not None:
        deadline = time.deadline
        known["deadline"] = formats.deadline(deadline.date, language, exclusive=deadline.exclusive)
        known["late"] = late_days(time, as_of, language)
    parts = [part for part in districts if part["unit_code"] != UNMAPPED]
    most = most_named(parts, "remaining")
    tail = ""
    # What districts have left need not add up to the province's: some may have more than enough.
    whole = sum(part["remaining"] for part in districts)
    if most and unit["remaining"]:
        share = sum(part["remaining"] for part in most) / whole
        tail = _("; {share} số còn lại ở {places}").format(
            share=formats.ratio(share, language),
            places=formats.names([short_name(part["unit_name"]) for part in most], language),
        )
    return sentence.format(**known) + tail + "."


def _verdict(unit: Unit, time: Time | None, as_of: dt.date, language: str) -> str:
    """The sentence for a status, with blanks."""
    _ = words(language)
    status = unit["status"]
    if not unit["denominator"]:
        return _("{name} chưa có gì để tính")
    if status in ("at_risk", "behind"):
        return _too_slow(unit, language)
    if status == "overdue" and time is not None and as_of <= time.deadline.date:
        return _("{name} đã hết hạn {deadline}, còn {remaining}")
    if status == "on_track" and unit["p_meet"] < ON_TRACK:
        return _("{name} đang theo kịp lộ trình (khả năng đúng hạn {chance}), còn {remaining}")
    if status == "too_little_data" and time is not None:
        return _("{name} còn {remaining} đến hạn {deadline}, chưa đủ dữ liệu để dự báo")
    return {
        "achieved": _("{name} đã đạt chỉ tiêu: {fraction}"),
        "overdue": _("{name} đã quá hạn {deadline} {late} ngày, còn {remaining}"),
        "on_track": _("{name} sẽ kịp hạn {deadline} (khả năng {chance}), còn {remaining}"),
    }.get(status, _("{name} còn {remaining}, chưa có thời hạn"))


def _too_slow(unit: Unit, language: str) -> str:
    """The sentence for what is at risk or behind: why, as far as the pace tells."""
    _ = words(language)
    actual, effort = unit["actual_per_day"], unit["effort_ratio"]
    opening = _("{name} có thể không kịp hạn {deadline} (khả năng {chance})")
    if unit["p_meet"] < _HARDLY:
        opening = _("{name} sẽ không kịp hạn {deadline} với nhịp hiện tại")
    elif unit["status"] == "behind":
        opening = _("{name} khó kịp hạn {deadline} (khả năng {chance})")
    if actual is None or unit["required_per_day"] is None:
        reason = _("còn {remaining}")
    elif actual <= 0:
        reason = _("mỗi ngày cần {needed}, từ kỳ so sánh không tiến thêm")
    elif effort <= 1 and unit["arrivals_per_day"] > 0:
        reason = _("còn {remaining}, và mỗi ngày có thêm việc mới")
    elif effort <= 1:
        reason = _("còn {remaining}, nhịp vừa đủ nhưng không đều")
    else:
        reason = _("mỗi ngày cần {needed}, đang {actual}, phải nhanh gấp {times}")
    return f"{opening}: {reason}"


# Changes of status --------------------------------------------------------------------------


def status_changes(
    changes: Sequence[Unit],
    language: str,
    *,
    spikes: Sequence[Unit] = (),
    link: Link | None = None,
) -> str:
    """Whose status has changed since the snapshot before, and where spikes began or ended.

    Args:
        changes: as queries.progress tells.
        spikes: the rows of queries.spikes whose state is another than before.
        link: the page of a facility.
    """
    _ = words(language)
    lines = [
        (
            status_words(change["now"], language),
            workstream_names(language)[change["workstream"]],
            "" if change["level"] == "province" else unit_name(change["unit_name"], language),
            _("từ “{before}” sang “{now}”").format(
                before=status_words(change["before"], language).text,
                now=status_words(change["now"], language).text,
            ),
            _("còn {count}").format(count=formats.count(change["remaining"], language)),
        )
        for change in changes
    ]
    days = {change["before_at"].date() for change in changes}
    days |= {spike["before_on"] for spike in spikes}
    since = days.pop() if len(days) == 1 else None
    more = max(0, len(lines) - _MOST_CHANGES) + max(0, len(spikes) - _MOST_CHANGES)
    return render(
        "status_changes.html",
        language,
        lines=lines[:_MOST_CHANGES],
        spikes=[_spike_line(spike, link, language) for spike in spikes[:_MOST_CHANGES]],
        more=more,
        since=since,
    )


def _spike_line(
    spike: Unit, link: Link | None, language: str
) -> tuple[StatusWords, str | None, str]:
    """A spike of regressions that began or ended: its sign and place, the page, how many a day."""
    _ = words(language)
    place, code = unit_name(spike["unit_name"], language), spike["unit_code"]
    if code != UNMAPPED and spike["district_name"]:
        place = f"{place} ({spike['district_name']})"
    title = _("Hỏng lại tăng bất thường: {place}").format(place=place)
    href = link(code) if link is not None and code != UNMAPPED else None
    rate = formats.rate(spike["per_day"], language)
    if not spike["is_spiking"]:
        note = _("đã trở lại bình thường, {rate} hồ sơ/ngày").format(rate=rate)
        return StatusWords("●", title, "good"), href, note
    note = _("{rate} hồ sơ/ngày, thường {usual}").format(
        rate=rate, usual=formats.rate(spike["usual_per_day"], language)
    )
    return StatusWords("▲", title, "warn"), href, note


# Units --------------------------------------------------------------------------------------


def progress_table(
    name: str,
    caption: str,
    units: Sequence[Unit],
    *,
    total: Unit,
    link: Link,
    source: Source,
    language: str,
) -> str:
    """The units that decide the outcome, most left first; rows of queries.progress."""
    _ = words(language)
    columns = [
        Column(_("Đơn vị"), "name"),
        Column(_("Tỷ lệ"), "bar"),
        Column(_("Còn lại"), "number"),
        Column(_("Phần của tỉnh"), "number", room=2),
        Column(_("Thiếu khi đến hạn"), "number", room=3),
        Column(_("Cần/ngày"), "number", room=3),
        Column(_("Đang/ngày"), "number", room=3),
        Column(_("Gấp"), "number", room=2),
        Column(_("Khả năng"), "number", room=2),
        Column(_("Tình trạng"), "text"),
    ]
    ordered = sorted(units, key=lambda unit: (-unit["remaining"], unit["unit_code"]))
    shares = formats.adding_up([unit["remaining"] for unit in ordered], language)
    rows = [
        Row(
            _progress_cells(unit, share, language),
            None if unit["unit_code"] == UNMAPPED else link(unit["unit_code"]),
        )
        for unit, share in zip(ordered, shares, strict=True)
        if unit["unit_code"] != UNMAPPED or unit["denominator"]
    ]
    whole = formats.ratio(1.0 if total["remaining"] else None, language)
    last = Row(_progress_cells({**total, "unit_name": _("Toàn tỉnh")}, whole, language))
    shown = table(name, caption, columns, rows, language=language, sorting=Sorting(2), total=last)
    return titled(caption, shown, source=source, language=language)


def _progress_cells(unit: Unit, share: str, language: str) -> list[Cell]:
    status = status_words(unit["status"], language)
    shortfall = None if unit["shortfall"] is None else round(unit["shortfall"])
    return [
        Cell(unit_name(unit["unit_name"], language), unit["unit_name"]),
        Cell(formats.ratio(unit["ratio"], language), unit["ratio"], share=unit["ratio"]),
        Cell(formats.count(unit["remaining"], language), unit["remaining"]),
        Cell(share, unit["remaining_share"]),
        Cell(formats.count(shortfall, language), shortfall),
        Cell(formats.needed(unit["required_per_day"], language), unit["required_per_day"]),
        Cell(formats.rate(unit["actual_per_day"], language), unit["actual_per_day"]),
        Cell(formats.times(unit["effort_ratio"], language), unit["effort_ratio"]),
        Cell(chance_words(unit["p_meet"], unit["status"], language), unit["p_meet"]),
        Cell(f"{status.icon}{formats.NO_BREAK_SPACE}{status.text}", status.text, tone=status.tone),
    ]


# How good, and what if ----------------------------------------------------------------------


def record_in_words(record: Sequence[Unit], language: str) -> str:
    """How often what came lay in the band foretold a week before."""
    _ = words(language)
    if not record:
        return _("Chưa có dự báo nào đủ 7 ngày để đối chiếu với thực tế.")
    inside = sum(row["is_inside"] for row in record)
    sentence = _(
        "Đối chiếu: {inside} trong {count} dự báo 7 ngày trước đây, thực tế nằm trong khoảng 80 %."
    )
    if inside < _TRUSTED * len(record):
        sentence = _(
            "Đối chiếu: chỉ {inside} trong {count} dự báo 7 ngày trước đây, thực tế nằm trong "
            "khoảng 80 %: nhịp đang đổi, dự báo hiện nay kém chắc chắn."
        )
    return sentence.format(
        inside=formats.count(inside, language), count=formats.count(len(record), language)
    )


def record_table(record: Sequence[Unit], language: str) -> str:
    """Each forecast of the past against what came, the latest first."""
    _ = words(language)
    columns = [
        Column(_("Dự báo ngày"), "id"),
        Column(_("cho ngày"), "text"),
        Column(_("Khoảng 80 %"), "number"),
        Column(_("Thực tế"), "number"),
        Column(_("Trong khoảng"), "text"),
    ]
    rows = [
        Row(
            [
                Cell(formats.day(row["made_on"], language), f"{row['made_on']}"),
                Cell(formats.day(row["foretold_for"], language)),
                Cell(
                    f"{formats.count(round(row['low']), language)} – "
                    f"{formats.count(round(row['high']), language)}"
                ),
                Cell(formats.count(round(row["actual"]), language)),
                Cell(
                    _("✓ có") if row["is_inside"] else _("✗ không"),
                    tone="" if row["is_inside"] else "bad",
                ),
            ]
        )
        for row in reversed(record)
    ]
    caption = _("Dự báo trước đây và thực tế")
    shown = table("track_record", caption, columns, rows, language=language, is_scrolling=True)
    return render(
        "track_record.html",
        language,
        said=record_in_words(record, language),
        table=shown if record else "",
    )


def what_if_table(rows: Sequence[Unit], language: str, *, is_asked: bool) -> str:
    """As it is, and as it would be; rows of queries.what_if.

    Args:
        is_asked: anything was asked to be otherwise.
    """
    _ = words(language)
    if not rows:
        return render("notice.html", language, text=_("Chưa có thời hạn nên chưa có gì để so."))
    lines = [
        (_("Còn phải làm"), *(formats.count(row["remaining"], language) for row in rows)),
        (_("Số ngày còn lại"), *(formats.count(row["calendar_days"], language) for row in rows)),
        (_("Cần mỗi ngày"), *(formats.needed(row["required_per_day"], language) for row in rows)),
        (_("Khả năng đúng hạn"), *(_chance_of(row, language) for row in rows)),
        (_("Dự kiến đạt"), *(_when(row, language) for row in rows)),
    ]
    return render("what_if.html", language, lines=lines, is_asked=is_asked)


def _chance_of(row: Unit, language: str) -> str:
    """None is told of what is done, or over."""
    if not row["remaining"] or not row["calendar_days"]:
        return formats.UNKNOWN
    return formats.chance(row["p_meet"], language)


def _when(row: Unit, language: str) -> str:
    _ = words(language)
    if not row["remaining"]:
        return _("ngay")
    if row["p_meet"] is None:
        return formats.UNKNOWN
    if row["expected_finish"] is None:
        return _("không đạt")
    return formats.day(row["expected_finish"], language)
