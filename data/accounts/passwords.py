"""Passwords: how they are kept and drawn, what a new one must be, and waiting after wrong ones."""

import datetime as dt
import functools
import secrets
import threading
import unicodedata
from typing import Final, Literal

from pwdlib import PasswordHash

from data.errors import RefusedError

LEAST_LENGTH: Final = 10
_MOST_LENGTH = 200
#: Without letters and digits that are taken for each other.
_CHARACTERS = "abcdefghjkmnpqrstuvwxyz23456789"
#: Wrong passwords before each further try has to wait.
_FREE_FAILURES = 5
_LONGEST_WAIT = dt.timedelta(seconds=900)
_MOST_NAMES = 10_000

Code = Literal["wrong", "wait", "lapsed", "short", "long", "is_name", "same", "differ", "stale"]


class PasswordError(RefusedError):
    """A password is not taken.

    Attributes:
        code: wrong, wait (too many wrong ones), lapsed (a one-time one, too late); of a new one:
            short, long, is_name, same (as the old one), differ (typed twice, not alike), stale
            (the step took too long).
        wait_seconds: how long to wait before the next try, with the code "wait".
    """

    def __init__(self, code: Code, wait_seconds: int = 0) -> None:
        super().__init__(_SENTENCES[code])
        self.code = code
        self.wait_seconds = wait_seconds


_SENTENCES: dict[Code, str] = {
    "wrong": "Tên đăng nhập hoặc mật khẩu không đúng.",
    "wait": "Nhập sai nhiều lần; hãy đợi rồi thử lại.",
    "lapsed": "Mật khẩu dùng một lần đã hết hạn.",
    "short": f"Mật khẩu mới cần ít nhất {LEAST_LENGTH} ký tự.",
    "long": f"Mật khẩu mới dài quá {_MOST_LENGTH} ký tự.",
    "is_name": "Mật khẩu mới không được là tên đăng nhập.",
    "same": "Mật khẩu mới phải khác mật khẩu cũ.",
    "differ": "Hai lần nhập mật khẩu mới không giống nhau.",
    "stale": "Bước đổi mật khẩu đã quá hạn; hãy đăng nhập lại.",
}


def drawn() -> str:
    """A random password that can be read out: 20 characters, 99 bits."""
    return "-".join("".join(secrets.choice(_CHARACTERS) for _ in range(5)) for _ in range(4))


def hashed(password: str) -> str:
    """The password as it is kept: argon2id with its own salt."""
    return _hasher().hash(_normal(password))


def is_right(password: str, password_hash: str | None) -> bool:
    """Whether the password is the kept one; without a kept one it takes as long and is False."""
    given = _normal(password)[:_MOST_LENGTH]
    is_kept = _hasher().verify(given, password_hash or _nobodys())
    return is_kept and password_hash is not None


def check_new(password: str, *, name: str, old_hash: str) -> None:
    """Refuses a new password that is short, the name or the old one again.

    Raises:
        PasswordError: with the code that says why.
    """
    given = _normal(password)
    if len(given) < LEAST_LENGTH:
        raise PasswordError("short")
    if len(given) > _MOST_LENGTH:
        raise PasswordError("long")
    if given.casefold() == name.casefold():
        raise PasswordError("is_name")
    if is_right(password, old_hash):
        raise PasswordError("same")


def _normal(password: str) -> str:
    """The same Vietnamese letters are the same bytes, however a keyboard composes them."""
    return unicodedata.normalize("NFC", password)


@functools.cache
def _hasher() -> PasswordHash:
    return PasswordHash.recommended()


@functools.cache
def _nobodys() -> str:
    return hashed(secrets.token_hex(16))


# Waiting after wrong passwords --------------------------------------------------------------

#: Name -> tries since the last right password, and when the last one was.
_TRIES: dict[str, tuple[int, dt.datetime]] = {}
_TRIES_LOCK = threading.Lock()


def begin_try(name: str, now: dt.datetime) -> None:
    """Counts a try before it is looked at, so that many at once do not all pass.

    Raises:
        PasswordError: "wait"; this try is not counted and must not be looked at.
    """
    with _TRIES_LOCK:
        count, last = _TRIES.get(name, (0, now))
        wait = last + _wait_after(count) - now
        if wait > dt.timedelta(0):
            raise PasswordError("wait", -(-wait // dt.timedelta(seconds=1)))
        _TRIES.pop(name, None)
        _TRIES[name] = (count + 1, now)
        if len(_TRIES) > _MOST_NAMES:
            _TRIES.pop(next(iter(_TRIES)))


def forget_tries(name: str) -> None:
    """A right password was given, or a new one was made."""
    with _TRIES_LOCK:
        _TRIES.pop(name, None)


def _wait_after(failures: int) -> dt.timedelta:
    if failures < _FREE_FAILURES:
        return dt.timedelta(0)
    doublings = min(failures - _FREE_FAILURES, 20)
    return min(dt.timedelta(seconds=2**doublings), _LONGEST_WAIT)
