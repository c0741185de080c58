"""Biến động: what became of the records between two snapshots, and why the ratio moved."""

import streamlit as st

from access import require_viewer
from display import flows as drawn
from display import formats
from display.notes import notice
from display.words import words
from pages.parts.blocks import show
from pages.parts.choices import (
    choices_bar,
    choose_axis,
    choose_since,
    choose_snapshot,
    require_choice,
    since_of,
)
from pages.parts.figures import View, head
from pages.parts.flows import (
    account_beside_waterfall,
    chosen_flow,
    others_beside_regressed,
    records_beside_timeline,
    rows_of_span,
    transitions_card,
    units_card,
    why_not,
)
from pages.parts.places import choose_place, find_place

viewer = require_viewer()
_ = words(viewer.language)
choice = require_choice(viewer, "cleaning", needs_records=True)
since = since_of(choice, viewer)
if since is None:
    with choices_bar(viewer):
        choose_snapshot(choice, viewer)
    show(notice(_("Chưa có kỳ hồ sơ nào trước kỳ này để so."), viewer.language), key="no_since")
    st.stop()
refused = why_not(viewer, choice, since)
if refused:
    with choices_bar(viewer):
        choose_snapshot(choice, viewer)
        choose_since(choice, since, viewer)
    show(notice(refused, viewer.language), key="why_not")
    st.stop()

rows_of = rows_of_span(viewer, choice, since)
# Communes have no page: by residence the way down ends at the district.
place = find_place(viewer, "bien-dong", rows_of, is_by_unit=choice.axis == "facility")
unit = place.unit
view = View(viewer, choice, place.level, unit["unit_code"])
flow = chosen_flow(viewer)

counted = _("{count} hồ sơ").format(count=formats.count(unit["records"], viewer.language))
answers = [
    drawn.answer(unit, since, viewer.language),
    drawn.why_sentence(unit, viewer.language),
]
head(view, unit["unit_name"], counted, answers, place.crumbs)
with choices_bar(viewer):
    choose_place(place, viewer)
    choose_snapshot(choice, viewer)
    choose_since(choice, since, viewer)
    choose_axis(choice, viewer)
account_beside_waterfall(view, unit, flow)
units_card(view, place, since, flow)
records_beside_timeline(view, place, since, flow)
transitions_card(view, place, since, flow)
others_beside_regressed(view, place, since, flow)
