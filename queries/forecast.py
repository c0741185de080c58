"""When what is left will be done, by what happened between the snapshots so far.

Monte Carlo over observed intervals: each trial walks into the future by drawing, with replacement,
blocks of neighbouring intervals between two snapshots, each with all it brought (what was done net
of what fell back, and what more was asked for) and the time it took; an interval of a week is drawn
as a week, never cut into invented days. The intervals a trial may draw are themselves drawn first,
the same way: the mean pace is known from so few days that bands without this come out too narrow.

Time runs in effective days: a working day is 1, a day off what days off have brought against it.
Where a pace has clearly risen or fallen, its intervals are taken at the pace of now.
All units share the draws, so a forecast of all of them is one product of matrices.

Source: throughput forecasts of queues (jira-agile-metrics), moving blocks (Künsch 1989).
"""

import datetime as dt
import functools
import itertools
import math
from collections.abc import Collection, Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from data.workstreams import PaceDays
from queries.deadlines import is_working_day

Floats = npt.NDArray[np.floating]

TRIALS: Final = 2000
#: Neighbouring intervals drawn together: what is good or bad lasts for some days.
BLOCK: Final = 3
#: With fewer intervals nothing is foretold.
LEAST_INTERVALS: Final = 5
#: Intervals of the last three weeks (15 working days) are drawn from …
WINDOW_DAYS: Final = 21
#: … or, where snapshots are rarer, the last five that began so many days ago at most.
LONGEST_WINDOW_DAYS: Final = 60
#: So far ahead a finish is looked for: 60 working days.
HORIZON_DAYS: Final = 84
#: Gains are drawn so much farther from their mean (more where there are few): three weeks show less
#: than there is, above all of how long good and bad days last. Set so that the band holds 80 % over
#: invented campaigns, held out (tests/test_forecast.py).
SPREAD: Final = 1.4
#: A mean pace is never known better than so: each trial's is larger or smaller by a draw this wide.
PACE_UNKNOWN: Final = 0.04
#: The share of trials that lie below a fan, in its middle, and below its top.
BAND: Final = (0.1, 0.5, 0.9)
_FINISHES: Final = (0.5, 0.85, 0.95)
_SEED: Final = 77
_MOST_OFF_WEIGHT: Final = 1.5
#: Units whose walks are held in memory at once.
_CHUNK: Final = 32
#: A slope so many times what chance would make is clear, from so many intervals.
_CLEAR: Final = 3
_ENOUGH_FOR_SLOPE: Final = 10
#: Kinds of days are told apart below this condition number; a short week among whole ones has 5.
_TOLD_APART: Final = 4.5
_SATURDAY: Final = 5
_DAY: Final = dt.timedelta(days=1)
#: What sums of a million in 32 bits may be off by.
_NEARLY: Final = 0.1

Span = tuple[dt.date, dt.date]


class Intervals(NamedTuple):
    """What happened between neighbouring snapshots, oldest first."""

    #: The day before each interval's first, and its last.
    spans: tuple[Span, ...]
    #: units x intervals: how many more were done, net; how many more had to be done.
    done: Floats
    wanted: Floats
    #: What a working day, a Saturday and another day off bring against a working day.
    weights: tuple[float, float, float]

    @property
    def lengths(self) -> Floats:
        """The effective days of each."""
        return _kinds_of_days(self.spans) @ np.array(self.weights)


class Outlook(NamedTuple):
    """What is foretold, one entry a unit."""

    #: The share of trials that reach the target within the days left.
    p_meet: Floats
    #: units x 3: days after the as-of day by which half, 85 % and 95 % of the trials reach it; nan
    #: where they do not within the horizon.
    finish: Floats


class Fan(NamedTuple):
    """Where one unit is foretold to stand at the end of each of some days."""

    days: list[dt.date]
    low: Floats
    middle: Floats
    high: Floats
    #: The middle of what will have to be done in all.
    wanted: Floats


def intervals_of(
    days: Sequence[dt.date],
    done: Floats,
    wanted: Floats,
    *,
    whole: Floats,
    kind: PaceDays,
    breaks: Collection[dt.date] = (),
) -> Intervals | None:
    """The intervals a forecast draws from; None where there are fewer than five.

    Args:
        days: one a snapshot, rising.
        done, wanted: units x snapshots.
        whole: what is done in the whole province, which tells what a day off brings.
        kind: what a day off is taken for where that does not tell.
        breaks: days from which on something else counts: an interval over one is left out.
    """
    spans = [
        (number, span)
        for number, span in enumerate(itertools.pairwise(days))
        if not any(span[0] < day <= span[1] for day in breaks)
    ]
    recent = [one for one in spans if (days[-1] - one[1][1]).days < WINDOW_DAYS]
    if len(recent) < LEAST_INTERVALS:
        last = days[-1]
        recent = [one for one in spans if (last - one[1][0]).days <= LONGEST_WINDOW_DAYS]
        recent = recent[-LEAST_INTERVALS:]
    if len(recent) < LEAST_INTERVALS:
        return None
    numbers = [number for number, _span in recent]
    kept = tuple(span for _number, span in recent)
    # An interval over which a unit was not listed tells nothing of its pace.
    found = Intervals(
        kept,
        np.nan_to_num(np.diff(done, axis=1)[:, numbers]),
        np.nan_to_num(np.diff(wanted, axis=1)[:, numbers]),
        _weights_of_days(kept, np.diff(whole)[numbers], kind),
    )
    if np.count_nonzero(found.lengths > 0) < LEAST_INTERVALS:
        return None
    return found._replace(
        done=_at_todays_pace(found.done, found), wanted=_at_todays_pace(found.wanted, found)
    )


