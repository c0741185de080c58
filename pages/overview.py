"""Tổng quan: how much of the province is valid, what is left, and where."""

import streamlit as st

from access import require_viewer
from display.charts import Line
from display.summary import answer, page_head, ratio_card
from display.tables import unit_columns, unit_table
from display.tree import tree_bar
from display.words import words
from pages.parts.address import address
from pages.parts.blocks import card, show
from pages.parts.choices import choose_axis, choose_language, choose_snapshot, require_choice
from pages.parts.figures import bases_of, source, trend_card, unit_trend
from pages.parts.loading import load
from queries import questions

viewer = require_viewer()
_ = words(viewer.language)
choice = require_choice(viewer)

asked = {"axis": choice.axis, "snapshot_id": choice.snapshot_id}
units = load(questions.unit_table, viewer.scope, level="district", **asked).to_dicts()
province = load(questions.unit_table, viewer.scope, level="province", **asked).row(0, named=True)
code = province["unit_code"]
bases = bases_of(choice, viewer, code, level="province", axis=choice.axis)
last_line = source(choice, viewer)

head, choices = st.columns([4, 1.15], gap="large")
with head:
    show(
        page_head(
            province["unit_name"],
            choice.snapshot,
            records=province["records"],
            answer=answer(province, units, viewer.language),
            language=viewer.language,
        ),
        key="head",
    )
with choices, st.container(key="choices", gap="small"):
    choose_snapshot(choice, viewer)
    choose_axis(choice, viewer)
    choose_language(viewer)

ratio, course = st.columns([1, 2.1])
with ratio, card("ratio"):
    show(
        ratio_card(
            province, bases, compared=choice.compared, source=last_line, language=viewer.language
        ),
        key="ratio",
    )
with course:
    trend_card(
        [Line(province["unit_name"], unit_trend(choice, viewer, code, level="province", axis=choice.axis))],
        viewer=viewer,
        last_line=last_line,
    )
with card("tree"):
    show(tree_bar(province, bases, source=last_line, language=viewer.language), key="tree")
with card("districts"):
    show(
        unit_table(
            "districts",
            _("Các huyện, xếp theo số hồ sơ còn phải làm sạch"),
            units,
            columns=unit_columns(_("Đơn vị"), _("Phần của tỉnh"), viewer.language),
            link=lambda unit: address("huyen", district=unit),
            total=province,
            source=last_line,
            language=viewer.language,
        ),
        key="districts",
    )
