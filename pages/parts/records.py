"""One record over the list it stands in, and its masked fields for a reason."""

import logging
from collections.abc import Mapping
from typing import Any

import streamlit as st

from access import Viewer, session_proof, still_may, write_down
from data.audit import AuditError
from display import work_lists as drawn
from display.notes import notice, unknown_choice
from display.words import words
from pages.parts.address import asked, choose
from pages.parts.blocks import show
from pages.parts.flows import course_of
from pages.parts.loading import opened
from pages.parts.work_lists import Found, known_of
from queries import work_lists

Row = Mapping[str, Any]


def open_record(found: Found, viewer: Viewer) -> None:
    """The record the address asks for, over the list, until it is closed."""
    _ = words(viewer.language)
    record_id = asked("record")
    if not record_id:
        return
    rows = work_lists.records(
        opened(),
        scope=viewer.scope,
        work_list=found.work_list._replace(what="records"),
        search=record_id,
        row_limit=1,
    ).filter(record_id=record_id)
    if rows.is_empty():
        choose("record", None)
        show(unknown_choice("record", record_id, viewer.language), key="unknown_record")
        return
    title = _("Hồ sơ {record}").format(record=record_id)
    drawn_over = st.dialog(title, width="medium", on_dismiss=lambda: choose("record", None))
    drawn_over(_record)(found, rows.row(0, named=True), viewer)


def _record(found: Found, record: Row, viewer: Viewer) -> None:
    _ = words(viewer.language)
    show(drawn.record_card(record, known_of(found, viewer)), key="record_card")
    reasons = drawn.reveal_reasons(viewer.language)
    reason = st.selectbox(
        _("Lý do cần xem đầy đủ"),
        list(reasons),
        format_func=reasons.__getitem__,
        key="reveal_reason",
    )
    if st.button(_("Hiện số giấy tờ, điện thoại"), key="reveal"):
        _reveal(found, record["record_id"], reason, viewer)
    course = course_of(found.view, record["record_id"], found.work_list.snapshot_id)
    show(course, key="course")


def _reveal(found: Found, record_id: str, reason: str, viewer: Viewer) -> None:
    """Shows the masked fields until the next click, once that is written down; asks again who is
    looking, as a click in what lies over a page does not run the page.
    """
    _ = words(viewer.language)
    if not still_may(viewer, "lists", session_proof()):
        st.rerun()
    try:
        write_down(
            viewer,
            "reveal",
            predicate={"record": record_id},
            snapshot_id=found.work_list.snapshot_id,
            rows=1,
            reason=reason,
        )
    except AuditError as error:
        logging.getLogger("tien_do").error("reveal refused: %s", error)
        refused = _("Chưa ghi được nhật ký nên không hiện được; hãy báo người vận hành.")
        show(notice(refused, viewer.language), key="why_not_revealed")
        return
    row = work_lists.reveal(
        opened(),
        scope=viewer.scope,
        snapshot_id=found.work_list.snapshot_id,
        record_id=record_id,
    )
    show(drawn.revealed(row, viewer.language), key="revealed")
