"""Tables, bars and lists of complaints: who has to handle them, what about, the oldest."""

from collections.abc import Mapping, Sequence
from typing import Any

from display import formats
from display.html import render
from display.labels import (
    age_bucket_names,
    complaint_status_names,
    complaint_type,
    reject_reason,
    unit_name,
)
from display.listings import Listing, ToList, UnitLists, above_list, no_lists
from display.notes import Source
from display.reasons import Bar
from display.sparkline import sparkline, widest_span
from display.tables import Cell, Column, Link, Row, Segment, Sorting, change_cell, table, titled
from display.words import words
from display.work_lists import Shown

Unit = Mapping[str, Any]
BUCKETS = ("up_to_48_hours", "days_2_to_7", "days_8_to_30", "over_30_days")


def ageing_columns(unit: str, language: str) -> list[Column]:
    """The columns of the table of backlogs; `unit` heads the names."""
    _ = words(language)
    return [
        Column(unit, "name"),
        Column(_("Tuổi tồn"), "stack", is_sortable=False),
        Column(_("Còn tồn"), "number"),
        Column(_("Quá 48 giờ"), "number"),
        Column(_("Tỷ lệ quá hạn"), "number", room=2),
        Column(_("Cũ nhất"), "number", room=2),
        Column(_("7 ngày"), "change", room=2),
        Column(_("Diễn biến"), "spark", room=3, is_sortable=False),
    ]


def ageing_table(
    name: str,
    caption: str,
    units: Sequence[Unit],
    *,
    unit_heading: str,
    link: Link,
    source: Source,
    language: str,
    total: Unit | None = None,
    sentence: str = "",
    lists: UnitLists = no_lists,
) -> str:
    """Units by what is overdue, most first; `units` are rows of queries.complaint_table."""
    _ = words(language)
    ordered = sorted(units, key=lambda unit: (-unit["overdue"], -unit["open"], unit["unit_code"]))
    span = widest_span(unit["history"] for unit in ordered)
    longest = max((unit["open"] for unit in ordered), default=0)
    rows = [
        Row(_unit_cells(unit, longest, span, language, lists(unit)), link(unit["unit_code"]))
        for unit in ordered
    ]
    whole = widest_span([total["history"]]) if total else 0.0
    last = None
    if total:
        last = Row(_unit_cells(total, total["open"], whole, language, lists(total)))
    columns = ageing_columns(unit_heading, language)
    shown = table(name, caption, columns, rows, language=language, sorting=Sorting(3), total=last)
    names = age_bucket_names(language)
    return titled(
        caption,
        shown,
        source=source,
        language=language,
        legend=[(f"age-{at}", names[bucket]) for at, bucket in enumerate(BUCKETS)],
        rule=_("tính theo giờ đồng hồ từ lúc tiếp nhận, cả ngày nghỉ; đúng 48 giờ chưa là quá hạn"),
        sentence=sentence,
    )


def routed_sentence(unit: Unit, language: str) -> str:
    """All open complaints as the sum of who has to handle them, so that none gets lost."""
    _ = words(language)
    elsewhere = unit["open_in_district"] + unit["open_unrouted"]
    return _(
        "Cộng đủ: {total} = {facilities} ở cơ sở + {districts} mới rõ huyện, chưa rõ cơ sở "
        "+ {unrouted} chưa rõ cả huyện, chờ tỉnh giao."
    ).format(
        total=formats.count(unit["open"], language),
        facilities=formats.count(unit["open"] - elsewhere, language),
        districts=formats.count(unit["open_in_district"], language),
        unrouted=formats.count(unit["open_unrouted"], language),
    )


def _unit_cells(
    unit: Unit, longest: int, span: float, language: str, to_list: ToList
) -> list[Cell]:
    change = unit["open_change"]
    return [
        Cell(unit_name(unit["unit_name"], language), unit["unit_name"]),
        Cell("", segments=_segments(unit, longest, language)),
        *(
            Cell(formats.count(unit[name], language), unit[name], href=to_list(name))
            for name in ("open", "overdue")
        ),
        Cell(formats.ratio(unit["overdue_ratio"], language), unit["overdue_ratio"]),
        Cell(formats.age(unit["oldest_hours"], language), unit["oldest_hours"]),
        change_cell(change, formats.signed_count(change, language), more_is_better=False),
        Cell("", line=sparkline(unit["history"], span)),
    ]


