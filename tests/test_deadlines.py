"""Days that are left to a deadline, the pace it asks for, and the status that follows."""

import datetime as dt
import itertools
import math

import hypothesis.strategies as st
import pytest
from hypothesis import example, given

from data.workstreams import Deadline, Milestone, PaceDays, deadline_on
from queries.deadlines import (
    STATUSES,
    Start,
    Time,
    calendar_days_left,
    days_between,
    effort_ratio,
    holiday_runs,
    is_working_day,
    planned,
    required_per_day,
    status_of,
    time_left,
    wanted,
    working_days,
)

DAY = dt.timedelta(days=1)


def day(text: str) -> dt.date:
    number, month = map(int, text.split("/"))
    return dt.date(2022, month, number)


def before(text: str) -> Deadline:
    """ "trước ngày …", of a document of 19/4."""
    return Deadline("1/BYT", day("19/4"), f"trước ngày {text}", day(text), exclusive=True)


# Days ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "as_of, last_day, calendar, working",
    [
        pytest.param("25/4", "4/5", 9, 5, id="trước 5/5: 30/4 to 3/5 are off"),
        pytest.param("25/4", "29/4", 4, 4, id="trước 30/4"),
        pytest.param("26/5", "31/5", 5, 3, id="trước 1/6: a weekend"),
        pytest.param("29/4", "30/4", 1, 0, id="a holiday on a Saturday"),
        pytest.param("29/4", "3/5", 4, 0, id="2 and 3/5 off in lieu"),
        pytest.param("10/4", "12/4", 2, 1, id="11/4 off in lieu of Giỗ Tổ on a Sunday"),
        pytest.param("29/4", "29/4", 0, 0, id="the last day is over"),
        pytest.param("30/4", "29/4", 0, 0, id="it has passed"),
    ],
)
def test_days_left_begin_with_the_next_and_end_with_the_last(as_of, last_day, calendar, working):
    assert calendar_days_left(day(as_of), day(last_day)) == calendar
    assert working_days(day(as_of), day(last_day)) == working
    assert days_between(day(as_of), day(last_day), "calendar") == calendar
    assert days_between(day(as_of), day(last_day), "working") == working


def test_working_days_run_on_into_the_next_year():
    """Saturday 1/1/2022 is a holiday, off on Monday 3/1 in lieu."""
    assert working_days(dt.date(2021, 12, 30), dt.date(2022, 1, 4)) == 1 + 1


@pytest.fixture
def office_days(tmp_path, monkeypatch):
    """An office that takes Thursday 28/4 off, works for it on Saturday 23/4, and on 3/5."""
    (tmp_path / "holidays.csv").write_text(
        "date,is_off,name\n2022-04-28,1,Nghỉ\n2022-04-23,0,Làm bù\n2022-05-03,0,Trực\n",
        encoding="utf-8",
    )
    monkeypatch.setenv("TIENDO_CAMPAIGN", str(tmp_path))


@pytest.mark.usefixtures("office_days")
def test_the_offices_own_days_go_before_weekends_and_holidays():
    assert not is_working_day(day("28/4"))
    assert is_working_day(day("23/4"))
    assert is_working_day(day("3/5"))
    # Of the five of the public calendar (26 to 29/4, 4/5): without 28/4, with 3/5.
    assert working_days(day("25/4"), day("4/5")) == 5 - 1 + 1
    # Friday 22/4 to Monday 25/4: the Saturday, and the Monday.
    assert working_days(day("22/4"), day("25/4")) == 2
    assert calendar_days_left(day("25/4"), day("4/5")) == 9


@pytest.mark.usefixtures("office_days")
def test_a_day_the_office_takes_off_is_a_run_and_one_it_works_cuts_one_short():
    assert holiday_runs(day("18/4"), day("31/5")) == [
        (day("28/4"), day("28/4")),
        (day("30/4"), day("2/5")),
    ]


