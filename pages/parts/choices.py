"""What a person chooses on a page: snapshot, axis, district, facility, language."""

import datetime as dt
import logging
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, NamedTuple, NoReturn

import streamlit as st

from access import Viewer
from data.entries import CampaignError
from data.errors import RefusedError
from data.reference import reference
from data.workstreams import campaign
from display import formats, notes
from display.labels import UNMAPPED
from display.words import words
from pages.parts.account import account_menu, denied
from pages.parts.address import asked, choose
from pages.parts.blocks import show
from pages.parts.loading import begin, load
from queries.engine import EmptyStoreError
from queries.measure import Axis
from queries.questions import comparison_snapshot, snapshots

Row = Mapping[str, Any]
#: Of every list of choices, in pixels; less than the width of a phone.
_WIDTH = 290


class Choice(NamedTuple):
    """The snapshot shown, what it is compared with, and the axis."""

    snapshot: Row
    compared: Row | None
    axis: Axis
    #: The snapshots one can choose, newest first: those that have what the page shows.
    published: Sequence[Row]

    @property
    def snapshot_id(self) -> str:
        """The id of the snapshot shown."""
        return self.snapshot["snapshot_id"]


def require_choice(
    viewer: Viewer, covers: str | None = None, *, needs_records: bool = False
) -> Choice:
    """The choices of the address; without a snapshot a page that says how to publish one.

    Args:
        covers: the workstream the page is about; only snapshots with its figures can be chosen.
        needs_records: … and only those of records, not of totals by district.
    """
    begin()
    try:
        campaign()
    except CampaignError as refusal:
        logging.getLogger("tien_do").error("campaign refused: %s", refusal)
        _without_figures(notes.refused_campaign(viewer.language), viewer)
    try:
        everything = load(snapshots, None).to_dicts()
    except EmptyStoreError:
        _without_figures(notes.empty_store(viewer.language), viewer)
    except RefusedError as refusal:
        logging.getLogger("tien_do").error("store refused: %s", refusal)
        _without_figures(notes.refused_store(viewer.language), viewer)
    published = [
        row
        for row in everything
        if (covers is None or covers in row["covers"]) and (row["is_by_unit"] or not needs_records)
    ]
    if not published:
        _without_figures(notes.without_stream(covers or "cleaning", viewer.language), viewer)
    snapshot = _asked_snapshot(published, everything, viewer.language)
    earlier = load(
        comparison_snapshot,
        None,
        snapshot_id=snapshot["snapshot_id"],
        workstream=covers or "cleaning",
        needs_records=needs_records,
    )
    compared = next((row for row in published if row["snapshot_id"] == earlier), None)
    is_whole = viewer.scope.facility_codes is None
    axis: Axis = "residence" if asked("axis") == "residence" and is_whole else "facility"
    return Choice(snapshot, compared, axis, published)


def day_token(snapshot: Row, published: Sequence[Row]) -> str:
    """A snapshot in the address: its day, or its instant when a later one has the same day."""
    day = snapshot["as_of"].date()
    newest = max(row["as_of"] for row in published if row["as_of"].date() == day)
    return f"{day}" if snapshot["as_of"] == newest else f"{snapshot['as_of']:%Y-%m-%dT%H:%M}"


def choose_snapshot(choice: Choice, viewer: Viewer) -> None:
    """The list of published snapshots, newest first."""
    _ = words(viewer.language)
    tokens = {day_token(row, choice.published): row for row in choice.published}
    newest = next(iter(tokens))
    _select(
        "date",
        _("Kỳ số liệu"),
        {token: formats.as_of(row["as_of"], viewer.language) for token, row in tokens.items()},
        day_token(choice.snapshot, choice.published),
        default=newest,
    )


def since_of(choice: Choice, viewer: Viewer) -> Row | None:
    """The snapshot to compare with: the one the address asks for, else the one a week before, else
    the first; None when there is none before.
    """
    earlier = _earlier(choice)
    default = _default_since(choice)
    token = asked("since")
    if token is None or default is None:
        return default
    found = next((row for row in earlier if day_token(row, choice.published) == token), None)
    if found is None:
        show(notes.unknown_choice("since", token, viewer.language), key="unknown_since")
        choose("since", None)
    return found or default


def _earlier(choice: Choice) -> list[Row]:
    return [row for row in choice.published if row["as_of"] < choice.snapshot["as_of"]]


def _default_since(choice: Choice) -> Row | None:
    """The newest at least a week before, else the first."""
    earlier = _earlier(choice)
    week = choice.snapshot["as_of"].date() - dt.timedelta(days=7)
    old = [row for row in earlier if row["as_of"].date() <= week]
    return next(iter(old or earlier[-1:]), None)


def choose_since(choice: Choice, since: Row, viewer: Viewer) -> None:
    """The list of snapshots before the one shown, newest first."""
    _select_since(choice, since, viewer, default=_default_since(choice), nothing={})


def choose_week(choice: Choice, since: Row | None, viewer: Viewer) -> None:
    """The same, beginning with the snapshot a week before, else with none; not without any."""
    _ = words(viewer.language)
    if not _earlier(choice):
        return
    nothing = {} if choice.compared else {"": _("Không so sánh")}
    _select_since(choice, since, viewer, default=choice.compared, nothing=nothing)


def week_of(choice: Choice, viewer: Viewer) -> Row | None:
    """The snapshot to compare with: the one the address asks for, else the one a week before."""
    return since_of(choice, viewer) if asked("since") else choice.compared


