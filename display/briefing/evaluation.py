"""The second part: of each workstream what was done, what is left and why, and its picture."""

from display import formats
from display.briefing.facts import Counted, Facts, Row
from display.briefing.phrases import (
    LANGUAGE,
    LEAST_SHARED,
    NOTHING_BEFORE,
    count,
    fraction,
    held_by,
    is_known,
    moved_points,
    percent,
    place_name,
    sentence,
    since_words,
    units_of,
)
from display.briefing.pictures import chart
from display.briefing.value import Section
from display.labels import UNMAPPED, reason_names, workstream_names
from queries.questions import LEAST_RANKED
from queries.signing import STALLED_WORKING_DAYS

_MOST_REASONS = 3


def sections(facts: Facts) -> list[Section]:
    """One section a workstream the snapshot tells of."""
    told = {"cleaning": _cleaning, "complaints": _complaints, "signing": _signing}
    return [
        Section(
            f"{number}. {workstream_names(LANGUAGE)[name]}",
            [sentence(text) for text in told[name](facts) if text],
            chart(facts, name, stream),
        )
        for number, (name, stream) in enumerate(facts.streams.items(), 1)
    ]


def _cleaning(facts: Facts) -> list[str]:
    rows = facts.cleaning
    if rows is None:
        return []
    return [
        _cleaned(facts, rows),
        _best_and_worst(facts, rows),
        _left_to_clean(facts, rows),
        _reasons(facts),
    ]


def _cleaned(facts: Facts, rows: Counted) -> str:
    if facts.compared is None:
        return NOTHING_BEFORE
    change, told = rows.change(rows.unit, "ratio"), []
    if facts.moves is not None:
        fixed = facts.moves.unit["fixed"]
        told += [f"sửa được {count(fixed)} hồ sơ" if fixed else "không sửa được hồ sơ nào"]
    if change is not None:
        told += [f"tỷ lệ hợp lệ {moved_points(change)}{_by_parts(facts, rows)}"]
    return f"{since_words(facts)}, {'; '.join(told)}" if told else ""


def _by_parts(facts: Facts, rows: Counted) -> str:
    """How many of the parts went up, and which most."""
    changes = [
        (rows.change(row, "ratio"), row) for row in rows.parts if row["unit_code"] != UNMAPPED
    ]
    known = [(change, row) for change, row in changes if change is not None]
    if len(known) < 2:
        return ""
    up = sum(change > 0 for change, _row in known)
    change, best = max(known, key=lambda pair: (pair[0], pair[1]["unit_code"]))
    what = units_of(facts)
    if not up:
        return f", không {what} nào tăng"
    how_many = f"cả {count(up)} {what} đều tăng"
    if up < len(known):
        how_many = f"{count(up)}/{count(len(known))} {what} tăng"
    return f"; {how_many}, nhiều nhất là {place_name(best)} ({moved_points(change)})"


def _best_and_worst(facts: Facts, rows: Counted) -> str:
    """Whose ratio is highest and lowest, of units with enough records to tell."""
    known = [
        row for row in rows.parts if is_known(row) and (row["classified"] or 0) >= LEAST_RANKED
    ]
    if len(known) < 2:
        return ""
    best, worst = (
        pick(known, key=lambda row: (row["ratio"], row["unit_code"])) for pick in (max, min)
    )
    if percent(best["ratio"]) == percent(worst["ratio"]):
        return ""
    return (
        f"Tỷ lệ hợp lệ cao nhất: {place_name(best)} ({percent(best['ratio'])}); "
        f"thấp nhất: {place_name(worst)} ({percent(worst['ratio'])})"
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
    more = "".join(f", {text}" for text in _other_flows(flow))
    return (
        f"{since_words(facts)}, tiếp nhận {count(flow['received'])}, xử lý xong "
        f"{count(flow['closed'])} phản ánh{more}; số tồn {went} {ends}"
    )


def _other_flows(flow: Row) -> list[str]:
    """What else made the open ones more or fewer."""
    moved = flow["moved"]
    told = [
        (flow["opened_again"], "mở lại {count}"),
        (moved, "từ đơn vị khác chuyển đến {count}"),
        (-moved, "chuyển sang đơn vị khác {count}"),
        (flow["late"], "ghi nhận muộn {count}"),
        (flow["removed"], "không còn trong danh sách {count}"),
    ]
    return [text.format(count=count(number)) for number, text in told if number > 0]


def _left_open(rows: Counted) -> str:
    unit = rows.unit
    if not unit["open"]:
        return "Không còn phản ánh nào tồn"
    half, oldest = (
        formats.age(unit[column], LANGUAGE) for column in ("median_hours", "oldest_hours")
    )
    told = f"Còn tồn {count(unit['open'])} phản ánh{held_by(rows.parts, 'open', unit['open'])}"
    if unit["open"] >= LEAST_SHARED:
        told += f"; một nửa đã chờ hơn {half}"
    told += f"; lâu nhất đã chờ {oldest}"
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
    if facts.rules_differ:
        return f"Quy định ký đổi từ kỳ trước ({facts.rule.document}) nên không so sánh"
    if change is None or more is None:
        return NOTHING_BEFORE
    went = f"số hồ sơ đã ký {'tăng' if more > 0 else 'giảm'} {count(abs(more))}"
    if not more:
        went = "số hồ sơ đã ký không đổi"
    return f"{since_words(facts)}, {went}; tỷ lệ ký {moved_points(change)}{_by_parts(facts, rows)}"


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
        f"{STALLED_WORKING_DAYS} ngày làm việc gần nhất"
    )
