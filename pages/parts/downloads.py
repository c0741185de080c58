"""A list as a file to take along: made, and written down, when it is asked for."""

import datetime as dt
import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import streamlit as st

from access import Proof, Viewer, session_proof, still_may, write_down
from data.errors import RefusedError
from display.exports import About, list_csv, list_xlsx
from display.notes import notice
from display.words import words
from pages.parts.blocks import show
from pages.parts.choices import Choice
from settings import VIETNAM

#: Writes a list as a file: display.exports.
Write = Callable[..., bytes]


class Taken(NamedTuple):
    """What a file holds."""

    title: str
    #: Whose it is, and the code of that unit.
    place: str
    unit_code: str
    #: How the audit log names the list; "what" is its name.
    told: Mapping[str, Any]
    #: How many rows there are.
    total: int
    headings: Sequence[str]
    #: The first so many rows as cells; asked outside the page.
    rows: Callable[[int], list[list[str]]]


def downloads(taken: Taken, choice: Choice, viewer: Viewer) -> None:
    """The buttons; a sentence instead where the list is longer than a file may be."""
    _ = words(viewer.language)
    if taken.total > viewer.most_exported:
        text = _("Danh sách quá {count} dòng nên không tải về được; hãy chọn đơn vị nhỏ hơn.")
        show(notice(text.format(count=viewer.most_exported), viewer.language), key="too_long")
        return
    make = functools.partial(taken_along, taken, choice, viewer, session_proof())
    stem = f"danh-sach-{taken.told['what']}-{taken.unit_code}-{choice.snapshot['as_of']:%Y-%m-%d}"
    with st.container(key="list_downloads", horizontal=True):
        _download(_("Tải XLSX"), f"{stem}.xlsx", functools.partial(make, write=list_xlsx))
        _download(_("Tải CSV"), f"{stem}.csv", functools.partial(make, write=list_csv))


def _download(label: str, name: str, make: Callable[[], bytes]) -> None:
    kind = name.rpartition(".")[2]
    mime = {
        "csv": "text/csv",
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    }[kind]
    st.download_button(
        label, data=make, file_name=name, mime=mime, on_click="ignore", key=f"download_{kind}"
    )


def taken_along(
    taken: Taken, choice: Choice, viewer: Viewer, proof: Proof, *, write: Write
) -> bytes:
    """The file, for a session that still stands, once it is written down; runs outside the page.

    Raises:
        RefusedError: the session has ended, the list is too long, or the log cannot be written.
    """
    if not still_may(viewer, "lists", proof):
        raise RefusedError("Phiên làm việc đã hết; hãy đăng nhập lại.")
    rows = taken.rows(viewer.most_exported + 1)
    if len(rows) > viewer.most_exported:
        raise RefusedError(f"Danh sách quá {viewer.most_exported} dòng.")
    told = dict(taken.told)
    write_down(viewer, "export", predicate=told, snapshot_id=choice.snapshot_id, rows=len(rows))
    about = About(
        taken.title,
        taken.place,
        choice.snapshot["as_of"],
        choice.snapshot["is_invented"],
        viewer.user,
        dt.datetime.now(VIETNAM),
    )
    return write(about, taken.headings, rows, viewer.language)
