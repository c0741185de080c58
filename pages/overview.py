"""Tổng quan: will the three workstreams of the province be done in time, and where not."""

import streamlit as st

from access import require_viewer
from display import formats
from display.charts import Line
from display.words import words
from pages.parts.address import choose
from pages.parts.choices import choices_bar, choose_axis, choose_snapshot, require_choice
from pages.parts.figures import (
    View,
    bases_beside_trend,
    count_of_records,
    head,
    province_and_districts,
    tree_card,
    trend_of,
)
from pages.parts.loading import load
from pages.parts.progress import (
    answers,
    burn_up_card,
    changes_block,
    choose_stream,
    districts_card,
    formulas,
    stands_of,
    what_if_card,
)
from pages.parts.streams import stream_cards
from queries import signing

viewer = require_viewer()
_ = words(viewer.language)
choice = require_choice(viewer)
choose("district", None)
choose("facility", None)

has_cleaning = "cleaning" in choice.snapshot["covers"]
if has_cleaning:
    province, _districts = province_and_districts(viewer, choice)
    counted = count_of_records(province, viewer.language)
else:
    rows = load(
        signing.signing_table, viewer.scope, level="province", snapshot_id=choice.snapshot_id
    )
    province = rows.row(0, named=True)
    counted = _("{count} hồ sơ đủ điều kiện ký").format(
        count=formats.count(province["signable"], viewer.language)
    )
view = View(viewer, choice, "province", province["unit_code"])
stands = stands_of(view)

head(view, province["unit_name"], counted, answers(view, stands))
with choices_bar(viewer):
    choose_snapshot(choice, viewer)
    choose_axis(choice, viewer)
changes_block(view)
stream_cards(view, province, stands)
formulas(view)
stream = choose_stream(view, stands)
left, right = st.columns([2.1, 1])
with left:
    burn_up_card(view, stream)
with right:
    what_if_card(view, stream)
districts_card(view, stream, stands[stream])
if has_cleaning:
    bases_beside_trend(view, [Line(province["unit_name"], trend_of(view))])
    tree_card(view, province)
