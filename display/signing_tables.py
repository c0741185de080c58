"""Tables of signing: who has to sign, and which records contradict their signature."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from display import formats
from display.html import render
from display.labels import UNMAPPED, state_names, unit_name
from display.listings import Listing, ToList, UnitLists, above_list, no_list, no_lists
from display.notes import Source
from display.signing import states_of
from display.sparkline import sparkline, widest_span
from display.tables import Cell, Column, Link, Row, Segment, Sorting, change_cell, table, titled
from display.words import words
from queries.signing import Rule

Unit = Mapping[str, Any]


def signing_table(
    name: str,
    caption: str,
    units: Sequence[Unit],
    *,
    unit_heading: str,
    link: Link,
    source: Source,
    language: str,
    followed: int,
    total: Unit | None = None,
    lists: UnitLists = no_lists,
) -> str:
    """Units by what waits for its signature, most first; rows of queries.signing_table.

    Args:
        followed: for how many days signing has been followed.
    """
    ordered = sorted(units, key=lambda unit: (-unit["waiting"], unit["unit_code"]))
    span = widest_span(unit["history"] for unit in ordered)
    rows = [
        Row(
            _unit_cells(unit, span, followed, language, lists(unit)),
            None if unit["unit_code"] == UNMAPPED else link(unit["unit_code"]),
        )
        for unit in ordered
        if unit["unit_code"] != UNMAPPED or unit["records"]
    ]
    whole = widest_span([total["history"]]) if total else 0.0
    last = Row(_unit_cells(total, whole, followed, language, lists(total))) if total else None
    columns = _columns(unit_heading, language)
    shown = table(name, caption, columns, rows, language=language, sorting=Sorting(4), total=last)
    legend = [
        (f"sign-{state.code}", state.name)
        for state in (states_of(ordered[0], language) if ordered else [])
    ]
    return titled(caption, shown, source=source, language=language, legend=legend)


def _columns(unit: str, language: str) -> list[Column]:
    _ = words(language)
    return [
        Column(unit, "name"),
        Column(_("Tiến độ ký"), "stack", is_sortable=False),
        Column(_("Tỷ lệ đã ký"), "number"),
        Column(_("Đủ điều kiện"), "number", room=3),
        Column(_("Chờ ký"), "number"),
        Column(_("Đang xử lý"), "number", room=2),
        Column(_("7 ngày ký mới"), "change", room=2),
        Column(_("Chờ trên 30 ngày"), "number", room=3),
        Column(_("Diễn biến"), "spark", room=3, is_sortable=False),
    ]


def _unit_cells(
    unit: Unit, span: float, followed: int, language: str, to_list: ToList
) -> list[Cell]:
    newly = unit["newly_signed_since"]
    long = _waiting_over_30(unit, followed)
    return [
        Cell(unit_name(unit["unit_name"], language), unit["unit_name"]),
        Cell("", segments=_segments(unit, language)),
        Cell(formats.ratio(unit["ratio"], language, 2), unit["ratio"]),
        *(
            Cell(formats.count(unit[name], language), unit[name], href=to_list(name))
            for name in ("signable", "waiting", "in_process")
        ),
        change_cell(newly, formats.signed_count(newly, language)),
        Cell(formats.count(long, language), long),
        Cell("", line=sparkline(unit["history"], span)),
    ]


def _segments(unit: Unit, language: str) -> list[Segment]:
    whole = unit["signable"] or 1
    return [
        Segment(
            f"sign-{state.code}",
            state.count / whole,
            f"{state.name}: {formats.count(state.count, language)}",
        )
        for state in states_of(unit, language)
        if state.count
    ]


def _waiting_over_30(unit: Unit, followed: int) -> int | None:
    """How many have waited over 30 days; None where that is not known of all."""
    if unit["waiting_over_30"] is None or (unit["waiting_from_start"] and followed <= 30):
        return None
    return unit["waiting_over_30"] + unit["waiting_from_start"]


class Followed(NamedTuple):
    """Since when signing has been followed: what began before is not known to the day."""

    first_day: dt.date
    days: int


def contradiction(
    which: str,
    listing: Listing,
    unit: Unit,
    *,
    rule: Rule,
    followed: Followed,
    source: Source,
    language: str,
    to_list: ToList = no_list,
) -> str:
    """One kind of contradiction: its number, what it means, and its records by id.

    Args:
        listing: the first of its records.
        unit: a row of queries.signing_table; its number is null where the pair marts do not tell.
    """
    title, meaning = _contradictions(rule, language)[which]
    states = state_names(language)
    shown = [
        Row(
            [
                Cell(row["record_id"], row["record_id"]),
                _since(which, row, followed, language),
                Cell(states[row["verification"]], row["verification"]),
                Cell(unit_name(row["unit_name"], language), row["unit_name"]),
            ]
        )
        for row in listing.rows
    ]
    columns = _record_columns(which, language)
    return render(
        "contradiction.html",
        language,
        title=title,
        meaning=meaning,
        total=unit[which],
        href=to_list(which),
        of_what=_of_what(which, unit, language),
        said=above_list(listing, unit[which] or 0, language),
        more=_more(which, unit, rule, followed, language),
        rows=len(shown),
        table=table(which, title, columns, shown, language=language, is_scrolling=True),
        source=source,
    )


def _more(which: str, unit: Unit, rule: Rule, followed: Followed, language: str) -> str:
    """What else there is to know of the number; "" for nothing."""
    _ = words(language)
    if which == "signed_not_verified" and unit["signed_too_few_doses"]:
        return _(
            "Ngoài ra {count} hồ sơ đã ký mà nay chưa đủ {doses} mũi, cũng không tính."
        ).format(count=formats.count(unit["signed_too_few_doses"], language), doses=rule.min_doses)
    if which == "in_process_long" and unit["in_process"] and followed.days <= rule.in_process_days:
        return _("Mới theo dõi được {days} ngày, chưa đủ để thấy.").format(
            days=formats.count(followed.days, language)
        )
    return ""


def _contradictions(rule: Rule, language: str) -> dict[str, tuple[str, str]]:
    """Kind of contradiction -> its title and what it means."""
    _ = words(language)
    return {
        "signed_not_verified": (
            _("Đã ký nhưng không còn đúng"),
            _("Chữ ký còn đó mà kết quả xác thực nay là sai hoặc chưa rõ; không tính là đã ký."),
        ),
        "changed_after_signing": (
            _("Thay đổi sau khi ký"),
            _("Họ tên, ngày sinh, giới tính, số giấy tờ hoặc số mũi đổi sau khi ký: cần ký lại."),
        ),
        "in_process_long": (
            _("Đang xử lý quá {days} ngày").format(days=rule.in_process_days),
            _("Đã gửi ký mà hệ thống chưa trả kết quả: kiểm tra lại, gửi lại nếu cần."),
        ),
    }


def _of_what(which: str, unit: Unit, language: str) -> str:
    """Of how many records the contradictory ones are."""
    _ = words(language)
    if which == "in_process_long":
        sent = _("trong {count} hồ sơ đang xử lý")
        return sent.format(count=formats.count(unit["in_process"], language))
    signed = _("trong {count} hồ sơ đã ký")
    return signed.format(count=formats.count(unit["with_signature"], language))


def _record_columns(which: str, language: str) -> list[Column]:
    _ = words(language)
    since = {
        "signed_not_verified": _("Ký ngày"),
        "changed_after_signing": _("Đổi ngày"),
        "in_process_long": _("Từ ngày"),
    }
    return [
        Column(_("Mã hồ sơ"), "id"),
        Column(since[which], "number"),
        Column(_("Xác thực"), "text", room=2),
        Column(_("Cơ sở"), "text", room=2),
    ]


def _since(which: str, row: Mapping[str, Any], followed: Followed, language: str) -> Cell:
    """The day that matters: signed, changed, or in process since."""
    _ = words(language)
    columns = {
        "signed_not_verified": "signed_date",
        "changed_after_signing": "changed_on",
        "in_process_long": "in_process_on",
    }
    day = row[columns[which]]
    if day is None and which == "in_process_long":
        first = formats.day(followed.first_day, language)
        return Cell(_("{day} hoặc trước").format(day=first), followed.first_day.isoformat())
    if day is None:
        return Cell(formats.UNKNOWN, "")
    return Cell(formats.day(day, language), day.isoformat())