def test_of_april_and_may_only_gio_to_and_30_april_hold_more_than_a_weekend():
    assert holiday_runs(day("1/4"), day("31/5")) == [
        # Giỗ Tổ is Sunday 10/4: with Saturday, and Monday in lieu.
        (day("9/4"), day("11/4")),
        # Saturday 30/4 and Sunday 1/5, both holidays, with Monday and Tuesday in lieu.
        (day("30/4"), day("3/5")),
    ]


def test_runs_of_days_off_are_cut_at_both_ends_and_begin_with_the_first_day():
    assert holiday_runs(day("1/5"), day("2/5")) == [(day("1/5"), day("2/5"))]
    # What is left of it is a weekend.
    assert holiday_runs(day("18/4"), day("1/5")) == []
    assert holiday_runs(day("11/4"), day("11/4")) == [(day("11/4"), day("11/4"))]
    assert holiday_runs(day("12/4"), day("11/4")) == []


# Pace ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "as_of, date, remaining, calendar, working",
    [
        # 351.000 / 9 and 351.000 / 5.
        ("25/4", "5/5", 351_000, (9, 39_000), (5, 70_200)),
        # 4 days of both kinds.
        ("25/4", "30/4", 351_000, (4, 87_750), (4, 87_750)),
        # 273.297 / 5 and 273.297 / 3.
        ("26/5", "1/6", 273_297, (5, 54_659.4), (3, 91_099)),
        ("30/4", "30/4", 572_279, (0, None), (0, None)),
        # 1 and 2/5 are days, but nobody works: no pace of working days can be asked for.
        ("30/4", "3/5", 100, (2, 50), (0, None)),
        ("30/4", "30/4", 0, (0, 0), (0, 0)),
    ],
)
def test_the_pace_asked_for_is_what_is_left_over_the_days_left(
    as_of, date, remaining, calendar, working
):
    time = time_left(before(date), day(as_of))
    assert (time.calendar_days, time.working_days) == (calendar[0], working[0])
    assert required_per_day(remaining, time.calendar_days) == calendar[1]
    assert required_per_day(remaining, time.working_days) == working[1]


def test_the_campaign_says_which_days_rule(tmp_path, monkeypatch):
    assert time_left(before("5/5"), day("25/4")).days == 9
    plans = "".join(f"[workstreams.{name}]\ntarget = 1\n" for name in ("cleaning", "signing"))
    (tmp_path / "workstreams.toml").write_text(
        f'pace_days = "working"\n{plans}[workstreams.complaints]\ntarget = 1\n', encoding="utf-8"
    )
    monkeypatch.setenv("TIENDO_CAMPAIGN", str(tmp_path))
    time = time_left(before("5/5"), day("25/4"))
    assert (time.kind, time.days, time.calendar_days, time.working_days) == ("working", 5, 9, 5)


def test_time_is_over_when_no_day_is_left_even_if_nobody_would_have_worked():
    assert not time_left(before("3/5"), day("1/5")).is_over
    assert time_left(before("3/5"), day("2/5")).is_over


def test_working_days_may_be_gone_while_the_deadline_is_not_over():
    time = time_left(before("3/5"), day("30/4"))
    assert (time.calendar_days, time.working_days, time.is_over) == (2, 0, False)


@pytest.mark.parametrize(
    "required, actual, ratio",
    [
        (39_000.0, 13_000.0, 3.0),
        (0.0, 10.0, 0.0),
        (10.0, 0.0, None),
        (10.0, -5.0, None),
        (None, 10.0, None),
        (10.0, None, None),
    ],
)
def test_how_many_times_faster_is_told_only_where_something_moves_forward(required, actual, ratio):
    assert effort_ratio(required, actual) == ratio


@pytest.mark.parametrize(
    "target, denominator, count",
    [
        (1.0, 873_322, 873_322),
        (0.95, 100, 95),
        (0.95, 101, 96),
        (0.95, 0, 0),
        # 0.07 * 100 is 7.000000000000001 in binary.
        (0.07, 100, 7),
        (0.0, 100, 0),
    ],
)
def test_what_is_wanted_is_the_share_of_all_rounded_up(target, denominator, count):
    assert wanted(target, denominator) == count


