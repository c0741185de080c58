"""One unit's way to its target, for a chart; and how good the forecasts before have been."""

import datetime as dt
import math
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from data.workstreams import Deadline, Workstream, deadlines_until
from queries import forecast
from queries.courses import DAY, Course, Place, course_of, planned_on, start_of, time_of
from queries.deadlines import Time
from queries.engine import Connection
from queries.forecast import Fan
from queries.measure import Axis, Level
from queries.scope import Scope

#: How far ahead the forecasts are whose record is kept; a snapshot up to 3 days later will do.
AHEAD_DAYS = 7
_LATER_BY_DAYS = 3
#: Forecasts of days longer ago are left out of the record: the campaign was another one.
_RECORD_DAYS = 28


class BurnUp(NamedTuple):
    """One unit's way to the target: what was done, what is planned and what is foretold."""

    days: list[dt.date]
    done: list[float]
    #: What there was to do in all, each day.
    wanted: list[float]
    #: What there was, each day.
    base: list[float]
    #: Day -> to be done by its end, from the plan's first day to its last; none without a deadline.
    plan: list[tuple[dt.date, float]]
    time: Time | None
    #: Deadlines of other days that counted before, in the order of issue.
    moved: list[Deadline]
    #: None: too little is known.
    fan: Fan | None
    target: float


def burn_up(
    connection: Connection,
    *,
    scope: Scope,
    workstream: Workstream,
    level: Level,
    unit_code: str,
    axis: Axis | None = None,
    snapshot_id: str,
    district_code: str | None = None,
) -> BurnUp:
    """The picture of one unit's progress; the fan reaches beyond the deadline."""
    place = Place(level, axis, district_code)
    course = course_of(connection, scope, workstream, place, snapshot_id).only(unit_code)
    as_of = course.days[-1]
    time = time_of(workstream, as_of)
    known = [at for at in range(len(course.days)) if not math.isnan(course.done[0, at])]
    plan: list[tuple[dt.date, float]] = []
    moved: list[Deadline] = []
    if time is not None:
        start = start_of(course, time.deadline, 0)
        length = (time.deadline.last_day - start.day).days
        days = [start.day + number * DAY for number in range(max(0, length) + 1)]
        plan = list(zip(days, planned_on(course, time, start, 0, days), strict=True))
        moved = [
            one for one in deadlines_until(workstream, as_of) if one.date != time.deadline.date
        ]
    return BurnUp(
        [course.days[at] for at in known],
        course.done[0, known].tolist(),
        course.wanted[0, known].tolist(),
        course.base[0, known].tolist(),
        plan,
        time,
        moved,
        _fan(course, time),
        course.targets[0],
    )


def _fan(course: Course, time: Time | None) -> Fan | None:
    intervals = course.intervals
    if intervals is None or not course.remaining[0]:
        return None
    ahead = max(2 * AHEAD_DAYS, time.calendar_days + AHEAD_DAYS if time else 0)
    return forecast.fan(
        intervals,
        done=float(course.done[0, -1]),
        wanted=float(course.wanted[0, -1]),
        as_of=course.days[-1],
        ahead=ahead,
    )


def track_record(
    connection: Connection,
    *,
    scope: Scope,
    workstream: Workstream,
    level: Level,
    unit_code: str,
    axis: Axis | None = None,
    snapshot_id: str,
    district_code: str | None = None,
) -> pl.DataFrame:
    """What was foretold for a week later, for days of the last four weeks, and what came.

    Returns:
        made_on, foretold_for (days), low, middle, high (the 80 % band and its middle), actual,
        is_inside; oldest first, from where anything was done. A snapshot 7 to 10 days later tells;
        without one there is no row.
    """
    place = Place(level, axis, district_code)
    course = course_of(connection, scope, workstream, place, snapshot_id).only(unit_code)
    oldest = course.days[-1] - (_RECORD_DAYS + AHEAD_DAYS) * DAY
    found = [_judged(course, at) for at, day in enumerate(course.days) if day >= oldest]
    kinds = {
        "made_on": pl.Date,
        "foretold_for": pl.Date,
        **dict.fromkeys(("low", "middle", "high", "actual"), pl.Float64),
    }
    rows = pl.DataFrame([row for row in found if row], schema=kinds, orient="row")
    # Half a record more or less is not a miss.
    return rows.with_columns(
        pl.col("actual")
        .is_between(pl.col("low").round() - 0.5, pl.col("high").round() + 0.5)
        .alias("is_inside")
    )


def _judged(course: Course, number: int) -> tuple[Any, ...] | None:
    made_on = course.days[number]
    later = [
        at
        for at, day in enumerate(course.days)
        if AHEAD_DAYS <= (day - made_on).days <= AHEAD_DAYS + _LATER_BY_DAYS
    ]
    then = course.on(range(number + 1))
    # Of what had not begun there was nothing to foretell.
    has_begun = np.nan_to_num(then.done[0, -1]) > 0
    is_alike = later and not any(made_on < day <= course.days[later[0]] for day in course.breaks)
    intervals = then.intervals if is_alike and has_begun else None
    if intervals is None or math.isnan(course.done[0, later[0]]):
        return None
    ahead = (course.days[later[0]] - made_on).days
    fan = forecast.fan(
        intervals,
        done=float(then.done[0, -1]),
        wanted=float(then.wanted[0, -1]),
        as_of=made_on,
        ahead=ahead,
    )
    band = (float(fan.low[-1]), float(fan.middle[-1]), float(fan.high[-1]))
    # The fan ends at what there is to do: what was done beyond it is no miss.
    actual = min(course.done[0, later[0]], course.wanted[0, later[0]])
    return (made_on, fan.days[-1], *band, float(actual))
