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
    waiting_bucket_names,
)
from display.listings import ToList, no_list
from display.notes import Source
from display.summary import most_named
from display.tables import Cell, Column, Row, table
from display.words import words
from queries.deadlines import calendar_days_left
from queries.signing import STALLED_WORKING_DAYS, Rule

Unit = Mapping[str, Any]
STATES = ("issued", "signed", "in_process", "not_started")
#: … where it is not known which of the signed are issued.
_STATES_WITHOUT_ISSUED = ("done", "in_process", "not_started")
#: How long what can be signed has waited -> from how many days on.
BUCKETS = {"waiting_0_2": 0, "waiting_3_7": 3, "waiting_8_30": 8, "waiting_over_30": 31}


class State(NamedTuple):
    """One state of signing: how it is drawn, what it is called, how many are in it."""

    #: issued, signed, in_process or not_started.
    code: str
    #: What counts it: signed and issued together where they are not told apart.
    column: str
    name: str
    count: int


class Stage(NamedTuple):
    """One stage of the funnel, and what has got lost since the one before."""

    name: str
    count: int
    #: Of all records: as width 0..1, and of the stage before in words.
    width: float
    share: str
    losses: Sequence[str]


def states_of(unit: Unit, language: str) -> list[State]:
    """What can be signed by its state, the furthest first; they add up to `signable`."""
    names = signing_names(language)
    known = _STATES_WITHOUT_ISSUED if unit["issued"] is None else STATES
    return [
        State("signed" if name == "done" else name, name, names[name], unit[name]) for name in known
    ]


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
            "{not_started} chưa bắt đầu; {share} số chờ ký ở {places}."
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
    unit: Unit,
    *,
    compared: Mapping[str, Any] | None,
    source: Source,
    language: str,
    to_list: ToList = no_list,
) -> str:
    """The headline ratio, its states in one bar, and what is newly signed."""
    change = unit["ratio_change"] if compared else None
    states = states_of(unit, language)
    shares = formats.adding_up([state.count for state in states], language)
    return render(
        "signing_progress.html",
        language,
        unit=unit,
        states=list(zip(states, shares, strict=True)),
        change="" if change is None else formats.points(change, language),
        tone="" if not change else "good" if change > 0 else "bad",
        compared=compared,
        source=source,
        to_list=to_list,
    )


def funnel(
    unit: Unit,
    tree: Unit | None,
    rule: Rule,
    *,
    is_by_unit: bool,
    source: Source,
    language: str,
) -> str:
    """All records -> verified -> signable -> sent -> signed -> issued, every loss named; without
    the first or the last where these are not known.

    Args:
        unit: a row of queries.signing_table; tree: of queries.unit_table (None: not known).
        is_by_unit: they are of records, so that what is not signable lacks doses.
    """
    _ = words(language)
    sent = unit["signable"] - unit["not_started"]
    too_few = formats.count(unit["too_few_doses"], language)
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
                _("{count} chưa đủ {doses} mũi").format(count=too_few, doses=rule.min_doses)
                if is_by_unit
                else _("{count} chưa đủ điều kiện").format(count=too_few)
            ],
        ),
        (
            _("Đã gửi ký"),
            sent,
            [_("{count} chưa bắt đầu").format(count=formats.count(unit["not_started"], language))],
        ),
        (
            _("Đã ký (kể cả đã cấp)"),
            unit["done"],
            [_("{count} đang xử lý").format(count=formats.count(unit["in_process"], language))],
        ),
        (
            _("Bộ đã cấp hộ chiếu"),
            unit["issued"],
            [_("{count} đã ký, chờ Bộ cấp").format(count=formats.count(unit["signed"], language))],
        ),
    ]
    known = steps[0 if tree else 2 : None if unit["issued"] is not None else -1]
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


def course_in_words(
    points: Sequence[Mapping[str, Any]], snapshot: Mapping[str, Any], language: str
) -> str:
    """How many were newly signed over the snapshots up to this one, as one sentence."""
    _ = words(language)
    if not points and not snapshot["is_by_unit"]:
        return _("Bảng tổng theo huyện không cho biết hồ sơ nào mới ký.")
    if not points and not snapshot["is_paired"]:
        return _(
            "Đối chiếu giữa các kỳ chưa tính xong; người vận hành chạy: "
            "python cli.py rebuild --stale."
        )
    if not points:
        return _("Chưa có hai kỳ liền nhau để thấy hồ sơ mới ký.")
    return _("{count} hồ sơ mới ký từ {first_day} đến {last_day}.").format(
        count=formats.count(sum(point["newly_signed"] for point in points), language),
        first_day=formats.day(points[0]["compared_with_at"], language),
        last_day=formats.day(points[-1]["as_of"], language),
    )


def waiting_card(
    unit: Unit, followed: int, *, source: Source, language: str, to_list: ToList = no_list
) -> str:
    """How long what can be signed has waited for its signature; what was already waiting when it
    was first seen, `followed` days ago, apart.
    """
    _ = words(language)
    names = waiting_bucket_names(language)
    is_told = unit["waiting_0_2"] is not None
    bars = [
        (f"age-{at}", names[bucket], bucket, unit[bucket] or 0) for at, bucket in enumerate(BUCKETS)
    ]
    if unit["waiting_from_start"]:
        at_least = max(at for at, days in enumerate(BUCKETS.values()) if days <= followed)
        name = names["waiting_from_start"].format(days=formats.count(followed, language))
        waited = "waiting_from_start"
        bars.append((f"age-{at_least}", name, waited, unit[waited]))
    counts = [count for *_bar, count in bars]
    shares = formats.adding_up(counts, language)
    longest = max(counts) or 1
    return render(
        "waiting.html",
        language,
        waiting=unit["waiting"],
        bars=[(*bar, share, bar[-1] / longest) for bar, share in zip(bars, shares, strict=True)],
        is_told=is_told,
        to_list=to_list,
        source=source,
    )


def stalled_card(
    units: Sequence[Unit],
    *,
    link: Callable[[Unit], str | None],
    source: Source,
    language: str,
) -> str:
    """Facilities that have something not begun and have signed nothing for some working days;
    `units` are rows of queries.signing_idleness.
    """
    _ = words(language)
    stalled = [unit for unit in units if unit["is_stalled"] and unit["unit_code"] != UNMAPPED]
    ordered = sorted(stalled, key=lambda unit: (-unit["not_started"], unit["unit_code"]))
    columns = [
        Column(_("Cơ sở"), "name"),
        Column(_("Chưa bắt đầu"), "number"),
        Column(_("Ký gần nhất"), "number"),
        Column(_("Ngày làm việc"), "number", room=2),
    ]
    rows = [
        Row(
            [
                Cell(unit["unit_name"], unit["unit_name"]),
                Cell(formats.count(unit["not_started"], language), unit["not_started"]),
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
        detail=_("còn hồ sơ chưa bắt đầu ký, {days} ngày làm việc trở lên không ký thêm").format(
            days=STALLED_WORKING_DAYS
        ),
        count=len(ordered),
        is_told=any(unit["idle_days"] is not None for unit in units) or not units,
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
