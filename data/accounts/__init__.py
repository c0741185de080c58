"""Who may sign in: local accounts, their passwords and sessions, and those of OIDC.

What pages and commands need is named here; its parts are in `file`, `passwords`,
`sessions` and `claims`. Every instant is a parameter: aware, UTC.
"""

import datetime as dt
import re
import secrets
from typing import Final, NamedTuple

from data.accounts import passwords, sessions
from data.accounts.claims import account_of_claims, read_roles
from data.accounts.file import ROLES, Account, Entry, changing, entries
from data.accounts.passwords import LEAST_LENGTH, PasswordError
from data.accounts.sessions import COOKIE, SignInError, account_of_token, is_oidc
from data.accounts.units import check_unit
from data.errors import RefusedError

__all__ = [
    "COOKIE",
    "LEAST_LENGTH",
    "ROLES",
    "Account",
    "PasswordError",
    "SignInError",
    "account_of_claims",
    "account_of_token",
    "is_oidc",
    "read_roles",
]

_NAME = re.compile(r"[a-z0-9.-]{3,32}")
ONE_TIME: Final = dt.timedelta(days=7)


class SignIn(NamedTuple):
    """A right password."""

    account: Account
    #: The cookie of the new session; None while a new password has to be chosen first.
    session_token: str | None
    #: Lets a new password be chosen; None when none has to be.
    change_token: str | None


def has_accounts() -> bool:
    """Whether there is a local account that is not for demonstration."""
    return any(not entry.is_demo for entry in entries().values())


def listed() -> list[Account]:
    """Every local account, by name."""
    return [entry.account for _, entry in sorted(entries().items())]


def drawn_password() -> str:
    """A random password, as `add` draws them."""
    return passwords.drawn()


def exists(name: str) -> bool:
    """Whether a local account has this name."""
    return name in entries()


def check(name: str, role: str, unit_code: str | None) -> None:
    """Refuses an account that cannot be: its name, its role or its unit, in one sentence."""
    if not _NAME.fullmatch(name):
        raise RefusedError(
            f"Tên đăng nhập “{name}” cần từ 3 đến 32 chữ thường không dấu, chữ số, dấu chấm "
            "hoặc gạch nối."
        )
    check_unit(role, unit_code)


def add(
    name: str,
    role: str,
    unit_code: str | None,
    *,
    is_demo: bool = False,
    password: str | None = None,
    now: dt.datetime | None = None,
) -> str:
    """Makes an account, or a new password for one; its sessions end.

    Without `password` a one-time one is drawn, which lapses after 7 days. The first account that
    is not for demonstration removes those that are.

    Returns:
        The password, which is kept nowhere else.
    """
    check(name, role, unit_code)
    given = password or passwords.drawn()
    set_at = now or dt.datetime.now(dt.UTC)
    entry = _entry(Account(name, role, unit_code, is_demo), given, password is None, set_at)
    with changing() as accounts:
        if not is_demo:
            _drop_demo(accounts)
        accounts[name] = entry
    passwords.forget_tries(name)
    return given


def remove(name: str) -> Account:
    """Takes an account away, whose sessions end; RefusedError when there is no such account."""
    with changing() as accounts:
        if name not in accounts:
            raise RefusedError(f"Không có tài khoản “{name}”.")
        return accounts.pop(name).account


def remove_demo() -> None:
    """Takes the accounts for demonstration away, if there are any."""
    if any(entry.is_demo for entry in entries().values()):
        with changing() as accounts:
            _drop_demo(accounts)


def check_password(name: str, password: str, now: dt.datetime) -> SignIn:
    """Signs in with name and password.

    Raises:
        PasswordError: wrong, wait or lapsed; an unknown name is "wrong", after the same time.
    """
    known = name if _NAME.fullmatch(name) else ""
    passwords.begin_try(known, now)
    entry = entries().get(known)
    if not passwords.is_right(password, entry.password_hash if entry else None) or entry is None:
        raise PasswordError("wrong")
    passwords.forget_tries(known)
    if not entry.is_one_time:
        return SignIn(entry.account, sessions.begin(entry, now), None)
    if now - dt.datetime.fromisoformat(entry.set_at) >= ONE_TIME:
        raise PasswordError("lapsed")
    return SignIn(entry.account, None, sessions.token_to_change(entry, now))


def check_change(change_token: str, password: str, now: dt.datetime) -> Account:
    """Whose password would be changed, if `change_password` takes this one.

    Raises:
        PasswordError: stale, short, long, is_name or same.
    """
    entry = sessions.entry_to_change(change_token, now)
    if entry is None:
        raise PasswordError("stale")
    passwords.check_new(password, name=entry.name, old_hash=entry.password_hash)
    return entry.account


def change_password(change_token: str, password: str, now: dt.datetime) -> SignIn:
    """Sets the password somebody chose after a one-time one, and signs them in.

    Raises:
        PasswordError: as of `check_change`.
    """
    account = check_change(change_token, password, now)
    entry = _entry(account, password, False, now)
    with changing() as accounts:
        if sessions.entry_to_change(change_token, now) is None:
            raise PasswordError("stale")
        accounts[account.name] = entry
    return SignIn(account, sessions.begin(entry, now), None)


def sign_out(token: str | None, now: dt.datetime) -> Account:
    """Ends the session of a token in every window; SignInError when there is none."""
    return sessions.end(token, now)


def _entry(account: Account, password: str, is_one_time: bool, now: dt.datetime) -> Entry:
    return Entry(
        **account._asdict(),
        password_hash=passwords.hashed(password),
        generation=secrets.token_hex(8),
        is_one_time=is_one_time,
        set_at=now.isoformat(timespec="seconds"),
    )


def _drop_demo(accounts: dict[str, Entry]) -> None:
    for name in [name for name, entry in accounts.items() if entry.is_demo]:
        del accounts[name]
