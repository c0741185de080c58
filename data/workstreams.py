"""The workstreams of the campaign and their deadlines, from `data/workstreams.toml`."""

import datetime as dt
import functools
import tomllib
from pathlib import Path
from typing import NamedTuple

_FILE = Path(__file__).with_suffix(".toml")


class Deadline(NamedTuple):
    """One deadline as a document set it."""

    workstream: str
    document: str
    issued_on: dt.date
    #: As written: "trước ngày 30/4/2022".
    text: str
    date: dt.date
    #: The day itself is too late.
    exclusive: bool

    @property
    def last_day(self) -> dt.date:
        """The last day on which work still counts."""
        return self.date - dt.timedelta(days=1) if self.exclusive else self.date


@functools.cache
def deadlines() -> tuple[Deadline, ...]:
    """Every deadline of every workstream, in the order of issue."""
    listed = tomllib.loads(_FILE.read_text(encoding="utf-8"))["deadlines"]
    return tuple(sorted((Deadline(**entry) for entry in listed), key=lambda one: one.issued_on))


def deadline_on(workstream: str, day: dt.date) -> Deadline | None:
    """The deadline in force on `day`: the last one issued by then; None before the first."""
    issued = [
        deadline
        for deadline in deadlines()
        if deadline.workstream == workstream and deadline.issued_on <= day
    ]
    return issued[-1] if issued else None
