"""Tổng quan: the three workstreams of the province, and in which districts what is left lies."""

import streamlit as st

from access import require_viewer
from display import formats
from display.charts import Line
from display.signing import signing_answer
from display.summary import answer
from display.unit_tables import unit_columns, unit_table
from display.words import words
from pages.parts.address import address, choose
from pages.parts.blocks import card, show
from pages.parts.choices import choices_bar, choose_axis, choose_snapshot, require_choice
from pages.parts.figures import (
    View,
    bases_beside_trend,
    count_of_records,
    head,
    province_and_districts,
    source,
    tree_card,
    trend_of,
)
from pages.parts.loading import load
from pages.parts.streams import stream_cards
from queries import signing

viewer = require_viewer()
_ = words(viewer.language)
choice = require_choice(viewer)
choose("district", None)
choose("facility", None)

if "cleaning" not in choice.snapshot["covers"]:
    rows = load(
        signing.signing_table,
        viewer.scope,
        level="district",
        snapshot_id=choice.snapshot_id,
        with_total=True,
    ).to_dicts()
    [province] = [row for row in rows if row["level"] == "province"]
    districts = [row for row in rows if row["level"] == "district"]
    view = View(viewer, choice, "province", province["unit_code"])
    counted = _("{count} hồ sơ đủ điều kiện ký").format(
        count=formats.count(province["signable"], viewer.language)
    )
    answers = [signing_answer(province, districts, viewer.language)]
    head(view, province["unit_name"], counted, answers)
    with choices_bar(viewer):
        choose_snapshot(choice, viewer)
    stream_cards(view, province)
    st.stop()

province, districts = province_and_districts(viewer, choice)
view = View(viewer, choice, "province", province["unit_code"])

head(
    view,
    province["unit_name"],
    count_of_records(province, viewer.language),
    [answer(province, districts, viewer.language)],
)
with choices_bar(viewer):
    choose_snapshot(choice, viewer)
    choose_axis(choice, viewer)
stream_cards(view, province)
bases_beside_trend(view, [Line(province["unit_name"], trend_of(view))])
tree_card(view, province)
with card("districts"):
    table = unit_table(
        "districts",
        _("Các huyện, xếp theo số hồ sơ còn phải làm sạch"),
        districts,
        columns=unit_columns(_("Đơn vị"), _("Phần của tỉnh"), viewer.language),
        link=lambda code: address("huyen", district=code),
        total={**province, "unit_name": _("Toàn tỉnh")},
        source=source(view),
        language=viewer.language,
    )
    show(table, key="districts")
