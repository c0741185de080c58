"""The page of work lists where it is about complaints: one list, page by page."""

import functools

from access import Proof, Viewer, session_proof, still_may_list, write_down
from data.errors import RefusedError
from display import complaint_tables as drawn
from display import formats
from display.exports import About
from display.listings import Listing, above_list
from display.notes import notice, without_stream
from display.words import words
from display.work_lists import Shown, list_head
from pages.parts.address import choose
from pages.parts.blocks import card, show
from pages.parts.choices import Choice, choices_bar, choose_snapshot, choose_unit
from pages.parts.downloads import Write, downloads_of
from pages.parts.listings import seen
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
from queries.engine import Connection


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
    title = drawn.complaint_title(what, viewer.language)
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
    about = About(
        title, name, choice.snapshot["as_of"], choice.snapshot["is_invented"], viewer.user
    )
    with card("complaint_list"):
        _rows(viewer, choice, listed, total)
        export = functools.partial(exported, opened(), viewer, session_proof(), listed, about=about)
        downloads_of(export, f"phan-anh-{what}-{unit or place.district_code}", viewer)


def _rows(viewer: Viewer, choice: Choice, listed: ComplaintList, total: int) -> None:
    if not seen(viewer, choice, "complaints", _told(listed), rows=total):
        said = above_list(Listing(refusal="unlogged"), total, viewer.language)
        show(notice(said, viewer.language), key="why_no_list")
        return
    offset = offset_of((listed,), total)
    rows = complaint_lists.complaints_of(
        opened(), scope=viewer.scope, listed=listed, row_limit=PAGE, row_offset=offset
    ).to_dicts()
    shown = Shown(offset + 1, offset + len(rows), total)
    show(drawn.complaint_list(rows, shown, viewer.language), key="complaint_list")
    turn_pages(offset, total, viewer)


def _told(listed: ComplaintList) -> dict[str, str | None]:
    """The list as the audit log names it."""
    return {name: value for name, value in listed._asdict().items() if name != "snapshot_id"}


def exported(
    connection: Connection,
    viewer: Viewer,
    proof: Proof,
    listed: ComplaintList,
    *,
    about: About,
    write: Write,
) -> bytes:
    """As `pages.parts.work_lists.exported`, of complaints."""
    if not still_may_list(viewer, proof):
        raise RefusedError("Phiên làm việc đã hết; hãy đăng nhập lại.")
    rows = complaint_lists.complaints_of(
        connection, scope=viewer.scope, listed=listed, row_limit=viewer.most_exported
    ).to_dicts()
    told = {"list": "complaints", **_told(listed)}
    write_down(viewer, "export", predicate=told, snapshot_id=listed.snapshot_id, rows=len(rows))
    cells = [drawn.complaint_cells(row, viewer.language) for row in rows]
    return write(about, drawn.complaint_headings(viewer.language), cells, viewer.language)
