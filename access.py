"""Who is looking, and what they may see: the first statement of every page."""

import dataclasses

import streamlit as st

from display.words import LANGUAGES, SOURCE_LANGUAGE
from queries.scope import Scope


@dataclasses.dataclass(frozen=True)
class Viewer:
    """The person in front of the page."""

    role: str
    scope: Scope
    language: str


def require_viewer() -> Viewer:
    """Who is looking; stops the page for those who may not see it.

    Without accounts this is the visitor, who sees the counts of the whole province and no person.
    """
    return Viewer("visitor", Scope.everything(), _language())


def may_list(viewer: Viewer, *, is_wholly_invented: bool) -> bool:
    """Whether this viewer may see lists that name single records and complaints by their ids.

    Districts and facilities work on theirs; anybody else may only where nobody in them is real.
    """
    return viewer.role in {"district", "facility"} or is_wholly_invented


def _language() -> str:
    """The language of the address, which is kept from page to page."""
    asked = st.query_params.get("lang") or st.session_state.get("kept", {}).get("lang")
    return asked if asked in LANGUAGES else SOURCE_LANGUAGE
