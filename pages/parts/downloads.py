"""The buttons that make a list into a file to take along."""

import functools
from collections.abc import Callable

import streamlit as st

from access import Viewer
from display.exports import list_csv, list_xlsx
from display.words import words

#: Writes a list as a file: display.exports.
Write = Callable[..., bytes]


def downloads_of(export: Callable[..., bytes], stem: str, viewer: Viewer) -> None:
    """The buttons that make a list into a file, written by one of display.exports."""
    _ = words(viewer.language)
    with st.container(key="list_downloads", horizontal=True):
        _download(_("Tải XLSX"), f"{stem}.xlsx", functools.partial(export, write=list_xlsx))
        _download(_("Tải CSV"), f"{stem}.csv", functools.partial(export, write=list_csv))


def _download(label: str, name: str, make: Callable[[], bytes]) -> None:
    kind = name.rpartition(".")[2]
    mime = {
        "csv": "text/csv",
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    }[kind]
    st.download_button(
        label, data=make, file_name=name, mime=mime, on_click="ignore", key=f"download_{kind}"
    )
