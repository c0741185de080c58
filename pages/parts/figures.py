"""Parts of a page that several pages ask for and draw alike."""

from collections.abc import Sequence
from typing import Any

import polars as pl
import streamlit as st

from access import Viewer
from display import trends
from display.charts import CONFIG, Line, ratio_trend
from display.html import render
from display.notes import Source, source_block, source_of
from display.summary import Base
from display.words import words
from pages.parts.blocks import card, show
from pages.parts.choices import Choice
from pages.parts.loading import load
from queries.questions import measure, metric_definition, trend

#: The ratios of the headline, the one the page is about first.
RATIOS = ("valid_ratio", "valid_ratio_with_id", "valid_ratio_compared")


def bases_of(choice: Choice, viewer: Viewer, unit_code: str, **asked: Any) -> list[Base]:
    """The valid ratio of one unit on each of its three bases."""
    return [_base(metric, choice, viewer, unit_code, **asked) for metric in RATIOS]


def source(choice: Choice, viewer: Viewer, metric: str = "valid_ratio", axis: str | None = None) -> Source:
    """The last line of a block that shows `metric`."""
    definition = metric_definition(metric)
    return source_of(choice.snapshot, definition, viewer.language, axis or choice.axis)


def trend_card(
    lines: Sequence[Line], *, viewer: Viewer, last_line: Source, key: str = "trend"
) -> None:
    """The course of the valid ratio; the first line is the page's own."""
    _ = words(viewer.language)
    told = trends.in_words(lines[0].points, viewer.language)
    with card(key):
        show(
            render("heading.html", viewer.language, title=_("Diễn biến tỷ lệ hợp lệ"), detail=told),
            key=f"{key}_heading",
        )
        st.plotly_chart(
            ratio_trend(lines, language=viewer.language, theme=st.context.theme.type or "light"),
            theme=None,
            config=CONFIG,
            key=f"{key}_chart",
            alt=told,
        )
        show(source_block(last_line, viewer.language), key=f"{key}_source")


def unit_trend(choice: Choice, viewer: Viewer, unit_code: str, **asked: Any) -> pl.DataFrame:
    """The valid ratio of one unit over the snapshots up to the chosen one."""
    rows = load(trend, viewer.scope, metric="valid_ratio", **asked)
    return trends.of_unit(rows, unit_code, until=choice.snapshot_id)


def _base(metric: str, choice: Choice, viewer: Viewer, unit_code: str, **asked: Any) -> Base:
    rows = load(measure, viewer.scope, metric=metric, snapshot_id=choice.snapshot_id, **asked)
    row = rows.row(by_predicate=pl.col("unit_code") == unit_code, named=True)
    definition = metric_definition(metric)
    return Base(
        getattr(definition, f"title_{viewer.language}"),
        getattr(definition, f"base_{viewer.language}"),
        row["numerator"],
        row["denominator"],
        row["ratio"],
    )