@given(st.integers(0, 10**7), st.integers(0, 400))
def test_the_pace_asked_for_is_enough(remaining, days):
    pace = required_per_day(remaining, days)
    if remaining == 0:
        assert pace == 0
    elif days == 0:
        assert pace is None
    else:
        assert pace is not None
        assert math.isclose(pace * days, remaining, rel_tol=1e-12)


@given(st.floats(0, 1), st.integers(0, 10**7))
def test_what_is_wanted_reaches_the_share_and_no_record_less_would(target, denominator):
    count = wanted(target, denominator)
    assert 0 <= count <= denominator
    assert count >= target * denominator - 1e-6
    assert count - 1 < target * denominator


# The plan -----------------------------------------------------------------------------------


def plan(
    days: list[str],
    *,
    start: Start = Start(dt.date(2022, 4, 25), 100.0),  # noqa: B008
    deadline: Deadline | None = None,
    target: float = 1.0,
    milestones: tuple[Milestone, ...] = (),
    kind: PaceDays = "calendar",
) -> list[float]:
    """What is planned on some days, of 1.000; from 100 on 25/4 to the target before 5/5."""
    return planned(
        start,
        deadline or before("5/5"),
        target=target,
        denominator=1000,
        milestones=milestones,
        kind=kind,
        days=[day(text) for text in days],
    )


def test_a_plan_is_even_from_its_start_to_the_target_and_level_before_and_after():
    found = plan(["20/4", "25/4", "26/4", "30/4", "4/5", "5/5", "1/6"])
    # 900 in 9 days.
    assert found == [100, 100, 200, 100 + 5 * 100, 1000, 1000, 1000]


def test_a_plan_along_working_days_is_level_on_days_off():
    found = plan(["26/4", "29/4", "30/4", "3/5", "4/5"], kind="working")
    # 900 in 5 working days: 26, 27, 28, 29/4 and 4/5.
    assert found == [280, 100 + 4 * 180, 820, 820, 1000]


def test_a_plan_goes_through_its_milestones():
    milestones = (Milestone(day("28/4"), 0.7), Milestone(day("30/4"), 0.9))
    found = plan(["26/4", "28/4", "29/4", "30/4", "2/5", "4/5"], milestones=milestones)
    # 600 in 3 days, 200 in 2, 100 in 4.
    assert found == [300, 700, 800, 900, 900 + 2 * 25, 1000]


def test_on_the_way_no_more_is_asked_for_than_a_lower_target_of_ones_own():
    """Milestones are the workstream's; a district may have less to reach."""
    milestones = (Milestone(day("28/4"), 0.5), Milestone(day("30/4"), 0.9))
    found = plan(["28/4", "29/4", "30/4", "2/5", "4/5"], target=0.7, milestones=milestones)
    assert found == [500, 600, 700, 700, 700]


def test_milestones_outside_the_plan_are_not_on_its_way():
    outside = [Milestone(day(text), 0.5) for text in ("24/4", "25/4", "4/5", "5/5")]
    assert plan(["30/4"], milestones=tuple(outside)) == plan(["30/4"])


def test_between_two_days_without_a_working_day_the_plan_runs_along_the_calendar():
    milestones = (Milestone(day("29/4"), 0.5), Milestone(day("3/5"), 0.9))
    found = plan(["29/4", "30/4", "2/5", "3/5", "4/5"], milestones=milestones, kind="working")
    # 400 in the 4 days of the holiday, then 100 on the working day.
    assert found == [500, 600, 800, 900, 1000]


def test_a_plan_ends_at_the_targets_share_rounded_up_of_todays_base():
    # 0.9505 of 1.000.
    assert plan(["4/5", "5/5"], target=0.9505) == [951, 951]


def test_a_plan_that_starts_on_the_deadlines_last_day_leaves_no_way():
    late = Start(day("4/5"), 100.0)
    assert plan(["3/5", "4/5", "5/5"], start=late) == [100, 100, 1000]