def faster(intervals: Intervals, share: float) -> Intervals:
    """The same at a mean pace larger by `share` (0.5: half as much again), where there is any."""
    even = _even(intervals.done, intervals.lengths)
    return intervals._replace(done=intervals.done + share * np.maximum(even, 0))


def outlook(
    intervals: Intervals,
    remaining: Floats,
    *,
    as_of: dt.date,
    days_left: int | None,
) -> Outlook:
    """Chance of reaching the target in time, and when it will be reached.

    Args:
        remaining: what is left to do, one a unit.
        days_left: calendar days to the deadline; None: there is none, and p_meet is nan.
    """
    ahead = max(HORIZON_DAYS, days_left or 0)
    walks = _walks(intervals, as_of, ahead)
    gains = _spread(intervals.done - intervals.wanted, intervals.lengths).astype(np.float32)
    p_meet = np.full(len(gains), np.nan)
    finish = np.full((len(gains), len(_FINISHES)), np.nan)
    for first in range(0, len(gains), _CHUNK):
        chunk = slice(first, first + _CHUNK)
        reached = _first_days(walks, gains[chunk], remaining[chunk])
        if days_left is not None:
            p_meet[chunk] = (reached <= days_left).mean(axis=0)
        finish[chunk] = np.quantile(reached, _FINISHES, axis=0, method="higher").T
    finish[finish > HORIZON_DAYS] = np.nan
    return Outlook(p_meet, finish)


def fan(
    intervals: Intervals,
    *,
    done: float,
    wanted: float,
    as_of: dt.date,
    ahead: int,
) -> Fan:
    """Where the only unit of `intervals` will stand on each of `ahead` days after `as_of`; never
    beyond what is wanted by then.
    """
    walks = _walks(intervals, as_of, ahead)
    lengths = intervals.lengths
    will_be_done = done + walks @ _spread(intervals.done, lengths)[0]
    will_be_wanted = np.maximum(0, wanted + walks @ _spread(intervals.wanted, lengths)[0])
    low, middle, high = np.quantile(
        np.clip(will_be_done, 0, will_be_wanted), BAND, axis=0, method="linear"
    )
    days = [as_of + number * _DAY for number in range(1, ahead + 1)]
    return Fan(days, low, middle, high, np.median(will_be_wanted, axis=0))


def _weights_of_days(
    spans: Sequence[Span], done: Floats, kind: PaceDays
) -> tuple[float, float, float]:
    """What each kind of day brings against a working day, 0..1.5, by least squares over the
    intervals; Saturdays like other days off where those alone can be told apart, and where not even
    they can (every interval a week) days off are 1 in calendar days, else 0.
    """
    days = _kinds_of_days(spans)
    both = np.stack([days[:, 0], days[:, 1] + days[:, 2]], axis=1)
    for kinds in (days, both):
        if np.linalg.cond(kinds) < _TOLD_APART:
            brought, *_rest = np.linalg.lstsq(kinds, done, rcond=None)
            if brought[0] > 0:
                off = np.clip(brought[1:] / brought[0], 0, _MOST_OFF_WEIGHT)
                return 1.0, float(off[0]), float(off[-1])
    unknown = 1.0 if kind == "calendar" else 0.0
    return 1.0, unknown, unknown


def _kinds_of_days(spans: Sequence[Span]) -> Floats:
    """intervals x 3: working days, Saturdays off and other days off."""
    return np.array(
        [
            np.bincount(
                [_kind_of(first + number * _DAY) for number in _numbers(first, last)], minlength=3
            )
            for first, last in spans
        ],
        dtype=float,
    ).reshape(-1, 3)


def _numbers(first: dt.date, last: dt.date) -> range:
    return range(1, (last - first).days + 1)


def _kind_of(day: dt.date) -> int:
    if is_working_day(day):
        return 0
    return 1 if day.weekday() == _SATURDAY else 2


