"""Danh sách xử lý: the records behind a number, one by one, for those who have to work on them."""

from access import require_viewer
from display.work_lists import list_head
from pages.parts.blocks import card, show
from pages.parts.choices import choices_bar, choose_axis, choose_snapshot, require_choice
from pages.parts.work_lists import (
    choose_list,
    choose_unit_of_list,
    downloads,
    filters,
    find_list,
    open_record,
    page_of_list,
)

viewer = require_viewer("lists")
choice = require_choice(viewer, "cleaning", needs_records=True)
found = find_list(viewer, choice)

what = found.work_list.what
show(list_head(what, found.name, found.number, choice.snapshot, viewer.language), key="head")
with choices_bar(viewer):
    choose_list(found, viewer)
    choose_unit_of_list(found, viewer)
    choose_snapshot(choice, viewer)
    choose_axis(choice, viewer)
chosen = filters(found, viewer)
open_record(found, viewer)
with card("work_list"):
    page_of_list(found, chosen, viewer)
    downloads(found, chosen, viewer)
