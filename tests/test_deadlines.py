"""Days that are left to a deadline, and which deadline is in force on a day."""

import datetime as dt

import pytest

from data.workstreams import deadline_on, deadlines
from queries.deadlines import calendar_days_left, working_days


def day(text: str) -> dt.date:
    number, month = map(int, text.split("/"))
    return dt.date(2022, month, number)


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


def test_working_days_run_on_into_the_next_year():
    """Saturday 1/1/2022 is a holiday, off on Monday 3/1 in lieu."""
    assert working_days(dt.date(2021, 12, 30), dt.date(2022, 1, 4)) == 1 + 1


# Deadlines ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "workstream, on, date",
    [
        ("complaints", "14/4", None),
        ("complaints", "15/4", "15/4"),
        ("complaints", "16/4", "15/4"),
        ("complaints", "18/4", "15/4"),
        ("complaints", "19/4", "30/4"),
        ("complaints", "28/4", "30/4"),
        ("signing", "18/4", None),
        ("signing", "28/4", "30/4"),
        ("signing", "26/5", "30/4"),
        ("cleaning", "18/4", None),
        ("cleaning", "20/4", "5/5"),
        ("cleaning", "3/5", "5/5"),
        ("cleaning", "4/5", "1/6"),
        ("cleaning", "10/5", "1/6"),
        ("cleaning", "10/6", "1/6"),
    ],
)
def test_the_deadline_in_force_is_the_last_one_issued_by_that_day(workstream, on, date):
    """T28."""
    deadline = deadline_on(workstream, day(on))
    assert (deadline and deadline.date) == (date and day(date))


def test_before_a_day_means_that_the_day_itself_is_too_late():
    deadline = deadline_on("signing", day("28/4"))
    assert deadline
    assert (deadline.text, deadline.exclusive) == ("trước ngày 30/4/2022", True)
    assert deadline.last_day == day("29/4")
    assert deadline._replace(exclusive=False).last_day == day("30/4")


def test_a_workstream_nobody_knows_has_no_deadline():
    assert deadline_on("vaccination", day("28/4")) is None


def test_every_deadline_is_of_a_known_workstream_with_the_document_that_set_it():
    assert deadlines()
    for deadline in deadlines():
        assert deadline.workstream in ("cleaning", "complaints", "signing")
        assert deadline.document.endswith("/BYT-CNTT")
        assert f"{deadline.date.day}/{deadline.date.month}/{deadline.date.year}" in deadline.text
        assert deadline.exclusive == deadline.text.startswith("trước")


def test_deadlines_are_listed_in_the_order_of_issue():
    assert [d.issued_on for d in deadlines()] == sorted(d.issued_on for d in deadlines())
