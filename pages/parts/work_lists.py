"""What the page of work lists asks and draws: one list, its filters, one of its records."""

import logging
from collections.abc import Mapping
from typing import Any, NamedTuple, NoReturn

import streamlit as st

from access import Viewer
from data.errors import RefusedError
from data.reference import reference
from data.schema import REASON_COLUMNS
from display import formats
from display import work_lists as drawn
from display.labels import reason_names, unit_name
from display.listings import Listing, above_list
from display.notes import notice, unknown_choice
from display.words import words
from display.work_lists import Known, Shown
from pages.parts.address import ALL, address, asked, choose
from pages.parts.blocks import show
from pages.parts.choices import Choice, choose_unit
from pages.parts.downloads import Taken
from pages.parts.figures import View, unit_rows
from pages.parts.flows import unit_names
from pages.parts.listings import once_written_down
from pages.parts.loading import Question, load, opened
from pages.parts.places import Place, choose_place, find_place
from queries import signing, work_lists
from queries.measure import Level, StalePairsError
from queries.work_lists import WorkList

Row = Mapping[str, Any]
#: So many records stand on a page of a list.
PAGE = 50
#: What a list begins with, and the choice of how long a record has been in its state.
_FIRST = "invalid"
_DAYS = (0, 3, 7, 14, 30)


class Found(NamedTuple):
    """The list the address asks for."""

    work_list: WorkList
    #: What the number on the pages is.
    number: int
    title: str
    #: How many records, in words.
    counted: str
    name: str
    place: Place
    communes: Mapping[str, str]
    view: View


class Filters(NamedTuple):
    """What of a list is shown."""

    reason: str | None = None
    suspicion: str | None = None
    least_days: int | None = None
    search: str = ""

    @property
    def told(self) -> dict[str, str | int | bool | None]:
        """What the audit log keeps: that somebody searched, not for whom."""
        own = {"reason": self.reason, "suspicion": self.suspicion, "least_days": self.least_days}
        return {name: value for name, value in own.items() if value} | (
            {"searched": True} if self.search else {}
        )


def find_list(viewer: Viewer, choice: Choice) -> Found:
    """The list of the address: what of which unit."""

    def rows_of(level: str, district_code: str | None, with_total: bool) -> list[Row]:
        return unit_rows(viewer, choice, level, district_code, with_total=with_total)

    place = find_place(viewer, "danh-sach", rows_of, is_by_unit=choice.axis == "facility")
    communes, commune = _commune(viewer, choice, place)
    level: Level = "commune" if commune else place.level
    unit = commune or (place.unit["unit_code"] if level == "facility" else None)
    work_list = WorkList(
        _what(viewer, choice), level, choice.axis, place.district_code, unit, choice.snapshot_id
    )
    name = communes[commune] if commune else place.unit["unit_name"]
    number = number_of(viewer, work_lists.number, work_list=work_list)
    view = View(viewer, choice, level, unit or place.unit["unit_code"], place.district_code)
    title = drawn.page_title(drawn.list_title(work_list.what, viewer.language), viewer.language)
    _ = words(viewer.language)
    counted = _("{count} hồ sơ").format(count=formats.count(number, viewer.language))
    name = unit_name(name, viewer.language)
    return Found(work_list, number, title, counted, name, place, communes, view)


def number_of(viewer: Viewer, question: Question, **parameters: Any) -> int:
    """What a list's question for its number answers; stops the page where it cannot be told."""
    _ = words(viewer.language)
    try:
        return load(question, viewer.scope, **parameters)
    except StalePairsError:
        _without_list(_("Đối chiếu giữa các kỳ chưa tính xong; thử lại sau ít phút."), viewer)
    except RefusedError as refusal:
        logging.getLogger("tien_do").error("work list refused: %s", refusal)
        _without_list(above_list(Listing(refusal="damaged"), 1, viewer.language), viewer)


def _without_list(said: str, viewer: Viewer) -> NoReturn:
    show(notice(said, viewer.language), key="why_no_number")
    st.stop()


def asked_list() -> str:
    """Which list the address asks for, else the one a page of lists begins with."""
    return asked("what") or _FIRST


def _what(viewer: Viewer, choice: Choice) -> str:
    what = asked_list()
    if what in _listed(choice):
        return what
    if what not in work_lists.WHATS:
        show(unknown_choice("list", what, viewer.language), key="unknown_what")
    choose("what", None)
    return _FIRST


def _listed(choice: Choice) -> list[str]:
    """The lists there are on the axis of the page."""
    return [what for what in work_lists.WHATS if work_lists.is_on_axis(what, choice.axis)]


def _commune(viewer: Viewer, choice: Choice, place: Place) -> tuple[dict[str, str], str | None]:
    """The communes of the place by name, and the one the address asks for."""
    if choice.axis != "residence" or place.district_code is None:
        return {}, None
    rows = unit_rows(viewer, choice, "commune", place.district_code)
    names = {row["unit_code"]: unit_name(row["unit_name"], viewer.language) for row in rows}
    code = asked("commune")
    if code in names:
        return names, code
    choose("commune", None)
    return names, None


def choose_list(found: Found, viewer: Viewer) -> None:
    """Which records."""
    names = {what: drawn.list_title(what, viewer.language) for what in _listed(found.view.choice)}
    _ = words(viewer.language)
    choose_unit("what", _("Danh sách"), names, found.work_list.what, default=_FIRST)


def choose_unit_of_list(found: Found, viewer: Viewer) -> None:
    """Of which unit."""
    _ = words(viewer.language)
    choose_place(found.place, viewer)
    if found.communes:
        communes = {"": _("Tất cả xã, phường"), **found.communes}
        current = found.work_list.unit_code or ""
        choose_unit("commune", _("Xã, phường"), communes, current, default="")


