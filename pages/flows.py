"""Biến động: what became of the records between two snapshots, and why the ratio moved."""

import streamlit as st

from access import require_viewer
from display import flows as drawn
from display.notes import notice
from pages.parts.blocks import show
from pages.parts.choices import (
    choices_bar,
    choose_axis,
    choose_since,
    choose_snapshot,
    require_choice,
    since_of,
)
from pages.parts.figures import View, count_of_records, head, province_and_districts
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
choice = require_choice(viewer, "cleaning", needs_records=True)
since = since_of(choice, viewer)
refused = why_not(viewer, choice, since)
if since is None or refused:
    province, _districts = province_and_districts(viewer, choice)
    whole = View(viewer, choice, "province", province["unit_code"])
    head(whole, province["unit_name"], count_of_records(province, viewer.language), [])
    with choices_bar(viewer):
        choose_snapshot(choice, viewer)
        if since is not None:
            choose_since(choice, since, viewer)
    show(notice(refused, viewer.language), key="why_not")
    st.stop()

rows_of = rows_of_span(viewer, choice, since)
# Communes have no page: by residence the way down ends at the district.
place = find_place(viewer, "bien-dong", rows_of, is_by_unit=choice.axis == "facility")
unit = place.unit
view = View(viewer, choice, place.level, unit["unit_code"])
flow = chosen_flow(viewer)

answers = [
    drawn.answer(unit, since, viewer.language),
    drawn.why_sentence(unit, viewer.language),
]
head(view, unit["unit_name"], count_of_records(unit, viewer.language), answers, place.crumbs)
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
