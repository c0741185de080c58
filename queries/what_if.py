"""What would change with a later deadline, a faster pace, or the largest facilities done first."""

from typing import Any, NamedTuple

import numpy as np
import polars as pl

from data.marts import UNMAPPED
from data.workstreams import Workstream
from queries import forecast
from queries.courses import DAY, Course, Place, course_of, foretold, time_of
from queries.deadlines import Time, required_per_day, time_left
from queries.engine import Connection
from queries.measure import Axis, Level
from queries.scope import Scope


class Change(NamedTuple):
    """What one asks to be otherwise."""

    later_days: int = 0
    #: A mean pace larger by this share: 0.5 is half as much again.
    faster: float = 0.0
    #: So many of the units with most left are finished first, by others than those who go on.
    units_first: int = 0


def what_if(
    connection: Connection,
    *,
    scope: Scope,
    workstream: Workstream,
    level: Level,
    unit_code: str,
    axis: Axis | None = None,
    snapshot_id: str,
    district_code: str | None = None,
    change: Change,
) -> pl.DataFrame:
    """One unit as it stands, and as it would with a later deadline, a faster pace, or the largest
    of its facilities (communes, by residence) finished first.

    Returns:
        Two rows, as it is and as it would be: remaining, calendar_days, required_per_day (of the
        days that rule), p_meet, expected_finish, finish_p85; nothing without a deadline.
    """
    place = Place(level, axis, district_code)
    course = course_of(connection, scope, workstream, place, snapshot_id).only(unit_code)
    time = time_of(workstream, course.days[-1])
    kinds = {
        "remaining": pl.Int64,
        "calendar_days": pl.Int64,
        "required_per_day": pl.Float64,
        "p_meet": pl.Float64,
        "expected_finish": pl.Date,
        "finish_p85": pl.Date,
    }
    if time is None:
        return pl.DataFrame(schema=kinds)
    rest = course
    if change.units_first:
        within = unit_code if level == "district" else district_code
        parts = Place("commune" if axis == "residence" else "facility", axis, within)
        largest = course_of(connection, scope, workstream, parts, snapshot_id)
        rest = _without(course, largest, change.units_first)
    deadline = time.deadline
    # From a deadline that has passed, later days count from today.
    late = max(0, (course.days[-1] - deadline.last_day).days) if change.later_days else 0
    moved = deadline._replace(date=deadline.date + (late + change.later_days) * DAY)
    as_it_is = _would_be(course, time, 0.0)
    as_it_would = _would_be(rest, time_left(moved, course.days[-1]), change.faster)
    return pl.DataFrame([as_it_is, as_it_would], schema=kinds, orient="row")


def _without(course: Course, parts: Course, count: int) -> Course:
    """What is left of a unit when the largest of its parts are finished."""
    largest = np.argsort(-parts.remaining, kind="stable")
    is_unit = (parts.units["unit_code"] != UNMAPPED).to_numpy()
    largest = largest[is_unit[largest]][:count]
    # A table of totals by district tells nothing of the parts.
    told = [at for at, day in enumerate(course.days) if day in parts.days]
    course = course.on(told)
    return course._replace(
        done=course.done - np.nan_to_num(parts.done[largest]).sum(axis=0),
        base=course.base - np.nan_to_num(parts.base[largest]).sum(axis=0),
    )


def _would_be(course: Course, time: Time, share: float) -> tuple[Any, ...]:
    remaining = int(course.remaining[0])
    intervals = course.intervals
    ahead = None
    if intervals is not None:
        ahead = forecast.outlook(
            forecast.faster(intervals, share),
            course.remaining,
            as_of=course.days[-1],
            days_left=time.calendar_days,
        )
    when = foretold(course.days[-1], remaining, 0, ahead)
    return (
        remaining,
        time.calendar_days,
        required_per_day(remaining, time.days),
        when["p_meet"],
        when["expected_finish"],
        when["finish_p85"],
    )