def filters(found: Found, viewer: Viewer) -> Filters:
    """What of the list is asked for; forgotten with the page, and never part of its address."""
    _ = words(viewer.language)
    anything = _("Tất cả")
    with st.container(key="list_filters", horizontal=True, vertical_alignment="bottom"):
        search = st.text_input(
            _("Tìm họ tên hoặc mã hồ sơ"),
            key="work_list_search",
            placeholder=_("gõ không dấu cũng được"),
            width=290,
        )
        reasons = {"": anything, **_reasons(viewer)}
        reason = _pick(_("Lý do"), "work_list_reason", reasons)
        suspicions = {"": anything, **drawn.suspicion_names(viewer.language)}
        suspicion = _pick(_("Nghi vấn"), "work_list_suspicion", suspicions)
        days = {
            str(day): _("từ {days} ngày").format(days=day) if day else anything for day in _DAYS
        }
        least = int(_pick(_("Ở trạng thái này"), "work_list_days", days) or 0)
    return Filters(reason or None, suspicion or None, least or None, search.strip())


def _reasons(viewer: Viewer) -> dict[str, str]:
    names = reason_names(viewer.language)
    return {name: names[name] for name in REASON_COLUMNS}


def _pick(label: str, key: str, options: Mapping[str, str]) -> str:
    return st.selectbox(label, list(options), format_func=options.__getitem__, key=key, width=210)


# The list -----------------------------------------------------------------------------------


def page_of_list(found: Found, chosen: Filters, viewer: Viewer) -> int | None:
    """So many records of the list, and the way to the next ones; how many there are in all, None
    where they are not shown.
    """
    own, choice = found.work_list, found.view.choice
    told = _told(own) | chosen.told
    asked_for: dict[str, Any] = {"scope": viewer.scope, "work_list": own, **chosen._asdict()}

    def ask() -> tuple[int, int, list[dict[str, Any]]]:
        total = work_lists.count(opened(), **asked_for) if any(chosen) else found.number
        offset = offset_of((own, chosen), total)
        page = {"row_limit": PAGE, "row_offset": offset}
        return total, offset, work_lists.records(opened(), **asked_for, **page).to_dicts()

    answered = once_written_down(viewer, choice, "work_list", told, found.number, ask)
    if answered is None:
        return None
    total, offset, rows = answered
    html = drawn.work_list(
        rows,
        Shown(offset + 1, offset + len(rows), total),
        chosen=asked("record"),
        link=lambda record: address("danh-sach", record=record, **_kept(found)),
        known=known_of(found, viewer),
    )
    show(html, key="work_list")
    turn_pages(offset, total, viewer)
    return total


def _told(work_list: WorkList) -> dict[str, Any]:
    """The list as the audit log names it."""
    own = work_list._asdict()
    return {name: own[name] for name in ("what", "level", "axis", "district_code", "unit_code")}


def _kept(found: Found) -> dict[str, str]:
    """What an address of the same list says."""
    own = found.work_list
    chosen = {"what": own.what, "district": own.district_code or ALL}
    if own.unit_code and own.level in {"facility", "commune"}:
        chosen[own.level] = own.unit_code
    return chosen


def known_of(found: Found, viewer: Viewer) -> Known:
    """What the words about a record depend on: communes are no secret, facilities are by scope."""
    snapshot_id = found.work_list.snapshot_id
    names = {
        code: name
        for table in ("districts", "communes")
        for code, name in reference(table).select("code", "name").iter_rows()
    }
    rule = load(signing.rule_on, None, snapshot_id=snapshot_id)
    return Known(names | unit_names(found.view, snapshot_id), rule.min_doses, viewer.language)


def offset_of(identity: tuple[Any, ...], total: int) -> int:
    """Where the page shown begins; another list, or another filter, begins anew."""
    if st.session_state.get("work_list_of") != identity:
        st.session_state["work_list_of"] = identity
        st.session_state["work_list_offset"] = 0
    last = max(0, (total - 1) // PAGE * PAGE)
    return min(st.session_state["work_list_offset"], last)


def turn_pages(offset: int, total: int, viewer: Viewer) -> None:
    """The buttons to the page before and after."""
    if total <= PAGE:
        return
    _ = words(viewer.language)
    with st.container(key="list_pages", horizontal=True):
        st.button(
            _("← Trang trước"),
            key="work_list_before",
            disabled=not offset,
            on_click=_turn_to,
            args=(offset - PAGE,),
        )
        st.button(
            _("Trang sau →"),
            key="work_list_after",
            disabled=offset + PAGE >= total,
            on_click=_turn_to,
            args=(offset + PAGE,),
        )


def _turn_to(offset: int) -> None:
    st.session_state["work_list_offset"] = max(0, offset)


def taken(found: Found, chosen: Filters, total: int, viewer: Viewer) -> Taken:
    """The list as it can be taken along; `total`: how many records the filters leave."""
    own, known, connection = found.work_list, known_of(found, viewer), opened()

    def rows(row_limit: int) -> list[list[str]]:
        records = work_lists.records(
            connection,
            scope=viewer.scope,
            work_list=own,
            row_limit=row_limit,
            **chosen._asdict(),
        )
        return [drawn.cells_of(row, known) for row in records.to_dicts()]

    return Taken(
        found.title,
        found.name,
        own.unit_code or own.district_code or "",
        _told(own) | chosen.told,
        total,
        drawn.columns_of(viewer.language),
        rows,
    )
