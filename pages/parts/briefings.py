"""What the page of briefings asks and draws."""

import datetime as dt
import functools
import logging
from collections.abc import Mapping
from typing import Any

import streamlit as st

from access import Proof, Viewer, actor_of, session_proof, still_may
from data import releases
from data.errors import RefusedError
from data.reference import reference
from data.releases import Release
from display import formats
from display.briefing.asking import headline
from display.briefing.build import build
from display.briefing.files import (
    FORMATS,
    MIME_TYPES,
    file_name,
    preview,
    template_stamp,
    write,
)
from display.briefing.release import release, standing
from display.briefing.value import Briefing
from display.briefing.write_html import first_page
from display.briefing.write_txt import txt
from display.html import render
from display.labels import unit_name
from display.notes import notice, source_block, source_of
from display.releases import Told, release_table
from display.summary import page_head
from display.words import words
from pages.parts.address import ALL, asked
from pages.parts.blocks import card, show
from pages.parts.choices import Choice, forget_unknown, names_of
from pages.parts.loading import keep, load
from queries import questions
from settings import VIETNAM, store_folder

Row = Mapping[str, Any]
#: So many releases are shown.
_MOST_SHOWN = 20


def chosen_unit(viewer: Viewer, choice: Choice) -> tuple[dict[str, str], str | None]:
    """The units one can choose, and the district's code that is; None: the province."""
    _ = words(viewer.language)
    ask = {"level": "district", "snapshot_id": choice.snapshot_id}
    known = names_of(load(questions.units, viewer.scope, **ask).to_dicts())
    only, code = viewer.scope.only_district, asked("district")
    if only is not None:
        return {only: known.get(only, only)}, only
    if code not in (None, ALL) and code not in known:
        forget_unknown("district", code, viewer)
        code = None
    return {ALL: _("Toàn tỉnh"), **known}, None if code == ALL else code


def briefing_of(
    viewer: Viewer, choice: Choice, code: str | None, since: Row | None
) -> tuple[Briefing | None, str]:
    """The briefing, else why there is none, in a sentence."""
    _ = words(viewer.language)
    try:
        made = load(
            build,
            viewer.scope,
            district_code=code,
            snapshot_id=choice.snapshot_id,
            since_id=since["snapshot_id"] if since else None,
        )
    except RefusedError as refusal:
        logging.getLogger("tien_do").error("briefing refused: %s", refusal)
        return None, _("Chưa lập được báo cáo của kỳ này; lý do ghi trong nhật ký máy chủ.")
    return made, ""


def head_of(viewer: Viewer, choice: Choice, briefing: Briefing | None) -> None:
    """Whose report of which days."""
    _ = words(viewer.language)
    place, days, answers = _("Báo cáo"), "", []
    if briefing is not None:
        place = unit_name(briefing.place, viewer.language)
        days = _days(briefing, viewer.language)
        answers = [
            _("Báo cáo tuần, sẵn sàng trình ký: DOCX, PDF, XLSX và tin nhắn, cùng một bộ số.")
        ]
        if briefing.since is None:
            answers.append(_("Chưa có kỳ so sánh: cần một kỳ số liệu cách 7–10 ngày."))
    html = page_head(
        place, choice.snapshot, counted=days, answers=answers, language=viewer.language
    )
    show(html, key="head")


def _days(briefing: Briefing, language: str) -> str:
    """The period, in the language of the page."""
    _ = words(language)
    last = formats.day(briefing.as_of, language)
    if briefing.since is None:
        return _("đến ngày {last}").format(last=last)
    first = formats.day(briefing.since, language)
    return _("từ ngày {first} đến ngày {last}").format(first=first, last=last)


def downloads_card(viewer: Viewer, briefing: Briefing) -> None:
    """A button a format; what is taken along is written down."""
    _ = words(viewer.language)
    labels = {
        "docx": _("Tải DOCX, để sửa và ký"),
        "pdf": _("Tải PDF, để in"),
        "xlsx": _("Tải XLSX, để tính"),
        "txt": _("Tải tin nhắn"),
    }
    proof = session_proof()
    with st.container(key="briefing_downloads", horizontal=True):
        for one in FORMATS:
            st.download_button(
                labels[one],
                data=functools.partial(taken_along, viewer, proof, briefing, one),
                file_name=file_name(briefing, one),
                mime=MIME_TYPES[one],
                on_click="ignore",
                key=f"download_{one}",
            )


