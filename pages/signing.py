"""Ký số: how much of what can be signed is, where the rest waits, and what contradicts."""

import streamlit as st

from access import require_viewer
from data.workstreams import deadline_on
from display import formats, signing_tables
from display import signing as drawn
from display.notes import only_totals
from display.words import words
from pages.parts.blocks import card, show
from pages.parts.choices import choices_bar, choose_snapshot, require_choice
from pages.parts.figures import View, head, lists, source
from pages.parts.loading import load
from pages.parts.places import choose_place, find_place
from pages.parts.signing import contradictions, followed, funnel_card, progress_beside_course
from queries import signing

viewer = require_viewer()
_ = words(viewer.language)
choice = require_choice(viewer, "signing")._replace(axis="facility")
is_by_unit = choice.snapshot["is_by_unit"]


def rows_of(level, district_code, with_total):
    """The rows of queries.signing_table."""
    asked = {"level": level, "district_code": district_code, "with_total": with_total}
    known = {"snapshot_id": choice.snapshot_id, "axis": "facility"}
    return load(signing.signing_table, viewer.scope, **known, **asked).to_dicts()


place = find_place(viewer, "ky-so", rows_of, is_by_unit=is_by_unit)
unit = place.unit
view = View(viewer, choice, place.level, unit["unit_code"])
as_of = choice.snapshot["as_of"].date()

answers = [
    drawn.signing_answer(unit, place.parts, viewer.language),
    drawn.signing_deadline(unit, deadline_on("signing", as_of), as_of, viewer.language),
]
signable = _("{count} hồ sơ đủ điều kiện ký")
counted = signable.format(count=formats.count(unit["signable"], viewer.language))
head(view, unit["unit_name"], counted, answers, place.crumbs)
with choices_bar(viewer):
    choose_place(place, viewer)
    choose_snapshot(choice, viewer)
progress_beside_course(view, unit)
funnel_card(view, unit)
if place.parts:
    is_province = place.level == "province"
    with card("units"):
        table = signing_tables.signing_table(
            f"signing_{place.level}",
            _("Đơn vị nhập hồ sơ phải ký, xếp theo số chờ ký"),
            place.parts,
            unit_heading=_("Huyện") if is_province else _("Cơ sở"),
            link=place.link,
            source=source(view, "signing_progress"),
            language=viewer.language,
            followed=followed(view).days,
            total={
                **place.total,
                "unit_name": _("Toàn tỉnh") if is_province else unit["unit_name"],
            },
            lists=lists(view),
        )
        show(table, key="units")
if not is_by_unit:
    show(only_totals(viewer.language), key="only_totals")
else:
    left, right = st.columns(2)
    with left, card("waiting"):
        html = drawn.waiting_card(
            unit,
            followed(view).days,
            source=source(view, "signing_progress"),
            language=viewer.language,
            to_list=lists(view)(unit),
        )
        show(html, key="waiting")
    facilities = load(
        signing.signing_idleness,
        viewer.scope,
        snapshot_id=choice.snapshot_id,
        district_code=place.district_code,
    ).to_dicts()
    with right, card("stalled"):
        html = drawn.stalled_card(
            [row for row in facilities if place.holds(row)],
            link=place.facility_link,
            source=source(view, "signing_progress"),
            language=viewer.language,
        )
        show(html, key="stalled")
    contradictions(view, unit, place.lists)
