"""Whose records a question may count: the one place where rows are held back.

Every question runs on a cursor of its own on which the scope was set; the views of
`queries/views.sql` read it. A cursor without a scope sees no rows.
"""

from typing import NamedTuple, Self


class Scope(NamedTuple):
    """The units whose records may be counted; part of every cache key."""

    #: District codes; None = the whole province, records of unknown units too.
    district_codes: tuple[str, ...] | None
    #: Codes of facilities in these districts; None = all. Of a district only its sums are seen
    #: beside them, and nothing by residence below the district.
    facility_codes: tuple[str, ...] | None = None

    @classmethod
    def everything(cls) -> Self:
        """The whole province."""
        return cls(None)

    def holds(self, district_code: str | None, facility_code: str | None) -> bool:
        """Whether all of a place is seen: of the province (no codes), a district (no facility's) or
        a facility.
        """
        if self.district_codes is None:
            return True
        if district_code not in self.district_codes:
            return False
        return self.facility_codes is None or facility_code in self.facility_codes

    @property
    def only_district(self) -> str | None:
        """The one district one can stand in; None when there are several."""
        return _only(self.district_codes)

    @property
    def only_facility(self) -> str | None:
        """The one facility one can stand in; None when there are several."""
        return _only(self.facility_codes)


def _only(codes: tuple[str, ...] | None) -> str | None:
    return codes[0] if codes and len(codes) == 1 else None
