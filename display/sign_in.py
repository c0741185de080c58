"""The pages before and after the pages: signing in, choosing a password, signing out."""

from functools import cache
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

from markupsafe import Markup

from display.html import render
from display.palette import DARK, LIGHT, Palette
from display.words import SOURCE_LANGUAGE, words


class Field(NamedTuple):
    """One line of a form."""

    name: str
    label: str
    type: str
    autocomplete: str
    value: str = ""


def sign_in_form(
    language: str, *, next_page: str = "", name: str = "", problem: str | None = None
) -> str:
    """Name and password; `problem` says why the last try failed."""
    _ = words(language)
    return _page(
        language,
        title=_("Đăng nhập"),
        problem=problem,
        action="dang-nhap",
        hidden={"next": next_page, "lang": language},
        fields=[
            Field("name", _("Tên đăng nhập"), "text", "username", name),
            Field("password", _("Mật khẩu"), "password", "current-password"),
        ],
        button=_("Đăng nhập"),
        foot=_("Quên mật khẩu: người vận hành cấp lại."),
        other=_other("dang-nhap", language, next_page),
    )


def password_form(
    language: str, *, token: str, next_page: str = "", least_length: int, problem: str | None = None
) -> str:
    """The new password after a one-time one, twice."""
    _ = words(language)
    return _page(
        language,
        title=_("Đặt mật khẩu mới"),
        note=_(
            "Mật khẩu vừa dùng chỉ dùng được một lần. Mật khẩu mới cần ít nhất {count} ký tự."
        ).format(count=least_length),
        problem=problem,
        action="mat-khau",
        hidden={"token": token, "next": next_page, "lang": language},
        fields=[
            Field("password", _("Mật khẩu mới"), "password", "new-password"),
            Field("again", _("Nhập lại mật khẩu mới"), "password", "new-password"),
        ],
        button=_("Đặt mật khẩu"),
    )


def sign_out_form(language: str) -> str:
    """Asks whether to sign out."""
    _ = words(language)
    return _page(
        language,
        title=_("Đăng xuất khỏi Tiến độ?"),
        action="dang-xuat",
        hidden={"lang": language},
        button=_("Đăng xuất"),
        other=_other("dang-xuat", language),
    )


def problem_words(code: str, language: str, *, wait_seconds: int = 0, least_length: int = 0) -> str:
    """Why a sign-in or a new password is not taken.

    Args:
        code: of `data.accounts.PasswordError`, or "log": the audit log cannot be written.
    """
    _ = words(language)
    return {
        "wrong": _("Tên đăng nhập hoặc mật khẩu không đúng."),
        "wait": _("Nhập sai nhiều lần; hãy thử lại sau {seconds} giây."),
        "lapsed": _("Mật khẩu dùng một lần đã hết hạn; hãy xin người vận hành mật khẩu khác."),
        "short": _("Mật khẩu mới cần ít nhất {count} ký tự."),
        "long": _("Mật khẩu mới quá dài."),
        "is_name": _("Mật khẩu mới không được là tên đăng nhập."),
        "same": _("Mật khẩu mới phải khác mật khẩu cũ."),
        "stale": _("Bước đổi mật khẩu đã quá hạn; hãy đăng nhập lại."),
        "differ": _("Hai lần nhập mật khẩu mới không giống nhau."),
        "log": _("Không ghi được nhật ký nên chưa đăng nhập được; hãy báo người vận hành."),
    }[code].format(seconds=wait_seconds, count=least_length)


def _page(
    language: str,
    *,
    title: str,
    note: str = "",
    problem: str | None = None,
    action: str = "",
    hidden: dict[str, str] | None = None,
    fields: list[Field] | None = None,
    button: str = "",
    foot: str = "",
    other: str = "",
) -> str:
    return render(
        "sign_in.html",
        language,
        title=title,
        note=note,
        problem=problem,
        action=action,
        hidden=hidden or {},
        fields=fields or [],
        button=button,
        foot=foot,
        other=other,
        style=_style(),
    )


def _other(path: str, language: str, next_page: str = "") -> str:
    """The same page in the other language."""
    asked = {"lang": "en" if language == SOURCE_LANGUAGE else "vi", "next": next_page}
    return f"{path}?{urlencode({name: value for name, value in asked.items() if value})}"


@cache
def _style() -> Markup:
    """The style of these pages: the colours of both themes, then the rules of sign_in.css."""
    rules = (Path(__file__).parent / "sign_in.css").read_text(encoding="utf-8")
    dark = f"@media (prefers-color-scheme: dark) {{ {_colours(DARK)} }}"
    return Markup(f":root {{ color-scheme: light dark }}\n{_colours(LIGHT)}\n{dark}\n{rules}")  # noqa: S704


def _colours(colours: Palette) -> str:
    wash = f"color-mix(in srgb, {colours.ground} 95%, {colours.ink})"
    return (
        f":root {{ --blue: {colours.blue}; --orange: {colours.orange}; --edge: {colours.gray}; "
        f"--ink: {colours.ink}; --quiet: {colours.quiet_ink}; --line: {colours.line}; "
        f"--ground: {colours.ground}; --wash: {wash}; }}"
    )
