"""Whose records a question may count: the one place where rows are held back.

Every question runs on a cursor of its own on which the scope was set; the views of
`queries/views.sql` read it. A cursor without a scope sees no rows.
"""

from typing import NamedTuple, Self


class Scope(NamedTuple):
    """The districts whose records may be counted; part of every cache key."""

    #: District codes; None = the whole province, records of unknown units too.
    district_codes: tuple[str, ...] | None

    @classmethod
    def everything(cls) -> Self:
        """The whole province."""
        return cls(None)
