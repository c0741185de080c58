"""Cơ sở: one facility, who heads it, why records are invalid, how it stands among its kind."""

import streamlit as st

from access import require_viewer
from display.charts import Line
from display.facility import facts, peers_title, rank_sentence
from display.summary import Crumb, answer
from display.unit_tables import peer_table
from display.words import words
from pages.parts.address import address, choose
from pages.parts.blocks import card, show
from pages.parts.choices import (
    asked_unit,
    choices_bar,
    choose_snapshot,
    choose_unit,
    names_of,
    require_choice,
)
from pages.parts.figures import (
    View,
    bases_beside_trend,
    count_of_records,
    head,
    pooled_trend_of,
    province_and_districts,
    reasons_card,
    row_of,
    source,
    tree_card,
    trend_of,
    unit_rows,
)
from pages.parts.loading import load
from pages.parts.streams import stream_cards
from queries import questions

viewer = require_viewer()
_ = words(viewer.language)
choice = require_choice(viewer, "cleaning", needs_records=True)._replace(axis="facility")

province, districts = province_and_districts(viewer, choice)
everywhere = unit_rows(viewer, choice, "facility")
district_code = asked_unit("district", districts, viewer)
near = [unit for unit in everywhere if unit["district_code"] == district_code]
code = asked_unit("facility", everywhere, viewer, near)
known = {"facility_code": code, "snapshot_id": choice.snapshot_id}
own = load(questions.facility, viewer.scope, **known).row(0, named=True)
peers = load(questions.peers, viewer.scope, **known).to_dicts()
unit = row_of(everywhere, code)
choose("district", own["district_code"])
facilities = [unit for unit in everywhere if unit["district_code"] == own["district_code"]]

view = View(viewer, choice, "facility", code)
district = View(viewer, choice, "district", own["district_code"])
kind = [peer["unit_code"] for peer in peers]

crumbs = [
    Crumb(province["unit_name"], address("")),
    Crumb(own["district_name"], address("huyen", district=own["district_code"])),
]
answers = [answer(unit, [], viewer.language)]
has_peers = viewer.scope.facility_codes is None
if has_peers:
    is_of_district = viewer.scope.district_codes is not None
    answers.append(rank_sentence(own, peers, viewer.language, is_of_district=is_of_district))
head(view, unit["unit_name"], count_of_records(unit, viewer.language), answers, crumbs)
with choices_bar(viewer):
    known_districts = names_of(districts) | {district.unit_code: own["district_name"]}
    choose_unit("district", _("Huyện"), known_districts, district.unit_code, forgets="facility")
    choose_unit("facility", _("Cơ sở"), names_of(facilities), code)
    choose_snapshot(choice, viewer)
show(facts(own, viewer.language), key="facts")
lines = [
    Line(unit["unit_name"], trend_of(view)),
    Line(_("Huyện"), trend_of(district), is_main=False),
]
if has_peers:
    lines.append(Line(_("Cùng loại"), pooled_trend_of(view, kind), is_main=False, dash="dot"))
stream_cards(view, unit)
bases_beside_trend(view, lines)
tree_card(view, unit)
if not has_peers:
    reasons_card(view, unit)
    st.stop()
left, right = st.columns([1, 1.5])
with left:
    reasons_card(view, unit)
with right, card("peers"):
    table = peer_table(
        peers_title(own, viewer.language),
        peers,
        current=code,
        link=lambda peer: address("co-so", facility=peer),
        source=source(view),
        language=viewer.language,
    )
    show(table, key="peers")
