"""What the page of complaints asks and draws for one place."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import polars as pl
import streamlit as st

from display import complaint_tables as tables
from display import complaints as drawn
from display import trends
from display.charts import CONFIG
from display.html import render
from display.labels import UNMAPPED, state_names
from display.notes import source_block
from display.stream_charts import in_and_out
from display.words import words
from pages.parts.blocks import card, show
from pages.parts.figures import View, lists, source
from pages.parts.listings import listing
from pages.parts.loading import keep, load
from queries import complaints, questions
from queries.clearance import Clearance, clearance
from queries.measure import DamagedBetweenError, StalePairsError

Row = Mapping[str, Any]
#: District and unit, as the lists take them.
Place = Mapping[str, str | None]
#: The course is drawn over so many days: over more, the gap between in and out gets too thin.
_COURSE_DAYS = 28


class Flow(NamedTuple):
    """How a unit's backlog came about since the snapshot compared with."""

    #: A row of queries.complaint_flow; None: not known.
    row: Row | None
    #: … because there is nothing to compare with, what has to be compared is not yet (stale), or a
    #: snapshot in between is damaged.
    why_not: drawn.WhyNoFlow = "alone"


def flow_of(view: View) -> Flow:
    """How the unit's backlog came about since the snapshot compared with."""
    try:
        rows = load(
            complaints.complaint_flow,
            view.viewer.scope,
            level=view.level,
            snapshot_id=view.choice.snapshot_id,
            district_code=view.district_code,
        )
    except StalePairsError:
        return Flow(None, "stale")
    except DamagedBetweenError:
        return Flow(None, "damaged")
    own = rows.filter(pl.col("unit_code") == view.unit_code)
    return Flow(None if own.is_empty() else own.row(0, named=True))


def clearance_of(view: View, unit: Row, flow: Flow) -> Clearance | None:
    """What it takes to clear the unit's backlog, at the pace since the snapshot compared with."""
    compared = view.choice.compared
    if flow.row is None or compared is None:
        return None
    as_of = view.choice.snapshot["as_of"]
    return clearance(
        open_now=unit["open"],
        received=flow.row["received"],
        closed=flow.row["closed"],
        days=(as_of - compared["as_of"]).total_seconds() / 86400,
        as_of=as_of.date(),
    )


def backlog_beside_course(view: View, unit: Row) -> None:
    """The open complaints; beside them how they came about and what it takes to clear them."""
    flow = flow_of(view)
    left, right = st.columns([1, 2.1])
    with left, card("backlog"):
        html = drawn.backlog_card(
            unit,
            compared=view.choice.compared,
            source=source(view, "overdue_complaint_ratio"),
            language=view.language,
            to_list=lists(view)(unit),
        )
        show(html, key="backlog")
    with right:
        with card("course"):
            _course(view)
        first, second = st.columns(2)
        with first, card("flow"):
            html = drawn.flow_card(
                flow.row,
                level=view.level,
                why_not=flow.why_not,
                compared=view.choice.compared,
                snapshot=view.choice.snapshot,
                source=source(view, "complaint_backlog"),
                language=view.language,
            )
            show(html, key="flow")
        with second, card("clearance"):
            found = clearance_of(view, unit, flow)
            html = drawn.clearance_card(
                found,
                level=view.level,
                why_not=flow.why_not,
                source=source(view, "complaint_backlog"),
                language=view.language,
            )
            show(html, key="clearance")


def kinds_of(view: View, place: Place) -> list[Row]:
    """The rows of queries.complaint_kinds of the unit."""
    known = {"snapshot_id": view.choice.snapshot_id, **place}
    return load(complaints.complaint_kinds, view.viewer.scope, **known).to_dicts()


def types_block(view: View, unit: Row, kinds: Sequence[Row]) -> str:
    """What the unit's complaints are about."""
    return tables.type_bars(
        kinds,
        received=unit["received"],
        source=source(view, "complaint_backlog"),
        language=view.language,
    )


def rejections_block(view: View, unit: Row, kinds: Sequence[Row]) -> str:
    """Why the unit's complaints were rejected."""
    return tables.reject_bars(
        kinds,
        rejected=unit["rejected"],
        source=source(view, "complaint_backlog"),
        language=view.language,
    )


def oldest_block(view: View, unit: Row, place: Place) -> str:
    """The unit's open complaints that have waited longest."""
    _ = words(view.language)
    return tables.open_list(
        "oldest",
        listing(view, complaints.open_complaints, **place),
        title=_("Tồn lâu nhất"),
        total=unit["open"],
        nothing=_("Không có phản ánh nào còn tồn."),
        source=source(view, "complaint_backlog"),
        language=view.language,
        has_unit=view.level != "facility",
    )


def unrouted_block(view: View, province: Row) -> str:
    """The province's own queue: complaints that nobody has been given yet."""
    _ = words(view.language)
    return tables.open_list(
        "unrouted",
        listing(view, complaints.open_complaints, district_code=None, unit_code=UNMAPPED),
        title=_("Chưa rõ huyện, tỉnh phải giao mỗi ngày"),
        total=province["open_unrouted"],
        nothing=_("Không có phản ánh nào chờ tỉnh giao."),
        source=source(view, "complaint_backlog"),
        language=view.language,
        has_unit=False,
    )


def still_invalid_block(view: View, unit: Row, place: Place) -> str:
    """Approved complaints of the unit whose record is still invalid."""
    return tables.still_invalid_list(
        listing(view, complaints.still_invalid_complaints, **place),
        total=unit["still_invalid"],
        base=unit["resolved_known"],
        states=state_names(view.language),
        source=source(view, "resolved_still_invalid"),
        language=view.language,
    )


def _course(view: View) -> None:
    _ = words(view.language)
    trend = load(questions.trend, view.viewer.scope, metric="complaint_backlog", **view.place)
    points = trends.of_unit(trend, view.unit_code, until=view.choice.snapshot_id).select(
        "as_of",
        pl.col("numerator").alias("open"),
        pl.col("denominator").alias("received"),
        (pl.col("denominator") - pl.col("numerator")).alias("closed"),
    )
    points = trends.last_days(points, _COURSE_DAYS)
    theme = st.context.theme.type or "light"
    told = drawn.course_in_words(points.to_dicts(), view.language)
    title = _("Tiếp nhận và xử lý, cộng dồn")
    show(render("heading.html", view.language, title=title, detail=told), key="course_heading")
    st.plotly_chart(
        keep(
            "in_and_out",
            lambda: in_and_out(points, language=view.language, theme=theme),
            *view.identity,
            theme,
        ),
        theme=None,
        config=CONFIG,
        key="course_chart",
        alt=told,
    )
    show(source_block(source(view, "complaint_backlog"), view.language), key="course_source")
