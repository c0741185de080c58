"""Accounts of the agency's own sign-in service (OIDC): which claim gives which role.

The file of the setting OIDC_ROLES, read at start:

    claim = "groups"
    [[roles]]
    value = "huyen-753"
    role = "district"
    unit = "753"

The first line whose value the claim is, or holds, wins.
"""

import datetime as dt
import functools
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from data import audit
from data.accounts import sessions
from data.accounts.file import Account
from data.accounts.sessions import SignInError
from data.accounts.units import check_unit
from data.errors import RefusedError
from settings import VIETNAM, setting, store_folder


class Roles(NamedTuple):
    """What the file says."""

    claim: str
    #: Value of the claim, role, unit code; in the order of the file.
    lines: tuple[tuple[str, str, str | None], ...]


def account_of_claims(claims: Mapping[str, Any], now: dt.datetime) -> Account:
    """Whose claims these are; the first use of a session is written down as a sign-in.

    Args:
        claims: of the identity token; empty: nobody signed in.
        now: aware, UTC.

    Raises:
        SignInError: nobody is signed in, or no longer, or they have no role.
    """
    if not claims.get("sub"):
        raise SignInError("none")
    if not _instant(claims, "exp") > now:
        raise SignInError("expired")
    account = _account(claims)
    session = "oidc " + " ".join(str(claims.get(name)) for name in ("iss", "sub", "iat"))
    if sessions.use(session, _instant(claims, "iat"), now):
        actor = audit.Actor(account.name, account.role)
        audit.write(store_folder(), actor, "sign_in", now=now.astimezone(VIETNAM))
    return account


def read_roles() -> Roles:
    """What the file of the setting OIDC_ROLES says; RefusedError names what is wrong in it."""
    given = setting("OIDC_ROLES")
    if not given:
        raise RefusedError("TIENDO_OIDC_ROLES: cần tệp TOML cho biết nhóm nào có vai trò nào.")
    return _roles(Path(given))


def _account(claims: Mapping[str, Any]) -> Account:
    roles = read_roles()
    held = claims.get(roles.claim)
    values = held if isinstance(held, list) else [held]
    for value, role, unit in roles.lines:
        if value in values:
            name = str(claims.get("preferred_username") or claims["sub"])
            return Account(name[: audit.LONGEST_TEXT], role, unit, is_demo=False)
    raise SignInError("no_role")


def _instant(claims: Mapping[str, Any], name: str) -> dt.datetime:
    """An instant among the claims; one that is missing or no number is long past."""
    try:
        return dt.datetime.fromtimestamp(float(claims[name]), dt.UTC)
    except (KeyError, ValueError, TypeError, OverflowError, OSError):
        return dt.datetime.fromtimestamp(0, dt.UTC)


@functools.cache
def _roles(path: Path) -> Roles:
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise RefusedError(f"{path}: không đọc được tệp TOML này ({error}).") from error
    claim, rows = raw.get("claim"), raw.get("roles")
    is_whole = isinstance(claim, str) and isinstance(rows, list) and rows
    if not is_whole or set(raw) != {"claim", "roles"}:
        raise RefusedError(f'{path}: cần đúng claim = "…" và ít nhất một mục [[roles]].')
    return Roles(claim, tuple(_line(path, at, row) for at, row in enumerate(rows, 1)))


def _line(path: Path, at: int, row: Any) -> tuple[str, str, str | None]:
    is_table = isinstance(row, dict) and set(row) <= {"value", "role", "unit"}
    texts = is_table and all(isinstance(value, str) and value for value in row.values())
    if not texts or not {"value", "role"} <= set(row):
        raise RefusedError(f"{path}: mục [[roles]] thứ {at} cần value, role và, nếu có, unit.")
    try:
        check_unit(row["role"], row.get("unit"))
    except RefusedError as error:
        raise RefusedError(f"{path}: mục [[roles]] thứ {at}: {error}") from error
    return row["value"], row["role"], row.get("unit")
