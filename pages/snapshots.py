"""Dữ liệu: what is published, and what became of every row that was read."""

import streamlit as st

from access import require_viewer
from display.catalogue import (
    catalogue_head,
    quarantine_table,
    quarantined_table,
    reconciliation,
    snapshot_table,
)
from pages.parts.address import address
from pages.parts.blocks import card, show
from pages.parts.choices import choices_bar, choose_snapshot, day_token, require_choice
from pages.parts.loading import load
from queries import questions

#: So many rows put aside are shown.
MOST_LISTED = 500

viewer = require_viewer("data")
choice = require_choice(viewer)
known = {"snapshot_id": choice.snapshot_id}
reasons = load(questions.quarantine_reasons, None, **known).to_dicts()
sources = load(questions.snapshot_sources, None, **known).to_dicts()
unmapped = load(questions.unmapped_codes, viewer.scope, **known).to_dicts()
days = {row["snapshot_id"]: day_token(row, choice.published) for row in choice.published}

show(catalogue_head(choice.published, viewer.language), key="head")
with choices_bar(viewer):
    choose_snapshot(choice, viewer)
left, right = st.columns([1.35, 1])
with left, card("chosen"):
    html = reconciliation(choice.snapshot, sources, unmapped, language=viewer.language)
    show(html, key="chosen")
with right, card("quarantine"):
    html = quarantine_table(
        reasons, quarantined=choice.snapshot["quarantined"], language=viewer.language
    )
    show(html, key="quarantine")
if viewer.may("quarantine") and choice.snapshot["quarantined"]:
    with card("quarantined"):
        rows = load(questions.quarantined_rows, None, row_limit=MOST_LISTED, **known).to_dicts()
        total = choice.snapshot["quarantined"]
        html = quarantined_table(rows, total=total, language=viewer.language)
        show(html, key="quarantined")
with card("published"):
    html = snapshot_table(
        choice.published,
        current=choice.snapshot_id,
        link=lambda snapshot_id: address("du-lieu", date=days[snapshot_id]),
        language=viewer.language,
    )
    show(html, key="published")
