"""Units over the snapshots: what a workstream has done, what there is, and what it has to reach."""

import datetime as dt
import functools
import itertools
import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from data.marts import signing_rule
from data.workstreams import Deadline, Workstream, campaign, deadline_on, deadlines_until, target_on
from queries import forecast
from queries.deadlines import Start, Time, planned, time_left
from queries.engine import Connection
from queries.forecast import Floats, Intervals, Outlook
from queries.measure import (
    Axis,
    Level,
    as_of_instant,
    is_below_district,
    require_figures,
    trend,
    units,
)
from queries.run import UnknownUnitError
from queries.scope import Scope

#: What tells how far a workstream has come.
METRICS: dict[Workstream, str] = {
    "cleaning": "valid_ratio",
    "complaints": "complaint_closed_ratio",
    "signing": "signing_progress",
}
DAY = dt.timedelta(days=1)


class Place(NamedTuple):
    """Whose progress is asked: the units of a level, on an axis, of all or of one district."""

    level: Level
    axis: Axis | None = None
    district_code: str | None = None


class Course(NamedTuple):
    """Units over the snapshots, one a day, up to the one asked for."""

    workstream: Workstream
    days: list[dt.date]
    #: unit_code, unit_name; one row a unit.
    units: pl.DataFrame
    #: units x days; nan where a unit was not listed.
    done: Floats
    base: Floats
    #: One a unit.
    targets: list[float]
    #: What the whole province has done, one a day.
    province: Floats

    @property
    def wanted(self) -> Floats:
        """units x days: what has to be done, of what there was."""
        # As queries.deadlines.wanted, for whole arrays.
        return np.ceil(np.round(np.array(self.targets)[:, None] * self.base, 6))

    @property
    def remaining(self) -> Floats:
        """What is left to do now, one a unit."""
        return np.maximum(0, self.wanted[:, -1] - self.done[:, -1])

    def on(self, numbers: Sequence[int]) -> "Course":
        """The same on the days of these numbers only."""
        return self._replace(
            days=[self.days[number] for number in numbers],
            done=self.done[:, numbers],
            base=self.base[:, numbers],
            province=self.province[numbers],
        )

    def only(self, unit_code: str) -> "Course":
        """The same of one unit."""
        known = self.units["unit_code"].to_list()
        if unit_code not in known:
            raise UnknownUnitError(f"Không có đơn vị mã “{unit_code}” trong kỳ số liệu này.")
        number = known.index(unit_code)
        one = slice(number, number + 1)
        return self._replace(
            units=self.units[one],
            done=self.done[one],
            base=self.base[one],
            targets=self.targets[one],
        )

    @property
    def intervals(self) -> Intervals | None:
        """What the forecast draws from."""
        return forecast.intervals_of(
            self.days,
            self.done,
            self.wanted,
            whole=self.province,
            kind=campaign().pace_days,
            breaks=self.breaks,
        )

    @property
    def breaks(self) -> list[dt.date]:
        """The days by which another rule of signing had come into force than on the one before."""
        return [
            later
            for earlier, later in itertools.pairwise(self.days)
            if self.workstream == "signing" and _min_doses(earlier) != _min_doses(later)
        ]


@functools.cache
def _min_doses(day: dt.date) -> int:
    return signing_rule(day)["min_doses"][0]


def course_of(
    connection: Connection,
    scope: Scope,
    workstream: Workstream,
    place: Place,
    snapshot_id: str,
) -> Course:
    """Raises RefusedError when the snapshot has no figures of the workstream, or no such level."""
    require_figures(
        connection,
        workstream,
        snapshot_id=snapshot_id,
        needs_records=is_below_district(place.level) and workstream != "complaints",
    )
    asked: dict[str, Any] = {"scope": scope, "axis": place.axis}
    listed = units(connection, level=place.level, snapshot_id=snapshot_id, **asked)
    rows = _until(
        trend(
            connection,
            METRICS[workstream],
            level=place.level,
            district_code=place.district_code,
            **asked,
        ),
        snapshot_id,
    )
    now = rows.filter(pl.col("as_of") == rows["as_of"].max())
    found = now.select("unit_code").join(
        listed.select("unit_code", "unit_name", "district_code"),
        on="unit_code",
        how="left",
        maintain_order="left",
    )
    # Days of totals by district are in the province's trend, but not in a facility's.
    whole = trend(connection, METRICS[workstream], level="province", **asked).filter(
        pl.col("as_of").is_in(rows["as_of"].unique().implode())
    )
    day = as_of_instant(connection, snapshot_id).date()
    owners = found["unit_code"] if place.level == "district" else found["district_code"]
    return Course(
        workstream,
        sorted(rows["as_of"].dt.date().unique()),
        found.select("unit_code", pl.col("unit_name").fill_null("")),
        _matrix(rows, found["unit_code"], "numerator"),
        _matrix(rows, found["unit_code"], "denominator"),
        [target_on(workstream, day, owner) for owner in owners],
        whole["numerator"].to_numpy().astype(float),
    )


def _until(rows: pl.DataFrame, snapshot_id: str) -> pl.DataFrame:
    """The rows up to a snapshot; of several snapshots of one day the last."""
    upto = rows.filter(pl.col("snapshot_id") <= snapshot_id)
    day = pl.col("as_of").dt.date()
    return upto.filter(pl.col("as_of") == pl.col("as_of").max().over(day))


def _matrix(rows: pl.DataFrame, unit_codes: pl.Series, column: str) -> Floats:
    """units x snapshots, nan where there is no row."""
    wide = rows.pivot("as_of", index="unit_code", values=column, sort_columns=True)
    ordered = unit_codes.to_frame().join(wide, on="unit_code", how="left", maintain_order="left")
    return ordered.drop("unit_code").cast(pl.Float64).to_numpy()


def start_of(course: Course, deadline: Deadline, number: int) -> Start:
    """Where the plan begins: the last snapshot by the day the deadline's day was first named, else
    the first one.
    """
    named = deadlines_until(course.workstream, course.days[-1])
    issued_on = next(one.issued_on for one in named if one.date == deadline.date)
    known = [at for at, day in enumerate(course.days) if not math.isnan(course.done[number, at])]
    by_then = [at for at in known if course.days[at] <= issued_on]
    at = by_then[-1] if by_then else known[0]
    return Start(course.days[at], float(course.done[number, at]))


def planned_on(
    course: Course, time: Time, start: Start, number: int, days: Sequence[dt.date]
) -> list[float]:
    return planned(
        start,
        time.deadline,
        target=course.targets[number],
        denominator=int(course.base[number, -1]),
        milestones=campaign().plans[course.workstream].milestones,
        kind=time.kind,
        days=days,
    )


def foretold(as_of: dt.date, remaining: int, number: int, ahead: Outlook | None) -> dict[str, Any]:
    names = ("expected_finish", "finish_p85", "finish_p95")
    if remaining == 0:
        return {"p_meet": 1.0, **dict.fromkeys(names)}
    if ahead is None:
        return {"p_meet": None, **dict.fromkeys(names)}
    chance = float(ahead.p_meet[number])
    finishes = [
        None if math.isnan(days) else as_of + dt.timedelta(days=int(days))
        for days in ahead.finish[number]
    ]
    return {
        "p_meet": None if math.isnan(chance) else chance,
        **dict(zip(names, finishes, strict=True)),
    }


def time_of(workstream: Workstream, as_of: dt.date) -> Time | None:
    """The time to the workstream's deadline at the end of a day; None where none counts."""
    deadline = deadline_on(workstream, as_of)
    return time_left(deadline, as_of) if deadline else None
