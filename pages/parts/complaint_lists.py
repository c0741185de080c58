"""The page of work lists where it is about complaints: one list, page by page."""

from typing import Any

from access import Viewer
from display import complaint_tables as drawn
from display import formats
from display.notes import without_stream
from display.words import words
from display.work_lists import Shown, list_head, page_title
from pages.parts.address import choose
from pages.parts.blocks import card, show
from pages.parts.choices import Choice, choices_bar, choose_snapshot, choose_unit
from pages.parts.downloads import Taken, downloads
from pages.parts.listings import once_written_down
from pages.parts.loading import load, opened
from pages.parts.places import choose_place, find_place
from pages.parts.work_lists import (
    PAGE,
    number_of,
    offset_of,
    turn_pages,
)
from queries import complaint_lists, complaints
from queries.complaint_lists import ComplaintList


def complaint_page(viewer: Viewer, choice: Choice, what: str) -> None:
    """The whole page: which complaints, of which unit, and so many of them."""
    if "complaints" not in choice.snapshot["covers"]:
        choose("what", None)
        show(without_stream("complaints", viewer.language), key="without_complaints")
        return

    def rows_of(level, district_code, with_total):
        asked = {"level": level, "district_code": district_code, "with_total": with_total}
        known = {"snapshot_id": choice.snapshot_id}
        return load(complaints.complaint_table, viewer.scope, **known, **asked).to_dicts()

    _ = words(viewer.language)
    place = find_place(viewer, "danh-sach", rows_of)
    unit = place.unit["unit_code"] if place.level == "facility" else None
    listed = ComplaintList(what, place.level, place.district_code, unit, choice.snapshot_id)
    total = number_of(viewer, complaint_lists.complaint_number, listed=listed)
    title = page_title(drawn.complaint_title(what, viewer.language), viewer.language)
    counted = _("{count} phản ánh").format(count=formats.count(total, viewer.language))
    name = place.unit["unit_name"]
    show(list_head(title, name, counted, choice.snapshot, viewer.language), key="head")
    with choices_bar(viewer):
        titles = {
            one: drawn.complaint_title(one, viewer.language)
            for one in complaint_lists.COMPLAINT_WHATS
        }
        choose_unit("what", _("Danh sách"), titles, what)
        choose_place(place, viewer)
        choose_snapshot(choice, viewer)
    with card("complaint_list"):
        if _rows(viewer, choice, listed, total):
            downloads(_taken(viewer, listed, total, title, name), choice, viewer)


def _rows(viewer: Viewer, choice: Choice, listed: ComplaintList, total: int) -> bool:
    """So many complaints of the list; whether they could be shown."""
    offset = offset_of((listed,), total)
    page = {"row_limit": PAGE, "row_offset": offset}

    def ask() -> list[dict[str, Any]]:
        asked: dict[str, Any] = {"scope": viewer.scope, "listed": listed, **page}
        return complaint_lists.complaints_of(opened(), **asked).to_dicts()

    rows = once_written_down(viewer, choice, "complaints", _told(listed), total, ask)
    if rows is None:
        return False
    shown = Shown(offset + 1, offset + len(rows), total)
    show(drawn.complaint_list(rows, shown, viewer.language), key="complaint_list")
    turn_pages(offset, total, viewer)
    return True


def _taken(viewer: Viewer, listed: ComplaintList, total: int, title: str, name: str) -> Taken:
    """The list as it can be taken along."""
    connection = opened()

    def rows(row_limit: int) -> list[list[str]]:
        found = complaint_lists.complaints_of(
            connection, scope=viewer.scope, listed=listed, row_limit=row_limit
        )
        return [drawn.complaint_cells(row, viewer.language) for row in found.to_dicts()]

    return Taken(
        title,
        name,
        listed.unit_code or listed.district_code or "",
        _told(listed),
        total,
        drawn.complaint_headings(viewer.language),
        rows,
    )


def _told(listed: ComplaintList) -> dict[str, str | None]:
    """The list as the audit log names it."""
    return {name: value for name, value in listed._asdict().items() if name != "snapshot_id"}
