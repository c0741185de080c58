"""The audit log: who did what, to what, when; one JSON object a line in `store/audit.jsonl`.

Its lines are chained and marked (`data.chain`): a line that was edited, taken out, moved or cut
off is seen by whoever has the key.
"""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from data import chain
from data.chain import LogError, Verdict

LONGEST_TEXT = 200

#: What the log calls a snapshot that was held back.
HELD = "publish_held"

#: The log cannot be written or read: what was to be written down must not happen.
AuditError = LogError


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
    content = {
        "at": chain.local(now).isoformat(timespec="seconds"),
        **actor._asdict(),
        "action": action,
        "predicate": told,
        "snapshot": snapshot_id,
        "rows": rows,
        "reason": reason,
    }
    chain.append(path_of(store), content)


def require_writable(store: Path) -> None:
    """Raises AuditError when nothing can be written down now; adds no line."""
    chain.require_writable(path_of(store))


def lines(store: Path, *, last: int | None = None) -> list[Line]:
    """The lines of the log, the newest at the end; only the `last` ones when given.

    Raises:
        AuditError: the log cannot be read.
    """
    return [_line(row) for row in chain.rows(path_of(store), last=last)]


def held(store: Path) -> list[dt.datetime]:
    """The instants of snapshots that were held back and still wait, oldest first; wall clock +07.

    One waits no more once a snapshot of its instant or of a later one was published, or it was
    itself withdrawn.

    Raises:
        AuditError: the log cannot be read.
    """
    waiting: set[str] = set()
    for line in lines(store):
        if line.action == HELD:
            waiting.add(line.predicate["as_of"])
        elif line.action == "withdraw":
            waiting.discard(line.predicate.get("as_of", ""))
        elif line.action == "publish" and line.snapshot is not None:
            waiting = {one for one in waiting if _stem(one) > line.snapshot.rpartition("-r")[0]}
    return sorted(dt.datetime.fromisoformat(one) for one in waiting)


def verify(store: Path) -> Verdict:
    """Whether every line is as it was written, and none is missing; names the first that is not.

    Raises:
        AuditError: the log or the key cannot be read.
    """
    return chain.verify(path_of(store))


def _refuse_rows(values: Mapping[str, Any]) -> None:
    """Only names, codes and counts are written down: a row of data is a mistake of the caller."""
    for name, value in values.items():
        is_text = isinstance(value, str) and len(value) <= LONGEST_TEXT
        if value is not None and not is_text and not isinstance(value, int):
            raise ValueError(f"{name}: a value of the audit log is short text or a number")


def _stem(as_of: str) -> str:
    """An instant as ids of snapshots begin: "2022-04-25T16:00" is "2022-04-25T1600"."""
    return as_of.replace(":", "")


def _line(row: Mapping[str, Any]) -> Line:
    at = dt.datetime.fromisoformat(row["at"])
    return Line(at=at, **{name: row[name] for name in Line._fields if name != "at"})
