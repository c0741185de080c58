"""The first page: how each workstream stands, why the ratio moved, what is overdue, what to ask."""

import datetime as dt
from collections.abc import Sequence

from data.workstreams import Workstream
from display import formats
from display.briefing.facts import Counted, Facts, Row, Stream
from display.briefing.phrases import (
    LANGUAGE,
    bracketed,
    count,
    day,
    fraction,
    held_by,
    most_of,
    moved_count,
    moved_points,
    named,
    percent,
    sentence,
)
from display.briefing.value import Status
from display.flows import DECIMALS, why_sentence
from display.labels import UNMAPPED, workstream_names
from display.progress import late_days, status_words
from queries.deadlines import Time

#: What is counted in each workstream.
UNITS: dict[Workstream, str] = {
    "cleaning": "hồ sơ",
    "complaints": "phản ánh",
    "signing": "hồ sơ",
}
_NEEDS_A_WORD = ("behind", "at_risk", "overdue")


# Standing -----------------------------------------------------------------------------------


def statuses(facts: Facts) -> list[Status]:
    """How each workstream stands to its deadline."""
    told = {"cleaning": _cleaning, "complaints": _complaints, "signing": _signing}
    found = []
    for name, stream in facts.streams.items():
        words = status_words(stream.unit["status"], LANGUAGE)
        result = told[name](facts)
        if result:
            text = f"{sentence(result)} {_deadline(facts, name, stream)}"
            title = workstream_names(LANGUAGE)[name]
            short = f"{_SHORT[name](facts)}; {_short_deadline(facts, stream)}"
            found.append(Status(name, title, words.text, words.tone, text, short))
    return found


def _cleaning(facts: Facts) -> str:
    rows = facts.cleaning
    if rows is None:
        return ""
    if not rows.unit["classified"]:
        return "chưa có hồ sơ nào được phân loại là hợp lệ hay không hợp lệ"
    change = bracketed(facts, _points(rows, "ratio"))
    beside = ""
    if facts.province is not None:
        beside = f"; toàn tỉnh {percent(facts.province['ratio'])}"
    return (
        f"{fraction(rows.unit['valid'], rows.unit['classified'])} hồ sơ đã phân loại là hợp lệ, "
        f"đạt {percent(rows.unit['ratio'])}{change}{beside}; "
        f"còn {count(rows.unit['invalid'])} hồ sơ không hợp lệ"
    )


def _complaints(facts: Facts) -> str:
    rows = facts.complaints
    if rows is None:
        return ""
    unit = rows.unit
    if not unit["received"]:
        return "chưa tiếp nhận phản ánh nào"
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


def _signing(facts: Facts) -> str:
    rows = facts.signing
    if rows is None:
        return ""
    if not rows.unit["signable"]:
        return "chưa có hồ sơ nào đủ điều kiện ký"
    change = bracketed(facts, _points(rows, "ratio"))
    return (
        f"đã ký {fraction(rows.unit['done'], rows.unit['signable'])} hồ sơ đủ điều kiện, "
        f"đạt {percent(rows.unit['ratio'])}{change}; "
        f"{count(rows.unit['in_process'])} đang xử lý ký, "
        f"{count(rows.unit['not_started'])} chưa bắt đầu"
    )


def _short_cleaning(facts: Facts) -> str:
    rows = facts.cleaning
    return "" if rows is None else _short_ratio(facts, rows, "valid", "classified", "hợp lệ")


def _short_complaints(facts: Facts) -> str:
    if facts.complaints is None:
        return ""
    unit, change = facts.complaints.unit, facts.complaints.change(facts.complaints.unit, "open")
    told = "" if change is None else f" ({moved_count(change)})"
    return f"tồn {count(unit['open'])}{told}, quá 48 giờ {count(unit['overdue'])}"


def _short_signing(facts: Facts) -> str:
    rows = facts.signing
    return "" if rows is None else _short_ratio(facts, rows, "done", "signable", "đã ký")


_SHORT = {
    "cleaning": _short_cleaning,
    "complaints": _short_complaints,
    "signing": _short_signing,
}


def _short_ratio(facts: Facts, rows: Counted, numerator: str, base: str, what: str) -> str:
    change = _points(rows, "ratio")
    told = f", {change}" if change and facts.compared else ""
    unit = rows.unit
    return f"{fraction(unit[numerator], unit[base])} {what} ({percent(unit['ratio'])}{told})"


def _short_deadline(facts: Facts, stream: Stream) -> str:
    unit, time = stream.unit, stream.time
    if unit["status"] == "achieved":
        return "đã đạt chỉ tiêu"
    if time is None:
        return "chưa có thời hạn"
    if time.is_over:
        return f"hạn {_late(time, facts.as_of.date())}"
    needed = formats.needed(unit["required_per_day"], LANGUAGE)
    actual = formats.rate(unit["actual_per_day"], LANGUAGE)
    chance = formats.chance(unit["p_meet"], LANGUAGE)
    more = ""
    if _is_outrun(unit):
        more = f" nhưng thêm {formats.rate(unit['arrivals_per_day'], LANGUAGE)}/ngày"
    return f"hạn {_written(time)}: cần {needed}/ngày, đang {actual}/ngày{more}, khả năng {chance}"


