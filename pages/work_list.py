"""Danh sách xử lý: the records behind a number, one by one, for those who have to work on them."""

import streamlit as st

from access import require_viewer
from display.work_lists import list_head
from pages.parts.blocks import card, show
from pages.parts.choices import choices_bar, choose_axis, choose_snapshot, require_choice
from pages.parts.complaint_lists import complaint_page
from pages.parts.downloads import downloads
from pages.parts.records import open_record
from pages.parts.work_lists import (
    asked_list,
    choose_list,
    choose_unit_of_list,
    filters,
    find_list,
    page_of_list,
    taken,
)
from queries.complaint_lists import COMPLAINT_WHATS

viewer = require_viewer("lists")
choice = require_choice(viewer, "cleaning", needs_records=True)
if asked_list() in COMPLAINT_WHATS:
    complaint_page(viewer, choice, asked_list())
    st.stop()
found = find_list(viewer, choice)
html = list_head(found.title, found.name, found.counted, choice.snapshot, viewer.language)
show(html, key="head")
with choices_bar(viewer):
    choose_list(found, viewer)
    choose_unit_of_list(found, viewer)
    choose_snapshot(choice, viewer)
    choose_axis(choice, viewer)
chosen = filters(found, viewer)
open_record(found, viewer)
with card("work_list"):
    total = page_of_list(found, chosen, viewer)
    if total is not None:
        downloads(taken(found, chosen, total, viewer), choice, viewer)
