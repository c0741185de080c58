"""The disk under the store: one writer, staging, and what must have reached the platter."""

import contextlib
import hashlib
import os
import shutil
from collections.abc import Generator
from pathlib import Path

import duckdb
import filelock
import polars as pl

from data.errors import RefusedError


@contextlib.contextmanager
def locked(store: Path) -> Generator[None]:
    """One writer at a time; a second one is refused at once, and a dead one leaves no lock."""
    try:
        store.mkdir(parents=True, exist_ok=True)
        lock = filelock.FileLock(store / ".lock", timeout=0)
        lock.acquire()
    except filelock.Timeout as error:
        raise RefusedError(f"{store}: một lần công bố khác đang chạy; hãy đợi nó xong.") from error
    except OSError as error:
        raise RefusedError(f"{store}: không ghi được vào kho này ({error.strerror}).") from error
    try:
        yield
    finally:
        lock.release()


@contextlib.contextmanager
def refusing_faults(store: Path) -> Generator[None]:
    """A fault of the disk while writing, as one sentence; what was published stays as it was."""
    try:
        yield
    except (OSError, pl.exceptions.PolarsError, duckdb.Error) as error:
        free = shutil.disk_usage(store).free // 1024**2
        raise RefusedError(
            f"{store}: không ghi được kỳ số liệu (đĩa còn trống {free} MB); kho vẫn như trước."
        ) from error


def staging(store: Path) -> Path:
    folder = store / "staging"
    folder.mkdir(exist_ok=True)
    return folder


def sweep(store: Path) -> None:
    """Removes what a killed publish left behind."""
    shutil.rmtree(store / "staging", ignore_errors=True)


def sync(folder: Path) -> None:
    for path in folder.iterdir():
        if path.is_dir():
            sync(path)
            continue
        with path.open("rb") as file:
            os.fsync(file.fileno())
    sync_folder(folder)


def move(made: Path, place: Path) -> None:
    """Renames a finished folder to its place, and makes that lasting; the place must be free."""
    if not place.parent.is_dir():
        place.parent.mkdir()
        sync_folder(place.parent.parent)
    made.rename(place)
    sync_folder(place.parent)


def sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def file_sha256(path: Path) -> str:
    """Hex sha256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