def _points(rows: Counted, column: str) -> str | None:
    change = rows.change(rows.unit, column)
    return None if change is None else moved_points(change)


def _deadline(facts: Facts, name: Workstream, stream: Stream) -> str:
    """The deadline with the pace it asks for, the pace there is, and the chance."""
    unit, directive = stream.unit, stream.directive
    if unit["status"] == "achieved":
        return "Đã đạt chỉ tiêu."
    if directive is None:
        return sentence(f"Chưa có thời hạn{_actual(name, unit, '; ')}")
    as_of = facts.as_of.date()
    if stream.time is None:
        return sentence(f"Thời hạn: {directive.text}{_actual(name, unit, '; ')}")
    if stream.time.is_over:
        late = _late(stream.time, as_of)
        return sentence(f"Hạn {late}{_actual(name, unit, '; ')}{_finish(unit)}")
    needed = formats.needed(unit["required_per_day"], LANGUAGE)
    days = "ngày làm việc" if stream.time.kind == "working" else "ngày"
    return sentence(
        f"Hạn {_ahead(stream.time)}; cần {needed}{_beside(name, unit)} mỗi {days}"
        f"{_but_more(name, unit)}{_chance(unit)}"
    )


def _beside(name: Workstream, unit: Row) -> str:
    """What is reached beside what is needed: ", tuần qua được 2.837 hồ sơ"."""
    actual = unit["actual_per_day"]
    if actual is None or actual <= 0:
        told = "" if actual is None else ", tuần qua không tiến thêm,"
        return f" {UNITS[name]}{told}"
    return f", tuần qua được {formats.rate(actual, LANGUAGE)} {UNITS[name]}"


def _written(time: Time) -> str:
    return formats.deadline(time.deadline.date, LANGUAGE, exclusive=time.deadline.exclusive)


def _ahead(time: Time) -> str:
    """ "trước ngày 5/5/2022, còn 9 ngày (5 ngày làm việc)"."""
    left = f"{_written(time)}, còn {count(time.calendar_days)} ngày"
    if time.working_days == time.calendar_days:
        return left
    return f"{left} ({count(time.working_days)} ngày làm việc)"


def _late(time: Time, as_of: dt.date) -> str:
    """ "trước ngày 15/4/2022 đã qua 10 ngày"."""
    if as_of <= time.deadline.date:
        return f"{_written(time)} vừa hết"
    return f"{_written(time)} đã qua {late_days(time, as_of, LANGUAGE)} ngày"


def _actual(name: Workstream, unit: Row, before: str) -> str:
    actual = unit["actual_per_day"]
    if actual is None or not unit["remaining"]:
        return ""
    rate = formats.rate(abs(actual), LANGUAGE)
    if actual > 0:
        return f"{before}tuần qua mỗi ngày được {rate} {UNITS[name]}"
    if actual < 0:
        return f"{before}tuần qua mỗi ngày giảm {rate} {UNITS[name]}"
    return f"{before}tuần qua không tiến thêm"


def _but_more(name: Workstream, unit: Row) -> str:
    """Why a pace that seems enough is not: more is coming in."""
    if not _is_outrun(unit):
        return ""
    more = formats.rate(unit["arrivals_per_day"], LANGUAGE)
    return f" nhưng cũng có thêm {more} {UNITS[name]} mới"


def _is_outrun(unit: Row) -> bool:
    effort = unit["effort_ratio"]
    return effort is not None and effort <= 1 and unit["arrivals_per_day"] > 0


def _chance(unit: Row) -> str:
    if unit["p_meet"] is None:
        return "; chưa đủ kỳ số liệu để tính khả năng đúng hạn"
    return f"; khả năng đúng hạn {formats.chance(unit['p_meet'], LANGUAGE)}"


def _finish(unit: Row) -> str:
    if unit["p_meet"] is None:
        return ""
    if unit["expected_finish"] is None:
        return "; với nhịp này chưa xong trong 12 tuần tới"
    return f"; với nhịp này dự kiến xong ngày {day(unit['expected_finish'])}"


# Why ----------------------------------------------------------------------------------------


def why(facts: Facts) -> str:
    """Why the valid ratio moved since the start."""
    if facts.cleaning is None:
        return ""
    if facts.moves is None:
        return f"Chưa nêu được vì sao tỷ lệ hợp lệ thay đổi: {facts.why_no_moves}."
    unit = facts.moves.unit
    told = why_sentence(unit, LANGUAGE)
    if not told:
        return "Chưa nêu được vì sao tỷ lệ hợp lệ thay đổi: đầu kỳ hoặc cuối kỳ chưa có tỷ lệ."
    before, now = (
        formats.ratio(unit[column], LANGUAGE, DECIMALS) for column in ("ratio_before", "ratio")
    )
    return f"Tỷ lệ hợp lệ từ {before} thành {now}: {told}"


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
    title, late = workstream_names(LANGUAGE)[name], _late(stream.time, facts.as_of.date())
    return f"{title}: hạn {late}; còn {count(stream.unit['remaining'])} {UNITS[name]}"


