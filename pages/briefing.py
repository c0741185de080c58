"""Báo cáo: the weekly briefing of the province or a district, to read, to take along, to sign."""

import streamlit as st

from access import require_viewer
from display.notes import notice
from display.words import words
from pages.parts.address import ALL
from pages.parts.blocks import show
from pages.parts.briefings import (
    briefing_of,
    chosen_unit,
    downloads_card,
    head_of,
    ledger_card,
    preview_beside_message,
)
from pages.parts.choices import (
    choices_bar,
    choose_snapshot,
    choose_unit,
    choose_week,
    require_choice,
    week_of,
)

viewer = require_viewer("briefings")
_ = words(viewer.language)
choice = require_choice(viewer)
since = week_of(choice, viewer)
units, code = chosen_unit(viewer, choice)
briefing, refused = briefing_of(viewer, choice, code, since)
head_of(viewer, choice, briefing)
with choices_bar(viewer):
    choose_unit("district", _("Đơn vị"), units, code or ALL, forgets="facility")
    choose_snapshot(choice, viewer)
    choose_week(choice, since, viewer)
if briefing is None:
    show(notice(refused, viewer.language), key="why_not")
    st.stop()
downloads_card(viewer, briefing)
preview_beside_message(viewer, choice, briefing)
ledger_card(viewer, choice)
