"""The first page, under the statuses: why the ratio moved, what is overdue, what to ask for."""

from collections.abc import Sequence

from data.workstreams import Workstream
from display import formats
from display.briefing.facts import Facts, Row, Stream
from display.briefing.pace import faster, is_fast_enough, late_words, left_words
from display.briefing.phrases import (
    LANGUAGE,
    count,
    held_by,
    is_known,
    most_of,
    moved_points,
    named,
    sentence,
)
from display.flows import DECIMALS, part_names, printed_parts
from display.labels import UNMAPPED, workstream_names
from display.summary import MOST_NAMED
from queries.signing import STALLED_WORKING_DAYS

#: Of facilities, whose names are long, so many are named.
_MOST_FACILITIES = 2
#: A few that regressed are no reason to ask anybody.
_LEAST_REGRESSED = 5
_NEEDS_A_WORD = ("behind", "at_risk", "overdue")


# Why ----------------------------------------------------------------------------------------


def why(facts: Facts) -> str:
    """Why the valid ratio moved since the start."""
    if facts.cleaning is None or not facts.cleaning.unit["classified"]:
        return ""
    if facts.moves is None:
        return f"Chưa nêu được vì sao tỷ lệ hợp lệ thay đổi: {facts.why_no_moves}."
    unit = facts.moves.unit
    printed = printed_parts(unit)
    if printed is None:
        return "Chưa nêu được vì sao tỷ lệ hợp lệ thay đổi: đầu kỳ hoặc cuối kỳ chưa có tỷ lệ."
    before, now = (
        formats.ratio(unit[column], LANGUAGE, DECIMALS) for column in ("ratio_before", "ratio")
    )
    _whole, parts = printed
    names = part_names(LANGUAGE)
    told = [
        f"{names[part]} {formats.signed_points(steps / 10_000, LANGUAGE, DECIMALS)}"
        for part, steps in parts.items()
        if steps
    ]
    change = formats.printed_change(unit["ratio_before"], unit["ratio"])
    moved = f"Tỷ lệ hợp lệ {moved_points(change)}"
    moved += f", từ {before} đến {now}" if before != now else f", ở {now}"
    joined = "gồm" if change else "các phần bù nhau"
    return sentence(f"{moved}, {joined}: {'; '.join(told)}" if told else moved)


# Overdue, and what to ask for ---------------------------------------------------------------


def overdue(facts: Facts) -> list[str]:
    """What is late already; one sentence where nothing is."""
    lines = [
        *(_passed(facts, name, stream) for name, stream in facts.streams.items()),
        _late_complaints(facts),
        _long_in_process(facts),
    ]
    return [sentence(line) for line in lines if line] or ["Không có việc nào quá hạn."]


def _passed(facts: Facts, name: Workstream, stream: Stream) -> str:
    if stream.unit["status"] != "overdue" or stream.time is None:
        return ""
    title, late = workstream_names(LANGUAGE)[name], late_words(stream.time, facts.as_of.date())
    return f"{title}: hạn {late}; {left_words(name, stream.unit)}"


def _late_complaints(facts: Facts) -> str:
    rows = facts.complaints
    if rows is None or not rows.unit["overdue"]:
        return ""
    oldest = formats.age(rows.unit["oldest_hours"], LANGUAGE)
    where = held_by(rows.parts, "overdue", rows.unit["overdue"])
    return f"{count(rows.unit['overdue'])} phản ánh quá 48 giờ{where}; lâu nhất đã chờ {oldest}"


def _long_in_process(facts: Facts) -> str:
    rows = facts.signing
    if rows is None or not rows.unit["in_process_long"]:
        return ""
    return (
        f"{count(rows.unit['in_process_long'])} hồ sơ đã gửi ký quá "
        f"{facts.rule.in_process_days} ngày mà chưa có kết quả"
    )


def asks(facts: Facts, *, is_short: bool = False) -> list[str]:
    """What the leadership should ask for, the most pressing first; one sentence where nothing is
    called for.

    Args:
        is_short: in fewer words, for a chat.
    """
    lines = [
        *(_faster(facts, *stream, is_short=is_short) for stream in facts.streams.items()),
        _settle(facts),
        _unplaced(facts),
        _unassigned(facts),
        _idle(facts),
        _regressed(facts),
        _contradictory(facts),
    ]
    told = [sentence(line) for line in lines if line]
    return told or ["Chưa có việc phải chỉ đạo thêm."]


