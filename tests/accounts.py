"""Signing in for tests: an account, and the cookie the browser of the test shows."""

import datetime as dt

import pytest
from streamlit.runtime.context import ContextProxy, StreamlitCookies

from data.accounts import COOKIE, Account
from data.accounts.file import Entry, changing
from data.accounts.sessions import begin


def session_of(name: str, role: str, unit_code: str | None, *, is_demo: bool = False) -> str:
    """The token of a new session of a new account, whose password nobody knows."""
    account = Account(name, role, unit_code, is_demo)
    now = dt.datetime.now(dt.UTC)
    entry = Entry(
        **account._asdict(),
        password_hash="",
        generation="1",
        is_one_time=False,
        set_at=now.isoformat(timespec="seconds"),
    )
    with changing() as accounts:
        accounts[name] = entry
    return begin(entry, now)


def show_cookie(monkeypatch: pytest.MonkeyPatch, token: str | None) -> None:
    """The browser sends this token from now on; the framework's test tool sends no cookies."""
    cookies = StreamlitCookies({COOKIE: token} if token else {})
    monkeypatch.setattr(ContextProxy, "cookies", property(lambda _context: cookies))


def sign_in(monkeypatch: pytest.MonkeyPatch, role: str, unit_code: str | None = None) -> str:
    """Signs in as somebody of this role; returns the sign-in name."""
    name = f"{role}-{(unit_code or 'tinh').lower()}"
    show_cookie(monkeypatch, session_of(name, role, unit_code))
    return name
