"""The published snapshots and what became of every row that was read."""

from collections.abc import Mapping, Sequence
from typing import Any

from display import formats
from display.html import render
from display.labels import axis_name, layout_name, quarantine_reason
from display.listings import Listing, above_list
from display.tables import Cell, Column, Link, Row, Sorting, table, titled
from display.words import words

_COUNTED = ("rows_read", "accepted", "quarantined", "carried_forward", "records")


def catalogue_head(snapshots: Sequence[Mapping[str, Any]], language: str) -> str:
    """How many snapshots there are, from when to when, and whether they are invented."""
    _ = words(language)
    days = sorted(snapshot["as_of"] for snapshot in snapshots)
    answer = _("Đã công bố {count} kỳ số liệu, từ {first} đến {last}.")
    if len(days) == 1:
        answer = _("Đã công bố một kỳ số liệu, {last}; chưa có kỳ nào để so sánh.")
    return render(
        "catalogue_head.html",
        language,
        is_invented=any(snapshot["is_invented"] for snapshot in snapshots),
        answer=answer.format(
            count=formats.count(len(days), language),
            first=formats.day(days[0], language),
            last=formats.day(days[-1], language),
        ),
    )


def reconciliation(
    snapshot: Mapping[str, Any],
    sources: Sequence[Mapping[str, Any]],
    unmapped: Sequence[Mapping[str, Any]],
    *,
    language: str,
) -> str:
    """Read = accepted + quarantined of one snapshot and of each of its files."""
    _ = words(language)
    columns = [
        Column(_("Tệp nguồn"), "name"),
        Column(_("Dòng đã đọc"), "number"),
        Column(_("Nhận"), "number"),
        Column(_("Để riêng"), "number"),
    ]
    rows = [Row(_source_cells(source, language)) for source in sources]
    told = [
        (row["axis"], (row["code"], axis_name(row["axis"], language), row["records"]))
        for row in unmapped
    ]
    return render(
        "reconciliation.html",
        language,
        snapshot=snapshot,
        files=table("files", _("Các tệp của kỳ"), columns, rows, language=language),
        unknown=[code for axis, code in told if axis != "complaint"],
        unrouted=[code for axis, code in told if axis == "complaint"],
    )


def quarantine_table(
    reasons: Sequence[Mapping[str, Any]], *, quarantined: int, language: str
) -> str:
    """Why rows were put aside, most frequent first."""
    _ = words(language)
    ordered = sorted(reasons, key=lambda row: (-row["row_count"], row["reason"]))
    columns = [Column(_("Lý do"), "name"), Column(_("Số dòng"), "number")]
    rows = [Row(_reason_cells(row, language)) for row in ordered]
    return render(
        "quarantine.html",
        language,
        quarantined=quarantined,
        table=table("quarantine", _("Lý do để riêng"), columns, rows, language=language),
        several=sum(row["row_count"] for row in reasons) > quarantined,
    )


def quarantined_table(rows: Sequence[Mapping[str, Any]], *, total: int, language: str) -> str:
    """Where the rows put aside stand in their files, for whoever corrects them there."""
    _ = words(language)
    title = _("Dòng để riêng: ở tệp nào, dòng nào")
    columns = [
        Column(_("Tệp"), "name"),
        Column(_("Dòng"), "number"),
        Column(_("Lý do"), "text"),
    ]
    shown = [
        Row(
            [
                Cell(row["source"], row["source"], note=layout_name(row["layout"], language)),
                Cell(formats.count(row["line"], language), row["line"]),
                Cell("; ".join(quarantine_reason(one, language) for one in row["reasons"])),
            ]
        )
        for row in rows
    ]
    listed = table(
        "quarantined",
        title,
        columns,
        shown,
        language=language,
        sorting=Sorting(0),
        is_scrolling=True,
    )
    return titled(
        title,
        listed,
        source=None,
        language=language,
        sentence=above_list(Listing(rows), total, language),
    )


def snapshot_table(
    snapshots: Sequence[Mapping[str, Any]], *, current: str, link: Link, language: str
) -> str:
    """Snapshots, newest first; each opens itself."""
    _ = words(language)
    columns = [
        Column(_("Tính đến"), "name"),
        Column(_("Có số liệu"), "text", room=2),
        Column(_("Dòng đã đọc"), "number", room=2),
        Column(_("Nhận"), "number", room=2),
        Column(_("Để riêng"), "number"),
        Column(_("Giữ từ kỳ trước"), "number", room=3),
        Column(_("Hồ sơ trong kỳ"), "number"),
        Column(_("Số tệp"), "number", room=3),
        Column(_("Bản"), "number", room=3),
    ]
    rows = [
        Row(
            _snapshot_cells(snapshot, language),
            link(snapshot["snapshot_id"]),
            is_current=snapshot["snapshot_id"] == current,
        )
        for snapshot in snapshots
    ]
    title = _("Các kỳ số liệu đã công bố")
    shown = table(
        "snapshots",
        title,
        columns,
        rows,
        language=language,
        sorting=Sorting(0),
        is_scrolling=True,
    )
    return titled(title, shown, source=None, language=language)


def _snapshot_cells(snapshot: Mapping[str, Any], language: str) -> list[Cell]:
    return [
        Cell(formats.as_of(snapshot["as_of"], language), snapshot["as_of"].isoformat()),
        Cell(_covers(snapshot, language), ""),
        *(Cell(formats.count(snapshot[name], language), snapshot[name]) for name in _COUNTED),
        Cell(formats.count(len(snapshot["files"]), language), len(snapshot["files"])),
        Cell(formats.count(snapshot["revision"], language), snapshot["revision"]),
    ]


def _covers(snapshot: Mapping[str, Any], language: str) -> str:
    """What a snapshot has figures of: "làm sạch, ký, phản ánh"."""
    _ = words(language)
    names = {"cleaning": _("làm sạch"), "signing": _("ký"), "complaints": _("phản ánh")}
    told = ", ".join(name for code, name in names.items() if code in snapshot["covers"])
    if snapshot["is_by_unit"]:
        return told
    return _("{workstreams} (bảng tổng)").format(workstreams=told)


def _source_cells(source: Mapping[str, Any], language: str) -> list[Cell]:
    return [
        Cell(source["name"], source["name"], note=layout_name(source["layout"], language)),
        *(
            Cell(formats.count(source[name], language), source[name])
            for name in ("rows_read", "accepted", "quarantined")
        ),
    ]


def _reason_cells(row: Mapping[str, Any], language: str) -> list[Cell]:
    text = quarantine_reason(row["reason"], language)
    return [
        Cell(text[:1].upper() + text[1:], text),
        Cell(formats.count(row["row_count"], language), row["row_count"]),
    ]
