"""What the page of flows asks and draws for one place and two snapshots."""

import logging
from collections.abc import Callable, Mapping
from typing import Any

import polars as pl
import streamlit as st

from access import Viewer
from data.errors import RefusedError
from data.schema import VERIFICATION_CODES
from display import flow_tables as tables
from display import flows as drawn
from display.charts import CONFIG
from display.html import render
from display.labels import unit_name
from display.listings import Listing
from display.notes import Source, source_block
from display.words import words
from pages.parts.address import address, asked, choose
from pages.parts.blocks import card, show
from pages.parts.choices import Choice
from pages.parts.figures import View, source
from pages.parts.listings import listing
from pages.parts.loading import keep, load
from pages.parts.places import Place
from queries import flows, questions
from queries.engine import Connection
from queries.flows import BrokenIdentityError, Span
from queries.measure import StalePairsError
from queries.scope import Scope

Row = Mapping[str, Any]


def span_of(choice: Choice, since: Row) -> Span:
    """The two snapshots the page is about."""
    return Span(since["snapshot_id"], choice.snapshot_id)


def why_not(viewer: Viewer, choice: Choice, since: Row | None) -> str:
    """Why nothing can be told of the two snapshots; "" when it can."""
    _ = words(viewer.language)
    if since is None:
        return _("Chưa có kỳ hồ sơ nào trước kỳ này để so.")
    try:
        load(
            flows.flows,
            viewer.scope,
            level="facility" if choice.axis == "facility" else "commune",
            axis=choice.axis,
            span=span_of(choice, since),
            district_code=None,
        )
    except StalePairsError:
        return _("Đối chiếu giữa các kỳ chưa tính xong; thử lại sau ít phút.")
    except RefusedError as refusal:
        logging.getLogger("tien_do").error("flows refused: %s", refusal)
        if isinstance(refusal, BrokenIdentityError):
            return _(
                "Số của hai kỳ không khớp nhau nên không hiện; lý do ghi trong nhật ký máy chủ."
            )
        return _("Chưa đọc được số đối chiếu; lý do ghi trong nhật ký máy chủ.")
    return ""


def rows_of_span(viewer: Viewer, choice: Choice, since: Row) -> Callable[..., list[Row]]:
    """Asks for the rows of queries.flows of a level, and of the level above, as `find_place`."""

    def rows(level: str, district_code: str | None, with_total: bool) -> list[Row]:
        above = "province" if level == "district" else "district"
        known = {"axis": choice.axis, "span": span_of(choice, since)}
        found = load(
            flows.flows, viewer.scope, level=level, district_code=district_code, **known
        ).to_dicts()
        whole = load(
            flows.flows, viewer.scope, level=above, district_code=district_code, **known
        ).to_dicts()
        return [{**row, "level": level} for row in found] + [
            {**row, "level": above} for row in whole if with_total
        ]

    return rows


def chosen_flow(viewer: Viewer) -> str:
    """The flow, or the cell of the transitions, the address asks for; "" for none."""
    flow = asked("flow") or ""
    before, dot, now = flow.partition(".")
    states = (*VERIFICATION_CODES, "absent")
    is_cell = before in states and now in (*states, "moved_out")
    if (dot and is_cell and before != now) or flow in drawn.flow_names(viewer.language):
        return flow
    choose("flow", None)
    return ""


def _link(name: str) -> Callable[[str], str]:
    """The address of the same page with another `name`; the place stays as it is kept."""

    def to(value: str) -> str:
        kept = {key: asked(key) for key in ("since", "district", "facility", "flow")}
        known = {key: text for key, text in kept.items() if text}
        return address("bien-dong", **known | {name: value})

    return to


def account_beside_waterfall(view: View, unit: Row, flow: str) -> None:
    """From the valid before to the valid now; beside it the same as an account."""
    left, right = st.columns([1.7, 1])
    with left, card("waterfall"):
        _waterfall(view, unit)
    with right, card("account"):
        html = drawn.account(
            unit, flow, link=_link("flow"), source=source(view), language=view.language
        )
        show(html, key="account")


def _waterfall(view: View, unit: Row) -> None:
    _ = words(view.language)
    told = drawn.waterfall_in_words(unit, view.language)
    theme = st.context.theme.type or "light"
    heading = render(
        "heading.html",
        view.language,
        title=_("Từ số hợp lệ đầu kỳ đến cuối kỳ"),
        detail=_("Chọn một cột để xem các đơn vị và hồ sơ của nó."),
    )
    show(heading, key="waterfall_heading")
    st.plotly_chart(
        keep(
            "waterfall",
            lambda: drawn.waterfall(unit, language=view.language, theme=theme),
            *view.identity,
            unit["unit_district"],
            asked("since"),
            theme,
        ),
        theme=None,
        config=CONFIG,
        key="waterfall_chart",
        on_select=_bar_chosen,
        selection_mode="points",
        alt=told,
    )
    show(source_block(source(view), view.language), key="waterfall_source")


def _bar_chosen() -> None:
    """A click on a bar chooses its flow; the ends have none."""
    points = st.session_state["waterfall_chart"]["selection"]["points"]
    flow = points[0].get("customdata") if points else None
    if flow:
        choose("record", None)
        choose("flow", flow[0] if isinstance(flow, list) else flow)