def _select_since(
    choice: Choice,
    since: Row | None,
    viewer: Viewer,
    *,
    default: Row | None,
    nothing: Mapping[str, str],
) -> None:
    _ = words(viewer.language)

    def token(row: Row | None) -> str:
        return day_token(row, choice.published) if row else ""

    known = {token(row): formats.as_of(row["as_of"], viewer.language) for row in _earlier(choice)}
    _select("since", _("So với kỳ"), {**nothing, **known}, token(since), default=token(default))


def choose_axis(choice: Choice, viewer: Viewer) -> None:
    """By which owner of a record the page counts; a facility has records by itself alone."""
    if viewer.scope.facility_codes is not None:
        return
    _ = words(viewer.language)
    options = {"facility": _("Cơ sở nhập"), "residence": _("Nơi thường trú")}
    st.session_state["axis_choice"] = choice.axis
    st.segmented_control(
        _("Tính theo"),
        list(options),
        format_func=options.__getitem__,
        required=True,
        key="axis_choice",
        on_change=lambda: _changed("axis", "axis_choice", default="facility"),
        width=_WIDTH,
    )


def choose_unit(
    name: str,
    label: str,
    units: Mapping[str, str],
    current: str,
    *,
    default: str | None = None,
    forgets: str | None = None,
) -> None:
    """A list of units by name, where there is more than one; choosing one forgets the choice
    `forgets` below it, and choosing `default` the choice itself.
    """
    if len(units) > 1:
        _select(name, label, units, current, default=default, forgets=forgets)


def choices_bar(viewer: Viewer) -> AbstractContextManager[object]:
    """The row of choices under the head, the change of language at its end."""
    bar = st.container(key="choices", horizontal=True, vertical_alignment="bottom", gap="medium")
    own = bar.container(key="own_choices", horizontal=True, vertical_alignment="bottom")
    with bar:
        account_menu(viewer)
        _choose_language(viewer)
    return own


def names_of(units: Sequence[Row]) -> dict[str, str]:
    """Code -> name of the units one can choose."""
    return {unit["unit_code"]: unit["unit_name"] for unit in units if unit["unit_code"] != UNMAPPED}


def _with_most_left(units: Sequence[Row]) -> str:
    known = [unit for unit in units if unit["unit_code"] != UNMAPPED]
    return max(known, key=lambda unit: unit["invalid"])["unit_code"]


def asked_unit(
    kind: str, units: Sequence[Row], viewer: Viewer, begin_with: Sequence[Row] = ()
) -> str:
    """The unit the address asks for; when there is none such, a sentence and the one with the most
    records left to clean, of those to begin with. Stops where the viewer has no unit at all.
    """
    if not names_of(units):
        no_unit(viewer)
    code = asked(kind)
    if code in names_of(units):
        return code
    if code is not None:
        forget_unknown(kind, code, viewer)
    return _with_most_left(begin_with if names_of(begin_with) else units)


def forget_unknown(kind: str, code: str, viewer: Viewer, sentence: str | None = None) -> None:
    """Takes a unit that is not there out of the address, with a sentence (of `kind`, else another
    of notes.unknown_choice); without one where another page may have put it there: complaints wait
    in a district, or in none, as in a facility.
    """
    if viewer.scope.district_codes is not None and viewer.user:
        denied(viewer, kind, code)
    is_queue = kind == "facility" and code in reference("districts")["code"]
    if code != UNMAPPED and not is_queue:
        words_of = notes.unknown_choice(sentence or kind, code, viewer.language)
        show(words_of, key=f"unknown_{kind}")
    choose(kind, None)


def no_unit(viewer: Viewer) -> NoReturn:
    """Stops a page of units for a viewer who has none of them in the snapshot shown."""
    _without_figures(notes.no_unit(viewer.language), viewer)


def _choose_language(viewer: Viewer) -> None:
    """A button that changes to the other language, named in that language."""
    other, name = ("en", "English") if viewer.language == "vi" else ("vi", "Tiếng Việt")
    asked("lang")
    st.button(
        name,
        key="language_choice",
        type="tertiary",
        on_click=choose,
        args=("lang", None if other == "vi" else other),
    )


def _without_figures(html: str, viewer: Viewer) -> NoReturn:
    show(html, key="without_figures")
    account_menu(viewer)
    _choose_language(viewer)
    st.stop()


def _asked_snapshot(published: Sequence[Row], everything: Sequence[Row], language: str) -> Row:
    """The snapshot the address asks for, else the newest; a sentence where that needs one."""
    token = asked("date")
    found = next((row for row in published if day_token(row, published) == token), None)
    elsewhere = next((row for row in everything if day_token(row, everything) == token), None)
    newest = published[0]
    if token is None and everything[0] is not newest:
        show(notes.newer_snapshot(everything[0]["as_of"], language), key="newer_date")
    elif found is None and elsewhere is not None:
        sentence = notes.other_snapshot(elsewhere["as_of"], newest["as_of"], language)
        show(sentence, key="other_date")
    elif token is not None and found is None:
        show(notes.unknown_choice("date", token, language), key="unknown_date")
    return found or newest


def _select(
    name: str,
    label: str,
    options: Mapping[str, str],
    current: str,
    *,
    default: str | None = None,
    forgets: str | None = None,
) -> None:
    key = f"{name}_choice"
    st.session_state[key] = current
    st.selectbox(
        label,
        list(options),
        format_func=lambda token: options.get(token, token),
        key=key,
        on_change=lambda: _changed(name, key, default=default, forgets=forgets),
        width=_WIDTH,
    )


def _changed(
    name: str, key: str, *, default: str | None = None, forgets: str | None = None
) -> None:
    chosen = st.session_state[key]
    choose(name, None if chosen == default else chosen)
    if forgets:
        choose(forgets, None)
