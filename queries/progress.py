"""How each workstream stands to its deadline: pace asked for and kept, chance, finish, status.

The formulas are explained to people in docs/metrics.md. All frames are small (units, not records).
"""

import datetime as dt
import math
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from data.marts import UNMAPPED
from data.workstreams import WORKSTREAMS, Workstream, campaign
from queries import forecast
from queries.courses import DAY, Course, Place, course_of, foretold, planned_on, start_of, time_of
from queries.deadlines import (
    Time,
    days_between,
    effort_ratio,
    required_per_day,
    status_of,
    working_days,
)
from queries.engine import Connection
from queries.forecast import Floats
from queries.measure import Axis, Level, as_of_instant, covering, is_below_district
from queries.questions import comparison_snapshot
from queries.scope import Scope


def progress(
    connection: Connection,
    *,
    scope: Scope,
    workstream: Workstream,
    level: Level,
    axis: Axis | None = None,
    snapshot_id: str,
    district_code: str | None = None,
) -> pl.DataFrame:
    """Each unit's standing to the deadline, from the snapshots up to this one.

    Returns:
        One row a unit, by code, unmapped last: unit_code, unit_name, numerator, denominator,
        ratio, target (0..1), wanted (target of the denominator), remaining (of it),
        remaining_share (in that of all units), required_per_day (of the days that rule),
        required_per_calendar_day, required_per_working_day, actual_per_day (net, since the
        snapshot a week before, of the days that rule; null without one), arrivals_per_day (more
        wanted, likewise),
        effort_ratio (required / actual; null where nothing moves forward), planned (to be done by
        now), pace_gap (numerator - planned), pace_gap_days (the same in days of the plan),
        shortfall (left on the deadline's last day at this pace), p_meet (0..1),
        expected_finish, finish_p85, finish_p95 (days; null: not within 84 days), status.
        Null where there is no deadline, or too little is known.

    Raises:
        RefusedError: the snapshot has no figures of the workstream, or no such level.
    """
    place = Place(level, axis, district_code)
    course = course_of(connection, scope, workstream, place, snapshot_id)
    time = time_of(workstream, course.days[-1])
    table = course.units.with_columns(
        pl.Series("numerator", course.done[:, -1].astype(np.int64)),
        pl.Series("denominator", course.base[:, -1].astype(np.int64)),
    )
    whole = max(1, int(course.remaining.sum()))
    week = _week(connection, workstream, course, place, snapshot_id)
    ahead = _outlook(course, time)
    rows = [
        {
            **unit,
            "ratio": unit["numerator"] / unit["denominator"] if unit["denominator"] else None,
            "remaining_share": remaining / whole,
            **_row(course, time, number, week, ahead),
        }
        for number, (unit, remaining) in enumerate(
            zip(table.to_dicts(), course.remaining.tolist(), strict=True)
        )
    ]
    return pl.DataFrame(rows, schema_overrides=_KINDS, infer_schema_length=None)


_KINDS = {
    **dict.fromkeys(
        (
            "ratio",
            "required_per_day",
            "required_per_calendar_day",
            "required_per_working_day",
            "actual_per_day",
            "arrivals_per_day",
            "effort_ratio",
            "planned",
            "pace_gap",
            "pace_gap_days",
            "shortfall",
            "p_meet",
        ),
        pl.Float64,
    ),
    **dict.fromkeys(("expected_finish", "finish_p85", "finish_p95"), pl.Date),
}


# Standing -----------------------------------------------------------------------------------


class Week(NamedTuple):
    """What happened since the snapshot a week before, one entry a unit."""

    #: Of the kind that rules.
    days: float
    #: nan where the unit was not listed then.
    done: Floats
    wanted: Floats


def _week(
    connection: Connection,
    workstream: Workstream,
    course: Course,
    place: Place,
    snapshot_id: str,
) -> Week | None:
    """None where there is no snapshot a week before, or another rule of signing since."""
    before = comparison_snapshot(
        connection,
        snapshot_id=snapshot_id,
        workstream=workstream,
        needs_records=is_below_district(place.level) and workstream != "complaints",
    )
    if before is None:
        return None
    then, now = (as_of_instant(connection, one) for one in (before, snapshot_id))
    if any(day > then.date() for day in course.breaks):
        return None
    number = course.days.index(then.date())
    return Week(
        days_of_week(then, now),
        course.done[:, -1] - course.done[:, number],
        course.wanted[:, -1] - course.wanted[:, number],
    )


def days_of_week(then: dt.datetime, now: dt.datetime) -> float:
    """The days between two instants, of the kind that rules."""
    if campaign().pace_days == "working":
        return working_days(then.date(), now.date())
    return (now - then) / DAY


def _outlook(course: Course, time: Time | None) -> forecast.Outlook | None:
    intervals = course.intervals
    if intervals is None:
        return None
    return forecast.outlook(
        intervals,
        course.remaining,
        as_of=course.days[-1],
        days_left=time.calendar_days if time else None,
    )