def units_card(view: View, place: Place, since: Row, flow: str) -> None:
    """The units of the place by the flow chosen."""
    _ = words(view.language)
    parts, link = place.parts, place.link
    heading = _("Huyện") if place.level == "province" else _("Cơ sở")
    if place.level == "district" and view.choice.axis == "residence":
        rows = rows_of_span(view.viewer, view.choice, since)("commune", place.district_code, True)
        parts = [row for row in rows if row["level"] == "commune"]
        link, heading = _nowhere, _("Xã, phường")
    if not parts:
        return
    total = place.unit
    if place.level == "province":
        total = {**total, "unit_name": _("Toàn tỉnh")}
    with card("units"):
        title = _("Theo đơn vị")
        if flow and "." not in flow:
            title = _("Theo đơn vị: {flow}").format(
                flow=drawn.flow_column(flow, view.language).lower()
            )
        html = tables.units_table(
            f"flows_{view.choice.axis}_{place.level}_{flow}",
            title,
            parts,
            total=total,
            chosen=flow,
            unit_heading=heading,
            link=link,
            source=source(view),
            language=view.language,
        )
        show(html, key="units")


def _nowhere(_unit_code: str) -> None:
    return None


def _where(view: View, place: Place) -> dict[str, Any]:
    """The place as the questions about records take it."""
    unit = {name: place.unit[name] for name in ("unit_district", "unit_code")}
    return {"level": view.level, "axis": view.choice.axis, "unit": unit}


def transitions_card(view: View, place: Place, since: Row, flow: str) -> None:
    """From which state to which the place's records came."""
    with card("transitions"):
        html = tables.transition_table(
            _transitions(view, place, since).to_dicts(),
            flow,
            link=_link("flow"),
            source=source(view),
            language=view.language,
        )
        show(html, key="transitions")


def _transitions(view: View, place: Place, since: Row) -> pl.DataFrame:
    span = span_of(view.choice, since)
    return load(flows.transitions, view.viewer.scope, span=span, **_where(view, place))


def _records(
    connection: Connection, *, scope: Scope, since: str, snapshot_id: str, **place: Any
) -> pl.DataFrame:
    """queries.flows.flow_records as `listing` asks."""
    return flows.flow_records(connection, scope=scope, span=Span(since, snapshot_id), **place)


def _timeline(connection: Connection, *, scope: Scope, row_limit: int, **asked: Any) -> Any:
    return flows.record_timeline(connection, scope=scope, **asked).head(row_limit)


def records_beside_timeline(view: View, place: Place, since: Row, flow: str) -> None:
    """The records of the flow chosen, and what became of one of them."""
    if not flow:
        return
    record_id = asked("record") if view.viewer.may("lists") else None
    left, right = st.columns([1.7, 1]) if record_id else (st.container(), None)
    with left, card("records"):
        show(_records_html(view, place, since, flow), key="records")
    if record_id and right is not None:
        with right, card("timeline"):
            html = course_of(view, record_id, since["snapshot_id"], view.choice.snapshot_id)
            show(html, key="timeline")


def course_of(view: View, record_id: str, *snapshot_ids: str) -> str:
    """What became of one record over the snapshots; units by their names in `snapshot_ids`."""
    return tables.timeline(
        record_id,
        listing(view, _timeline, record_id=record_id),
        units=unit_names(view, *snapshot_ids),
        source=source(view),
        language=view.language,
    )


def _records_html(view: View, place: Place, since: Row, flow: str) -> str:
    total = _number(view, place, since, flow)
    before, _dot, now = flow.partition(".")
    found = Listing()
    if total:
        found = listing(
            view,
            _records,
            since=since["snapshot_id"],
            flow="cell" if now else flow,
            cell=(before, now) if now else ("", ""),
            **_where(view, place),
        )
    return tables.records_card(
        tables.flow_title(flow, view.language),
        found,
        total,
        link=_link("record"),
        units=unit_names(view, since["snapshot_id"], view.choice.snapshot_id),
        source=source(view),
        language=view.language,
        is_mixed=flow in tables.MIXED,
    )


def _number(view: View, place: Place, since: Row, flow: str) -> int:
    """How many records the chosen flow or cell counts."""
    before, dot, now = flow.partition(".")
    if not dot:
        return place.unit[flow]
    cell = _transitions(view, place, since).filter(verification_before=before, verification=now)
    return int(cell["records"].sum())


def unit_names(view: View, *snapshot_ids: str) -> dict[str, str]:
    """Code -> name of every facility and commune of these snapshots."""
    names: dict[str, str] = {}
    for snapshot_id in snapshot_ids:
        for level in ("facility", "commune"):
            rows = load(questions.units, view.viewer.scope, level=level, snapshot_id=snapshot_id)
            names |= {
                code: unit_name(name, view.language)
                for code, name in rows.select("unit_code", "unit_name").iter_rows()
            }
    return names


def others_beside_regressed(view: View, place: Place, since: Row, flow: str) -> None:
    """What is beside the ratio; and the facilities with most that fell back."""
    shown: Source = source(view)
    left, right = st.columns(2)
    with left, card("others"):
        html = tables.others_card(
            place.unit, flow, link=_link("flow"), source=shown, language=view.language
        )
        show(html, key="others")
    if view.choice.axis == "facility" and place.level != "facility":
        rows = load(
            flows.flows,
            view.viewer.scope,
            level="facility",
            axis="facility",
            span=span_of(view.choice, since),
            district_code=place.district_code,
        ).to_dicts()
        with right, card("regressed"):
            html = tables.regressed_table(
                rows, link=place.facility_link, source=shown, language=view.language
            )
            show(html, key="regressed")
