"""Province, district or facility: the place a workstream's page is about, and the way down."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from access import Viewer
from display.labels import UNMAPPED, unit_name
from display.summary import Crumb
from display.words import words
from pages.parts.address import ALL, address, asked, choose
from pages.parts.choices import choose_unit, forget_unknown, names_of, no_unit
from queries.measure import Level

Row = Mapping[str, Any]
#: The rows of a table of units: (level, district_code, with the total of the level above).
RowsOf = Callable[[str, str | None, bool], list[Row]]


class Place(NamedTuple):
    """Where a page stands."""

    level: Level
    #: The place's own row, and those of the units below it.
    unit: Row
    parts: Sequence[Row]
    #: What the parts make up, compared as they are.
    total: Row
    province: Row
    district_code: str | None
    crumbs: Sequence[Crumb]
    districts: Mapping[str, str]
    facilities: Mapping[str, str]
    path: str

    @property
    def lists(self) -> dict[str, str | None]:
        """District and unit, as the lists take them."""
        unit = self.unit["unit_code"] if self.level == "facility" else None
        return {"district_code": self.district_code, "unit_code": unit}

    def holds(self, facility: Row) -> bool:
        """Whether a facility of the place's district, or of any, is the place or lies in it."""
        return self.level != "facility" or facility["unit_code"] == self.unit["unit_code"]

    def link(self, unit_code: str) -> str | None:
        """The address of the same page for a unit below; what nobody handles has none."""
        if unit_code == UNMAPPED:
            return None
        if self.level == "province":
            return address(self.path, district=unit_code, facility=ALL)
        return address(self.path, district=self.district_code or ALL, facility=unit_code)

    def facility_link(self, facility: Row) -> str | None:
        """The address of the same page for any facility."""
        if facility["district_code"] == UNMAPPED:
            return None
        return address(
            self.path, district=facility["district_code"], facility=facility["unit_code"]
        )


def find_place(viewer: Viewer, path: str, rows_of: RowsOf, *, is_by_unit: bool = True) -> Place:
    """The place the address asks for, else the province."""
    rows = _named(rows_of("district", None, True), viewer.language)
    [province] = [row for row in rows if row["level"] == "province"]
    districts = [row for row in rows if row["level"] == "district"]
    names = names_of(districts)
    code = _asked("district", names, viewer) or viewer.scope.only_district
    whole = Place("province", province, districts, province, province, None, [], names, {}, path)
    if code is None:
        choose("facility", None)
        return whole
    if code not in names:
        no_unit(viewer)
    district = next(row for row in districts if row["unit_code"] == code)
    rows = _named(rows_of("facility", code, True), viewer.language) if is_by_unit else []
    units = [row for row in rows if row["level"] == "facility"]
    top = Crumb(province["unit_name"], address(path, district=ALL))
    here = whole._replace(
        level="district",
        unit=district,
        parts=units,
        total=next((row for row in rows if row["level"] == "district"), district),
        district_code=code,
        crumbs=[top] if viewer.scope.only_district is None else [],
        facilities=names_of(units),
    )
    # Of totals there are no facilities: the one chosen may be of another day.
    facility = _asked("facility", here.facilities, viewer) if is_by_unit else None
    facility = facility or (viewer.scope.only_facility if is_by_unit else None)
    if facility is None:
        return here
    if facility not in here.facilities:
        no_unit(viewer)
    own = next(row for row in units if row["unit_code"] == facility)
    above = Crumb(district["unit_name"], address(path, district=code, facility=ALL))
    crumbs = [*here.crumbs, above] if viewer.scope.only_facility is None else []
    return here._replace(level="facility", unit=own, parts=[], crumbs=crumbs)


def _named(rows: Sequence[Row], language: str) -> list[Row]:
    """The rows with their units' names as people read them."""
    return [{**row, "unit_name": unit_name(row["unit_name"], language)} for row in rows]


def choose_place(place: Place, viewer: Viewer) -> None:
    """The lists of districts and, within one, of facilities."""
    _ = words(viewer.language)
    current = place.district_code or ""
    districts = place.districts
    if viewer.scope.only_district is None:
        districts = {"": _("Toàn tỉnh"), **districts}
    choose_unit("district", _("Huyện"), districts, current, default="", forgets="facility")
    if place.facilities:
        facilities = place.facilities
        if viewer.scope.only_facility is None:
            facilities = {"": _("Tất cả cơ sở"), **facilities}
        chosen = place.unit["unit_code"] if place.level == "facility" else ""
        choose_unit("facility", _("Cơ sở"), facilities, chosen, default="")


def _asked(name: str, known: Mapping[str, str], viewer: Viewer) -> str | None:
    """The unit the address asks for; None, and a sentence if need be, when it is none of these."""
    code = asked(name)
    if code is None or code in known:
        return code
    if code == ALL:
        choose(name, None)
    else:
        sentence = "facility_of_district" if name == "facility" else None
        forget_unknown(name, code, viewer, sentence)
    return None
