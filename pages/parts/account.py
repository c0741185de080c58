"""The account of who looks: its name and unit, another district's view, the way out."""

import logging

import streamlit as st

from access import Viewer, write_down
from data.audit import AuditError
from data.reference import reference
from display.frame import account_card
from display.words import words
from pages.parts.address import asked, choose
from pages.parts.blocks import show


def account_menu(viewer: Viewer) -> None:
    """Who is signed in, under their name."""
    _ = words(viewer.language)
    names = _districts()
    with st.popover(viewer.user or _("Khách"), key="who"):
        html = account_card(
            viewer.role,
            viewer.user,
            _unit(viewer, names),
            viewed_as=names.get(viewer.viewed_as or ""),
            language=viewer.language,
        )
        show(html, key="who_card")
        if viewer.viewed_as or viewer.scope.district_codes is None:
            _view_as(viewer, names)


def denied(viewer: Viewer, kind: str, code: str) -> None:
    """Writes down that somebody asked for a unit that is not theirs."""
    try:
        write_down(viewer, "denied", predicate={kind: code[:20] if code.isalnum() else "?"})
    except AuditError as error:
        logging.getLogger("tien_do").error("denied access not logged: %s", error)


def _unit(viewer: Viewer, names: dict[str, str]) -> str:
    """What the viewer sees, in words."""
    _ = words(viewer.language)
    if viewer.scope.only_facility:
        return viewer.facility_name or viewer.scope.only_facility
    return names.get(viewer.scope.only_district or "", _("Toàn tỉnh"))


def _districts() -> dict[str, str]:
    districts = reference("districts")
    return dict(zip(districts["code"], districts["name"], strict=True))


def _view_as(viewer: Viewer, names: dict[str, str]) -> None:
    """The list of districts whose official's view can be taken on."""
    _ = words(viewer.language)
    asked("as")
    st.session_state["as_choice"] = viewer.viewed_as or ""
    st.selectbox(
        _("Xem như huyện"),
        ["", *names],
        format_func=lambda code: names.get(code, _("Toàn tỉnh")),
        key="as_choice",
        on_change=_changed,
    )


def _changed() -> None:
    for name in ("district", "facility", "commune"):
        choose(name, None)
    choose("as", st.session_state["as_choice"] or None)
