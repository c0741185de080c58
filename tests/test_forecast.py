"""When what is left will be done: exact where a course is even, else right as often as said."""

import datetime as dt
import itertools
import math
from collections.abc import Iterator, Sequence
from statistics import NormalDist
from typing import NamedTuple

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

from data.workstreams import PaceDays
from queries import forecast
from queries.deadlines import is_working_day
from queries.forecast import (
    HORIZON_DAYS,
    LEAST_INTERVALS,
    PACE_UNKNOWN,
    TRIALS,
    Fan,
    Intervals,
    fan,
    faster,
    intervals_of,
    outlook,
)

DAY = dt.timedelta(days=1)
#: A Monday; the next public holiday is 10/4.
MARCH_7 = dt.date(2022, 3, 7)


def daily(count: int, first: dt.date = MARCH_7, step: int = 1) -> list[dt.date]:
    return [first + number * step * DAY for number in range(count)]


def drawn_from(
    days: Sequence[dt.date],
    done: Sequence[float],
    wanted: Sequence[float] | None = None,
    *,
    kind: PaceDays = "calendar",
    breaks: Sequence[dt.date] = (),
) -> Intervals:
    """The intervals of one unit that is the whole province."""
    rows = np.array([done], dtype=float)
    base = np.array([wanted], dtype=float) if wanted else np.full_like(rows, 1e6)
    found = intervals_of(days, rows, base, whole=rows[0], kind=kind, breaks=breaks)
    assert found
    return found


def drawn(gains: Sequence[float], wanted: Sequence[float] | None = None) -> Intervals:
    """One unit with a gain, and more wanted, a day."""
    done = list(itertools.accumulate(gains, initial=0.0))
    base = list(itertools.accumulate(wanted, initial=1e6)) if wanted else None
    return drawn_from(daily(len(done)), done, base)


def finishes(
    intervals: Intervals, remaining: float, days_left: int | None = 10
) -> tuple[float, list[float]]:
    """p_meet, and the days of the three quantiles."""
    found = outlook(
        intervals,
        np.array([remaining], dtype=float),
        as_of=intervals.spans[-1][1],
        days_left=days_left,
    )
    return float(found.p_meet[0]), found.finish[0].tolist()


def fanned(intervals: Intervals, done: float, wanted: float, ahead: int = 14) -> Fan:
    return fan(intervals, done=done, wanted=wanted, as_of=intervals.spans[-1][1], ahead=ahead)


# What is drawn from -------------------------------------------------------------------------


def asked_of(days: Sequence[dt.date], breaks: Sequence[dt.date] = ()) -> list[int] | None:
    """The numbers of the intervals that are drawn from, or None."""
    done = np.arange(len(days), dtype=float)[None, :]
    found = intervals_of(days, done, done, whole=done[0], kind="calendar", breaks=breaks)
    every = list(itertools.pairwise(days))
    return [every.index(span) for span in found.spans] if found else None


@pytest.mark.parametrize("snapshots", [1, 2, 5])
def test_with_fewer_than_five_intervals_nothing_is_foretold(snapshots):
    assert LEAST_INTERVALS == 5
    assert asked_of(daily(snapshots)) is None


def test_five_intervals_are_enough():
    assert asked_of(daily(6)) == [0, 1, 2, 3, 4]


def test_the_intervals_that_ended_in_the_last_three_weeks_are_drawn_from():
    # 40 snapshots: 39 intervals, the last 21 of which end 0 to 20 days before the last.
    assert asked_of(daily(40)) == list(range(39 - 21, 39))


@pytest.mark.parametrize(
    "step, numbers",
    [
        # Ends 0, 5, 10, 15, 20 days before the last.
        pytest.param(5, [10, 11, 12, 13, 14], id="five within three weeks"),
        # Three end within three weeks; five began 7 to 35 days before.
        pytest.param(7, [10, 11, 12, 13, 14], id="weekly: the last five"),
        pytest.param(12, [10, 11, 12, 13, 14], id="the first of five began 60 days before"),
        pytest.param(13, None, id="it began 65 days before"),
    ],
)
def test_where_snapshots_are_rare_the_last_five_of_sixty_days_are_drawn_from(step, numbers):
    assert asked_of(daily(16, step=step)) == numbers


@pytest.mark.parametrize(
    "on, left_out",
    [
        # Interval 3 is from the end of 10/3 to that of 11/3.
        pytest.param(dt.date(2022, 3, 11), [3], id="on its last day"),
        pytest.param(dt.date(2022, 3, 10), [2], id="the day before belongs to the one before"),
        pytest.param(MARCH_7, [], id="on the first snapshot's day"),
    ],
)
def test_an_interval_over_a_break_is_left_out(on, left_out):
    assert asked_of(daily(8), [on]) == [n for n in range(7) if n not in left_out]


