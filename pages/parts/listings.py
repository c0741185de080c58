"""Lists of records and complaints, for those who may see them."""

import logging
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import streamlit as st

from access import Viewer, write_down
from data.audit import AuditError
from data.errors import RefusedError
from display.listings import Listing, Refusal, above_list
from display.notes import notice
from pages.parts.blocks import show
from pages.parts.choices import Choice
from pages.parts.figures import View
from pages.parts.loading import Question, load

Answer = TypeVar("Answer")
#: So many rows of a list are shown; the number above it says how many there are.
MOST_LISTED = 50


def listing(view: View, question: Question, **parameters: Any) -> Listing:
    """The first rows `question` lists of the view's snapshot, or why there are none."""
    if not view.viewer.may("lists"):
        return Listing(refusal="closed")
    told = {
        name: value
        for name, value in parameters.items()
        if value is None or isinstance(value, str | int)
    }
    if not seen(view.viewer, view.choice, getattr(question, "__name__", "").strip("_"), told):
        return Listing(refusal="unlogged")
    asked = {"snapshot_id": view.choice.snapshot_id, "row_limit": MOST_LISTED, **parameters}
    try:
        return Listing(load(question, view.viewer.scope, **asked).to_dicts())
    except RefusedError as refusal:
        logging.getLogger("tien_do").error("list refused: %s", refusal)
        return Listing(refusal="damaged")


def seen(
    viewer: Viewer, choice: Choice, name: str, told: Mapping[str, Any], rows: int | None = None
) -> bool:
    """Writes down, once a visit, that the viewer sees a list; False when that is not possible."""
    identity = (choice.snapshot_id, name, *sorted(told.items(), key=str))
    if identity in st.session_state.setdefault("seen_lists", set()):
        return True
    try:
        write_down(
            viewer,
            "view_list",
            predicate={"list": name, **told},
            snapshot_id=choice.snapshot_id,
            rows=rows,
        )
    except AuditError as error:
        logging.getLogger("tien_do").error("list not shown: %s", error)
        return False
    st.session_state["seen_lists"].add(identity)
    return True


def once_written_down(
    viewer: Viewer,
    choice: Choice,
    name: str,
    told: Mapping[str, Any],
    rows: int,
    ask: Callable[[], Answer],
) -> Answer | None:
    """What `ask` answers, once it is written down that the viewer sees it; None, and a sentence,
    where that is not possible or a file is damaged.
    """
    refusal: Refusal = "unlogged"
    if seen(viewer, choice, name, told, rows=rows):
        try:
            return ask()
        except RefusedError as error:
            logging.getLogger("tien_do").error("list refused: %s", error)
            refusal = "damaged"
    said = above_list(Listing(refusal=refusal), max(rows, 1), viewer.language)
    show(notice(said, viewer.language), key="why_no_list")
    return None
