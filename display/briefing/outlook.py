"""The last part: what is to be done in the days ahead, what happened, what is to be known of the
figures.
"""

import datetime as dt
import math

from data.workstreams import Workstream, campaign
from display import formats
from display.briefing.facts import Facts, Stream
from display.briefing.pace import left_words
from display.briefing.phrases import LANGUAGE, count, day, place_name, sentence
from display.briefing.standing import BASES
from display.labels import workstream_names
from queries.deadlines import AT_RISK, ON_TRACK

#: A week's work is asked for.
_AHEAD_DAYS = 7


def tasks(facts: Facts) -> list[str]:
    """How much of each workstream has to be done in the next week, or by an earlier deadline."""
    found = [_task(facts, name, stream) for name, stream in facts.streams.items()]
    told = [sentence(text) for text in found if text]
    nothing = "Duy trì kết quả đã đạt." if _has_begun(facts) else "Chưa phát sinh việc phải làm."
    return told or [nothing]


def _has_begun(facts: Facts) -> bool:
    return any(
        counted is not None and counted.unit[BASES[name]] for name, counted in facts.counted.items()
    )


_TASKS = {
    "cleaning": "thêm {count} hồ sơ thành hợp lệ",
    "complaints": "giảm {count} phản ánh còn tồn",
    "signing": "ký thêm {count} hồ sơ",
}


def _task(facts: Facts, name: Workstream, stream: Stream) -> str:
    unit, time = stream.unit, stream.time
    if not unit["remaining"]:
        return ""
    title = workstream_names(LANGUAGE)[name]
    if time is None:
        return f"{title}: {left_words(name, unit)}, chưa có thời hạn"
    if time.is_over or unit["required_per_calendar_day"] is None:
        return f"{title}: {left_words(name, unit)}, hạn đã qua"
    days = min(_AHEAD_DAYS, time.calendar_days)
    amount = min(unit["remaining"], math.ceil(days * unit["required_per_calendar_day"] - 1e-9))
    until = facts.as_of.date() + dt.timedelta(days=days)
    what = _TASKS[name].format(count=count(amount))
    return f"{title}: đến hết ngày {day(until)}, {what}"


def notes(facts: Facts) -> list[str]:
    """What happened in the period, and what must be known of the figures."""
    return [sentence(text) for text in (*_annotations(facts), *_about_figures(facts)) if text]


def _rule() -> str:
    """By what rule a status is given (docs/decisions/0007-status-by-chance.md)."""
    on_track, at_risk = (formats.ratio(chance, LANGUAGE, 0) for chance in (ON_TRACK, AT_RISK))
    return (
        "Đánh giá theo khả năng đúng hạn, ước tính từ nhịp của các kỳ gần đây: từ "
        f"{on_track}, hoặc từ {at_risk} mà không chậm hơn lộ trình, là đúng tiến độ; từ {at_risk} "
        f"là có nguy cơ; dưới {at_risk} là chậm"
    )


def _annotations(facts: Facts) -> list[str]:
    week_before = facts.as_of.date() - dt.timedelta(days=7)
    since = facts.compared["as_of"].date() if facts.compared else week_before
    code = facts.place.district_code
    return [
        f"Ngày {day(one.date)}{_of_district(facts, one.district)}: {one.text}"
        for one in campaign().annotations
        if since < one.date <= facts.as_of.date() and (code is None or one.district in (None, code))
    ]


def _of_district(facts: Facts, code: str | None) -> str:
    """ ", Côn Đảo": whom a note in the province's briefing is about; "" where about all."""
    if code is None or facts.place.district_code is not None:
        return ""
    counted = (rows for rows in facts.counted.values() if rows is not None)
    found = (row for rows in counted for row in rows.parts if row["unit_code"] == code)
    return next((f", {place_name(row)}" for row in found), f", huyện {code}")


def _about_figures(facts: Facts) -> list[str]:
    snapshot = facts.snapshot
    foretold = ("on_track", "at_risk", "behind")
    is_judged = any(one.unit["status"] in foretold for one in facts.streams.values())
    told = [_rule()] if is_judged else []
    if snapshot["revision"] > 1:
        reason = snapshot["note"]
        told.append(f"Số liệu kỳ này là bản đính chính lần {snapshot['revision'] - 1}: {reason}")
    if snapshot["quarantined"]:
        told.append(
            f"Tệp số liệu có {count(snapshot['rows_read'])} dòng: nhận "
            f"{count(snapshot['accepted'])}, để riêng {count(snapshot['quarantined'])} dòng sai"
        )
    if snapshot["carried_forward"]:
        told.append(
            f"{count(snapshot['carried_forward'])} hồ sơ, phản ánh có dòng sai nên giữ nguyên "
            "trạng thái kỳ trước"
        )
    if not snapshot["is_by_unit"]:
        told.append("Kỳ này chỉ có bảng tổng theo huyện, không có số của từng cơ sở")
    return told
