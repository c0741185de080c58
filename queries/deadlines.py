"""Days that are left to a deadline, days on which offices work, and the pace a deadline asks for.

A snapshot's as-of day is over: the days that can still be used begin with the next one.
"""

import datetime as dt
import functools
import itertools
import math
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

import holidays

from data.workstreams import Deadline, Milestone, PaceDays, campaign

Status = Literal[
    "achieved", "on_track", "at_risk", "behind", "overdue", "no_target", "too_little_data"
]
STATUSES: tuple[Status, ...] = (
    "achieved",
    "on_track",
    "at_risk",
    "behind",
    "overdue",
    "no_target",
    "too_little_data",
)
#: From these chances of meeting the deadline on, a workstream is on track, or at risk.
ON_TRACK, AT_RISK = 0.9, 0.7
_SATURDAY = 5


# Days ---------------------------------------------------------------------------------------


def calendar_days_left(as_of: dt.date, last_day: dt.date) -> int:
    """Days after `as_of` up to `last_day`; 0 when it has passed."""
    return max(0, (last_day - as_of).days)


def working_days(after: dt.date, up_to: dt.date) -> int:
    """Working days after `after` up to and with `up_to`: no weekend, no public holiday, unless the
    office itself says otherwise (`holidays.csv`).
    """
    return sum(is_working_day(day) for day in _days(after, up_to))


def days_between(after: dt.date, up_to: dt.date, kind: PaceDays) -> int:
    """Days after `after` up to and with `up_to`, of one kind."""
    return working_days(after, up_to) if kind == "working" else calendar_days_left(after, up_to)


def is_working_day(day: dt.date) -> bool:
    """Whether offices work on a day."""
    own = campaign().office_days.get(day)
    if own is not None:
        return not own.is_off
    return day.weekday() < _SATURDAY and day not in _holidays(day.year)


def holiday_runs(first: dt.date, last: dt.date) -> list[tuple[dt.date, dt.date]]:
    """First and last day of every run of days off that holds more than a weekend."""
    days = _days(first - dt.timedelta(days=1), last)
    runs = [list(run) for is_off, run in itertools.groupby(days, _is_off) if is_off]
    return [(run[0], run[-1]) for run in runs if any(day.weekday() < _SATURDAY for day in run)]


def _is_off(day: dt.date) -> bool:
    return not is_working_day(day)


def _days(after: dt.date, up_to: dt.date) -> Iterator[dt.date]:
    return (after + dt.timedelta(days=number) for number in range(1, (up_to - after).days + 1))


@functools.cache
def _holidays(year: int) -> frozenset[dt.date]:
    """Public holidays of Việt Nam with the days off in lieu of those on a weekend."""
    return frozenset(holidays.country_holidays("VN", years=year))


# Pace ---------------------------------------------------------------------------------------


class Time(NamedTuple):
    """The time there is to reach a target."""

    deadline: Deadline
    #: Days after the snapshot's up to the deadline's last; 0 when it has passed.
    calendar_days: int
    working_days: int
    #: The kind of days that rules required pace and status.
    kind: PaceDays

    @property
    def days(self) -> int:
        """The days that rule."""
        return self.working_days if self.kind == "working" else self.calendar_days

    @property
    def is_over(self) -> bool:
        """Whether not a day is left."""
        return self.calendar_days == 0


def time_left(deadline: Deadline, as_of: dt.date) -> Time:
    """The time from the end of the day `as_of` to a deadline."""
    return Time(
        deadline,
        calendar_days_left(as_of, deadline.last_day),
        working_days(as_of, deadline.last_day),
        campaign().pace_days,
    )


def wanted(target: float, denominator: int) -> int:
    """How many have to be done: the target's share of all, rounded up."""
    # A product like 0.07 * 100 must not be rounded up for its last binary digit.
    return math.ceil(round(target * denominator, 6))


def required_per_day(remaining: int, days: int) -> float | None:
    """What has to be done a day; 0 when nothing is left, None when no day is."""
    if remaining == 0:
        return 0.0
    return remaining / days if days else None


def effort_ratio(required: float | None, actual: float | None) -> float | None:
    """How many times faster it has to go; None where nothing moves forward, or is not known."""
    if required is None or actual is None or actual <= 0:
        return None
    return required / actual


class Start(NamedTuple):
    """Where a planned trajectory begins: what was done at the end of a day."""

    day: dt.date
    done: float


def planned(
    start: Start,
    deadline: Deadline,
    *,
    target: float,
    denominator: int,
    milestones: Sequence[Milestone],
    kind: PaceDays,
    days: Sequence[dt.date],
) -> list[float]:
    """What has to be done by the end of each of `days` to be on plan, counted on today's base.

    The plan is even from the start over each milestone after it to the target on the deadline's
    last day, along days of one kind; before and after it stays level.

    Args:
        denominator: today's; target and milestones are shares of it, these of a unit with a lower
            target its target at most.
        kind: the days the plan runs along; calendar where there is no working day in between.
    """
    ends = [(start.day, start.done)]
    ends += [
        (one.date, min(one.ratio, target) * denominator)
        for one in milestones
        if start.day < one.date < deadline.last_day
    ]
    ends.append((deadline.last_day, wanted(target, denominator)))
    return [_along(ends, day, kind) for day in days]


def _along(ends: Sequence[tuple[dt.date, float]], day: dt.date, kind: PaceDays) -> float:
    if day <= ends[0][0]:
        return ends[0][1]
    for (first, low), (last, high) in itertools.pairwise(ends):
        if day <= last:
            along = kind if days_between(first, last, kind) else "calendar"
            return low + (high - low) * days_between(first, day, along) / days_between(
                first, last, along
            )
    return ends[-1][1]


def status_of(
    *,
    remaining: int | None,
    time: Time | None,
    p_meet: float | None,
    is_on_plan: bool,
) -> Status:
    """The status by pace: whether it will be met, not how much is done.

    Args:
        remaining: what is left to do; None: not known.
        time: the time there is; None: no deadline is in force.
        p_meet: the chance of meeting the deadline; None: too little is known.
        is_on_plan: no less is done than the planned trajectory asks for.
    """
    if remaining is None:
        return "too_little_data"
    if time is None:
        return "no_target"
    if remaining == 0:
        return "achieved"
    if time.is_over:
        return "overdue"
    return _by_chance(p_meet, is_on_plan=is_on_plan)


def _by_chance(p_meet: float | None, *, is_on_plan: bool) -> Status:
    if p_meet is None:
        return "too_little_data"
    if p_meet >= ON_TRACK or (p_meet >= AT_RISK and is_on_plan):
        return "on_track"
    return "at_risk" if p_meet >= AT_RISK else "behind"