def test_a_break_within_a_long_interval_leaves_all_of_it_out():
    days = [day for day in daily(9) if day != dt.date(2022, 3, 11)]
    # 10/3 to 12/3 is one interval, and the rule changes on 11/3.
    assert asked_of(days, [dt.date(2022, 3, 11)]) == [0, 1, 2, 4, 5, 6]


def test_what_a_break_brought_is_not_drawn():
    days = daily(9)
    # 10 a day, and on 11/3 another rule makes 500 of it.
    done = [0, 10, 20, 30, 530, 540, 550, 560, 570]
    intervals = drawn_from(days, done, breaks=[dt.date(2022, 3, 11)])
    assert intervals.done.tolist() == [[10] * 7]
    assert finishes(intervals, 95)[1][0] == 10


def test_a_break_may_leave_too_few():
    assert asked_of(daily(6), [dt.date(2022, 3, 9)]) is None


# Days off -----------------------------------------------------------------------------------


def gained(day: dt.date, working: float, saturday: float, other: float) -> float:
    if is_working_day(day):
        return working
    return saturday if day.weekday() == 5 else other


def brought(days: Sequence[dt.date], *of_day: float) -> list[float]:
    """What is done by each day, when each kind of day brings so much."""
    return [*itertools.accumulate((gained(day, *of_day) for day in days[1:]), initial=1000.0)]


@pytest.mark.parametrize(
    "of_day, weights",
    [
        ((100, 70, 40), (1, 0.7, 0.4)),
        ((100, 100, 100), (1, 1, 1)),
        ((100, 50, 0), (1, 0.5, 0)),
        pytest.param((100, 300, 150), (1, 1.5, 1.5), id="at most half as much again"),
        pytest.param((100, -50, 20), (1, 0, 0.2), id="never less than nothing"),
    ],
)
def test_what_a_day_off_brings_is_found_in_daily_snapshots(of_day, weights):
    days = daily(22)
    intervals = drawn_from(days, brought(days, *of_day))
    assert intervals.weights == pytest.approx(weights, abs=1e-9)
    # Intervals of a day: 1, or what a day off counts.
    expected = [gained(day, *weights) for day in days[1:]]
    assert intervals.lengths.tolist() == pytest.approx(expected, abs=1e-9)


def test_without_snapshots_on_saturdays_a_weekend_is_of_two_equal_days():
    days = [day for day in daily(22) if day.weekday() != 5]
    intervals = drawn_from(days, brought(days, 100, 0, 80))
    # Saturday and Sunday came as one interval of 80: 40 a day.
    assert intervals.weights == pytest.approx((1, 0.4, 0.4), abs=1e-9)


@pytest.mark.parametrize("kind, weight, length", [("calendar", 1, 7), ("working", 0, 5)])
def test_weekly_snapshots_do_not_tell_what_a_day_off_brings(kind, weight, length):
    # To 4/4, before Giỗ Tổ: every week has five working days.
    days = daily(6, MARCH_7 - 7 * DAY, step=7)
    intervals = drawn_from(days, [0, 70, 150, 200, 300, 350], kind=kind)
    assert intervals.weights == (1, weight, weight)
    # Five working days and a weekend.
    assert intervals.lengths.tolist() == [length] * 5


@pytest.mark.parametrize("kind, weight", [("calendar", 1), ("working", 0)])
def test_where_working_days_bring_nothing_the_kind_of_days_tells(kind, weight):
    days = daily(22)
    intervals = drawn_from(days, brought(days, -10, 5, 5), kind=kind)
    assert intervals.weights == (1, weight, weight)


def test_a_course_that_rests_on_days_off_rests_in_the_forecast():
    days = daily(22)  # to Monday 28/3
    intervals = drawn_from(days, brought(days, 100, 0, 0))
    # Four days more to Friday 1/4, nothing at the weekend, the fifth on Monday 4/4.
    assert [finishes(intervals, left)[1][0] for left in (50, 350, 450)] == [1, 4, 7]
    found = fanned(intervals, 2000, 1e6, ahead=7)
    assert np.diff(found.middle, prepend=2000) == pytest.approx([100] * 4 + [0, 0, 100], abs=1)


def test_a_pace_that_tails_off_goes_on_and_does_not_turn_back():
    """A line through 100, 90, … 10 and then 2 a day would cross 0."""
    gains = [*range(100, 0, -10), 2, 2, 2, 2, 2]
    found = drawn(gains)
    assert found.done.min() >= 0 - gains[0]
    later = fanned(found, done=sum(gains), wanted=1e6)
    assert later.middle[-1] >= sum(gains)


