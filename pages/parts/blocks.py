"""Shows blocks made in display/, and opens what a person clicks in them."""

from contextlib import AbstractContextManager

import streamlit as st

from display.frame import asset
from pages.parts.address import follow

_block = st.components.v2.component(
    "tien_do_block",
    html='<div class="block"></div>',
    css=asset("style.css"),
    js=asset("block.js"),
)


def show(html: str, *, key: str) -> None:
    """Shows a block; a click on one of its links goes to that page."""
    shown = _block(data={"html": html}, key=key, on_opened_change=_opened)
    if shown.opened:
        follow(shown.opened)


def card(key: str) -> AbstractContextManager[object]:
    """A framed part of the page, as high as its neighbours."""
    return st.container(border=True, key=f"card_{key}", height="stretch")


def _opened() -> None:
    """The browser's message only has to start a run; `show` reads it."""