def _segments(unit: Unit, longest: int, language: str) -> list[Segment]:
    names = age_bucket_names(language)
    return [
        Segment(
            f"age-{at}",
            unit[bucket] / longest,
            f"{names[bucket]}: {formats.count(unit[bucket], language)}",
        )
        for at, bucket in enumerate(BUCKETS)
        if unit[bucket]
    ]


def type_bars(
    kinds: Sequence[Mapping[str, Any]], *, received: int, source: Source, language: str
) -> str:
    """What the complaints are about, with how many of each are open."""
    _ = words(language)
    found = [row for row in kinds if row["kind"] == "type"]
    rows = _bars(found, [complaint_type(row["code"], language) for row in found], language)
    notes = [
        _("{count} còn tồn").format(count=formats.count(row["open"], language)) for row in found
    ]
    return render(
        "kinds.html",
        language,
        title=_("Phản ánh về việc gì"),
        detail=_("{count} phản ánh đã tiếp nhận").format(count=formats.count(received, language)),
        bars=list(zip(rows, notes, strict=True)),
        nothing=_("Chưa có phản ánh nào."),
        source=source,
    )


def reject_bars(
    kinds: Sequence[Mapping[str, Any]], *, rejected: int, source: Source, language: str
) -> str:
    """Why complaints were rejected: the 13 official reasons, those that occur."""
    _ = words(language)
    found = [row for row in kinds if row["kind"] == "reject_reason"]
    rows = _bars(found, [reject_reason(row["code"], language) for row in found], language)
    return render(
        "kinds.html",
        language,
        title=_("Vì sao từ chối"),
        detail=_("{count} phản ánh bị từ chối, theo 13 lý do của Công văn 9458").format(
            count=formats.count(rejected, language)
        ),
        bars=[(bar, "") for bar in rows],
        nothing=_("Chưa từ chối phản ánh nào."),
        source=source,
    )


def _bars(rows: Sequence[Mapping[str, Any]], names: Sequence[str], language: str) -> list[Bar]:
    counts = [row["complaints"] for row in rows]
    shares = formats.adding_up(counts, language)
    longest = max(counts, default=1)
    return [
        Bar(name, count, share, count / longest)
        for name, count, share in zip(names, counts, shares, strict=True)
    ]


# Lists --------------------------------------------------------------------------------------


def open_list(
    name: str,
    listing: Listing,
    *,
    title: str,
    total: int,
    nothing: str,
    source: Source,
    language: str,
    has_unit: bool = True,
) -> str:
    """Open complaints by id, the longest waiting first.

    Args:
        listing: the first of them.
        total: how many there are in all.
        has_unit: they are of several units, which are named.
    """
    _ = words(language)
    names = complaint_status_names(language)
    columns = [
        Column(_("Mã phản ánh"), "id"),
        Column(_("Đã chờ"), "number"),
        Column(_("Tiếp nhận"), "number", room=2),
        Column(_("Loại"), "text", room=3 if has_unit else 1),
        Column(_("Trạng thái"), "text", room=2),
        *([Column(_("Đơn vị xử lý"), "text")] if has_unit else []),
    ]
    shown = [
        Row(
            [
                Cell(row["complaint_id"], row["complaint_id"], note=_again(row, language)),
                Cell(formats.age(row["age_hours"], language), row["age_hours"]),
                Cell(formats.moment(row["received_at"], language), row["received_at"].isoformat()),
                Cell(complaint_type(row["complaint_type"], language), row["complaint_type"]),
                Cell(names[row["status"]], row["status"]),
                *([Cell(_handler(row, language), row["unit_code"])] if has_unit else []),
            ]
        )
        for row in listing.rows
    ]
    return _listed(
        name,
        title,
        listing,
        columns,
        shown,
        total=total,
        nothing=nothing,
        source=source,
        language=language,
    )