def test_days_off_that_bring_nothing_are_no_intervals_to_draw_from():
    """Six days, of which a weekend brings nothing: four are left."""
    done = list(itertools.accumulate([10, 10, 10, 10, 0, 0], initial=0.0))
    rows = np.array([done])
    base = np.full_like(rows, 1e6)
    assert intervals_of(daily(7), rows, base, whole=rows[0], kind="calendar") is None


# Where little is left to chance -------------------------------------------------------------


def quantile(share: float) -> float:
    """The pace so many trials are below, of an even course: only the mean is not known."""
    return max(0.0, 1 + PACE_UNKNOWN * NormalDist().inv_cdf(share)) if PACE_UNKNOWN else 1.0


@pytest.mark.parametrize(
    "pace, remaining, day",
    [
        (100, 1, 1),
        (100, 150, 2),
        (39_000, 351_000 - 19_500, 9),
        (39_000, 351_000 - 35_000, 9),
        (7, 7 * 5 + 4, 6),
        (70_200, 70_200 * 4 + 35_000, 5),
    ],
)
def test_an_even_course_finishes_on_the_day_it_has_to(pace, remaining, day):
    chance, (half, most, nearly_all) = finishes(drawn([pace] * 21), remaining, day)
    assert day == math.ceil(remaining / pace)
    assert half == day
    # What 15 % and 5 % of the trials are slower than, 4 and 7 %, makes not a day here.
    assert most == math.ceil(remaining / pace / quantile(0.15))
    assert nearly_all == math.ceil(remaining / pace / quantile(0.05))
    assert chance == pytest.approx(chance_of(pace, remaining, day), abs=0.04)


def chance_of(pace: int, remaining: int, days: int) -> float:
    """That an even course brings so much in so many days."""
    needed = remaining / pace / days if days else math.inf
    return float(needed <= 1) if not PACE_UNKNOWN else 1 - NormalDist(1, PACE_UNKNOWN).cdf(needed)


@given(st.integers(1, 5000), st.integers(1, 200_000))
@settings(max_examples=20)
def test_an_even_course_finishes_on_the_first_day_that_is_enough(pace, remaining):
    chance, found = finishes(drawn([pace] * 21), remaining, 30)
    assert chance == pytest.approx(chance_of(pace, remaining, 30), abs=0.04)
    for day, share in zip(found, (0.5, 0.15, 0.05), strict=True):
        # As 2.000 trials tell a quantile of the pace.
        most, least = (
            remaining / pace / (quantile(share) + off) for off in (-0.2 * PACE_UNKNOWN, 0.01)
        )
        if most > HORIZON_DAYS:
            assert np.isnan(day) or day >= math.ceil(least)
        else:
            assert math.floor(least) <= day <= math.ceil(most) + 1e-9


def test_an_even_weekly_course_is_read_within_a_week_too():
    intervals = drawn_from(daily(6, step=7), [0, 700, 1400, 2100, 2800, 3500])
    # 100 a day.
    assert finishes(intervals, 950)[1][0] == 10
    assert finishes(intervals, 250)[1] == [3, 3, 3]


def test_an_even_course_has_a_fan_as_wide_as_a_pace_is_unknown():
    found = fanned(drawn([100] * 21, [30] * 21), 5000, 10_000)
    ahead = np.arange(1, 15)
    for line, share in [(found.low, 0.1), (found.middle, 0.5), (found.high, 0.9)]:
        assert line == pytest.approx(5000 + 100 * ahead * quantile(share), rel=0.001)
    assert found.wanted == pytest.approx(10_000 + 30 * ahead, rel=0.001)
    assert found.days == daily(14, MARCH_7 + 22 * DAY)


def test_a_fan_stops_at_what_is_wanted_by_then():
    found = fanned(drawn([100] * 21, [30] * 21), 5000, 5100)
    # 100 more are done a day, 30 more wanted: 5.160 of 5.160 on the second.
    assert found.middle[:3] == pytest.approx([5100, 5160, 5190], abs=5)
    assert found.middle[1:] == pytest.approx(found.wanted[1:], abs=5)
    assert (found.middle <= found.wanted + 1e-6).all()


@pytest.mark.parametrize("gains", [[0] * 10, [-5] * 10, [-10, -20] * 5])
def test_what_stands_still_or_falls_is_never_finished(gains):
    chance, found = finishes(drawn(gains), 10, 60)
    assert chance == 0
    assert np.isnan(found).all()


