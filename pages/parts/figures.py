"""What several pages ask and draw alike, for the unit a page is about."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import polars as pl
import streamlit as st

from access import Viewer
from display import formats, trends
from display.charts import CONFIG, Line, ratio_trend
from display.html import render
from display.labels import UNMAPPED
from display.listings import ToList, UnitLists, no_list, no_lists
from display.notes import Source, source_block, source_of
from display.reasons import reason_bars
from display.summary import Base, Crumb, bases_card, page_head
from display.tree import tree_bar
from display.words import words
from pages.parts.address import ALL, address
from pages.parts.blocks import card, show
from pages.parts.choices import Choice
from pages.parts.loading import keep, load
from queries import questions

Row = Mapping[str, Any]
#: The ratios of the headline, the one the pages are about first.
RATIOS = ("valid_ratio", "valid_ratio_with_id", "valid_ratio_compared")


class View(NamedTuple):
    """The unit a page is about, as one viewer sees it at one snapshot."""

    viewer: Viewer
    choice: Choice
    level: str
    unit_code: str
    district_code: str | None = None

    @property
    def language(self) -> str:
        """The viewer's language."""
        return self.viewer.language

    @property
    def place(self) -> dict[str, Any]:
        """Level, axis and district, as the questions take them."""
        return {
            "level": self.level,
            "axis": self.choice.axis,
            "district_code": self.district_code,
        }

    @property
    def identity(self) -> tuple[Any, ...]:
        """All that tells this view from another one of the same store."""
        place = (self.level, self.unit_code, self.choice.axis, self.choice.snapshot_id)
        return (*place, self.viewer.scope, self.language)


def province_and_districts(viewer: Viewer, choice: Choice) -> tuple[Row, list[Row]]:
    """The rows of queries.unit_table of the province and of its districts."""
    rows = unit_rows(viewer, choice, "district", with_total=True)
    [province] = [row for row in rows if row["level"] == "province"]
    return province, [row for row in rows if row["level"] == "district"]


def unit_rows(
    viewer: Viewer,
    choice: Choice,
    level: str,
    district_code: str | None = None,
    *,
    with_total: bool = False,
) -> list[Row]:
    """The rows of queries.unit_table of a level."""
    return load(
        questions.unit_table,
        viewer.scope,
        level=level,
        axis=choice.axis,
        district_code=district_code,
        snapshot_id=choice.snapshot_id,
        with_total=with_total,
    ).to_dicts()


def row_of(rows: Sequence[Row], unit_code: str) -> Row:
    """The row of one unit."""
    return next(row for row in rows if row["unit_code"] == unit_code)


def trend_of(view: View) -> pl.DataFrame:
    """The valid ratio of the view's unit over the snapshots up to the chosen one."""
    rows = load(questions.trend, view.viewer.scope, metric="valid_ratio", **view.place)
    return trends.of_unit(rows, view.unit_code, until=view.choice.snapshot_id)


def pooled_trend_of(view: View, unit_codes: Sequence[str]) -> pl.DataFrame:
    """The valid ratio of several units of the view's level taken together."""
    place = {**view.place, "district_code": None}
    rows = load(questions.trend, view.viewer.scope, metric="valid_ratio", **place)
    return trends.pooled(rows, unit_codes, until=view.choice.snapshot_id)


def source(view: View, metric: str = "valid_ratio") -> Source:
    """The last line of a block that shows `metric`."""
    definition = questions.metric_definition(metric)
    return source_of(view.choice.snapshot, definition, view.language, view.choice.axis)


def lists(view: View) -> UnitLists:
    """Where what a count of a unit of the view's axis counts is listed; nowhere for those who may
    not see it.
    """
    if not (view.viewer.may("lists") and view.choice.snapshot["is_by_unit"]):
        return no_lists

    def of_unit(unit: Row) -> ToList:
        chosen = {"axis": view.choice.axis, "district": unit["district_code"] or ALL}
        chosen |= {"facility": ALL, "commune": ALL}
        if unit["level"] in chosen:
            chosen[unit["level"]] = unit["unit_code"]
        if not unit["district_code"] or unit["district_code"] == UNMAPPED:
            return no_list
        return lambda what: address("danh-sach", what=what, **chosen)

    return of_unit


def head(
    view: View, place: str, counted: str, answers: Sequence[str], crumbs: Sequence[Crumb] = ()
) -> None:
    """The head of the page: where, as of when, of how many, and the answer."""
    html = page_head(
        place,
        view.choice.snapshot,
        counted=counted,
        answers=[sentence for sentence in answers if sentence],
        language=view.language,
        crumbs=crumbs,
    )
    show(html, key="head")


def count_of_records(unit: Row, language: str) -> str:
    """How many records a unit has, in words."""
    _ = words(language)
    return _("{count} hồ sơ").format(count=formats.count(unit["records"], language))


def bases_beside_trend(view: View, lines: Sequence[Line]) -> None:
    """The course of the ratio, and the ratio on each of its bases; the first line is the unit's."""
    left, right = st.columns([2.1, 1])
    with left, card("trend"):
        _trend(view, lines)
    with right, card("bases"):
        html = bases_card(bases(view), source=source(view), language=view.language)
        show(html, key="bases")


def tree_card(view: View, unit: Row) -> None:
    """All records of the unit by the state of their verification."""
    with card("tree"):
        html = tree_bar(
            unit,
            bases(view),
            source=source(view),
            language=view.language,
            to_list=lists(view)(unit),
        )
        show(html, key="tree")


def reasons_card(view: View, unit: Row) -> None:
    """Why records of the unit are invalid."""
    reasons = load(
        questions.invalid_reasons,
        view.viewer.scope,
        snapshot_id=view.choice.snapshot_id,
        unit_code=view.unit_code,
        **view.place,
    )
    with card("reasons"):
        html = reason_bars(
            reasons.to_dicts(),
            invalid=unit["invalid"],
            source=source(view, "invalid_reasons"),
            language=view.language,
            to_list=lists(view)(unit),
        )
        show(html, key="reasons")


def _trend(view: View, lines: Sequence[Line]) -> None:
    _ = words(view.language)
    told = trends.in_words(lines[0].points, view.language)
    title = _("Diễn biến tỷ lệ hợp lệ")
    theme = st.context.theme.type or "light"
    show(render("heading.html", view.language, title=title, detail=told), key="trend_heading")
    st.plotly_chart(
        keep(
            "ratio_trend",
            lambda: ratio_trend(lines, language=view.language, theme=theme),
            *view.identity,
            theme,
        ),
        theme=None,
        config=CONFIG,
        key="trend_chart",
        alt=told,
    )
    show(source_block(source(view), view.language), key="trend_source")


def bases(view: View) -> list[Base]:
    """The valid ratio on each base the snapshot tells, the headline's first."""
    definitions = [questions.metric_definition(metric) for metric in RATIOS]
    is_by_unit = view.choice.snapshot["is_by_unit"]
    return [_base(view, one.name) for one in definitions if is_by_unit or not one.needs_records]


def _base(view: View, metric: str) -> Base:
    rows = load(
        questions.measure,
        view.viewer.scope,
        metric=metric,
        snapshot_id=view.choice.snapshot_id,
        **view.place,
    )
    row = row_of(rows.to_dicts(), view.unit_code)
    definition = questions.metric_definition(metric)
    return Base(
        getattr(definition, f"title_{view.language}"),
        getattr(definition, f"base_{view.language}"),
        row["numerator"],
        row["denominator"],
        row["ratio"],
    )
