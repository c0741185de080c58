"""The frame round every page: its style, its language, Streamlit's own words."""

import streamlit as st

from access import Viewer
from display.frame import BUILT_IN_WORDS, asset

_frame = st.components.v2.component("tien_do_frame", js=asset("frame.js"), isolate_styles=False)


def draw_frame(viewer: Viewer) -> None:
    """Goes before the page; shows nothing of its own."""
    with st.container(key="frame"):
        st.html(f"<style>{asset('frame.css')}</style>")
        _frame(data={"language": viewer.language, "words": BUILT_IN_WORDS}, key="language_of_page")
