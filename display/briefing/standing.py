"""How each workstream stands to its deadline: the three statuses a briefing begins with."""

from typing import Final

from data.workstreams import Workstream
from display.briefing.facts import Counted, Facts, Stream
from display.briefing.pace import deadline, short_deadline
from display.briefing.phrases import (
    LANGUAGE,
    bracketed,
    count,
    fraction,
    moved_count,
    moved_points,
    percent,
    sentence,
)
from display.briefing.value import Status
from display.labels import workstream_names
from display.progress import status_words


def statuses(facts: Facts) -> list[Status]:
    """One a workstream the snapshot tells of."""
    return [_status(facts, name, stream) for name, stream in facts.streams.items()]


def _status(facts: Facts, name: Workstream, stream: Stream) -> Status:
    counted, title = facts.counted[name], workstream_names(LANGUAGE)[name]
    if counted is None or not counted.unit[BASES[name]]:
        nothing = _NOTHING[name]
        return Status(name, title, NOT_BEGUN, "quiet", sentence(nothing), nothing)
    words = status_words(stream.unit["status"], LANGUAGE)
    if stream.time is None:
        words = words._replace(text=NO_DEADLINE)
    full, short = _TOLD[name]
    text = f"{sentence(full(facts, counted))} {deadline(facts, name, stream)}".rstrip()
    chat = "; ".join(filter(None, (short(facts, counted), short_deadline(facts, stream))))
    return Status(name, title, words.text, words.tone, text, chat)


#: The status of whom nothing has come to yet.
NOT_BEGUN: Final = "Chưa phát sinh"
NO_DEADLINE: Final = "Chưa có thời hạn"
#: Without any of these there is nothing to tell.
BASES: dict[Workstream, str] = {
    "cleaning": "classified",
    "complaints": "received",
    "signing": "signable",
}
_NOTHING: dict[Workstream, str] = {
    "cleaning": "chưa có hồ sơ nào được phân loại là hợp lệ hay không hợp lệ",
    "complaints": "chưa tiếp nhận phản ánh nào",
    "signing": "chưa có hồ sơ nào đủ điều kiện ký",
}


# In sentences -------------------------------------------------------------------------------


def _cleaning(facts: Facts, rows: Counted) -> str:
    unit = rows.unit
    change = bracketed(facts, _points(rows))
    beside = ""
    if facts.province is not None:
        beside = f"; toàn tỉnh {percent(facts.province['ratio'])}"
    left = "không còn hồ sơ nào không hợp lệ"
    if unit["invalid"]:
        left = f"còn {count(unit['invalid'])} hồ sơ không hợp lệ"
    return (
        f"{fraction(unit['valid'], unit['classified'])} hồ sơ đã phân loại là hợp lệ, "
        f"đạt {percent(unit['ratio'])}{change}{beside}; {left}"
    )


def _complaints(facts: Facts, rows: Counted) -> str:
    unit = rows.unit
    done = (
        f"đã xử lý xong {fraction(unit['closed'], unit['received'])} phản ánh, "
        f"đạt {percent(unit['closed'] / unit['received'])}"
    )
    if not unit["open"]:
        return f"{done}; không còn phản ánh nào tồn"
    change = rows.change(unit, "open")
    told = bracketed(facts, None if change is None else moved_count(change))
    return (
        f"{done}; còn tồn {count(unit['open'])}{told}, trong đó "
        f"{fraction(unit['overdue'], unit['open'])} đã quá 48 giờ "
        f"({percent(unit['overdue_ratio'])})"
    )


def _signing(facts: Facts, rows: Counted) -> str:
    unit = rows.unit
    left = "không còn hồ sơ nào chờ ký"
    if unit["waiting"]:
        left = (
            f"{count(unit['in_process'])} đang xử lý ký, {count(unit['not_started'])} chưa bắt đầu"
        )
    return (
        f"đã ký {fraction(unit['done'], unit['signable'])} hồ sơ đủ điều kiện, "
        f"đạt {percent(unit['ratio'])}{bracketed(facts, _points(rows))}; {left}"
    )


def _points(rows: Counted) -> str | None:
    change = rows.change(rows.unit, "ratio")
    return None if change is None else moved_points(change)


# In a few words -----------------------------------------------------------------------------


def _short_cleaning(facts: Facts, rows: Counted) -> str:
    unit = rows.unit
    return f"{fraction(unit['valid'], unit['classified'])} hợp lệ {_short_ratio(rows)}"


def _short_complaints(facts: Facts, rows: Counted) -> str:
    unit, change = rows.unit, rows.change(rows.unit, "open")
    told = "" if change is None else f" ({moved_count(change)})"
    return f"tồn {count(unit['open'])}{told}, quá 48 giờ {count(unit['overdue'])}"


def _short_signing(facts: Facts, rows: Counted) -> str:
    unit = rows.unit
    return f"{fraction(unit['done'], unit['signable'])} đã ký {_short_ratio(rows)}"


def _short_ratio(rows: Counted) -> str:
    change = (_points(rows) or "").removesuffix(" phần trăm")
    return f"({percent(rows.unit['ratio'])}{f', {change}' if change else ''})"


_TOLD = {
    "cleaning": (_cleaning, _short_cleaning),
    "complaints": (_complaints, _short_complaints),
    "signing": (_signing, _short_signing),
}
