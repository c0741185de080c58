"""Days that are left to a deadline, and days on which offices work.

A snapshot's as-of day is over: the days that can still be used begin with the next one.
"""

import datetime as dt
import functools
from collections.abc import Iterator

import holidays

_SATURDAY = 5


def calendar_days_left(as_of: dt.date, last_day: dt.date) -> int:
    """Days after `as_of` up to `last_day`; 0 when it has passed."""
    return max(0, (last_day - as_of).days)


def working_days(after: dt.date, up_to: dt.date) -> int:
    """Working days after `after` up to and with `up_to`: no weekend, no public holiday."""
    return sum(day.weekday() < _SATURDAY and not _is_holiday(day) for day in _days(after, up_to))


def _days(after: dt.date, up_to: dt.date) -> Iterator[dt.date]:
    return (after + dt.timedelta(days=number) for number in range(1, (up_to - after).days + 1))


def _is_holiday(day: dt.date) -> bool:
    return day in _holidays(day.year)


@functools.cache
def _holidays(year: int) -> frozenset[dt.date]:
    """Public holidays of Việt Nam with the days off in lieu of those on a weekend."""
    return frozenset(holidays.country_holidays("VN", years=year))
