"""The three workstreams of one unit as cards side by side."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import polars as pl
import streamlit as st

from data.workstreams import Workstream
from display.labels import UNMAPPED
from display.progress import Standing
from display.streams import absent_card, cleaning_card, complaints_card, signing_card
from display.summary import Crumb
from display.words import words
from pages.parts.address import ALL, address
from pages.parts.blocks import card, show
from pages.parts.choices import day_token
from pages.parts.complaints import flow_of
from pages.parts.figures import View, bases, source
from pages.parts.loading import load
from pages.parts.progress import Stand, standing
from queries import complaints, questions, signing
from queries.progress import days_of_week

Row = Mapping[str, Any]


def stream_cards(view: View, unit: Row, stands: Mapping[Any, Stand] = MappingProxyType({})) -> None:
    """Cleaning, complaints and signing of the view's unit; `unit` is its row of unit_table.

    Args:
        stands: of `stands_of`, where cards say how each stands to its deadline.
    """
    for column, (name, draw) in zip(
        st.columns(3),
        {"cleaning": _cleaning, "complaints": _complaints, "signing": _signing}.items(),
        strict=True,
    ):
        with column, card(name):
            show(_drawn(view, unit, name, draw, stands.get(name)), key=name)


def _drawn(
    view: View,
    unit: Row,
    name: str,
    draw: Callable[[View, Row, Stand | None], str | None],
    stand: Stand | None,
) -> str:
    is_covered = name in view.choice.snapshot["covers"]
    drawn = draw(view, unit, stand) if is_covered else None
    return drawn or absent_card(name, view.language, is_covered=is_covered)


def _standing(
    view: View,
    name: Workstream,
    stand: Stand | None,
    gained: int | None = None,
    lost: int | None = None,
) -> Standing | None:
    """What a card says of its pace, with what was gained and lost since the week before."""
    if stand is None:
        return None
    compared = compared_with(view, name)
    gross = None
    if compared is not None and gained is not None and lost is not None:
        days = days_of_week(compared["as_of"], view.choice.snapshot["as_of"])
        gross = (gained / days, lost / days) if days else None
    return standing(view, name, stand, gross)


def _cleaning(view: View, unit: Row, stand: Stand | None) -> str:
    link = _why_link(view, unit) if view.choice.snapshot["is_by_unit"] else None
    return cleaning_card(
        unit,
        bases(view)[0],
        compared=view.choice.compared,
        link=link,
        source=source(view),
        language=view.language,
        standing=_standing(view, "cleaning", stand, unit["fixed_since"], unit["regressed_since"]),
    )


def _why_link(view: View, unit: Row) -> Crumb | None:
    """The page of flows, of the same unit, by its axis and over the days the card compares."""
    _ = words(view.language)
    chosen: dict[str, str] = {"axis": "facility"} if view.level == "facility" else {}
    compared = view.choice.compared
    if compared is not None and compared["is_by_unit"]:
        chosen["since"] = day_token(compared, view.choice.published)
    link = _link(view, "bien-dong", unit, **chosen)
    return link._replace(name=_("Vì sao đổi")) if link else None


def _complaints(view: View, unit: Row, stand: Stand | None) -> str | None:
    row = _row(view, complaints.complaint_table)
    if row is None:
        return None
    flow = flow_of(view).row
    again = (flow["closed"], flow["opened_again"]) if flow else (None, None)
    return complaints_card(
        row,
        flow,
        compared=compared_with(view, "complaints"),
        link=_link(view, "phan-anh", unit),
        source=source(view, "overdue_complaint_ratio"),
        language=view.language,
        standing=_standing(view, "complaints", stand, *again),
    )


def _signing(view: View, unit: Row, stand: Stand | None) -> str | None:
    row = _row(view, signing.signing_table, axis=view.choice.axis)
    if row is None:
        return None
    return signing_card(
        row,
        compared=compared_with(view, "signing"),
        link=_link(view, "ky-so", unit),
        source=source(view, "signing_progress"),
        language=view.language,
        standing=_standing(
            view, "signing", stand, row["newly_signed_since"], row["signature_lost_since"]
        ),
    )


def compared_with(view: View, workstream: str, *, needs_records: bool = False) -> Row | None:
    """The snapshot a workstream's changes count from.

    Args:
        needs_records: those of units below a district, whatever the view's own level.
    """
    snapshot_id = view.choice.snapshot_id
    earlier = load(
        questions.comparison_snapshot,
        None,
        snapshot_id=snapshot_id,
        workstream=workstream,
        needs_records=needs_records or (view.level == "facility" and workstream != "complaints"),
    )
    return next((row for row in view.choice.published if row["snapshot_id"] == earlier), None)


def _row(view: View, question: Callable[..., pl.DataFrame], **parameters: Any) -> Row | None:
    rows = load(
        question,
        view.viewer.scope,
        level=view.level,
        district_code=view.district_code,
        snapshot_id=view.choice.snapshot_id,
        **parameters,
    ).filter(pl.col("unit_code") == view.unit_code)
    return None if rows.is_empty() else rows.row(0, named=True)


def _link(view: View, path: str, unit: Row, **more: str) -> Crumb | None:
    """The workstream's own page, of the same unit; None in no known district."""
    _ = words(view.language)
    if unit["district_code"] == UNMAPPED:
        return None
    chosen = {"district": unit["district_code"] or ALL}
    if view.level == "facility":
        chosen["facility"] = view.unit_code
    return Crumb(_("Xem chi tiết"), address(path, **chosen | more))