def _at_todays_pace(gains: Floats, intervals: Intervals) -> Floats:
    """The gains as they would be at the pace of now, of units whose pace has clearly risen or
    fallen over the intervals: by a line through their paces, where its slope is three times what
    chance would make it. It is not drawn on into the future.
    """
    lengths = intervals.lengths
    last = intervals.spans[-1][1]
    ages = np.array(
        [((last - start).days + (last - end).days) / 2 for start, end in intervals.spans]
    )
    known = lengths > 0
    pace = np.divide(gains, lengths, where=known, out=np.zeros_like(gains))
    weight = lengths / max(lengths.sum(), 1e-6)
    mean_age, mean_pace = weight @ ages, pace @ weight
    apart = ages - mean_age
    spread = weight @ apart**2
    if spread <= 0 or len(lengths) < _ENOUGH_FOR_SLOPE:
        return gains
    slope = (pace - mean_pace[:, None]) @ (weight * apart) / spread
    rest = pace - mean_pace[:, None] - slope[:, None] * apart
    chance = np.sqrt((rest**2 @ weight) / spread / max(1, known.sum() - 2))
    is_clear = np.abs(slope) > _CLEAR * chance
    # A line through a pace that tails off would cross 0: the last intervals bound it.
    latest = pace[:, known][:, -LEAST_INTERVALS:]
    now = np.clip(mean_pace - slope * mean_age, latest.min(axis=1), latest.max(axis=1))
    shift = now[:, None] - (mean_pace[:, None] + slope[:, None] * apart)
    return gains + np.where(is_clear[:, None], shift, 0) * lengths


def _even(gains: Floats, lengths: Floats) -> Floats:
    """The same gains, evenly spread over the effective days of the intervals."""
    return gains.sum(axis=1, keepdims=True) * (lengths / max(lengths.sum(), 1e-6))


def _spread(gains: Floats, lengths: Floats) -> Floats:
    """The gains, each farther from the even pace by what so few days do not show."""
    even = _even(gains, lengths)
    count = len(lengths)
    return even + SPREAD * math.sqrt((count + 1) / (count - 2)) * (gains - even)


def _first_days(walks: Floats, gains: Floats, remaining: Floats) -> Floats:
    """trials x units: the first day ahead on which nothing is left, inf where there is none."""
    trials, ahead, _intervals = walks.shape
    gained = (walks.reshape(trials * ahead, -1) @ gains.T).reshape(trials, ahead, -1)
    is_done = gained >= (remaining - _NEARLY)
    first = is_done.argmax(axis=1) + 1.0
    first[~is_done.any(axis=1)] = np.inf
    first[:, remaining <= 0] = 0
    return first


# Walks --------------------------------------------------------------------------------------


def _walks(intervals: Intervals, as_of: dt.date, ahead: int) -> Floats:
    """trials x days ahead x intervals: how often each interval has happened by each day."""
    days = (as_of + number * _DAY for number in range(1, ahead + 1))
    reach = itertools.accumulate(intervals.weights[_kind_of(day)] for day in days)
    return _walked(tuple(intervals.lengths.tolist()), tuple(reach))


@functools.lru_cache(maxsize=8)
def _walked(lengths: tuple[float, ...], reach: tuple[float, ...]) -> Floats:
    """Walks over intervals of these effective lengths, read at the effective days of `reach`."""
    rng = np.random.default_rng(_SEED)
    count = len(lengths)
    length = np.array(lengths, dtype=np.float32)
    mean = max(float(length.mean()), 0.05)
    steps = BLOCK * math.ceil(1.6 * reach[-1] / mean / BLOCK + 4)
    known = _blocks(rng, count, count)
    drawn = np.take_along_axis(known, _blocks(rng, count, steps), axis=1)
    passed = np.cumsum(length[drawn], axis=1)
    happened = np.zeros((TRIALS, steps + 1, count), dtype=np.float32)
    np.cumsum(drawn[:, :, None] == np.arange(count), axis=1, out=happened[:, 1:])
    at = np.array(reach, dtype=np.float32)
    whole = np.stack([(passed <= day + 1e-4).sum(axis=1) for day in at], axis=1)
    whole = np.minimum(whole, steps - 1)
    walks = np.take_along_axis(happened, whole[:, :, None], axis=1)
    before = np.pad(passed, ((0, 0), (1, 0)))
    part = (at - np.take_along_axis(before, whole, axis=1)).clip(0)
    current = np.take_along_axis(drawn, whole, axis=1)
    share = np.minimum(part / np.maximum(length[current], 1e-6), 1)
    trial, day = np.ogrid[:TRIALS, : len(at)]
    walks[trial, day, current] += share
    walks *= rng.normal(1, PACE_UNKNOWN, (TRIALS, 1, 1)).clip(0).astype(np.float32)
    walks.setflags(write=False)
    return walks


def _blocks(rng: np.random.Generator, count: int, steps: int) -> npt.NDArray[np.intp]:
    """trials x steps: positions 0..count-1, drawn in blocks of neighbours; the last one's next is
    the first.
    """
    starts = rng.integers(0, count, (TRIALS, math.ceil(steps / BLOCK)))
    within = starts[:, :, None] + np.arange(BLOCK)
    return within.reshape(TRIALS, -1)[:, :steps] % count
