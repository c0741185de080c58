"""The file of local accounts: `accounts.json` in the folder PRIVATE, for its owner alone.

It is written beside its place and renamed, under a lock, so that a reader sees the old or the new.
"""

import contextlib
import dataclasses
import functools
import json
import os
import stat
from collections.abc import Generator
from pathlib import Path
from typing import Final, NamedTuple

import filelock

from data import disk
from data.errors import RefusedError
from data.keys import private_folder
from settings import setting

ROLES: Final = ("province", "district", "facility", "steward", "auditor")
_LOCK_SECONDS = 10


class Account(NamedTuple):
    """Who signed in, and as what."""

    #: The sign-in name.
    name: str
    #: One of ROLES.
    role: str
    #: Of the district or facility; None for the other roles.
    unit_code: str | None
    #: Made for looking round the invented province.
    is_demo: bool


@dataclasses.dataclass(frozen=True)
class Entry:
    """One account as the file holds it."""

    name: str
    role: str
    unit_code: str | None
    is_demo: bool
    password_hash: str
    #: Drawn anew with every password; sessions of an older one end.
    generation: str
    #: The password must be changed at the first sign-in.
    is_one_time: bool
    #: When the password was set, ISO, UTC.
    set_at: str

    @property
    def account(self) -> Account:
        """Without what concerns the password."""
        return Account(self.name, self.role, self.unit_code, self.is_demo)


def entries() -> dict[str, Entry]:
    """Every account by its name, as the file stands now.

    Raises:
        RefusedError: the file is damaged, or others can read it.
    """
    path = Path(setting("PRIVATE")) / "accounts.json"
    try:
        state = path.stat()
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise RefusedError(f"{path}: không đọc được tệp này ({error.strerror}).") from error
    if stat.S_IMODE(state.st_mode) & 0o077:
        raise RefusedError(f"{path}: người khác đọc được tệp này; chạy: chmod 600 {path}")
    return dict(_parsed(path, (state.st_mtime_ns, state.st_size, state.st_ino)))


@contextlib.contextmanager
def changing() -> Generator[dict[str, Entry]]:
    """The accounts, to be changed in place; written at the end, unless something was raised."""
    folder = private_folder()
    try:
        with filelock.FileLock(folder / ".accounts.lock", timeout=_LOCK_SECONDS):
            found = entries()
            yield found
            _write(folder, found)
    except filelock.Timeout as error:
        raise RefusedError(f"{folder}: một lệnh khác đang sửa tài khoản; hãy thử lại.") from error
    except OSError as error:
        raise RefusedError(f"{folder}: không ghi được tài khoản ({error.strerror}).") from error


@functools.lru_cache(maxsize=2)
def _parsed(path: Path, _state: tuple[int, int, int]) -> dict[str, Entry]:
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))["accounts"]
        return {row["name"]: Entry(**row) for row in rows}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RefusedError(
            f"{path}: tệp tài khoản bị hỏng; lấy lại từ bản sao lưu hoặc xóa rồi tạo lại."
        ) from error


def _write(folder: Path, accounts: dict[str, Entry]) -> None:
    rows = [dataclasses.asdict(accounts[name]) for name in sorted(accounts)]
    text = json.dumps({"accounts": rows}, ensure_ascii=False, indent=1)
    made = folder / "accounts.json.new"
    made.unlink(missing_ok=True)
    handle = os.open(made, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    made.rename(folder / "accounts.json")
    disk.sync_folder(folder)
