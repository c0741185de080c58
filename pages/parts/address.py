"""The address of the page holds every choice; a choice is kept when going to another page."""

from urllib.parse import parse_qsl, urlencode, urlsplit

import streamlit as st

#: Path of a page -> its file. The first page has no path of its own.
PAGES = {
    "": "pages/overview.py",
    "huyen": "pages/district.py",
    "co-so": "pages/facility.py",
    "phan-anh": "pages/complaints.py",
    "ky-so": "pages/signing.py",
    "bien-dong": "pages/flows.py",
    "bao-cao": "pages/briefing.py",
    "danh-sach": "pages/work_list.py",
    "du-lieu": "pages/snapshots.py",
    "nhat-ky": "pages/log.py",
}
KEPT = (
    "lang",
    "as",
    "date",
    "axis",
    "district",
    "facility",
    "commune",
    "what",
    "stream",
    "since",
    "flow",
    "record",
)
#: In an address, as the district: none, the whole province.
ALL = "all"


def asked(name: str) -> str | None:
    """What the address says of `name`, else what was last chosen (then the address says so too)."""
    kept = _kept()
    if name in st.query_params:
        kept[name] = st.query_params[name]
    elif name in kept:
        st.query_params[name] = kept[name]
    return kept.get(name)


def choose(name: str, value: str | None) -> None:
    """Puts a choice into the address; None takes it out (the default holds)."""
    if value is None:
        _kept().pop(name, None)
        st.query_params.pop(name, None)
    else:
        _kept()[name] = st.query_params[name] = value


def address(path: str, **changes: str) -> str:
    """The address of a page that keeps the language, the snapshot and the axis."""
    names = ("lang", "as", "date", "axis", *(["since"] if path in ("bien-dong", "bao-cao") else []))
    kept = {name: _kept()[name] for name in names if name in _kept()}
    query = urlencode(kept | changes)
    return f"{path or '.'}?{query}" if query else path or "."


def follow(href: str) -> None:
    """Opens one of our own pages by its address; anything else is ignored.

    The page writes its choices into the address itself: given here, they would first be written
    into the address of the page that is left.
    """
    parts = urlsplit(href)
    path = parts.path.strip("./")
    if path in PAGES:
        # A record is looked at as long as an address names it.
        _kept().pop("record", None)
        choices = {name: value for name, value in parse_qsl(parts.query) if name in KEPT}
        _kept().update(choices)
        st.switch_page(PAGES[path])


def _kept() -> dict[str, str]:
    return st.session_state.setdefault("kept", {})
