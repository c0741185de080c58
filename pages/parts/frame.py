"""The frame round every page: its style, its language, Streamlit's own words, and its errors."""

import logging
import secrets
import traceback
from pathlib import Path

import streamlit as st

from access import Viewer, language_of_page
from display.frame import BUILT_IN_WORDS, asset
from display.notes import failure
from pages.parts.blocks import show

_frame = st.components.v2.component("tien_do_frame", js=asset("frame.js"), isolate_styles=False)


def draw_frame(viewer: Viewer) -> None:
    """Goes before the page; shows nothing of its own."""
    with st.container(key="frame"):
        st.html(f"<style>{asset('frame.css')}</style>")
        _frame(data={"language": viewer.language, "words": BUILT_IN_WORDS}, key="language_of_page")


def show_failure(error: Exception) -> bool:
    """A sentence and a number for people; where it happened, under that number, in the server's
    log: never the error's own words, which may quote a record.
    """
    number = secrets.token_hex(3).upper()
    frames = traceback.extract_tb(error.__traceback__)
    where = " < ".join(f"{Path(one.filename).name}:{one.lineno}" for one in reversed(frames))
    logging.getLogger("tien_do").error("error %s: %s at %s", number, type(error).__name__, where)
    show(failure(number, language_of_page()), key="failure")
    return True
