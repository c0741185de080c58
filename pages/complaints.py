"""Phản ánh: how many complaints are open and overdue, who has to handle them, what it takes."""

import streamlit as st

from access import require_viewer
from data.workstreams import deadline_on
from display import complaint_tables, formats
from display import complaints as drawn
from display.words import words
from pages.parts.blocks import card, show
from pages.parts.choices import choices_bar, choose_snapshot, require_choice
from pages.parts.complaints import (
    backlog_beside_course,
    clearance_of,
    flow_of,
    kinds_of,
    oldest_block,
    rejections_block,
    still_invalid_block,
    types_block,
    unrouted_block,
)
from pages.parts.figures import View, head, lists, source
from pages.parts.loading import load
from pages.parts.places import choose_place, find_place
from queries import complaints

viewer = require_viewer()
_ = words(viewer.language)
choice = require_choice(viewer, "complaints")._replace(axis="facility")
asked = {"snapshot_id": choice.snapshot_id}


def rows_of(level, district_code, with_total):
    """The rows of queries.complaint_table."""
    place = {"level": level, "district_code": district_code, "with_total": with_total}
    return load(complaints.complaint_table, viewer.scope, **asked, **place).to_dicts()


place = find_place(viewer, "phan-anh", rows_of)
unit = place.unit
view = View(viewer, choice, place.level, unit["unit_code"])

as_of = choice.snapshot["as_of"].date()
since = choice.compared["as_of"].date() if choice.compared else None
answers = [
    drawn.complaint_answer(unit, place.parts, viewer.language),
    drawn.deadline_answer(
        unit,
        deadline_on("complaints", as_of),
        clearance_of(view, unit, flow_of(view)),
        since=since,
        as_of=as_of,
        language=viewer.language,
    ),
]
received = _("{count} phản ánh đã tiếp nhận")
counted = received.format(count=formats.count(unit["received"], viewer.language))
head(view, unit["unit_name"], counted, answers, place.crumbs)
with choices_bar(viewer):
    choose_place(place, viewer)
    choose_snapshot(choice, viewer)
backlog_beside_course(view, unit)
is_province = place.level == "province"
if place.parts:
    with card("units"):
        table = complaint_tables.ageing_table(
            f"backlog_{place.level}",
            _("Đơn vị phải xử lý, xếp theo số quá 48 giờ"),
            place.parts,
            unit_heading=_("Huyện") if is_province else _("Cơ sở"),
            link=place.link,
            source=source(view, "overdue_complaint_ratio"),
            language=viewer.language,
            total={
                **place.total,
                "unit_name": _("Toàn tỉnh") if is_province else unit["unit_name"],
            },
            sentence=complaint_tables.routed_sentence(unit, viewer.language),
            lists=lists(view),
        )
        show(table, key="units")
with card("oldest"):
    show(oldest_block(view, unit, place.lists), key="oldest")
kinds = kinds_of(view, place.lists)
left, right = st.columns(2)
with left, card("types"):
    show(types_block(view, unit, kinds), key="types")
with right, card("rejections"):
    show(rejections_block(view, unit, kinds), key="rejections")
if is_province:
    with left, card("unrouted"):
        show(unrouted_block(view, unit), key="unrouted")
if choice.snapshot["is_by_unit"]:
    with st.container() if is_province else left, card("still_invalid"):
        show(still_invalid_block(view, unit, place.lists), key="still_invalid")
