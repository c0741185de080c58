"""Tables of units: districts, communes, facilities, and facilities of one kind."""

from collections.abc import Mapping, Sequence
from typing import Any

from display import formats
from display.labels import UNMAPPED, unit_name
from display.listings import ToList, UnitLists, no_lists
from display.notes import Source
from display.sparkline import sparkline, widest_span
from display.tables import Cell, Column, Link, Row, Sorting, change_cell, table, titled
from display.words import words


def unit_columns(unit: str, whole: str, language: str) -> list[Column]:
    """The columns of a table of units; `unit` heads the names, `whole` the share's column."""
    _ = words(language)
    return [
        Column(unit, "name"),
        Column(_("Tỷ lệ hợp lệ"), "bar"),
        Column(_("Hợp lệ"), "number", room=2),
        Column(_("Đã phân loại"), "number", room=3),
        Column(_("Còn lại"), "number"),
        Column(whole, "number", room=2),
        Column(_("7 ngày, điểm"), "change"),
        Column(_("7 ngày, hợp lệ"), "change", room=3),
        Column(_("Diễn biến"), "spark", room=2, is_sortable=False),
    ]


def unit_table(
    name: str,
    caption: str,
    units: Sequence[Mapping[str, Any]],
    *,
    columns: Sequence[Column],
    link: Link,
    source: Source,
    language: str,
    total: Mapping[str, Any] | None = None,
    lists: UnitLists = no_lists,
) -> str:
    """Units by what is left to clean, most first; `units` are rows of queries.unit_table."""
    ordered = sorted(units, key=lambda unit: (-unit["invalid"], unit["unit_code"]))
    shares = formats.adding_up([unit["invalid"] for unit in ordered], language, decimals=2)
    span = widest_span(unit["history"] for unit in ordered)
    rows = [
        _unit_row(unit, share, span, link=link, language=language, to_list=lists(unit))
        for unit, share in zip(ordered, shares, strict=True)
        if unit["unit_code"] != UNMAPPED or unit["records"]
    ]
    last = _total_row(total, span, language, lists(total)) if total else None
    shown = table(name, caption, columns, rows, language=language, sorting=Sorting(4), total=last)
    return titled(caption, shown, source=source, language=language)


def peer_columns(language: str) -> list[Column]:
    """The columns of the table of facilities of one kind."""
    _ = words(language)
    return [
        Column(_("Hạng"), "number"),
        Column(_("Cơ sở"), "name"),
        Column(_("Tỷ lệ hợp lệ"), "bar"),
        Column(_("Đã phân loại"), "number", room=3),
        Column(_("Còn lại"), "number", room=2),
        Column(_("7 ngày, điểm"), "change"),
        Column(_("Diễn biến"), "spark", room=3, is_sortable=False),
    ]


def peer_table(
    caption: str,
    peers: Sequence[Mapping[str, Any]],
    *,
    current: str,
    link: Link,
    source: Source,
    language: str,
) -> str:
    """Facilities of one kind, best first; those without a rank stand last."""
    ordered = sorted(peers, key=lambda peer: (peer["rank"] or len(peers) + 1, peer["unit_code"]))
    span = widest_span(peer["history"] for peer in ordered)
    rows = [
        Row(
            _peer_cells(peer, span, language),
            link(peer["unit_code"]),
            is_current=peer["unit_code"] == current,
        )
        for peer in ordered
    ]
    shown = table(
        "peers",
        caption,
        peer_columns(language),
        rows,
        language=language,
        sorting=Sorting(0, is_descending=False),
        is_scrolling=True,
    )
    return titled(caption, shown, source=source, language=language)


def _unit_row(
    unit: Mapping[str, Any],
    share: str,
    span: float,
    *,
    link: Link,
    language: str,
    to_list: ToList,
) -> Row:
    code = unit["unit_code"]
    cells = _unit_cells(unit, Cell(share, unit["remaining_share"]), span, language, to_list)
    return Row(cells, None if code == UNMAPPED else link(code))


def _total_row(unit: Mapping[str, Any], span: float, language: str, to_list: ToList) -> Row:
    whole = Cell(formats.ratio(1.0 if unit["invalid"] else None, language, 2))
    return Row(_unit_cells(unit, whole, span, language, to_list))


def _unit_cells(
    unit: Mapping[str, Any], share: Cell, span: float, language: str, to_list: ToList
) -> list[Cell]:
    return [
        Cell(unit_name(unit["unit_name"], language), unit["unit_name"]),
        _ratio_cell(unit, language),
        _count_cell(unit["valid"], language)._replace(href=to_list("valid")),
        _count_cell(unit["classified"], language),
        _count_cell(unit["invalid"], language)._replace(href=to_list("invalid")),
        share,
        _points_cell(unit, language),
        change_cell(unit["valid_change"], formats.signed_count(unit["valid_change"], language)),
        Cell("", line=sparkline(unit["history"], span)),
    ]


def _peer_cells(peer: Mapping[str, Any], span: float, language: str) -> list[Cell]:
    return [
        Cell(formats.count(peer["rank"], language), peer["rank"]),
        Cell(peer["unit_name"], peer["unit_name"]),
        _ratio_cell(peer, language),
        _count_cell(peer["classified"], language),
        _count_cell(peer["invalid"], language),
        _points_cell(peer, language),
        Cell("", line=sparkline(peer["history"], span)),
    ]


def _ratio_cell(unit: Mapping[str, Any], language: str) -> Cell:
    return Cell(formats.ratio(unit["ratio"], language, 2), unit["ratio"], share=unit["ratio"])


def _count_cell(value: int, language: str) -> Cell:
    return Cell(formats.count(value, language), value)


def _points_cell(unit: Mapping[str, Any], language: str) -> Cell:
    """Against the ratio before, as both are printed."""
    change, now = unit["ratio_change"], unit["ratio"]
    if change is not None:
        change = formats.printed_change(now - change, now)
    return change_cell(change, formats.signed_points(change, language, 2))
