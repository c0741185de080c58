"""The disk under the store: one writer, staging, and what must have reached the platter."""

import contextlib
import os
import shutil
from collections.abc import Generator
from pathlib import Path

import filelock

from data.errors import RefusedError


@contextlib.contextmanager
def locked(store: Path) -> Generator[None]:
    """One writer at a time; a second one is refused at once, and a dead one leaves no lock."""
    try:
        store.mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(store / ".lock", timeout=0):
            yield
    except filelock.Timeout as error:
        raise RefusedError(f"{store}: một lần công bố khác đang chạy; hãy đợi nó xong.") from error
    except PermissionError as error:
        raise RefusedError(f"{store}: không có quyền ghi vào kho này.") from error


def staging(store: Path) -> Path:
    folder = store / "staging"
    folder.mkdir(exist_ok=True)
    return folder


def sweep(store: Path) -> None:
    """Removes what a killed publish left behind."""
    shutil.rmtree(store / "staging", ignore_errors=True)


def sync(folder: Path) -> None:
    for path in folder.iterdir():
        with path.open("rb") as file:
            os.fsync(file.fileno())
    sync_folder(folder)


def sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
