"""The days of the campaign, and how much work was done on each."""

import datetime as dt

import numpy as np

FIRST_DAY = dt.date(2022, 2, 25)
PUBLISHED_DAY = dt.date(2022, 4, 25)
LAST_DAY = dt.date(2022, 5, 26)
AS_OF_HOUR = 16

#: Days are counted from FIRST_DAY (0); these two have totals published by the province.
PUBLISHED = (PUBLISHED_DAY - FIRST_DAY).days
LAST = (LAST_DAY - FIRST_DAY).days
NEVER = 999

_HOLIDAYS = frozenset(
    dt.date(2022, month, day) for month, day in [(4, 11), (4, 30), (5, 1), (5, 2), (5, 3)]
)
_SATURDAY, _SUNDAY = 5, 6


def day_number(day: dt.date) -> int:
    """Days since FIRST_DAY; ValueError outside the campaign."""
    if not FIRST_DAY <= day <= LAST_DAY:
        raise ValueError(f"Ngày {day:%d/%m/%Y} nằm ngoài khoảng {_period()}.")
    return (day - FIRST_DAY).days


def date_of(number: int) -> dt.date:
    return FIRST_DAY + dt.timedelta(days=number)


def days_of(day_count: int, end: dt.date | None = None) -> list[dt.date]:
    """Consecutive days of the campaign, oldest first.

    Up to 60 days end on `end` (25/4/2022 unless told); more start on 25/2/2022.
    Raises ValueError when the campaign has not that many days before `end`.
    """
    most = LAST + 1
    if not 1 <= day_count <= most:
        raise ValueError(f"Số ngày phải từ 1 đến {most} ({_period()}), nhận được {day_count}.")
    last = day_number(end) if end else max(PUBLISHED, day_count - 1)
    if day_count > last + 1:
        raise ValueError(
            f"Chỉ có {last + 1} ngày từ {FIRST_DAY:%d/%m/%Y} đến {date_of(last):%d/%m/%Y}, "
            f"không đủ {day_count} ngày."
        )
    return [date_of(number) for number in range(last - day_count + 1, last + 1)]


def work_weights(first: int, last: int) -> np.ndarray:
    """Share of the work of days first..last done on each: weekend dips, holidays, growing pace."""
    pace = np.linspace(1.0, 1.4, last - first + 1)
    weights = pace * [_day_weight(date_of(number)) for number in range(first, last + 1)]
    return weights / weights.sum()


def _day_weight(day: dt.date) -> float:
    if day in _HOLIDAYS:
        return 0.3
    return {_SATURDAY: 0.45, _SUNDAY: 0.25}.get(day.weekday(), 1.0)


def _period() -> str:
    return f"từ {FIRST_DAY:%d/%m/%Y} đến {LAST_DAY:%d/%m/%Y}"
