"""What it takes to clear a queue of complaints by its deadline, and to keep its promise after."""

import datetime as dt
from typing import NamedTuple

from data.workstreams import Deadline, deadline_on
from queries.deadlines import calendar_days_left

#: A complaint is to be dealt with in this time (công văn 9458).
TARGET_WAIT_DAYS = 2.0


class Clearance(NamedTuple):
    """What it takes to deal with all open complaints; rates are complaints a day."""

    open: int
    #: Over the days since the snapshot compared with.
    received_a_day: float
    closed_a_day: float
    deadline: Deadline | None
    #: Days after the snapshot's up to the deadline's last; 0 when it has passed.
    days_left: int
    #: To have none open when the deadline comes; None without a deadline to come.
    needed_a_day: float | None
    #: To answer everybody in time afterwards, and how many may then be open.
    lasting_a_day: float
    lasting_open: float

    @property
    def load(self) -> float | None:
        """Received over closed: from 1 on the backlog grows; None where nothing is closed."""
        return load(self.received_a_day, self.closed_a_day) if self.closed_a_day else None


def clearance(
    *, open_now: int, received: int, closed: int, days: float, as_of: dt.date
) -> Clearance:
    """What it takes, by what came in and went out in the last `days` days up to `as_of`.

    Source: NHSRwaitinglist (Fong et al. 2022), with a queue of 0 at the deadline.
    """
    received_a_day, closed_a_day = received / days, closed / days
    deadline = deadline_on("complaints", as_of)
    days_left = calendar_days_left(as_of, deadline.last_day) if deadline else 0
    return Clearance(
        open=open_now,
        received_a_day=received_a_day,
        closed_a_day=closed_a_day,
        deadline=deadline,
        days_left=days_left,
        needed_a_day=relief_capacity(received_a_day, open_now, 0, days_left) if days_left else None,
        lasting_a_day=target_capacity(received_a_day, TARGET_WAIT_DAYS),
        lasting_open=target_queue(received_a_day, TARGET_WAIT_DAYS),
    )


def load(demand: float, capacity: float) -> float:
    """Demand over capacity, of the same time; from 1 on a queue grows for ever."""
    return demand / capacity


def relief_capacity(demand: float, queue: float, queue_wanted: float, time: float) -> float:
    """The capacity that brings a queue to `queue_wanted` in `time`, while demand goes on."""
    return demand + (queue - queue_wanted) / time


def target_queue(demand: float, target_wait: float) -> float:
    """The queue in which hardly anybody waits longer than the target: waits average a quarter."""
    return demand * target_wait / 4


def target_capacity(demand: float, target_wait: float, variation: float = 1.0) -> float:
    """The capacity that keeps a queue at its target.

    Args:
        variation: coefficient of variation of both demand and capacity; 1: as chance has it.
    """
    return demand + variation**2 * 4 / target_wait
