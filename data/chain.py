"""A log of a store that shows when it was touched: one JSON object a line in `store/<name>.jsonl`.

Each line carries the mark of the line before it and one of its own, made with a key that lies
outside the store; beside the key lies the head: the mark of the last line. So a line that was
edited, taken out, moved or cut off is seen by whoever has the key, and nobody can make one up
without it. Each log has a key and a head of its own: no line of one is one of another. A log that
began anew, because its store was made anew, goes on saying so: the head keeps how many lines went.
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

_LOCK_SECONDS = 10
_BLOCK = 65536
#: What a log begins with, as far as marks go.
_NOTHING = {"seq": 0, "mac": ""}


class LogError(RefusedError):
    """The log cannot be written or read: what was to be written down must not happen."""


class Verdict(NamedTuple):
    """Whether the log is whole, and all there ever was."""

    count: int
    #: The first bad line and what is wrong with it, as a sentence; "" for none.
    problem: str
    #: That the log began anew, and after how many lines, as a sentence; "" when it never did.
    begun_anew: str


def local(at: dt.datetime) -> dt.datetime:
    """The instant with its offset, +07:00; a naive one is wall clock +07."""
    return (at if at.tzinfo else at.replace(tzinfo=VIETNAM)).astimezone(VIETNAM)


def append(path: Path, content: Mapping[str, Any]) -> None:
    """Adds a line, which is on the disk when this returns.

    Args:
        content: what JSON can say, under any names but seq, previous and mac.

    Raises:
        LogError: it could not be written, or the end of the log is not what was written last.
    """
    with _writing(path):
        last = _end_of(path)
        whole = {"seq": last["seq"] + 1, **content, "previous": last["mac"]}
        mac = _mac(path, whole)
        _append(path, {**whole, "mac": mac})
        _keep_head(path, {**_head(path), "seq": whole["seq"], "mac": mac})


def require_writable(path: Path) -> None:
    """Raises LogError when nothing can be written down now; adds no line."""
    with _writing(path):
        _end_of(path)
        os.close(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600))


def rows(path: Path, *, last: int | None = None) -> list[dict[str, Any]]:
    """The lines of the log, the newest at the end; only the `last` ones when given, and then
    without reading what is before them. A line that is none is left out.

    Raises:
        LogError: the log cannot be read.
    """
    try:
        texts = [text.decode() for text in _texts(path, last)]
    except (OSError, ValueError) as error:
        raise _unreadable(path) from error
    return [row for row in map(_parsed, texts) if row is not None]


def verify(path: Path) -> Verdict:
    """Whether every line is as it was written, and none is missing; names the first that is not.
    Tells too whether the log began anew, and after how many lines.

    Raises:
        LogError: the log or the key cannot be read.
    """
    # Before the lines: what is written meanwhile is more than the mark says, never less.
    head = _head(path)
    try:
        texts = _texts(path)
    except OSError as error:
        raise _unreadable(path) from error
    problem = _first_problem(path, head, texts)
    return Verdict(len(texts), problem, _begun_anew(path, head, texts[:1]))


# Lines --------------------------------------------------------------------------------------


def _mac(path: Path, content: Mapping[str, Any]) -> str:
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hmac.digest(_key(path), text.encode(), hashlib.sha256).hex()


def _key(path: Path) -> bytes:
    try:
        return key(path.stem)
    except RefusedError as error:
        raise LogError(str(error)) from error


def _parsed(text: str | bytes) -> dict[str, Any] | None:
    """A line as an object; None when it is none."""
    try:
        row = json.loads(text)
    except ValueError:
        return None
    return row if isinstance(row, dict) and {"seq", "mac", "previous"} <= row.keys() else None


def _first_problem(path: Path, head: Mapping[str, Any], texts: list[bytes]) -> str:
    """The first bad line and what is wrong with it; "" for none."""
    marks = [head.get("after", "")]
    for number, text in enumerate(texts, 1):
        row = _parsed(text)
        problem = _problem(path, row, number, marks[-1])
        if problem or row is None:
            return f"dòng {number}: {problem}."
        marks.append(row["mac"])
    return _problem_of_end(head, marks)


def _problem(path: Path, row: dict[str, Any] | None, number: int, previous: str) -> str:
    """What is wrong with a line; "" for nothing."""
    if row is None:
        return "không đọc được"
    if not _is_ours(path, row):
        return "đã bị sửa"
    if row["seq"] != number or row["previous"] != previous:
        return "thiếu hoặc đổi chỗ một dòng trước đó"
    return ""


def _problem_of_end(head: Mapping[str, Any], marks: list[str]) -> str:
    """What is wrong with the end of a log of whole lines; `marks`: the one before them first."""
    if head["seq"] >= len(marks):
        return f"dòng {len(marks)}: bị cắt mất, đáng lẽ có {head['seq']} dòng."
    if marks[head["seq"]] != head["mac"]:
        return f"dòng {head['seq']}: không phải dòng đã ghi."
    return ""


def _begun_anew(path: Path, head: Mapping[str, Any], first: list[bytes]) -> str:
    """That the log began anew, after how many lines, and when; "" when it never did.

    Args:
        first: its first line, if it has one.
    """
    counts = _counts_before(head)
    if not counts:
        return ""
    told = ", rồi ".join("không rõ bao nhiêu" if one is None else str(one) for one in counts)
    row = _parsed(first[0]) if first else None
    since = ""
    if row is not None and "at" in row and _is_ours(path, row):
        since = f" (dòng đầu ghi lúc {dt.datetime.fromisoformat(row['at']):%H:%M %d/%m/%Y})"
    return (
        f"đã bắt đầu lại từ đầu {len(counts)} lần, sau {told} dòng{since}; nếu không ai làm lại "
        "kho thì các dòng trước đó đã bị xóa."
    )


def _counts_before(head: Mapping[str, Any]) -> list[int | None]:
    """How many lines each log had that went before this one; None: nobody knows."""
    # A head that began anew before heads kept counts has only the mark.
    return head.get("begun", [None] if "after" in head else [])


def _is_ours(path: Path, row: Mapping[str, Any]) -> bool:
    content = {name: value for name, value in row.items() if name != "mac"}
    return hmac.compare_digest(_mac(path, content), str(row["mac"]))


# The files ----------------------------------------------------------------------------------


@contextlib.contextmanager
def _writing(path: Path) -> Generator[None]:
    """One writer at a time, of all logs and all processes on this machine."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(private_folder() / ".audit.lock", timeout=_LOCK_SECONDS):
            yield
    except filelock.Timeout as error:
        raise LogError(f"{path}: nhật ký đang bị giữ; hãy thử lại.") from error
    except OSError as error:
        raise LogError(f"{path}: không ghi được nhật ký ({error.strerror}).") from error
    except LogError:
        raise
    except RefusedError as error:
        raise LogError(str(error)) from error


