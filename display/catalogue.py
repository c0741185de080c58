"""The published snapshots and what became of their rows."""

from collections.abc import Mapping, Sequence
from typing import Any

from display import formats
from display.html import render
from display.labels import quarantine_reason
from display.tables import Cell, Column, Link, Row, Sorting, table
from display.words import words


def snapshot_table(
    snapshots: Sequence[Mapping[str, Any]], *, current: str, link: Link, language: str
) -> str:
    """Snapshots, newest first; each opens itself."""
    _ = words(language)
    columns = [
        Column(_("Tính đến"), "name"),
        Column(_("Dòng đã đọc"), "number"),
        Column(_("Nhận"), "number", room=2),
        Column(_("Cách ly"), "number"),
        Column(_("Giữ từ kỳ trước"), "number", room=3),
        Column(_("Hồ sơ trong kỳ"), "number", room=2),
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
    return table(
        "snapshots", _("Các kỳ số liệu đã công bố"), columns, rows,
        language=language, sorting=Sorting(0), is_scrolling=True,
    )


def _snapshot_cells(snapshot: Mapping[str, Any], language: str) -> list[Cell]:
    counted = (
        "rows_read", "accepted", "quarantined", "carried_forward", "records",
    )
    return [
        Cell(formats.as_of(snapshot["as_of"], language), snapshot["as_of"].isoformat()),
        *(Cell(formats.count(snapshot[name], language), snapshot[name]) for name in counted),
        Cell(formats.count(len(snapshot["files"]), language), len(snapshot["files"])),
        Cell(formats.count(snapshot["revision"], language), snapshot["revision"]),
    ]


def reconciliation(snapshot: Mapping[str, Any], language: str) -> str:
    """Read = accepted + quarantined of one snapshot, its files and what it holds."""
    return render("reconciliation.html", language, snapshot=snapshot)


def quarantine_table(
    reasons: Sequence[Mapping[str, Any]], *, quarantined: int, language: str
) -> str:
    """Why rows were put aside, most frequent first."""
    _ = words(language)
    if not reasons:
        return render("notice.html", language, text=_("Không có dòng nào bị cách ly."))
    columns = [
        Column(_("Lý do"), "name"),
        Column(_("Số dòng"), "number"),
    ]
    rows = [
        Row([
            Cell(_sentence(quarantine_reason(row["reason"], language))),
            Cell(formats.count(row["row_count"], language), row["row_count"]),
        ])
        for row in sorted(reasons, key=lambda row: (-row["row_count"], row["reason"]))
    ]
    return render(
        "quarantine.html",
        language,
        table=table("quarantine", _("Lý do cách ly"), columns, rows, language=language),
        several=sum(row["row_count"] for row in reasons) > quarantined,
    )


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