def test_what_is_asked_for_faster_than_it_is_done_is_never_finished():
    gains, wanted = [90, 100, 110] * 5, [120, 130, 140] * 5
    chance, found = finishes(drawn(gains, wanted), 1000, 60)
    assert chance == 0
    assert np.isnan(found).all()


@pytest.mark.parametrize("gains", [[100] * 10, [0] * 10, [-5] * 10])
@pytest.mark.parametrize("days_left", [0, 10])
def test_where_nothing_is_left_it_is_reached_today(gains, days_left):
    assert finishes(drawn(gains), 0, days_left) == (1.0, [0, 0, 0])


def test_when_no_day_is_left_what_is_left_is_not_reached():
    assert finishes(drawn([100] * 10), 1, 0) == (0.0, [1, 1, 1])


def test_without_a_deadline_there_is_a_finish_but_no_chance():
    chance, found = finishes(drawn([100] * 10), 250, None)
    assert math.isnan(chance)
    assert found == [3, 3, 3]


def test_a_deadline_beyond_the_horizon_has_a_chance_but_no_finish():
    # Due on day 100 at 10 a day, with 120 days left.
    chance, found = finishes(drawn([10] * 10), 1000, 120)
    assert chance > 0.99
    assert np.isnan(found).all()


# What holds of every course -----------------------------------------------------------------

#: Gains a day, some of which fall back.
GAINS = st.lists(st.integers(-30, 200), min_size=8, max_size=15)
REMAINING = st.integers(1, 3000)
some = settings(max_examples=25)


@given(GAINS, REMAINING)
@some
def test_the_chance_never_falls_with_the_days_left(gains, remaining):
    intervals = drawn(gains)
    chances = [finishes(intervals, remaining, days)[0] for days in (0, 1, 5, 20, 60, 84)]
    assert chances == sorted(chances)
    assert chances[0] == 0


@given(GAINS, REMAINING)
@some
def test_the_chance_never_falls_and_the_finish_is_never_later_when_it_goes_faster(gains, remaining):
    intervals = drawn(gains)
    found = [finishes(faster(intervals, share), remaining) for share in (0, 0.2, 0.5, 1, 3)]
    assert [chance for chance, _ in found] == sorted(chance for chance, _ in found)
    days = [np.nan_to_num(quantiles, nan=999).tolist() for _, quantiles in found]
    for quantile in zip(*days, strict=True):
        assert list(quantile) == sorted(quantile, reverse=True)


@given(GAINS, st.floats(0, 3))
@some
def test_faster_is_a_mean_larger_by_the_share_where_there_is_any(gains, share):
    intervals = drawn(gains)
    total = intervals.done.sum()
    changed = faster(intervals, share)
    assert changed.done.sum() == pytest.approx(total + share * max(0, total))
    assert changed.wanted.tolist() == intervals.wanted.tolist()


@given(GAINS, REMAINING)
@some
def test_the_finishes_come_in_order(gains, remaining):
    half, most, nearly_all = np.nan_to_num(finishes(drawn(gains), remaining)[1], nan=math.inf)
    assert 1 <= half <= most <= nearly_all


@given(GAINS, st.lists(st.integers(-20, 60), min_size=15, max_size=15), st.integers(0, 500))
@some
def test_a_fan_is_low_middle_and_high_and_never_below_nothing(gains, more, left):
    intervals = drawn(gains, more[: len(gains)])
    found = fanned(intervals, 2000, 2000 + left)
    assert (found.low >= 0).all()
    assert (found.low <= found.middle).all()
    assert (found.middle <= found.high).all()


@given(GAINS, st.integers(0, 500))
@some
def test_a_fan_is_never_above_what_is_wanted(gains, left):
    found = fanned(drawn(gains), 2000, 2000 + left)
    assert found.high.max() <= 2000 + left


def test_the_same_course_is_foretold_the_same():
    intervals = drawn([20, 60, 10, 90, 40, 70, 30])
    first = (finishes(intervals, 400), fanned(intervals, 100, 1000))
    forecast._walked.cache_clear()
    again = (finishes(intervals, 400), fanned(intervals, 100, 1000))
    assert first[0] == again[0]
    assert first[1].high.tolist() == again[1].high.tolist()