def _unreadable(path: Path) -> LogError:
    return LogError(f"{path}: không đọc được nhật ký.")


def _end_of(path: Path) -> dict[str, Any]:
    """seq and mac of the last line; refuses a log that does not end as it was left."""
    texts = _texts(path, 1)
    if not texts and not (path.parent / "snapshots").is_dir():
        _begin_anew(path.parent)
    head = _head(path)
    row = _parsed(texts[0]) if texts else {"seq": 0, "mac": head.get("after", "")}
    is_whole = row is not None and (not texts or _is_ours(path, row))
    is_other = row is not None and row["seq"] == head["seq"] and row["mac"] != head["mac"]
    if not is_whole or row is None or is_other or row["seq"] < head["seq"]:
        raise LogError(
            f"{path}: dòng cuối không phải dòng đã ghi; chạy: python cli.py audit verify."
        )
    return row


def _begin_anew(store: Path) -> None:
    """A store made anew where another one was: its logs begin anew.

    They go on after the last mark of the ones that went, so that nobody can put a part of those
    back, and their heads keep how many lines went: a store that was moved away and put back looks
    like one made anew, and `verify` tells of both.
    """
    for kept in private_folder().glob(f"*-{_digest(store)}.json"):
        path = store / f"{kept.name.removesuffix(f'-{_digest(store)}.json')}.jsonl"
        if _texts(path, 1):
            continue
        try:
            head = _head(path)
        except LogError:
            # Of a secret that was changed: no line of that time is ours any more.
            _keep_head(path, {**_NOTHING, "after": "", "begun": [None]})
            continue
        if head["seq"]:
            begun = [*_counts_before(head), head["seq"]]
            _keep_head(path, {"seq": 0, "mac": head["mac"], "after": head["mac"], "begun": begun})


def _texts(path: Path, last: int | None = None) -> list[bytes]:
    """The lines of the log, or the `last` ones without reading what is before; none when there is
    no log.
    """
    text = b""
    try:
        with path.open("rb") as file:
            start = file.seek(0, os.SEEK_END)
            while start and (last is None or text.count(b"\n") <= last):
                step = start if last is None else min(max(_BLOCK, len(text)), start)
                start = file.seek(start - step)
                text = file.read(step) + text
    except FileNotFoundError:
        return []
    # Not splitlines: a line may hold other marks of a new line.
    texts = text.removesuffix(b"\n").split(b"\n") if text else []
    return texts if last is None else texts[max(len(texts) - last, 0) :]


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


def _digest(store: Path) -> str:
    return hashlib.sha256(str(store.resolve()).encode()).hexdigest()[:16]


def _head_path(path: Path) -> Path:
    return private_folder() / f"{path.stem}-{_digest(path.parent)}.json"


def _head(path: Path) -> dict[str, Any]:
    """seq and mac of the last line as kept outside the store. Of a log that began anew also after:
    the mark before the first, and begun: how many lines each had that went.
    """
    kept = _head_path(path)
    try:
        row = json.loads(kept.read_text(encoding="utf-8"))
        seal = row.pop("seal")
    except FileNotFoundError:
        return dict(_NOTHING)
    except (OSError, ValueError, AttributeError, KeyError) as error:
        raise LogError(f"{kept}: không đọc được dấu của nhật ký.") from error
    if not hmac.compare_digest(_mac(path, row), str(seal)):
        raise LogError(f"{kept}: dấu của nhật ký không phải do chương trình ghi.")
    return row


def _keep_head(path: Path, row: Mapping[str, Any]) -> None:
    kept = _head_path(path)
    made = kept.with_suffix(".new")
    made.unlink(missing_ok=True)
    handle = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(json.dumps({**row, "seal": _mac(path, row)}))
        file.flush()
        os.fsync(file.fileno())
    made.rename(kept)
    disk.sync_folder(kept.parent)
