"""Huyện: one district, why its records are invalid, what changed, its facilities or communes."""

import streamlit as st

from access import require_viewer
from display.charts import Line
from display.notes import only_totals
from display.reasons import movers
from display.summary import Crumb, answer
from display.unit_tables import unit_columns, unit_table
from display.words import words
from pages.parts.address import address, choose
from pages.parts.blocks import card, show
from pages.parts.choices import (
    asked_unit,
    choices_bar,
    choose_axis,
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
    lists,
    province_and_districts,
    reasons_card,
    row_of,
    source,
    tree_card,
    trend_of,
    unit_rows,
)
from pages.parts.progress import stands_of
from pages.parts.streams import compared_with, stream_cards

viewer = require_viewer()
_ = words(viewer.language)
choice = require_choice(viewer, "cleaning")
choose("facility", None)

province, districts = province_and_districts(viewer, choice)
code = asked_unit("district", districts, viewer)
district = row_of(districts, code)
is_by_facility = choice.axis == "facility"
level = "facility" if is_by_facility else "commune"
rows = []
if choice.snapshot["is_by_unit"]:
    rows = unit_rows(viewer, choice, level, code, with_total=True)
units = [row for row in rows if row["level"] == level]

view = View(viewer, choice, "district", code)
whole = View(viewer, choice, "province", province["unit_code"])


def page_of(unit_code: str) -> str | None:
    """A facility has a page; a commune has none."""
    return address("co-so", facility=unit_code) if is_by_facility else None


crumbs = [Crumb(province["unit_name"], address(""))]
head(
    view,
    district["unit_name"],
    count_of_records(district, viewer.language),
    [answer(district, units, viewer.language)],
    crumbs,
)
with choices_bar(viewer):
    choose_unit("district", _("Huyện"), names_of(districts), code, forgets="facility")
    choose_snapshot(choice, viewer)
    choose_axis(choice, viewer)
lines = [
    Line(district["unit_name"], trend_of(view)),
    Line(_("Tỉnh"), trend_of(whole), is_main=False),
]
stream_cards(view, district, stands_of(view))
bases_beside_trend(view, lines)
tree_card(view, district)
if not choice.snapshot["is_by_unit"]:
    show(only_totals(viewer.language), key="only_totals")
    st.stop()
left, right = st.columns(2)
with left:
    reasons_card(view, district)
with right, card("movers"):
    changed = movers(
        units,
        link=page_of,
        compared=compared_with(view, "cleaning", needs_records=True),
        source=source(view),
        language=viewer.language,
    )
    show(changed, key="movers")
with card("units"):
    title = _("Các cơ sở, xếp theo số hồ sơ còn phải làm sạch")
    if not is_by_facility:
        title = _("Các xã, phường, xếp theo số hồ sơ còn phải làm sạch")
    table = unit_table(
        f"units_{choice.axis}",
        title,
        units,
        columns=unit_columns(_("Đơn vị"), _("Phần của huyện"), viewer.language),
        link=page_of,
        total=next(row for row in rows if row["level"] == "district"),
        source=source(view),
        language=viewer.language,
        lists=lists(view),
    )
    show(table, key="units")
