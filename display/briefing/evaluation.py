"""The second part: of each workstream what was done, what is left and why, and its picture."""

import datetime as dt
from collections.abc import Sequence

from data.workstreams import Workstream, campaign
from display import formats
from display.briefing.facts import Counted, Facts, Row, Stream
from display.briefing.phrases import (
    LANGUAGE,
    count,
    day,
    fraction,
    held_by,
    moved_points,
    percent,
    place_name,
    sentence,
    since_words,
)
from display.briefing.sources import source_line
from display.briefing.value import Chart, Line, Section
from display.labels import UNMAPPED, reason_names, workstream_names
from queries.burn_up import BurnUp
from queries.courses import METRICS

_MOST_REASONS = 3


def sections(facts: Facts) -> list[Section]:
    """One section a workstream the snapshot tells of."""
    told = {"cleaning": _cleaning, "complaints": _complaints, "signing": _signing}
    return [
        Section(
            f"{number}. {workstream_names(LANGUAGE)[name]}",
            [sentence(text) for text in told[name](facts) if text],
            _chart(facts, name, stream),
        )
        for number, (name, stream) in enumerate(facts.streams.items(), 1)
    ]


# Words --------------------------------------------------------------------------------------


def _cleaning(facts: Facts) -> list[str]:
    rows = facts.cleaning
    if rows is None:
        return []
    return [_cleaned(facts, rows), _left_to_clean(facts, rows), _reasons(facts)]


def _cleaned(facts: Facts, rows: Counted) -> str:
    if facts.compared is None:
        return "Chưa có kỳ số liệu trước đó để đánh giá kết quả trong tuần"
    change, told = rows.change(rows.unit, "ratio"), []
    if facts.moves is not None:
        fixed = facts.moves.unit["fixed"]
        told += [f"sửa được {count(fixed)} hồ sơ" if fixed else "không sửa được hồ sơ nào"]
    if change is not None:
        told += [f"tỷ lệ hợp lệ {moved_points(change)}{_by_parts(rows)}"]
    return f"{since_words(facts)}, {'; '.join(told)}" if told else ""


def _by_parts(rows: Counted) -> str:
    """How many of the parts went up, and which most."""
    changes = [
        (rows.change(row, "ratio"), row) for row in rows.parts if row["unit_code"] != UNMAPPED
    ]
    known = [(change, row) for change, row in changes if change is not None]
    if len(known) < 2:
        return ""
    up = sum(change > 0 for change, _row in known)
    change, best = max(known, key=lambda pair: (pair[0], pair[1]["unit_code"]))
    if not up:
        return ", không đơn vị nào tăng"
    return (
        f"; {count(up)}/{count(len(known))} đơn vị tăng, nhiều nhất là {place_name(best)} "
        f"({moved_points(change)})"
    )


def _left_to_clean(facts: Facts, rows: Counted) -> str:
    unit = rows.unit
    if not unit["classified"]:
        return "Chưa có hồ sơ nào được phân loại"
    if not unit["invalid"]:
        return "Không còn hồ sơ nào không hợp lệ"
    told = f"Còn {count(unit['invalid'])} hồ sơ không hợp lệ"
    told += held_by(rows.parts, "invalid", unit["invalid"])
    if facts.moves is not None and facts.moves.unit["regressed"]:
        told += f"; {count(facts.moves.unit['regressed'])} hồ sơ từ hợp lệ thành không hợp lệ"
    if unit["pending"]:
        told += f"; {count(unit['pending'])} hồ sơ chưa được phân loại, chưa tính vào tỷ lệ"
    return told


def _reasons(facts: Facts) -> str:
    own = [row for row in facts.reasons if row["unit_code"] == facts.place.unit_code]
    most = sorted((row for row in own if row["records"]), key=lambda row: -row["records"])
    if not most:
        return ""
    names = reason_names(LANGUAGE)
    told = [
        f"{names[row['reason']].lower()} {fraction(row['records'], row['invalid'])} "
        f"({percent(row['records'] / row['invalid'])})"
        for row in most[:_MOST_REASONS]
    ]
    return f"Lý do nhiều nhất: {'; '.join(told)}; một hồ sơ có thể có nhiều lý do"


def _complaints(facts: Facts) -> list[str]:
    rows = facts.complaints
    if rows is None:
        return []
    if not rows.unit["received"]:
        return ["Chưa tiếp nhận phản ánh nào"]
    return [_handled(facts), _left_open(rows), _not_settled(rows.unit)]


def _handled(facts: Facts) -> str:
    flow = facts.complaint_flow
    if flow is None:
        return "Chưa đối chiếu được phản ánh tiếp nhận và xử lý với kỳ trước"
    change = flow["closing"] - flow["opening"]
    went = "giữ nguyên ở" if not change else "giảm từ" if change < 0 else "tăng từ"
    ends = (
        count(flow["closing"])
        if not change
        else f"{count(flow['opening'])} {'xuống' if change < 0 else 'lên'} {count(flow['closing'])}"
    )
    return (
        f"{since_words(facts)}, tiếp nhận {count(flow['received'])}, xử lý xong "
        f"{count(flow['closed'])} phản ánh; số tồn {went} {ends}"
    )


def _left_open(rows: Counted) -> str:
    unit = rows.unit
    if not unit["open"]:
        return "Không còn phản ánh nào tồn"
    half, oldest = (
        formats.age(unit[column], LANGUAGE) for column in ("median_hours", "oldest_hours")
    )
    where = held_by(rows.parts, "open", unit["open"])
    told = f"Còn tồn {count(unit['open'])} phản ánh{where}; một nửa đã chờ hơn {half}"
    told += f", cũ nhất {oldest}"
    if unit["unassigned"]:
        told += f"; {count(unit['unassigned'])} chưa phân công"
    return told


