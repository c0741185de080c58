"""Who is looking, and what they may see: the first statement of every page."""

import dataclasses
import datetime as dt
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, NamedTuple, NoReturn

import polars as pl
import streamlit as st

from data import accounts, audit, snapshots
from data.accounts import Account, SignInError
from data.errors import RefusedError
from data.reference import reference
from display.notes import sign_in_page
from display.words import LANGUAGES, SOURCE_LANGUAGE
from queries.scope import Scope
from settings import VIETNAM, store_folder

#: figures: counts; briefings: reports of a whole district or the province; data: what is published;
#: lists: records by name; log: who did what.
Area = Literal["figures", "briefings", "data", "quarantine", "lists", "log"]
_AREAS: Mapping[str, frozenset[Area]] = {
    "visitor": frozenset({"figures", "briefings", "data"}),
    "province": frozenset({"figures", "briefings", "data"}),
    "district": frozenset({"figures", "briefings", "data", "lists"}),
    "facility": frozenset({"figures", "data", "lists"}),
    "steward": frozenset({"figures", "briefings", "data", "quarantine"}),
    "auditor": frozenset({"log"}),
}

#: A local account's cookie, or the claims of an identity provider.
Proof = str | None | Mapping[str, Any]
_MOST_EXPORTED = {"district": 20_000, "facility": 5_000}


@dataclasses.dataclass(frozen=True)
class Viewer:
    """The person in front of the page."""

    role: str
    scope: Scope
    language: str
    #: The sign-in name; "" of the visitor.
    user: str = ""
    #: The name of a facility's account's facility; "" of all others.
    facility_name: str = ""
    #: The district whose official's view the viewer has taken on; None: their own.
    viewed_as: str | None = None

    def may(self, area: Area) -> bool:
        """Whether the viewer's role opens this kind of page."""
        return area in _AREAS[self.role]

    @property
    def most_exported(self) -> int:
        """So many records one file may take along."""
        return _MOST_EXPORTED.get(self.role, 0)


class Facility(NamedTuple):
    """What is known of the facility of an account."""

    district_code: str
    name: str


def require_viewer(area: Area | None = "figures") -> Viewer:
    """Who is looking; stops the page for those who may not see it (area: None, the frame).

    Asked anew on every run of a page: an account that is removed, or a session that has lapsed,
    ends with the next click.
    """
    language = language_of_page()
    try:
        viewer = _viewer(language)
    except SignInError as refusal:
        _stop(refusal.code, language)
    except RefusedError as refusal:
        logging.getLogger("tien_do").error("nobody let in: %s", refusal)
        _stop("unlogged", language)
    if area and not viewer.may(area):
        _stop("forbidden", language)
    return _viewed_as(viewer)


def is_open() -> bool:
    """Whether anybody who reaches the program may see counts: nobody in them is real, and no
    accounts have been made.
    """
    if accounts.is_oidc() or accounts.has_accounts():
        return False
    return _nobody_is_real(str(store_folder()), snapshots.store_state(store_folder()))


def still_may(viewer: Viewer, area: Area, proof: Proof) -> bool:
    """Whether the viewer's session still stands, for the same units, and opens an area: for what
    runs outside a page.
    """
    try:
        account = _account_of(proof)
    except SignInError as refusal:
        is_visitor = viewer.role == "visitor" and refusal.code == "none" and is_open()
        return is_visitor and viewer.may(area)
    own = _scope_of(account)
    is_as_shown = viewer.viewed_as is not None and own == Scope.everything()
    is_same = (account.name, account.role) == (viewer.user, viewer.role)
    return is_same and (is_as_shown or own == viewer.scope) and viewer.may(area)


def actor_of(viewer: Viewer) -> audit.Actor:
    """The viewer, as logs name them."""
    return audit.Actor(viewer.user or "visitor", viewer.role)


def session_proof() -> Proof:
    """What the browser showed when the page was loaded: who has signed in."""
    if accounts.is_oidc():
        return st.user.to_dict() if st.user.get("is_logged_in") else {}
    return st.context.cookies.get(accounts.COOKIE)


def write_down(viewer: Viewer, action: str, **what: Any) -> None:
    """Writes a line of the audit log (`data.audit.write`) in the viewer's name.

    Raises:
        AuditError: it could not be written; what it is about must then not happen.
    """
    audit.write(store_folder(), actor_of(viewer), action, now=_now().astimezone(VIETNAM), **what)


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def _viewer(language: str) -> Viewer:
    """Who has signed in, else the visitor where the program is open to visitors."""
    try:
        account = _account_of(session_proof())
    except SignInError as refusal:
        if refusal.code != "none" or not is_open():
            raise
        return Viewer("visitor", Scope.everything(), language)
    is_facility = account.role == "facility" and account.unit_code
    facility = _facility_of(account.unit_code or "") if is_facility else None
    name = facility.name if facility else ""
    return Viewer(account.role, _scope_of(account), language, account.name, name)


def _account_of(proof: Proof) -> Account:
    if isinstance(proof, Mapping):
        return accounts.account_of_claims(proof, _now())
    account = accounts.account_of_token(proof, _now())
    if account.is_demo and not _nobody_is_real(
        str(store_folder()), snapshots.store_state(store_folder())
    ):
        raise SignInError("disabled")
    return account


def _scope_of(account: Account) -> Scope:
    if account.role in {"province", "steward"}:
        return Scope.everything()
    if account.role == "district" and account.unit_code:
        return Scope((account.unit_code,))
    if account.role == "facility" and account.unit_code:
        facility = _facility_of(account.unit_code)
        return Scope((facility.district_code,) if facility else (), (account.unit_code,))
    return Scope(())


def _facility_of(facility_code: str) -> Facility | None:
    state = snapshots.store_state(store_folder())
    return _newest_facility(str(store_folder()), state, facility_code)


@st.cache_data(show_spinner=False, max_entries=4)
def _nobody_is_real(store: str, state: str) -> bool:
    """Whether every record and complaint of every snapshot in force is invented."""
    folder = Path(store)
    published = snapshots.in_force(folder)
    return all(one.is_wholly_invented for one in published) and not snapshots.without_manifest(
        folder
    )


@st.cache_data(show_spinner=False, max_entries=200)
def _newest_facility(store: str, state: str, facility_code: str) -> Facility | None:
    """A facility as the newest snapshot that can be read has it; None: it has not."""
    for manifest in reversed(snapshots.in_force(Path(store))):
        try:
            rows = snapshots.read_table(Path(store), manifest.snapshot_id, "facilities")
        except RefusedError:
            continue
        own = rows.filter(pl.col("facility_code") == facility_code).sort(
            "valid_from", nulls_last=False
        )
        found = own.select("district_code", "facility_name").rows()
        return Facility(*found[-1]) if found else None
    return None


def _viewed_as(viewer: Viewer) -> Viewer:
    """Who sees the whole province may look as the official of one district does."""
    code = _of_address("as")
    if code is None or code not in reference("districts")["code"]:
        return viewer
    if viewer.scope.district_codes is not None:
        return viewer
    return dataclasses.replace(viewer, scope=Scope((code,)), viewed_as=code)


def _stop(code: str, language: str) -> NoReturn:
    """Says why there is nothing to see, and where to sign in."""
    st.html(sign_in_page(code, language))
    st.stop()


def language_of_page() -> str:
    """The language of the address, which is kept from page to page."""
    asked = _of_address("lang")
    return asked if asked in LANGUAGES else SOURCE_LANGUAGE


def _of_address(name: str) -> str | None:
    return st.query_params.get(name) or st.session_state.get("kept", {}).get(name)