def still_invalid_list(
    listing: Listing,
    *,
    total: int,
    base: int,
    states: Mapping[str, str],
    source: Source,
    language: str,
) -> str:
    """Complaints approved while the record is still invalid, by the record's id.

    Args:
        listing: the first of them.
        total: how many there are; base: of how many approved ones.
    """
    _ = words(language)
    columns = [
        Column(_("Mã hồ sơ"), "id"),
        Column(_("Kết quả xác thực"), "text"),
        Column(_("Duyệt ngày"), "number", room=2),
        Column(_("Mã phản ánh"), "text", room=2),
        Column(_("Đơn vị xử lý"), "text", room=2),
    ]
    shown = [
        Row(
            [
                Cell(row["record_id"], row["record_id"]),
                Cell(states[row["verification"]], row["verification"]),
                Cell(
                    formats.UNKNOWN
                    if row["closed_at"] is None
                    else formats.day(row["closed_at"], language),
                    None if row["closed_at"] is None else row["closed_at"].isoformat(),
                ),
                Cell(row["complaint_id"], row["complaint_id"]),
                Cell(_handler(row, language), row["unit_code"]),
            ]
        )
        for row in listing.rows
    ]
    title = _("Đã duyệt nhưng hồ sơ vẫn không hợp lệ")
    nothing = _("Không có phản ánh nào như vậy trong {count} phản ánh đã duyệt có hồ sơ.").format(
        count=formats.count(base, language)
    )
    return _listed(
        "still_invalid",
        title,
        listing,
        columns,
        shown,
        total=total,
        nothing=nothing,
        source=source,
        language=language,
    )


def complaint_title(what: str, language: str) -> str:
    """What the complaints of a list have in common (`queries.complaint_lists.COMPLAINT_WHATS`)."""
    _ = words(language)
    own = {
        "received": _("Phản ánh đã tiếp nhận"),
        "open": _("Phản ánh còn tồn"),
        "overdue": _("Phản ánh quá 48 giờ"),
        "closed": _("Phản ánh đã xử lý xong"),
        "reopened": _("Phản ánh mở lại"),
        "still_invalid": _("Đã duyệt nhưng hồ sơ vẫn không hợp lệ"),
    }
    named = complaint_status_names(language) | age_bucket_names(language)
    if what in own:
        return own[what]
    return _("Phản ánh: {what}").format(what=named[what].lower())


def complaint_headings(language: str) -> list[str]:
    """The headings of a list of complaints, as on the page and in a download."""
    _ = words(language)
    return [
        _("Mã phản ánh"),
        _("Mã hồ sơ"),
        _("Đã chờ"),
        _("Tiếp nhận"),
        _("Loại"),
        _("Trạng thái"),
        _("Đơn vị xử lý"),
    ]


def complaint_cells(row: Mapping[str, Any], language: str) -> list[str]:
    """One complaint under `complaint_headings`."""
    return [
        row["complaint_id"],
        row["record_id"] or formats.UNKNOWN,
        formats.age(row["age_minutes"] / 60, language),
        formats.moment(row["received_at"], language),
        complaint_type(row["complaint_type"], language),
        complaint_status_names(language)[row["status"]],
        _handler(row, language),
    ]


def complaint_list(rows: Sequence[Mapping[str, Any]], shown: Shown, language: str) -> str:
    """One page of a list of complaints."""
    _ = words(language)
    kinds = ("id", "text", "number", "number", "text", "text", "text")
    rooms = (1, 2, 1, 2, 3, 1, 2)
    columns = [
        Column(heading, kind, room=room)
        for heading, kind, room in zip(complaint_headings(language), kinds, rooms, strict=True)
    ]
    lines = [Row([Cell(text) for text in complaint_cells(row, language)]) for row in rows]
    drawn = table("complaint_list", _("Danh sách phản ánh"), columns, lines, language=language)
    return render("work_list.html", language, table=drawn, shown=shown)


def _listed(
    name: str,
    title: str,
    listing: Listing,
    columns: Sequence[Column],
    rows: Sequence[Row],
    *,
    total: int,
    nothing: str,
    source: Source,
    language: str,
) -> str:
    return render(
        "listed.html",
        language,
        title=title,
        total=total,
        nothing=nothing,
        said=above_list(listing, total, language),
        rows=len(rows),
        table=table(name, title, columns, rows, language=language, is_scrolling=True),
        source=source,
    )


def _again(row: Mapping[str, Any], language: str) -> str:
    _ = words(language)
    if not row["reopened_times"]:
        return ""
    return _("mở lại lần {count} của {first}").format(
        count=formats.count(row["reopened_times"], language), first=row["first_complaint_id"]
    )


def _handler(row: Mapping[str, Any], language: str) -> str:
    _ = words(language)
    if row["unit_code"] == "unmapped":
        return _("Chờ tỉnh giao")
    if row["unit_code"] == row["district_code"]:
        return _("{district} (chưa rõ cơ sở)").format(district=row["unit_name"])
    return row["unit_name"]