def _late_complaints(facts: Facts) -> str:
    rows = facts.complaints
    if rows is None or not rows.unit["overdue"]:
        return ""
    oldest = formats.age(rows.unit["oldest_hours"], LANGUAGE)
    where = held_by(rows.parts, "overdue", rows.unit["overdue"])
    return f"{count(rows.unit['overdue'])} phản ánh quá 48 giờ, cũ nhất đã chờ {oldest}{where}"


def _long_in_process(facts: Facts) -> str:
    rows = facts.signing
    if rows is None or not rows.unit["in_process_long"]:
        return ""
    return (
        f"{count(rows.unit['in_process_long'])} hồ sơ đã gửi ký quá "
        f"{facts.rule.in_process_days} ngày mà chưa có kết quả"
    )


def asks(facts: Facts) -> list[str]:
    """What the leadership should ask for, the most pressing first; one sentence where nothing is
    called for.
    """
    lines = [
        *(_faster(facts, name, stream) for name, stream in facts.streams.items()),
        _unassigned(facts),
        _idle(facts),
        _regressed(facts),
        _contradictory(facts),
    ]
    return [sentence(line) for line in lines if line] or ["Chưa có việc phải chỉ đạo thêm."]


_ASKED = {
    "cleaning": "Đẩy nhanh làm sạch dữ liệu",
    "complaints": "Xử lý dứt điểm phản ánh",
    "signing": "Đẩy nhanh ký số",
}
_LEFT = {"cleaning": "invalid", "complaints": "open", "signing": "waiting"}


def _faster(facts: Facts, name: Workstream, stream: Stream) -> str:
    unit = stream.unit
    if unit["status"] not in _NEEDS_A_WORD:
        return ""
    counted = {
        "cleaning": facts.cleaning,
        "complaints": facts.complaints,
        "signing": facts.signing,
    }[name]
    where = _first_places(counted.parts, _LEFT[name]) if counted else ""
    return f"{_ASKED[name]}{where}{_from_to(name, stream)}"


def _first_places(parts: Sequence[Row], column: str) -> str:
    most = most_of(parts, column)
    return f", trước hết ở {named(most)}" if most else ""


def _from_to(name: Workstream, stream: Stream) -> str:
    unit, time = stream.unit, stream.time
    if time is None or time.is_over or unit["required_per_day"] is None:
        return f": còn {count(unit['remaining'])} {UNITS[name]}"
    needed = formats.needed(unit["required_per_day"], LANGUAGE)
    actual = unit["actual_per_day"]
    if actual is None or actual <= 0:
        return f": cần {needed} {UNITS[name]} mỗi ngày"
    rate = formats.rate(actual, LANGUAGE)
    if _is_outrun(unit):
        both = formats.needed(unit["required_per_day"] + unit["arrivals_per_day"], LANGUAGE)
        return f": từ {rate} lên {both} {UNITS[name]} mỗi ngày, kể cả {UNITS[name]} mới"
    if unit["effort_ratio"] <= 1:
        return f": giữ đều nhịp {rate} {UNITS[name]} mỗi ngày"
    return f": từ {rate} lên {needed} {UNITS[name]} mỗi ngày"


def _unassigned(facts: Facts) -> str:
    rows = facts.complaints
    if rows is None or not rows.unit["unassigned"]:
        return ""
    return f"Giao đơn vị xử lý {count(rows.unit['unassigned'])} phản ánh chưa phân công"


def _idle(facts: Facts) -> str:
    idle = [row for row in facts.idle if row["is_stalled"] and row["unit_code"] != UNMAPPED]
    if not idle:
        return ""
    most = most_of(idle, "waiting")
    examples = f", nhiều hồ sơ chờ nhất là {named(most)}" if len(idle) > len(most) else ""
    return (
        f"Yêu cầu {count(len(idle))} cơ sở không ký thêm hồ sơ nào trong 3 ngày làm việc gần nhất "
        f"nêu rõ vướng mắc{examples or ': ' + named(most)}"
    )


def _regressed(facts: Facts) -> str:
    if facts.moves is None or not facts.moves.unit["regressed"]:
        return ""
    most = most_of(facts.moves.facilities, "regressed")
    if not most:
        return ""
    told = formats.names(
        [f"{row['unit_name']} ({count(row['regressed'])})" for row in most[:2]], LANGUAGE
    )
    return f"Rà soát nơi có nhiều hồ sơ nhất từ hợp lệ thành không hợp lệ: {told}"


def _contradictory(facts: Facts) -> str:
    rows = facts.signing
    if rows is None:
        return ""
    told = [
        f"{count(rows.unit[column])} {what}"
        for column, what in (
            ("signed_not_verified", "hồ sơ đã ký mà nay không còn đúng"),
            ("changed_after_signing", "hồ sơ thay đổi sau khi ký"),
        )
        if rows.unit[column]
    ]
    return f"Kiểm tra, ký lại {formats.names(told, LANGUAGE)}" if told else ""