def taken_along(viewer: Viewer, proof: Proof, briefing: Briefing, file_format: str) -> bytes:
    """The file, for a session that still stands, once it is written down; runs outside the page.

    Raises:
        RefusedError: the session has ended, or the ledger or the log cannot be written.
    """
    if not still_may(viewer, "briefings", proof):
        raise RefusedError("Phiên làm việc đã hết; hãy đăng nhập lại.")
    content = write(briefing, file_format)
    now = dt.datetime.now(VIETNAM)
    release(store_folder(), actor_of(viewer), briefing, {file_format: content}, now=now)
    return content


def preview_beside_message(viewer: Viewer, choice: Choice, briefing: Briefing) -> None:
    """The pages of the PDF as they will be printed, and the message for the chat group."""
    _ = words(viewer.language)
    left, right = st.columns([1.7, 1])
    with left, card("preview"):
        _preview(viewer, choice, briefing)
    with right, card("message"):
        title = _("Tin nhắn cho nhóm chỉ đạo")
        show(render("heading.html", viewer.language, title=title, detail=""), key="message_head")
        st.code(txt(briefing), language=None, wrap_lines=True)


def _preview(viewer: Viewer, choice: Choice, briefing: Briefing) -> None:
    _ = words(viewer.language)
    title, detail = _("Xem trước"), _("Văn bản hành chính nên luôn bằng tiếng Việt.")
    heading = render("heading.html", viewer.language, title=title, detail=detail)
    show(heading, key="preview_head")
    show(first_page(briefing), key="preview_words")
    made_of = (*briefing.identity, template_stamp())
    try:
        first, *others = keep("briefing_pages", lambda: preview(briefing), *made_of)
    except RefusedError as refusal:
        logging.getLogger("tien_do").error("preview refused: %s", refusal)
        text = _("Chưa xem trước được: mẫu báo cáo của cơ quan có chỗ sai; báo người vận hành.")
        show(notice(text, viewer.language), key="no_preview")
        return
    st.image(first, alt=txt(briefing), width="stretch")
    definition = questions.metric_definition("valid_ratio")
    source = source_of(choice.snapshot, definition, viewer.language)
    show(source_block(source, viewer.language), key="preview_source")
    if not others:
        return
    label = _("Các trang sau ({count})").format(count=len(others))
    more = st.expander(label, key="more_pages", on_change="rerun")
    with more:
        for number, page in enumerate(others if more.open else [], 2):
            st.image(page, alt=_("Trang {number}").format(number=number), width="stretch")


def ledger_card(viewer: Viewer, choice: Choice) -> None:
    """Who released which figures, and whether they still hold."""
    _ = words(viewer.language)
    codes = viewer.scope.district_codes
    try:
        verdict = releases.verify(store_folder())
        found = releases.releases(store_folder(), last=_MOST_SHOWN, unit_codes=codes)
    except RefusedError as refusal:
        logging.getLogger("tien_do").error("ledger refused: %s", refusal)
        text = _("Chưa đọc được sổ báo cáo; hãy báo người vận hành.")
        show(notice(text, viewer.language), key="ledger")
        return
    in_force = [row["snapshot_id"] for row in choice.published]
    told = [_told(viewer, one, in_force) for one in found]
    with card("ledger"):
        if verdict.problem:
            text = _("Sổ báo cáo không còn nguyên vẹn: {problem}").format(problem=verdict.problem)
            show(notice(text, viewer.language), key="ledger_problem")
        if verdict.begun_anew:
            text = _("Sổ báo cáo {begun_anew}").format(begun_anew=verdict.begun_anew)
            show(notice(text, viewer.language), key="ledger_anew")
        show(release_table(told, viewer.language), key="ledger")


def _told(viewer: Viewer, one: Release, in_force: list[str]) -> Told:
    stands = standing(one, in_force)
    if stands.state == "same" or stands.snapshot_id is None:
        return Told(one, stands, None)
    code = one.unit_code if one.unit_code in reference("districts")["code"] else None
    try:
        ask = {"district_code": code, "snapshot_id": stands.snapshot_id}
        return Told(one, stands, load(headline, viewer.scope, **ask))
    except RefusedError:
        return Told(one, stands, None)
