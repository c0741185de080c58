"""What the page of signing asks and draws for one place."""

from collections.abc import Mapping
from typing import Any

import polars as pl
import streamlit as st

from display import signing as drawn
from display import signing_tables, trends
from display.charts import CONFIG
from display.html import render
from display.listings import Listing
from display.notes import source_block
from display.signing_tables import Followed
from display.stream_charts import daily_bars
from display.words import words
from pages.parts.blocks import card, show
from pages.parts.figures import View, lists, source
from pages.parts.listings import listing
from pages.parts.loading import keep, load
from pages.parts.streams import compared_with
from queries import questions, signing

Row = Mapping[str, Any]
#: The bars are drawn over so many days.
_COURSE_DAYS = 28


def progress_beside_course(view: View, unit: Row) -> None:
    """The headline ratio with its states; beside it how many were newly signed a day."""
    left, right = st.columns([1, 2.1])
    with left, card("progress"):
        html = drawn.progress_card(
            unit,
            compared=compared_with(view, "signing"),
            source=source(view, "signing_progress"),
            language=view.language,
            to_list=lists(view)(unit),
        )
        show(html, key="progress")
    with right, card("course"):
        _course(view)


def funnel_card(view: View, unit: Row) -> None:
    """Where records get lost between all of them and an issued passport."""
    tree = None
    if "cleaning" in view.choice.snapshot["covers"]:
        rows = load(
            questions.verification_tree,
            view.viewer.scope,
            snapshot_id=view.choice.snapshot_id,
            unit_code=view.unit_code,
            **view.place,
        )
        tree = rows.row(0, named=True)
    rule = load(signing.rule_on, None, snapshot_id=view.choice.snapshot_id)
    with card("funnel"):
        html = drawn.funnel(
            unit,
            tree,
            rule,
            is_by_unit=view.choice.snapshot["is_by_unit"],
            source=source(view, "signing_progress"),
            language=view.language,
        )
        show(html, key="funnel")


def followed(view: View) -> Followed:
    """Since when signing has been followed, up to the snapshot shown."""
    first_day = view.choice.snapshot["first_day"]
    return Followed(first_day, (view.choice.snapshot["as_of"].date() - first_day).days)


def contradictions(view: View, unit: Row, place: Mapping[str, str | None]) -> None:
    """Signed but no longer matched; changed after signing; in process for too long."""
    rule = load(signing.rule_on, None, snapshot_id=view.choice.snapshot_id)
    for column, which in zip(st.columns(3), signing.CONTRADICTIONS, strict=True):
        with column, card(which):
            html = signing_tables.contradiction(
                which,
                listing(view, signing.signing_contradictions, which=which, **place)
                if unit[which]
                else Listing(),
                unit,
                rule=rule,
                followed=followed(view),
                source=source(view, which),
                language=view.language,
                to_list=lists(view)(unit),
            )
            show(html, key=which)


def _course(view: View) -> None:
    _ = words(view.language)
    course = load(
        signing.signing_course,
        view.viewer.scope,
        level=view.level,
        unit_code=view.unit_code,
        snapshot_id=view.choice.snapshot_id,
    )
    points = trends.last_days(_daily(course), _COURSE_DAYS)
    if not view.choice.snapshot["is_by_unit"]:
        # Bars of older snapshots would pass for what the totals say.
        points = points.clear()
    theme = st.context.theme.type or "light"
    told = drawn.course_in_words(points.to_dicts(), view.choice.snapshot, view.language)
    title = _("Hồ sơ mới ký mỗi ngày")
    show(render("heading.html", view.language, title=title, detail=told), key="course_heading")
    if points.height:
        st.plotly_chart(
            keep(
                "daily_signed",
                lambda: daily_bars(points, language=view.language, theme=theme),
                *view.identity,
                theme,
            ),
            theme=None,
            config=CONFIG,
            key="course_chart",
            alt=told,
        )
    show(source_block(source(view, "signing_progress"), view.language), key="course_source")


def _daily(course: pl.DataFrame) -> pl.DataFrame:
    """as_of, compared_with_at, newly_signed, days since then; one row a day, where the pair marts
    tell.
    """
    days = (pl.col("as_of") - pl.col("compared_with_at")).dt.total_hours() / 24
    return (
        course.filter(pl.col("newly_signed").is_not_null())
        .with_columns(days.round().clip(lower_bound=1).cast(pl.Int64).alias("days"))
        .group_by(pl.col("as_of").dt.date().alias("day"), maintain_order=True)
        .agg(
            pl.col("as_of").last(),
            pl.col("compared_with_at").first(),
            pl.col("newly_signed").sum(),
            pl.col("days").max(),
        )
    )