def _not_settled(unit: Row) -> str:
    if not unit["still_invalid"]:
        return ""
    return (
        f"{fraction(unit['still_invalid'], unit['resolved_known'])} phản ánh đã duyệt có hồ sơ "
        "đến nay vẫn không hợp lệ"
    )


def _signing(facts: Facts) -> list[str]:
    rows = facts.signing
    if rows is None:
        return []
    if not rows.unit["signable"]:
        return ["Chưa có hồ sơ nào đủ điều kiện ký"]
    return [_signed(facts, rows), _left_to_sign(facts, rows), _stalled(facts)]


def _signed(facts: Facts, rows: Counted) -> str:
    change, more = rows.change(rows.unit, "ratio"), rows.change(rows.unit, "done")
    if change is None or more is None:
        return "Chưa có kỳ số liệu trước đó để đánh giá kết quả trong tuần"
    went = f"số hồ sơ đã ký {'tăng' if more > 0 else 'giảm'} {count(abs(more))}"
    if not more:
        went = "số hồ sơ đã ký không đổi"
    return f"{since_words(facts)}, {went}; tỷ lệ ký {moved_points(change)}{_by_parts(rows)}"


def _left_to_sign(facts: Facts, rows: Counted) -> str:
    unit = rows.unit
    if not unit["waiting"]:
        return "Mọi hồ sơ đủ điều kiện đều đã ký"
    told = f"Còn {count(unit['waiting'])} hồ sơ chờ ký"
    told += held_by(rows.parts, "waiting", unit["waiting"])
    told += f": {count(unit['in_process'])} đang xử lý ký"
    if unit["in_process_long"]:
        told += (
            f" ({count(unit['in_process_long'])} quá {facts.rule.in_process_days} ngày "
            "chưa có kết quả)"
        )
    return f"{told}, {count(unit['not_started'])} chưa bắt đầu"


def _stalled(facts: Facts) -> str:
    idle = [row for row in facts.idle if row["is_stalled"] and row["unit_code"] != UNMAPPED]
    if not idle:
        return ""
    waiting = sum(row["waiting"] for row in idle)
    return (
        f"{count(len(idle))} cơ sở còn {count(waiting)} hồ sơ chờ ký không ký thêm hồ sơ nào trong "
        "3 ngày làm việc gần nhất"
    )


# Notes --------------------------------------------------------------------------------------


def notes(facts: Facts) -> list[str]:
    """What happened in the period, and what must be known of the figures."""
    return [sentence(text) for text in (*_annotations(facts), *_about_figures(facts)) if text]


def _annotations(facts: Facts) -> list[str]:
    week_before = facts.as_of.date() - dt.timedelta(days=7)
    since = facts.compared["as_of"].date() if facts.compared else week_before
    code = facts.place.district_code
    return [
        f"Ngày {day(one.date)}: {one.text}"
        for one in campaign().annotations
        if since < one.date <= facts.as_of.date() and (one.district is None or one.district == code)
    ]


def _about_figures(facts: Facts) -> list[str]:
    snapshot = facts.snapshot
    told = []
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


# Pictures -----------------------------------------------------------------------------------


#: What the chart of each workstream draws.
_DONE = {
    "cleaning": "hồ sơ hợp lệ",
    "complaints": "phản ánh còn tồn",
    "signing": "hồ sơ đã ký",
}


def _chart(facts: Facts, name: Workstream, stream: Stream) -> Chart | None:
    course = stream.course
    if len(course.days) < 2 or not any(course.wanted):
        return None
    lines = _left(course) if name == "complaints" else _towards(course)
    return Chart(
        f"{workstream_names(LANGUAGE)[name]}: {_DONE[name]} qua các kỳ số liệu",
        _in_words(name, lines),
        lines,
        _deadline(course),
        source_line(facts, METRICS[name]),
    )


def _towards(course: BurnUp) -> list[Line]:
    """What was done, what has to be, and the plan."""
    lines = [
        Line("đã đạt", "done", _points(course.days, course.done)),
        Line("phải đạt", "wanted", _points(course.days, course.wanted)),
    ]
    plan = [point for point in course.plan if point[0] >= course.days[0]]
    return [*lines, *([Line("lộ trình", "plan", plan)] if len(plan) > 1 else [])]


def _left(course: BurnUp) -> list[Line]:
    """What is open: few beside all that came, so that only they are drawn."""
    left = [wanted - done for wanted, done in zip(course.wanted, course.done, strict=True)]
    return [Line("còn tồn", "done", _points(course.days, left))]


def _points(days: Sequence[dt.date], values: Sequence[float]) -> list[tuple[dt.date, float]]:
    return list(zip(days, values, strict=True))


def _deadline(course: BurnUp) -> tuple[dt.date, str] | None:
    if course.time is None:
        return None
    deadline = course.time.deadline
    words = formats.deadline(deadline.date, LANGUAGE, exclusive=deadline.exclusive)
    return deadline.last_day, f"hạn {words}"


def _in_words(name: Workstream, lines: Sequence[Line]) -> str:
    points = lines[0].points
    first, last = (f"{count(round(value))} ngày {day(on)}" for on, value in (points[0], points[-1]))
    told = f"Số {_DONE[name]} từ {first} đến {last}"
    wanted = [line for line in lines if line.style == "wanted"]
    if wanted:
        told += f"; phải đạt {count(round(wanted[0].points[-1][1]))}"
    return f"{told}."
