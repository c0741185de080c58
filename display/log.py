"""The audit log as people read it: who did what, to what, when."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from display import formats
from display.complaint_tables import complaint_title
from display.html import render
from display.labels import axis_name, reason_names, role_names
from display.tables import Cell, Column, Row, table, titled
from display.words import words
from display.work_lists import list_title, reveal_reasons, suspicion_names
from queries.complaint_lists import COMPLAINT_WHATS
from queries.work_lists import WHATS


class Line(Protocol):
    """One line of the log (data.audit.Line)."""

    @property
    def seq(self) -> int: ...
    @property
    def at(self) -> Any: ...
    @property
    def user(self) -> str: ...
    @property
    def role(self) -> str: ...
    @property
    def action(self) -> str: ...
    @property
    def predicate(self) -> Mapping[str, Any]: ...
    @property
    def snapshot(self) -> str | None: ...
    @property
    def rows(self) -> int | None: ...
    @property
    def reason(self) -> str | None: ...


def action_names(language: str) -> dict[str, str]:
    """Action of the log -> its name."""
    _ = words(language)
    return {
        "sign_in": _("Đăng nhập"),
        "sign_in_failed": _("Đăng nhập sai"),
        "sign_out": _("Đăng xuất"),
        "password_changed": _("Đổi mật khẩu"),
        "view_list": _("Xem danh sách"),
        "reveal": _("Xem số giấy tờ, điện thoại"),
        "export": _("Tải danh sách"),
        "denied": _("Hỏi đơn vị không được giao"),
        "publish": _("Công bố kỳ số liệu"),
        "publish_held": _("Giữ lại kỳ số liệu"),
        "briefing": _("Lập báo cáo"),
        "mail": _("Gửi báo cáo"),
        "withdraw": _("Rút kỳ số liệu"),
        "user_added": _("Tạo tài khoản"),
        "user_removed": _("Xóa tài khoản"),
    }


def log_head(problem: str, begun_anew: str, count: int, language: str) -> str:
    """Whether the log is whole; `problem` names its first bad line, `begun_anew` that and when it
    began anew; "" for none.
    """
    _ = words(language)
    whole = _("Nhật ký nguyên vẹn: {count} dòng, mỗi dòng khớp với dòng trước.")
    answer = whole.format(count=formats.count(count, language))
    if problem:
        answer = _("Nhật ký không còn nguyên vẹn: {problem}").format(problem=problem)
    answers = [answer]
    if begun_anew:
        answers.append(_("Nhật ký {begun_anew}").format(begun_anew=begun_anew))
    return render("log_head.html", language, title=_("Nhật ký"), answers=answers)


def log_headings(language: str) -> list[str]:
    """What the cells of a line are, on the page and in the terminal."""
    _ = words(language)
    return [
        _("Dòng"),
        _("Lúc"),
        _("Tài khoản"),
        _("Vai trò"),
        _("Việc"),
        _("Với gì"),
        _("Số hồ sơ"),
        _("Lý do"),
    ]


def log_cells(line: Line, language: str) -> list[str]:
    """One line under `log_headings`."""
    reasons = reveal_reasons(language)
    told = [
        _in_words(name, value, language)
        for name, value in line.predicate.items()
        if value is not None
    ]
    return [
        formats.count(line.seq, language),
        formats.moment(line.at, language),
        line.user,
        role_names(language).get(line.role, line.role),
        action_names(language).get(line.action, line.action),
        ", ".join(part for part in [*told, line.snapshot or ""] if part),
        formats.count(line.rows, language),
        reasons.get(line.reason or "", line.reason or ""),
    ]


def log_table(lines: Sequence[Line], language: str) -> str:
    """Lines of the log, the newest first."""
    _ = words(language)
    kinds = ("number", "text", "text", "text", "text", "text", "number", "text")
    rooms = (2, 1, 1, 3, 1, 2, 2, 3)
    columns = [
        Column(heading, kind, room=room)
        for heading, kind, room in zip(log_headings(language), kinds, rooms, strict=True)
    ]
    title = _("Các dòng mới nhất")
    rows = [Row([Cell(text) for text in log_cells(line, language)]) for line in reversed(lines)]
    shown = table("log", title, columns, rows, language=language)
    return titled(title, shown, source=None, language=language)


def _in_words(name: str, value: Any, language: str) -> str:
    """One name of a predicate with its value; "" for what the others say already."""
    _ = words(language)
    if name in {"list", "level"}:
        return ""
    if name == "what":
        if value in COMPLAINT_WHATS:
            return complaint_title(value, language)
        return list_title(value, language) if value in WHATS else value
    if name == "axis":
        return axis_name(value, language)
    if isinstance(value, bool):
        flags = {
            "searched": _("có tìm kiếm"),
            "invented": _("mô phỏng"),
            "revised": _("đính chính"),
        }
        return flags.get(name, name) if value else ""
    named = reason_names(language) | suspicion_names(language) | role_names(language)
    sentences = {
        "district": _("huyện {value}"),
        "district_code": _("huyện {value}"),
        "facility": _("đơn vị {value}"),
        "unit": _("đơn vị {value}"),
        "unit_code": _("đơn vị {value}"),
        "commune": _("đơn vị {value}"),
        "record": _("hồ sơ {value}"),
        "record_id": _("hồ sơ {value}"),
        "user": _("tài khoản {value}"),
        "least_days": _("từ {value} ngày"),
        "sent": _("đã gửi {value} thư"),
    }
    sentence = sentences.get(name, "{value}")
    return sentence.format(value=named.get(value, value))