_ASKED = {
    "cleaning": "Đẩy nhanh làm sạch dữ liệu",
    "complaints": "Xử lý dứt điểm phản ánh",
    "signing": "Đẩy nhanh ký số",
}
#: Where last week's pace would do, though it is not sure to last.
_KEPT = {
    "cleaning": "Giữ nhịp làm sạch dữ liệu",
    "complaints": "Giữ nhịp xử lý phản ánh",
    "signing": "Giữ nhịp ký số",
}
_LEFT = {"cleaning": "invalid", "complaints": "open", "signing": "waiting"}


def _faster(facts: Facts, name: Workstream, stream: Stream, *, is_short: bool) -> str:
    unit = stream.unit
    if unit["status"] not in _NEEDS_A_WORD:
        return ""
    counted = facts.counted[name]
    places = _first_places(facts, counted.parts, _LEFT[name]) if counted else ""
    where = (f" ({places})" if is_short else f", trước hết ở {places}") if places else ""
    asked = _KEPT if is_fast_enough(unit) else _ASKED
    return f"{asked[name]}{where}{faster(name, stream, is_short=is_short)}"


def _settle(facts: Facts) -> str:
    """What waits too long is asked for also where the deadline is not in danger."""
    rows, stream = facts.complaints, facts.streams.get("complaints")
    if rows is None or stream is None or not rows.unit["overdue"]:
        return ""
    if stream.unit["status"] in _NEEDS_A_WORD:
        return ""
    return f"Xử lý ngay {count(rows.unit['overdue'])} phản ánh đã quá 48 giờ"


def _first_places(facts: Facts, parts: Sequence[Row], column: str) -> str:
    """Where to begin; "" where there are too few to choose from."""
    most = most_of(parts, column) if len(parts) > MOST_NAMED else []
    if facts.place.below == "facility":
        most = most[:_MOST_FACILITIES]
    return named(most) if most else ""


def _unplaced(facts: Facts) -> str:
    """What waits in a district under no facility, for the district to hand on."""
    rows = facts.complaints
    if rows is None or facts.place.below != "facility":
        return ""
    open_ones = sum(row["open"] for row in rows.parts if not is_known(row))
    return f"Giao cơ sở xử lý {count(open_ones)} phản ánh chưa rõ cơ sở" if open_ones else ""


def _unassigned(facts: Facts) -> str:
    rows = facts.complaints
    if rows is None or not rows.unit["unassigned"]:
        return ""
    return f"Giao đơn vị xử lý {count(rows.unit['unassigned'])} phản ánh chưa phân công"


def _idle(facts: Facts) -> str:
    idle = [row for row in facts.idle if row["is_stalled"] and row["unit_code"] != UNMAPPED]
    if not idle:
        return ""
    most = most_of(idle, "waiting")[:_MOST_FACILITIES]
    examples = f", nhiều hồ sơ chờ nhất là {named(most)}" if len(idle) > len(most) else ""
    named_ones = examples or f": {named(most)}"
    return (
        f"Yêu cầu {count(len(idle))} cơ sở không ký thêm hồ sơ nào trong "
        f"{STALLED_WORKING_DAYS} ngày làm việc báo cáo rõ vướng mắc{named_ones}"
    )


def _regressed(facts: Facts) -> str:
    moves = facts.moves.facilities if facts.moves else []
    for row in most_of(moves, "regressed", _LEAST_REGRESSED)[:1]:
        where = f"{row['unit_name']} ({count(row['regressed'])} hồ sơ)"
        return f"Rà soát hồ sơ hỏng lại, nhất là {where}"
    return ""


def _contradictory(facts: Facts) -> str:
    if facts.signing is None:
        return ""
    unit = facts.signing.unit
    wrong, changed = unit["signed_not_verified"], unit["changed_after_signing"]
    told = [
        *([f"{count(wrong)} hồ sơ đã ký nay không hợp lệ"] if wrong else []),
        *([f"{count(changed)} hồ sơ đổi sau khi ký"] if changed else []),
    ]
    return f"Rà soát trước khi ký lại: {', '.join(told)}" if told else ""
