"""The briefings released: who gave out which figures, from which snapshot, and when.

One JSON object a line in `store/briefings.jsonl`, chained and marked (`data.chain`).
"""

import datetime as dt
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from data import chain
from data.audit import Actor

_SHA256 = re.compile(r"[0-9a-f]{64}")


class Release(NamedTuple):
    """A briefing that was released."""

    #: With its offset, +07:00.
    at: dt.datetime
    user: str
    role: str
    #: The province's code, or a district's.
    unit_code: str
    unit_name: str
    snapshot_id: str
    #: The snapshot it was compared with; None: with none.
    since_id: str | None
    #: Hex sha256 of the figures.
    figures: str
    #: Name -> count: the figures it begins with.
    headline: Mapping[str, int]
    #: Format -> hex sha256 of the file.
    files: Mapping[str, str]
    #: The definitions' versions the figures follow.
    definitions: str


def path_of(store: Path) -> Path:
    """Where the ledger of a store lies."""
    return store / "briefings.jsonl"


def require_writable(store: Path) -> None:
    """Raises LogError when no release can be written down now; adds no line."""
    chain.require_writable(path_of(store))


def record(
    store: Path,
    actor: Actor,
    *,
    now: dt.datetime,
    unit_code: str,
    unit_name: str,
    snapshot_id: str,
    since_id: str | None,
    figures: str,
    headline: Mapping[str, int],
    files: Mapping[str, str],
    definitions: str,
) -> Release:
    """Writes a release down, which is on the disk when this returns.

    Args:
        now: aware, or wall clock +07; kept to the second.

    Raises:
        LogError: it could not be written down; the briefing must then not be given out.
    """
    release = Release(
        chain.local(now).replace(microsecond=0),
        *actor,
        unit_code,
        unit_name,
        snapshot_id,
        since_id,
        figures,
        dict(headline),
        dict(files),
        definitions,
    )
    _refuse_rows(release)
    chain.append(path_of(store), release._asdict() | {"at": release.at.isoformat()})
    return release


def releases(
    store: Path, *, last: int | None = 50, unit_codes: tuple[str, ...] | None = None
) -> list[Release]:
    """The releases, newest first.

    Args:
        last: so many at most; None: all.
        unit_codes: only of these units; None: of all, and then only the `last` lines are read.

    Raises:
        LogError: the ledger cannot be read.
    """
    rows = chain.rows(path_of(store), last=last if unit_codes is None else None)
    found = [_release(row) for row in reversed(rows)]
    return [one for one in found if unit_codes is None or one.unit_code in unit_codes][:last]


def verify(store: Path) -> chain.Verdict:
    """Whether every release is as it was written down, and none is missing.

    Raises:
        LogError: the ledger or the key cannot be read.
    """
    return chain.verify(path_of(store))


def _refuse_rows(release: Release) -> None:
    """Only sums and counts are written down: anything else is a mistake of the caller."""
    sums = [release.figures, *release.files.values()]
    if not all(_SHA256.fullmatch(text) for text in sums):
        raise ValueError("figures, files: each is a hex sha256")
    if not all(type(count) is int for count in release.headline.values()):
        raise ValueError("headline: each figure is a whole number")


def _release(row: Mapping[str, Any]) -> Release:
    try:
        at = dt.datetime.fromisoformat(row["at"])
        return Release(at=at, **{name: row[name] for name in Release._fields if name != "at"})
    except (KeyError, ValueError, TypeError) as error:
        raise chain.LogError("briefings.jsonl: có dòng không phải của chương trình.") from error
