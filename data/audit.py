"""The audit log: who did what, to what, when; one JSON object a line in `store/audit.jsonl`.

Each line carries the mark of the line before it and one of its own, made with a key that lies
outside the store; beside the key lies the mark of the last line. So a line that was edited, taken
out, moved or cut off is seen by whoever has the key, and nobody can make one up without it.
"""

import contextlib
import datetime as dt
import errno
import hashlib
import hmac
import json
import os
from collections.abc import Generator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import filelock

from data import disk
from data.errors import RefusedError
from data.keys import key, private_folder
from settings import VIETNAM

LONGEST_TEXT = 200
_LOCK_SECONDS = 10
_BLOCK = 65536


class AuditError(RefusedError):
    """The log cannot be written or read: what was to be written down must not happen."""


class Actor(NamedTuple):
    """Who did it."""

    user: str
    role: str


class Line(NamedTuple):
    """One line of the log."""

    seq: int
    #: With its offset, +07:00.
    at: dt.datetime
    user: str
    role: str
    action: str
    #: What it was done to, by names of ours and codes; never a person's data.
    predicate: dict[str, Any]
    snapshot: str | None
    rows: int | None
    reason: str | None


class Verdict(NamedTuple):
    """Whether the log is whole."""

    count: int
    #: The first bad line and what is wrong with it, as a sentence; "" for none.
    problem: str


def path_of(store: Path) -> Path:
    """Where the log of a store lies."""
    return store / "audit.jsonl"


def write(
    store: Path,
    actor: Actor,
    action: str,
    *,
    now: dt.datetime,
    predicate: Mapping[str, Any] | None = None,
    snapshot_id: str | None = None,
    rows: int | None = None,
    reason: str | None = None,
) -> None:
    """Adds a line, which is on the disk when this returns.

    Args:
        now: aware, or wall clock +07.
        predicate: names -> text of up to 200 characters, whole numbers, yes or no, or None.

    Raises:
        AuditError: it could not be written, or the end of the log is not what was written last.
    """
    told = dict(predicate or {})
    _refuse_rows({**told, "action": action, "reason": reason, **actor._asdict()})
    at = now if now.tzinfo else now.replace(tzinfo=VIETNAM)
    content = {
        "at": at.astimezone(VIETNAM).isoformat(timespec="seconds"),
        **actor._asdict(),
        "action": action,
        "predicate": told,
        "snapshot": snapshot_id,
        "rows": rows,
        "reason": reason,
    }
    with _writing(store):
        last = _end_of(store)
        whole = {"seq": last["seq"] + 1, **content, "previous": last["mac"]}
        _append(path_of(store), {**whole, "mac": _mac(whole)})
        _keep_head(store, whole["seq"], _mac(whole))