def test_many_units_are_foretold_as_each_alone():
    rng = np.random.default_rng(7)
    days = daily(12)
    done = np.cumsum(rng.integers(0, 100, (70, 12)), axis=1).astype(float)
    base = np.full_like(done, 5000)
    remaining = rng.integers(0, 1500, 70).astype(float)
    together = intervals_of(days, done, base, whole=done.sum(axis=0), kind="calendar")
    assert together
    found = outlook(together, remaining, as_of=days[-1], days_left=14)
    for number in range(70):
        own = together._replace(done=together.done[[number]], wanted=together.wanted[[number]])
        alone = outlook(own, remaining[[number]], as_of=days[-1], days_left=14)
        # Sums in another order may differ in the last of 32 bits: in a trial or two.
        assert found.p_meet[number] == pytest.approx(alone.p_meet[0], abs=2 / TRIALS)
        np.testing.assert_allclose(found.finish[number], alone.finish[0], atol=1)


# How often the band holds -------------------------------------------------------------------

KINDS = ("daily", "one in five missing", "only on working days", "weekly")
HORIZONS = (7, 14)
CAMPAIGNS = 70
HISTORY_DAYS = 45
#: The band was set on other campaigns: of the seeds 0 and 1.
HELD_OUT_SEED = 2022


class Invented(NamedTuple):
    """A campaign, day by day, beyond the last snapshot."""

    days: list[dt.date]
    done: np.ndarray
    wanted: np.ndarray


def invented(rng: np.random.Generator) -> Invented:
    """Gains with good and bad days that last, a drift, slower days off, what falls back, and
    arrivals.
    """
    length = HISTORY_DAYS + 1 + max(HORIZONS)
    days = daily(length, dt.date(2022, 2, 14) + int(rng.integers(0, 60)) * DAY)
    pace, weight = rng.uniform(200, 5000), rng.uniform(0.2, 1)
    drift = 1 + rng.uniform(-0.003, 0.003)
    # Lognormal noise of mean 1, whose logarithm is AR(1).
    phi = rng.uniform(0, 0.5)
    spread = math.sqrt(math.log(1 + rng.uniform(0.1, 0.5) ** 2))
    log = [rng.normal(0, spread)]
    for _ in days[1:]:
        log.append(phi * log[-1] + rng.normal(0, spread * math.sqrt(1 - phi**2)))
    noise = np.exp(np.array(log) - spread**2 / 2)
    of_day = np.array([gained(day, 1, weight, weight) for day in days])
    gains = pace * of_day * drift ** np.arange(length) * noise
    fallen = rng.poisson(rng.uniform(0, 0.1) * pace * of_day)
    arrived = rng.poisson(rng.uniform(0, 0.3) * pace * of_day)
    done = np.round(1000 + np.cumsum(gains - fallen))
    return Invented(days, done, 1000 + 200 * pace + np.cumsum(arrived))


def snapshots_of(kind: str, days: Sequence[dt.date], rng: np.random.Generator) -> list[int]:
    """The days there is a snapshot of; the last of the history always."""
    last = HISTORY_DAYS
    if kind == "weekly":
        return list(range(last % 7, last + 1, 7))
    kept = {
        "daily": lambda at: True,
        "one in five missing": lambda at: rng.random() > 0.2,
        "only on working days": lambda at: is_working_day(days[at]),
    }[kind]
    return [at for at in range(last + 1) if at == last or kept(at)]


def outcomes(kind: str) -> Iterator[list[bool]]:
    """Of each campaign, whether the band held what came, by horizon."""
    for number in range(CAMPAIGNS):
        rng = np.random.default_rng([HELD_OUT_SEED, KINDS.index(kind), number])
        days, done, wanted = invented(rng)
        known = snapshots_of(kind, days, rng)
        intervals = drawn_from(
            [days[at] for at in known], done[known].tolist(), wanted[known].tolist()
        )
        found = fanned(intervals, done[HISTORY_DAYS], wanted[HISTORY_DAYS], max(HORIZONS))
        yield [
            bool(found.low[ahead - 1] <= done[HISTORY_DAYS + ahead] <= found.high[ahead - 1])
            for ahead in HORIZONS
        ]


@pytest.fixture(scope="module")
def held() -> dict[str, np.ndarray]:
    """Kind of snapshots -> campaigns x horizons: whether the band held."""
    return {kind: np.array(list(outcomes(kind))) for kind in KINDS}


def test_the_band_holds_four_of_five_campaigns_held_out(held):
    assert 0.7 <= np.concatenate(list(held.values())).mean() <= 0.9


@pytest.mark.parametrize("kind", KINDS)
def test_the_band_holds_four_of_five_whenever_snapshots_come(held, kind):
    assert 0.7 <= held[kind].mean() <= 0.9


@pytest.mark.parametrize("horizon", HORIZONS)
def test_the_band_holds_four_of_five_near_and_far(held, horizon):
    at = HORIZONS.index(horizon)
    assert 0.7 <= np.concatenate(list(held.values()))[:, at].mean() <= 0.9