def test_where_more_is_done_than_wanted_the_plan_falls_to_the_target():
    done = Start(day("25/4"), 1000.0)
    assert plan(["25/4", "4/5"], start=done, target=0.91) == [1000, 910]


DAYS = st.integers(0, 60).map(lambda number: day("1/4") + number * DAY)


@given(
    started=DAYS,
    last=DAYS,
    done=st.integers(0, 500),
    shares=st.lists(st.floats(0.5, 0.9), max_size=3).map(sorted),
    at=st.lists(DAYS, min_size=3, max_size=3, unique=True).map(sorted),
    target=st.floats(0.9, 1),
    kind=st.sampled_from(["calendar", "working"]),
)
@example(day("29/4"), day("3/5"), 0, [0.5], [day("30/4"), day("1/5"), day("2/5")], 1.0, "working")
def test_a_plan_that_rises_never_falls_and_ends_at_the_target(
    started, last, done, shares, at, target, kind
):
    days = [day("1/4") + number * DAY for number in range(-3, 70)]
    found = planned(
        Start(started, float(done)),
        Deadline("1/BYT", started, "", last, exclusive=False),
        target=target,
        denominator=1000,
        milestones=[Milestone(*one) for one in zip(at, shares, strict=False)],
        kind=kind,
        days=days,
    )
    assert all(one <= other + 1e-9 for one, other in itertools.pairwise(found))
    by_day = dict(zip(days, found, strict=True))
    assert by_day[started] == done
    assert {by_day[one] for one in days if one > started and one >= last} == {wanted(target, 1000)}


# Status -------------------------------------------------------------------------------------

AHEAD = Time(before("5/5"), 9, 5, "calendar")
OVER = Time(before("30/4"), 0, 0, "calendar")


@pytest.mark.parametrize(
    "remaining, time, p_meet, is_on_plan, status",
    [
        # What is not known, not asked for, or over.
        (None, AHEAD, 0.95, True, "too_little_data"),
        (None, None, None, False, "too_little_data"),
        (10, None, 0.95, True, "no_target"),
        (0, None, 1.0, True, "no_target"),
        (0, AHEAD, 1.0, False, "achieved"),
        (0, OVER, 1.0, True, "achieved"),
        (1, OVER, 0.0, False, "overdue"),
        (1, OVER, None, True, "overdue"),
        # By the chance.
        (10, AHEAD, None, True, "too_little_data"),
        (10, AHEAD, None, False, "too_little_data"),
        (10, AHEAD, 1.0, False, "on_track"),
        (10, AHEAD, 0.9, False, "on_track"),
        (10, AHEAD, 0.8995, False, "at_risk"),
        (10, AHEAD, 0.8995, True, "on_track"),
        (10, AHEAD, 0.7, True, "on_track"),
        (10, AHEAD, 0.7, False, "at_risk"),
        (10, AHEAD, 0.6995, True, "behind"),
        (10, AHEAD, 0.6995, False, "behind"),
        (10, AHEAD, 0.0, True, "behind"),
    ],
)
def test_the_status_is_by_pace_not_by_how_much_is_done(remaining, time, p_meet, is_on_plan, status):
    found = status_of(remaining=remaining, time=time, p_meet=p_meet, is_on_plan=is_on_plan)
    assert found == status
    assert found in STATUSES


def test_not_a_working_day_left_is_not_overdue():
    time = Time(before("3/5"), 2, 0, "working")
    assert status_of(remaining=1, time=time, p_meet=0.2, is_on_plan=False) == "behind"


def test_signing_was_overdue_from_30_april_on():
    deadline = deadline_on("signing", day("26/5"))
    assert deadline
    for as_of, status in [("28/4", "behind"), ("29/4", "overdue"), ("26/5", "overdue")]:
        time = time_left(deadline, day(as_of))
        assert status_of(remaining=1, time=time, p_meet=0.1, is_on_plan=False) == status
