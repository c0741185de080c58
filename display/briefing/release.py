"""Releasing a briefing, and whether what was released is still what the figures say."""

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from data import audit, releases
from data.audit import Actor
from data.releases import Release
from display.briefing.build import figures_sha256, inputs_sha256
from display.briefing.files import sums
from display.briefing.sources import definitions
from display.briefing.value import Briefing

Row = Mapping[str, Any]


class Standing(NamedTuple):
    """Whether a release still says what the figures say now."""

    #: same, revised, withdrawn, or redefined: definitions, campaign or an earlier snapshot.
    state: str
    #: The snapshot in force of the same instant; None: there is none.
    snapshot_id: str | None


def release(
    store: Path, actor: Actor, briefing: Briefing, files: Mapping[str, bytes], *, now: dt.datetime
) -> Release:
    """Writes down that files of a briefing leave the program: in the ledger and in the log.

    Args:
        files: format -> file.
        now: aware, or wall clock +07.

    Raises:
        RefusedError: it could not be written down; the files must then not be given out.
    """
    figures = figures_sha256(briefing)
    told = {"unit": briefing.unit_code, "formats": " ".join(files), "figures": figures[:12]}
    audit.write(store, actor, "briefing", now=now, predicate=told, snapshot_id=briefing.snapshot_id)
    return releases.record(
        store,
        actor,
        now=now,
        unit_code=briefing.unit_code,
        unit_name=briefing.place,
        snapshot_id=briefing.snapshot_id,
        since_id=briefing.since_id,
        figures=figures,
        headline=briefing.headline,
        files=sums(files),
        definitions=_stands_on(briefing.inputs),
    )


def _stands_on(inputs: str) -> str:
    """The definitions, and a hash of what else figures depend on, in one line of the ledger."""
    return f"{definitions()}; {inputs}"


def standing(released: Release, in_force: Sequence[str]) -> Standing:
    """Whether all that a release stands on is still as it was: snapshots, definitions, campaign.

    Args:
        in_force: ids of the snapshots in force.
    """
    now = _of_the_same_instant(released.snapshot_id, in_force)
    if now is None:
        return Standing("withdrawn", None)
    since = released.since_id
    if now != released.snapshot_id or (since is not None and since not in in_force):
        return Standing("revised", now)
    if released.definitions != _stands_on(inputs_sha256(in_force, now)):
        return Standing("redefined", now)
    return Standing("same", now)


def _of_the_same_instant(snapshot_id: str, in_force: Sequence[str]) -> str | None:
    stem = snapshot_id.rpartition("-r")[0]
    return next((one for one in in_force if one.rpartition("-r")[0] == stem), None)