def require_writable(store: Path) -> None:
    """Raises AuditError when nothing can be written down now; writes nothing."""
    with _writing(store):
        _end_of(store)
        try:
            handle = os.open(path_of(store), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            os.close(handle)
        except OSError as error:
            raise _unwritable(store, error) from error


def lines(store: Path, *, last: int | None = None) -> list[Line]:
    """The lines of the log, the newest at the end; only the `last` ones when given.

    Raises:
        AuditError: the log cannot be read.
    """
    try:
        # Not splitlines: a reason may hold U+2028, which would hide its line.
        texts = path_of(store).read_text(encoding="utf-8").removesuffix("\n").split("\n")
    except FileNotFoundError:
        return []
    except (OSError, ValueError) as error:
        raise AuditError(f"{path_of(store)}: không đọc được nhật ký.") from error
    parsed = [_parsed(text) for text in (texts if last is None else texts[-last:])]
    return [_line(row) for row in parsed if row is not None]


def verify(store: Path) -> Verdict:
    """Whether every line is as it was written, and none is missing; names the first that is not.

    Raises:
        AuditError: the log or the key cannot be read.
    """
    # Before the lines: what is written meanwhile is more than the mark says, never less.
    head = _head(store)
    try:
        texts = path_of(store).read_bytes().splitlines()
    except FileNotFoundError:
        texts = []
    except OSError as error:
        raise AuditError(f"{path_of(store)}: không đọc được nhật ký.") from error
    previous, marks = "", [""]
    for number, text in enumerate(texts, 1):
        problem = _problem(_parsed(text), number, previous)
        if problem:
            return Verdict(len(texts), f"dòng {number}: {problem}.")
        previous = json.loads(text)["mac"]
        marks.append(previous)
    if head["seq"] >= len(marks):
        return Verdict(
            len(texts), f"dòng {len(texts) + 1}: bị cắt mất, đáng lẽ có {head['seq']} dòng."
        )
    if marks[head["seq"]] != head["mac"]:
        return Verdict(len(texts), f"dòng {head['seq']}: không phải dòng đã ghi.")
    return Verdict(len(texts), "")


# Lines --------------------------------------------------------------------------------------


def _refuse_rows(values: Mapping[str, Any]) -> None:
    """Only names, codes and counts are written down: a row of data is a mistake of the caller."""
    for name, value in values.items():
        is_text = isinstance(value, str) and len(value) <= LONGEST_TEXT
        if value is not None and not is_text and not isinstance(value, int):
            raise ValueError(f"{name}: a value of the audit log is short text or a number")


def _mac(content: Mapping[str, Any]) -> str:
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hmac.digest(_key(), text.encode(), hashlib.sha256).hex()


def _key() -> bytes:
    try:
        return key("audit")
    except RefusedError as error:
        raise AuditError(str(error)) from error


def _parsed(text: str | bytes) -> dict[str, Any] | None:
    """A line as an object; None when it is none."""
    try:
        row = json.loads(text)
    except ValueError:
        return None
    return row if isinstance(row, dict) and {"seq", "mac", "previous"} <= row.keys() else None


def _problem(row: dict[str, Any] | None, number: int, previous: str) -> str:
    """What is wrong with a line; "" for nothing."""
    if row is None:
        return "không đọc được"
    if not _is_ours(row):
        return "đã bị sửa"
    if row["seq"] != number or row["previous"] != previous:
        return "thiếu hoặc đổi chỗ một dòng trước đó"
    return ""


def _is_ours(row: Mapping[str, Any]) -> bool:
    content = {name: value for name, value in row.items() if name != "mac"}
    return hmac.compare_digest(_mac(content), str(row["mac"]))


def _line(row: Mapping[str, Any]) -> Line:
    at = dt.datetime.fromisoformat(row["at"])
    return Line(at=at, **{name: row[name] for name in Line._fields if name != "at"})


# The files ----------------------------------------------------------------------------------


@contextlib.contextmanager
def _writing(store: Path) -> Generator[None]:
    """One writer at a time, of all processes on this machine."""
    try:
        store.mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(private_folder() / ".audit.lock", timeout=_LOCK_SECONDS):
            yield
    except filelock.Timeout as error:
        raise AuditError(f"{path_of(store)}: nhật ký đang bị giữ; hãy thử lại.") from error
    except OSError as error:
        raise _unwritable(store, error) from error
    except AuditError:
        raise
    except RefusedError as error:
        raise AuditError(str(error)) from error


def _unwritable(store: Path, error: OSError) -> AuditError:
    return AuditError(f"{path_of(store)}: không ghi được nhật ký ({error.strerror}).")


def _end_of(store: Path) -> dict[str, Any]:
    """seq and mac of the last line; refuses a log that does not end as it was left."""
    text = _last_text(path_of(store))
    if text is None and not (store / "snapshots").is_dir():
        # A store made anew where another one was: its log begins anew.
        return {"seq": 0, "mac": ""}
    row = {"seq": 0, "mac": ""} if text is None else _parsed(text)
    head = _head(store)
    is_whole = row is not None and (text is None or _is_ours(row))
    is_other = row is not None and row["seq"] == head["seq"] and row["mac"] != head["mac"]
    if not is_whole or row is None or is_other or row["seq"] < head["seq"]:
        raise AuditError(
            f"{path_of(store)}: dòng cuối không phải dòng đã ghi; chạy: python cli.py audit verify."
        )
    return row


def _last_text(path: Path) -> bytes | None:
    """The last line of the log, without reading what is before; None when there is none."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            text = b""
            while size and text.strip().count(b"\n") < 1:
                step = min(_BLOCK, size)
                size = file.seek(size - step)
                text = file.read(step) + text
    except FileNotFoundError:
        return None
    if text and not text.endswith(b"\n"):
        return text.rpartition(b"\n")[2]
    return text.splitlines()[-1] if text.strip() else None


def _append(path: Path, row: Mapping[str, Any]) -> None:
    text = json.dumps(row, ensure_ascii=False) + "\n"
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    before = os.fstat(handle).st_size
    try:
        if os.write(handle, text.encode()) != len(text.encode()):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        os.fsync(handle)
    except OSError:
        # No half line stays behind.
        os.ftruncate(handle, before)
        raise
    finally:
        os.close(handle)


def _head_path(store: Path) -> Path:
    name = hashlib.sha256(str(store.resolve()).encode()).hexdigest()[:16]
    return private_folder() / f"audit-{name}.json"


def _head(store: Path) -> dict[str, Any]:
    """seq and mac of the last line as kept outside the store."""
    path = _head_path(store)
    try:
        row = json.loads(path.read_text(encoding="utf-8"))
        seal = row.pop("seal")
    except FileNotFoundError:
        return {"seq": 0, "mac": ""}
    except (OSError, ValueError, AttributeError, KeyError) as error:
        raise AuditError(f"{path}: không đọc được dấu của nhật ký.") from error
    if not hmac.compare_digest(_mac(row), str(seal)):
        raise AuditError(f"{path}: dấu của nhật ký không phải do chương trình ghi.")
    return row


def _keep_head(store: Path, seq: int, mac: str) -> None:
    row = {"seq": seq, "mac": mac}
    path = _head_path(store)
    made = path.with_suffix(".new")
    made.unlink(missing_ok=True)
    handle = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(json.dumps({**row, "seal": _mac(row)}))
        file.flush()
        os.fsync(file.fileno())
    made.rename(path)
    disk.sync_folder(path.parent)