def _row(
    course: Course,
    time: Time | None,
    number: int,
    week: Week | None,
    ahead: forecast.Outlook | None,
) -> dict[str, Any]:
    """All that is not simply counted, of the unit of one number."""
    remaining = int(course.remaining[number])
    plan = _plan(course, time, number)
    row: dict[str, Any] = {
        "target": course.targets[number],
        "wanted": int(course.wanted[number, -1]),
        "remaining": remaining,
        **_pace(remaining, time, number, week),
        **plan,
        **foretold(course.days[-1], remaining, number, ahead),
    }
    unit_code = course.units["unit_code"][number]
    gap = plan["pace_gap"]
    row["status"] = status_of(
        remaining=remaining,
        time=time if unit_code != UNMAPPED and course.base[number, -1] else None,
        p_meet=row["p_meet"],
        is_on_plan=gap is not None and gap >= 0,
    )
    return row


def _pace(
    remaining: int, time: Time | None, number: int, week: Week | None
) -> dict[str, float | None]:
    calendar = required_per_day(remaining, time.calendar_days) if time else None
    working = required_per_day(remaining, time.working_days) if time else None
    required = required_per_day(remaining, time.days) if time else None
    actual = arrivals = shortfall = None
    if week is not None and week.days and not math.isnan(week.done[number]):
        actual = float(week.done[number]) / week.days
        arrivals = float(week.wanted[number]) / week.days
        if time is not None:
            shortfall = max(0.0, remaining - (actual - arrivals) * time.days)
    return {
        "required_per_day": required,
        "required_per_calendar_day": calendar,
        "required_per_working_day": working,
        "actual_per_day": actual,
        "arrivals_per_day": arrivals,
        "effort_ratio": effort_ratio(required, actual),
        "shortfall": shortfall,
    }


def _plan(course: Course, time: Time | None, number: int) -> dict[str, float | None]:
    if time is None:
        return dict.fromkeys(("planned", "pace_gap", "pace_gap_days"))
    start = start_of(course, time.deadline, number)
    [due] = planned_on(course, time, start, number, [course.days[-1]])
    gap = float(course.done[number, -1]) - due
    days = days_between(start.day, time.deadline.last_day, time.kind)
    daily = (float(course.wanted[number, -1]) - start.done) / days if days else 0.0
    return {
        "planned": due,
        "pace_gap": gap,
        "pace_gap_days": gap / daily if daily > 0 else None,
    }


# Changes of status --------------------------------------------------------------------------


def status_changes(
    connection: Connection, *, scope: Scope, axis: Axis | None = None, snapshot_id: str
) -> pl.DataFrame:
    """Whose status is another than in the snapshot before, in the province and its districts.

    Returns:
        workstream, level, unit_code, unit_name, before, now (statuses), before_at (instant of the
        snapshot before), remaining; the province first, then by what remains.
    """
    found = [
        _changes(connection, scope, workstream, level, axis, snapshot_id)
        for workstream in WORKSTREAMS
        if snapshot_id in covering(connection, workstream)["snapshot_id"]
        for level in ("province", "district")
    ]
    names = {
        "workstream": pl.String,
        "level": pl.String,
        "unit_code": pl.String,
        "unit_name": pl.String,
        "before": pl.String,
        "now": pl.String,
        "before_at": pl.Datetime("us"),
        "remaining": pl.Int64,
    }
    changed = pl.concat([pl.DataFrame(schema=names), *found])
    return changed.sort(
        pl.col("level") != "province", "remaining", descending=[False, True], maintain_order=True
    )


def _changes(
    connection: Connection,
    scope: Scope,
    workstream: Workstream,
    level: Level,
    axis: Axis | None,
    snapshot_id: str,
) -> pl.DataFrame:
    as_of = as_of_instant(connection, snapshot_id)
    earlier = covering(connection, workstream).filter(pl.col("as_of").dt.date() < as_of.date())
    asked: dict[str, Any] = {
        "scope": scope,
        "workstream": workstream,
        "level": level,
        "axis": None if workstream == "complaints" else axis,
    }
    now = progress(connection, snapshot_id=snapshot_id, **asked)
    if earlier.is_empty():
        before = now.clear()
        before_at = None
    else:
        before = progress(connection, snapshot_id=earlier["snapshot_id"][-1], **asked)
        before_at = earlier["as_of"][-1]
    return (
        now.join(before.select("unit_code", pl.col("status").alias("before")), on="unit_code")
        .filter(pl.col("status") != pl.col("before"))
        .select(
            pl.lit(workstream).alias("workstream"),
            pl.lit(level).alias("level"),
            "unit_code",
            "unit_name",
            "before",
            pl.col("status").alias("now"),
            pl.lit(before_at, dtype=pl.Datetime("us")).alias("before_at"),
            "remaining",
        )
    )
