"""Sessions of those who signed in: signed tokens, and when each was last used."""

import datetime as dt
import secrets
import threading
from typing import Final, Literal

from itsdangerous import BadSignature, URLSafeSerializer

from data.accounts.file import Account, Entry, entries
from data.errors import RefusedError
from data.keys import key
from settings import setting

#: The cookie that holds the token of a local account.
COOKIE: Final = "tien_do"
LONGEST: Final = dt.timedelta(hours=12)
IDLE: Final = dt.timedelta(minutes=30)
_TO_CHANGE = dt.timedelta(minutes=10)

Code = Literal["none", "expired", "disabled", "no_role"]


class SignInError(RefusedError):
    """Nobody is signed in, or no longer.

    Attributes:
        code: none (no token, or a forged one), expired (12 hours, 30 minutes unused, signed out),
            disabled (account removed, password changed), no_role (OIDC: nothing maps to a role).
    """

    def __init__(self, code: Code) -> None:
        super().__init__(_SENTENCES[code])
        self.code = code


_SENTENCES: dict[Code, str] = {
    "none": "Chưa đăng nhập.",
    "expired": "Phiên làm việc đã hết hạn.",
    "disabled": "Tài khoản này không còn dùng được.",
    "no_role": "Tài khoản này chưa được giao vai trò.",
}

#: Session -> when it was last used; in this process only.
_LAST_USED: dict[str, dt.datetime] = {}
#: Session -> when it was signed out.
_ENDED: dict[str, dt.datetime] = {}
_LOCK = threading.Lock()


def is_oidc() -> bool:
    """Whether people sign in at the agency's own sign-in service, and nowhere else."""
    return bool(setting("OIDC_METADATA_URL"))


def begin(entry: Entry, now: dt.datetime) -> str:
    """The token of a new session of this account, from `now` on."""
    content = [entry.name, secrets.token_hex(16), entry.generation, int(now.timestamp())]
    return _signer("session").dumps(content)


def account_of_token(token: str | None, now: dt.datetime) -> Account:
    """Whose session the token is; that it was used now is remembered.

    Args:
        now: aware, UTC.

    Raises:
        SignInError: there is no such session, or no longer.
    """
    name, session, generation, issued = _read(token)
    entry = entries().get(name)
    if entry is None or entry.generation != generation:
        raise SignInError("disabled")
    use(session, issued, now)
    return entry.account


def end(token: str | None, now: dt.datetime) -> Account:
    """Signs out: the token opens nothing from now on, in no window.

    Raises:
        SignInError: there was nobody to sign out.
    """
    account = account_of_token(token, now)
    session = _read(token)[1]
    with _LOCK:
        _ENDED[session] = now
        for other in [one for one, at in _ENDED.items() if now - at > LONGEST]:
            del _ENDED[other]
    return account


def use(session: str, issued: dt.datetime, now: dt.datetime) -> bool:
    """Remembers that a session is used now; whether this is its first use in this process.

    Raises:
        SignInError: "expired".
    """
    with _LOCK:
        last = _LAST_USED.get(session, issued)
        if session in _ENDED or now - issued >= LONGEST or now - last >= IDLE:
            raise SignInError("expired")
        is_first = session not in _LAST_USED
        if is_first:
            for other in [one for one, at in _LAST_USED.items() if now - at >= IDLE]:
                del _LAST_USED[other]
        _LAST_USED[session] = now
        return is_first


def token_to_change(entry: Entry, now: dt.datetime) -> str:
    """Lets whoever gave the one-time password choose their own within 10 minutes."""
    content = [entry.name, "", entry.generation, int(now.timestamp())]
    return _signer("password").dumps(content)


def entry_to_change(token: str, now: dt.datetime) -> Entry | None:
    """Whose password the token of `token_to_change` lets be changed; None: nobody's any more."""
    try:
        name, _, generation, issued = _content("password", token)
    except SignInError:
        return None
    entry = entries().get(name)
    stands = entry is not None and entry.generation == generation and now - issued < _TO_CHANGE
    return entry if stands else None


def _read(token: str | None) -> tuple[str, str, str, dt.datetime]:
    if is_oidc() or not token:
        raise SignInError("none")
    return _content("session", token)


def _content(purpose: str, token: str) -> tuple[str, str, str, dt.datetime]:
    """Name, session, generation and instant of issue."""
    try:
        name, session, generation, issued = _signer(purpose).loads(token)
        return name, session, generation, dt.datetime.fromtimestamp(issued, dt.UTC)
    except (BadSignature, ValueError, TypeError) as error:
        raise SignInError("none") from error


def _signer(purpose: str) -> URLSafeSerializer:
    return URLSafeSerializer(key("session"), salt=purpose)
