"""How each workstream stands to its deadline: pace, plan, forecast, status, and what if."""

import datetime as dt
import math
from fractions import Fraction
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import numpy as np
import polars as pl
import pytest
from hypothesis import Phase, given, settings

from data.errors import RefusedError
from data.workstreams import Workstream, campaign
from queries.burn_up import BurnUp, burn_up, track_record
from queries.courses import Course, Place, course_of
from queries.measure import Level
from queries.progress import progress, status_changes
from queries.scope import Scope
from queries.what_if import Change, what_if
from tests.stores import DISTRICTS, Asked, Store, complaints, publish_totals

ROOT = Path(__file__).parents[1]
EVERYTHING = Scope.everything()
DAY = dt.timedelta(days=1)
#: Nothing can be signed.
CLEANING = "Mã huyện | Hợp lệ | Không hợp lệ | Đủ điều kiện ký"


def day(text: str) -> dt.date:
    number, month = map(int, text.split("/"))
    return dt.date(2022, month, number)


def noon(text: str) -> dt.datetime:
    return dt.datetime.combine(day(text), dt.time(12))


def on(text: str, asked: Asked) -> Asked:
    return Asked(asked.connection, f"{day(text)}T1200-r1")


def standing(
    asked: Asked,
    workstream: Workstream = "cleaning",
    level: Level = "province",
    district_code: str | None = None,
) -> dict[str, dict[str, Any]]:
    """Unit -> its row of the table of progress."""
    rows = progress(
        asked.connection,
        scope=EVERYTHING,
        workstream=workstream,
        level=level,
        snapshot_id=asked.snapshot_id,
        district_code=district_code,
    )
    return {row["unit_code"]: row for row in rows.to_dicts()}


def told(row: dict[str, Any], **expected: Any) -> None:
    """Compares the columns named, numbers but for their last digits."""
    found = {name: row[name] for name in expected}
    assert found == {
        name: pytest.approx(value) if isinstance(value, float) else value
        for name, value in expected.items()
    }


def where(asked: Asked, unit_code: str, level: Level, workstream: Workstream) -> dict[str, Any]:
    """What the questions about one unit take."""
    return {
        "scope": EVERYTHING,
        "workstream": workstream,
        "level": level,
        "unit_code": unit_code,
        "snapshot_id": asked.snapshot_id,
    }


def picture(
    asked: Asked,
    unit_code: str = "77",
    level: Level = "province",
    workstream: Workstream = "cleaning",
) -> BurnUp:
    return burn_up(asked.connection, **where(asked, unit_code, level, workstream))


def record(asked: Asked, unit_code: str) -> pl.DataFrame:
    """How good the forecasts of a district's cleaning were."""
    return track_record(asked.connection, **where(asked, unit_code, "district", "cleaning"))


def would_be(
    asked: Asked,
    unit_code: str = "77",
    level: Level = "province",
    workstream: Workstream = "cleaning",
    **change: Any,
) -> list[dict[str, Any]]:
    """As it is, and as it would be."""
    asked_of = where(asked, unit_code, level, workstream)
    return what_if(asked.connection, **asked_of, change=Change(**change)).to_dicts()


def changes(asked: Asked) -> list[tuple[Any, ...]]:
    rows = status_changes(asked.connection, scope=EVERYTHING, snapshot_id=asked.snapshot_id)
    return rows.rows()


# The province's own figures -----------------------------------------------------------------


@pytest.fixture(scope="module")
def reported(tmp_path_factory) -> Asked:
    """What the province reported of 25/4 and 26/5, as if all of it were in one district."""
    store = Store.inside(tmp_path_factory.mktemp("reported"))
    heading = "Mã huyện | Hợp lệ | Không hợp lệ | Miễn xác thực | Đủ điều kiện ký | Đã ký"
    for date, counts in [
        ("25/4", "731.000 | 351.000 | 0 | 731.000 | 0"),
        # What could be signed beyond the 36.366 cleaned is told of no base: here as exempt.
        ("26/5", f"36.366 | 273.297 | {873_322 - 36_366} | 873.322 | 301.043"),
    ]:
        text = f"{heading}\n747 | {counts}"
        publish_totals(store, text, as_of=noon(date), is_confirmed=True)
    return store.ask()


def test_on_25_april_351000_are_left_39000_a_day_or_70200_a_working_day(reported):
    row = standing(on("25/4", reported))["77"]
    told(
        row,
        numerator=731_000,
        denominator=1_082_000,
        ratio=731_000 / 1_082_000,
        target=1.0,
        wanted=1_082_000,
        remaining=351_000,
        remaining_share=1.0,
        # "Trước 5/5": 26/4 to 4/5 are 9 days, of which 26 to 29/4 and 4/5 are worked.
        required_per_calendar_day=351_000 / 9,
        required_per_working_day=351_000 / 5,
        required_per_day=39_000.0,
        # Nothing is known of the days before.
        actual_per_day=None,
        arrivals_per_day=None,
        effort_ratio=None,
        shortfall=None,
        p_meet=None,
        expected_finish=None,
        # The plan begins with the first snapshot.
        planned=731_000.0,
        pace_gap=0.0,
        pace_gap_days=0.0,
        status="too_little_data",
    )


def test_on_26_may_273297_are_left_before_1_june(reported):
    row = standing(reported)["77"]
    told(
        row,
        remaining=309_663 - 36_366,
        required_per_day=54_659.4,
        required_per_calendar_day=273_297 / 5,
        required_per_working_day=273_297 / 3,
        # A month before is no week before.
        actual_per_day=None,
        status="too_little_data",
    )
    assert row["required_per_working_day"] == 91_099


def test_on_26_may_signing_is_overdue_since_30_april(reported):
    row = standing(reported, "signing")["77"]
    told(
        row,
        ratio=301_043 / 873_322,
        remaining=873_322 - 301_043,
        required_per_day=None,
        required_per_working_day=None,
        # Planned by 29/4, and level since.
        planned=873_322.0,
        pace_gap=301_043.0 - 873_322,
        status="overdue",
    )


def test_totals_tell_of_districts_but_of_no_facility_and_no_complaint(reported):
    districts = standing(reported, level="district")
    assert {*districts} >= {*DISTRICTS}
    told(districts["747"], remaining=273_297, remaining_share=1.0, status="too_little_data")
    told(districts["755"], remaining=0, remaining_share=0.0, ratio=None)
    with pytest.raises(RefusedError, match="Kỳ 26/05/2022 12:00 chỉ có bảng tổng theo huyện"):
        standing(reported, level="facility")
    with pytest.raises(RefusedError, match="Kỳ 26/05/2022 12:00 không có tệp phản ánh"):
        standing(reported, "complaints")
    with pytest.raises(RefusedError, match="chỉ có bảng tổng theo huyện"):
        would_be(reported, units_first=1)
    with pytest.raises(RefusedError, match="không có tệp phản ánh"):
        picture(reported, workstream="complaints")


# One week, record by record -----------------------------------------------------------------

#: F1 is in district 747 with F2, F3 in 755; F9 is no facility anybody knows.
WEEK = """
    Mã cơ sở nhập | 18/4 | 25/4
    F1            | Sai  | Đúng
    F1            | Sai  | Đúng
    F1            | Sai  | Đúng
    F1            | Đúng | Đúng
    F1            | Đúng | Đúng
    F1            | Đúng | Sai
    F1            | Sai  | Sai
    F1            | Sai  | Sai
    F1            | Sai  | Sai
    F1            | Sai  | Sai
    F1            |      | Sai
    F1            |      | Sai
    F2            | Đúng | Đúng
    F2            | Sai  | Sai
    F2            | Sai  | Sai
    F3            | Đúng | Đúng
    F3            | Sai  | Sai
    F9            | Sai  | Sai
    F9            | Sai  | Sai
    F9            | Sai  | Sai
"""


@pytest.fixture(scope="module")
def week(tmp_path_factory) -> Asked:
    return Store.inside(tmp_path_factory.mktemp("week")).publish_courses(WEEK)


def test_where_working_days_rule_pace_and_effort_are_counted_in_them(week, tmp_path, monkeypatch):
    own = (ROOT / "data" / "workstreams.toml").read_text(encoding="utf-8")
    rules = own.replace('pace_days = "calendar"', 'pace_days = "working"')
    (tmp_path / "workstreams.toml").write_text(rules, encoding="utf-8")
    monkeypatch.setenv("TIENDO_CAMPAIGN", str(tmp_path))
    told(
        standing(week, level="facility")["F1"],
        required_per_day=7 / 5,
        required_per_calendar_day=7 / 9,
        # 19/4 to 25/4 has 5 working days: 19, 20, 21, 22 and 25/4.
        actual_per_day=2 / 5,
        arrivals_per_day=2 / 5,
        effort_ratio=(7 / 5) / (2 / 5),
        # From 18/4 to 4/5 there are 10 working days, 5 of them over.
        planned=3 + 9 * 5 / 10,
    )


def test_pace_and_plan_of_a_facility_are_counted_from_its_records(week):
    told(
        standing(week, level="facility")["F1"],
        numerator=5,
        denominator=12,
        remaining=7,
        # 7 of F1, 2 of F2, 1 of F3, 3 of F9.
        remaining_share=7 / 13,
        required_per_day=7 / 9,
        required_per_working_day=7 / 5,
        # Three came right, one went wrong; two more came in.
        actual_per_day=(3 - 1) / 7,
        arrivals_per_day=2 / 7,
        effort_ratio=(7 / 9) / (2 / 7),
        # In 9 days as many come in as are done.
        shortfall=7.0,
        # From 3 of 18/4, the last snapshot by the issue on 19/4, to 12 by 4/5: 9 in 16 days.
        planned=3 + 9 * 7 / 16,
        pace_gap=5 - (3 + 9 * 7 / 16),
        pace_gap_days=(5 - (3 + 9 * 7 / 16)) / (9 / 16),
        status="too_little_data",
    )


def test_where_nothing_moves_there_is_a_pace_of_nothing_and_no_effort_ratio(week):
    told(
        standing(week, level="facility")["F2"],
        remaining=2,
        required_per_day=2 / 9,
        actual_per_day=0.0,
        arrivals_per_day=0.0,
        effort_ratio=None,
        shortfall=2.0,
    )


@pytest.mark.parametrize("level", ["district", "facility"])
def test_records_of_unknown_units_have_no_target(week, level):
    rows = standing(week, level=level)
    assert [*rows][-1] == "unmapped"
    told(rows["unmapped"], remaining=3, status="no_target")


def test_units_add_up_to_the_province(week):
    whole = standing(week)["77"]
    for level in ("district", "facility"):
        rows = standing(week, level=level).values()
        for name in ("numerator", "denominator", "remaining", "required_per_day"):
            assert sum(row[name] for row in rows) == pytest.approx(whole[name])
        assert sum(row["remaining_share"] for row in rows) == pytest.approx(1)


def test_the_facilities_of_one_district_share_what_is_left_in_it(week):
    rows = standing(week, level="facility", district_code="747")
    assert {unit: row["remaining_share"] for unit, row in rows.items()} == {
        "F1": 7 / 9,
        "F2": 2 / 9,
    }


def test_in_the_first_snapshot_nothing_is_known_of_the_pace(week):
    told(
        standing(on("18/4", week), level="facility")["F1"],
        remaining=7,
        actual_per_day=None,
        # 1975 came a day later.
        required_per_day=None,
        planned=None,
        pace_gap=None,
        p_meet=None,
        status="no_target",
    )


@pytest.fixture
def own_target(tmp_path, monkeypatch):
    """Côn Đảo needs only half of its records; from 25/4 on."""
    (tmp_path / "targets.csv").write_text(
        "workstream,district_code,target,issued_on,document\n"
        "cleaning,755,0.5,2022-04-25,Công văn 1\n",
        encoding="utf-8",
    )
    monkeypatch.setenv("TIENDO_CAMPAIGN", str(tmp_path))


@pytest.mark.usefixtures("own_target")
def test_a_district_with_a_target_of_its_own_has_achieved_it_and_so_have_its_facilities(week):
    achieved = {"target": 0.5, "wanted": 1, "remaining": 0, "p_meet": 1.0, "status": "achieved"}
    told(standing(week, level="district")["755"], **achieved, required_per_day=0.0)
    told(standing(week, level="facility")["F3"], **achieved)
    told(standing(week, level="district")["747"], target=1.0, status="too_little_data")
    told(standing(week)["77"], target=1.0, remaining=13)
    # It was not in force yet.
    told(standing(on("18/4", week), level="district")["755"], target=1.0, remaining=1)


def test_a_district_without_a_target_of_its_own_has_the_provinces(week):
    told(standing(week, level="district")["755"], target=1.0, remaining=1)


@pytest.mark.parametrize(
    "count, remaining",
    [
        (0, 13),
        # The largest is F1 with 7, then F2 with 2, F3 with 1; F9 is no facility.
        (1, 13 - 7),
        (2, 13 - 7 - 2),
        (3, 13 - 7 - 2 - 1),
        (50, 13 - 7 - 2 - 1),
    ],
)
def test_without_the_largest_facilities_what_they_have_left_is_gone(week, count, remaining):
    as_it_is, as_it_would = would_be(week, units_first=count)
    told(as_it_is, remaining=13, calendar_days=9, required_per_day=13 / 9, p_meet=None)
    told(as_it_would, remaining=remaining, calendar_days=9, required_per_day=remaining / 9)


def test_of_a_district_its_own_facilities_are_the_largest(week):
    [_, as_it_would] = would_be(week, "747", "district", units_first=1)
    told(as_it_would, remaining=2)
    [_, as_it_would] = would_be(week, "755", "district", units_first=1)
    told(as_it_would, remaining=0, required_per_day=0.0, p_meet=1.0)


def test_without_a_deadline_there_is_nothing_to_change(week):
    assert would_be(on("18/4", week), later_days=3) == []


# Two weeks, day by day ----------------------------------------------------------------------

#: From 12 to 25/4, without 24/4.
DATES = [*range(12, 24), 25]


def of_day(number: int) -> str:
    """What is known `number` days after 12/4.

    747 cleans 20 of 1.000 a day and signs 30 of 800; 748 is at 10 a day until 18/4, and at 60 from
    then on; 750 comes to its end on 25/4; 751 stands still.
    """
    even = 500 + 20 * number
    faster = 100 + 10 * number + 50 * max(0, number - 6)
    end = 100 if number == 13 else 95
    return f"""
        Mã huyện | Hợp lệ    | Không hợp lệ | Miễn xác thực | Đủ điều kiện ký | Đã ký
        747      | {even}    | {1000 - even}   | 300 | 800 | {100 + 30 * number}
        748      | {faster}  | {1000 - faster} | 0   | 0   | 0
        750      | {end}     | {100 - end}     | 0   | 0   | 0
        751      | 50        | 50              | 0   | 0   | 0
    """


def complaints_of_day(number: int) -> list[dict[str, str]]:
    """10 and 4 more each day, of which one a day is dealt with."""
    lines = [
        f"P{at} | 01/04/2022 08:30 | {'Đã duyệt' if at < number else 'Mới ghi nhận'} | 747"
        for at in range(10 + 4 * number)
    ]
    heading = "Mã phản ánh | Thời điểm tiếp nhận | Trạng thái | Mã huyện"
    return complaints("\n".join([heading, *lines]))


@pytest.fixture(scope="module")
def daily(tmp_path_factory) -> Asked:
    store = Store.inside(tmp_path_factory.mktemp("daily"))
    for date in DATES:
        publish_totals(
            store,
            of_day(date - 12),
            as_of=noon(f"{date}/4"),
            with_complaints=complaints_of_day(date - 12),
            is_confirmed=True,
        )
    return store.ask()


def test_an_even_pace_that_is_too_slow_is_behind(daily):
    row = standing(daily, level="district")["747"]
    told(
        row,
        # 13 days after 12/4.
        numerator=500 + 13 * 20,
        remaining=240,
        required_per_day=240 / 9,
        actual_per_day=20.0,
        arrivals_per_day=0.0,
        effort_ratio=(240 / 9) / 20,
        shortfall=240.0 - 9 * 20,
        # From 640 on 19/4 to 1.000 on 4/5: 24 a day, and 6 days are over.
        planned=640.0 + 6 * 24,
        pace_gap=760.0 - 784,
        pace_gap_days=-1.0,
        p_meet=0.0,
        status="behind",
    )
    # 240 at 20 a day are 12 days, to 7/5; a pace is never known to the last record.
    assert day("7/5") <= row["expected_finish"] <= day("8/5")
    assert row["expected_finish"] <= row["finish_p85"] <= row["finish_p95"] <= day("9/5")


def test_what_stands_still_has_no_finish(daily):
    told(
        standing(daily, level="district")["751"],
        actual_per_day=0.0,
        effort_ratio=None,
        p_meet=0.0,
        expected_finish=None,
        finish_p85=None,
        finish_p95=None,
        status="behind",
    )


def test_what_is_done_is_achieved(daily):
    told(
        standing(daily, level="district")["750"],
        remaining=0,
        required_per_day=0.0,
        actual_per_day=5 / 7,
        effort_ratio=0.0,
        shortfall=0.0,
        p_meet=1.0,
        expected_finish=None,
        status="achieved",
    )


def test_an_even_pace_that_is_fast_enough_is_on_track(daily):
    # 100 + 7 * 30 on 19/4, 490 of 800 on 25/4: 310 left at 30 a day, and 4 days before 30/4.
    row = standing(daily, "signing", "district")["747"]
    told(row, remaining=310, required_per_day=310 / 4, effort_ratio=310 / 4 / 30, status="behind")
    # With a deadline 8 days later there are 12, where 310 / 30 needs 11.
    as_it_is, as_it_would = would_be(daily, "747", "district", "signing", later_days=8)
    told(as_it_is, calendar_days=4, required_per_day=310 / 4, p_meet=0.0)
    told(as_it_would, remaining=310, calendar_days=12, required_per_day=310 / 12)
    assert as_it_would["p_meet"] >= 0.9
    assert as_it_is["expected_finish"] == as_it_would["expected_finish"] == day("25/4") + 11 * DAY


def test_complaints_that_come_in_faster_than_they_are_closed_are_never_done(daily):
    told(
        standing(daily, "complaints", "district")["747"],
        # 10 + 13 * 4 received, 13 closed.
        numerator=13,
        denominator=62,
        remaining=49,
        required_per_day=49 / 4,
        actual_per_day=1.0,
        arrivals_per_day=4.0,
        effort_ratio=49 / 4,
        # Three more are open each day.
        shortfall=49.0 + 4 * 3,
        p_meet=0.0,
        expected_finish=None,
        finish_p95=None,
        status="behind",
    )


def test_fewer_than_five_intervals_tell_too_little(daily):
    told(standing(on("16/4", daily), level="district")["747"], p_meet=None, expected_finish=None)
    told(standing(on("17/4", daily), level="district")["747"], p_meet=None, status="no_target")
    told(standing(on("19/4", daily), level="district")["747"], status="behind")


def test_without_a_deadline_there_is_a_finish_all_the_same(daily):
    row = standing(on("17/4", daily), level="district")["747"]
    # 600 of 1.000: 400 at 20 a day are 20 days.
    assert day("7/5") <= row["expected_finish"] <= day("8/5")


def test_statuses_that_changed_since_the_snapshot_before_are_listed(daily):
    # 747 and 751 stay behind, signing and complaints too.
    even = ("747", "750", "751")
    assert [row for row in changes(daily) if row[2] in even] == [
        ("cleaning", "district", "750", "Huyện Châu Đức", "behind", "achieved", noon("23/4"), 0)
    ]


def test_in_the_first_snapshot_no_status_has_changed(daily):
    assert changes(on("12/4", daily)) == []


def test_the_day_a_deadline_is_named_statuses_change(daily):
    found = {row[:3]: row[4:] for row in changes(on("19/4", daily))}
    # 5 days are left of 750, but nothing moves.
    assert found["cleaning", "province", "77"][:2] == ("no_target", "behind")
    assert found["cleaning", "district", "751"] == ("no_target", "behind", noon("18/4"), 50)
    # The province comes first.
    levels = [row[1] for row in changes(on("19/4", daily))]
    assert levels == sorted(levels, reverse=True)


def test_the_picture_of_a_unit_is_its_course_its_plan_and_its_fan(daily):
    found = picture(daily, "747", "district")
    assert found.days == [day(f"{date}/4") for date in DATES]
    assert found.done == [500 + 20 * (date - 12) for date in DATES]
    assert found.wanted == [1000] * len(DATES)
    assert found.target == 1
    # From 19/4 by even steps of 24.
    assert found.plan[0] == (day("19/4"), 640)
    assert found.plan[6] == (day("25/4"), pytest.approx(784))
    assert found.plan[-1] == (day("4/5"), 1000)
    assert len(found.plan) == 16
    assert found.moved == []
    assert found.time
    assert found.time.calendar_days == 9
    assert found.fan
    # A week beyond the deadline.
    assert found.fan.days == [day("25/4") + number * DAY for number in range(1, 9 + 7 + 1)]
    # By half a day: what a day off brings is told by the province, where 748 went faster.
    assert found.fan.middle[:10] == pytest.approx(760 + 20 * np.arange(1, 11), abs=10)
    assert found.fan.high.max() <= 1000


def test_what_is_done_has_no_fan(daily):
    assert picture(daily, "750", "district").fan is None


def test_a_picture_before_a_deadline_is_named_has_no_plan(daily):
    found = picture(on("18/4", daily), "747", "district")
    assert (found.plan, found.time, found.moved) == ([], None, [])
    assert found.fan
    # Two weeks.
    assert len(found.fan.days) == 14


def test_the_record_of_forecasts_is_what_was_foretold_a_week_before(daily):
    found = record(daily, "747")
    # Of 17/4 there are five intervals for the first time; 24/4 has no snapshot, 25/4 will do.
    assert found["made_on"].to_list() == [day("17/4"), day("18/4")]
    assert found["foretold_for"].to_list() == [day("25/4"), day("25/4")]
    assert found["actual"].to_list() == [760, 760]
    assert found["middle"].to_list() == pytest.approx([760, 760], abs=2)
    assert found["is_inside"].to_list() == [True, True]


def test_a_pace_that_changed_was_not_foretold(daily):
    found = record(daily, "748")
    assert found["actual"].to_list() == [580, 580]
    # 150 on 17/4 and 8 days at 10; 160 on 18/4 and 7 days.
    assert found["middle"].to_list() == pytest.approx([230, 230], abs=2)
    assert found["is_inside"].to_list() == [False, False]


def test_before_there_was_a_week_there_is_no_record(daily):
    found = record(on("23/4", daily), "747")
    assert found.is_empty()
    assert found.columns == record(daily, "747").columns


def test_as_it_is_what_if_says_what_progress_says(daily):
    for unit in ("747", "748", "750", "751"):
        row = standing(daily, level="district")[unit]
        as_it_is, as_it_would = would_be(daily, unit, "district")
        names = ("remaining", "required_per_day", "p_meet", "expected_finish", "finish_p85")
        assert as_it_is == {"calendar_days": 9} | {name: row[name] for name in names}
        assert as_it_would == as_it_is


def test_half_as_fast_again_comes_in_two_thirds_of_the_time(daily):
    as_it_is, as_it_would = would_be(daily, "747", "district", faster=0.5)
    told(as_it_would, remaining=240, required_per_day=240 / 9)
    assert as_it_is["p_meet"] == 0
    # 240 at 30 a day are 8 of the 9 days.
    assert as_it_would["p_meet"] >= 0.9
    assert day("3/5") <= as_it_would["expected_finish"] <= day("4/5")


def test_faster_than_nothing_is_nothing(daily):
    told(would_be(daily, "751", "district", faster=3.0)[1], p_meet=0.0, expected_finish=None)


# Deadlines that moved -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def moved(tmp_path_factory) -> Asked:
    """600, 650, 700 and 720 of 1.000 on four days."""
    store = Store.inside(tmp_path_factory.mktemp("moved"))
    for date, valid in [("18/4", 600), ("3/5", 650), ("10/5", 700), ("10/6", 720)]:
        publish_totals(
            store,
            f"{CLEANING}\n747 | {valid} | {1000 - valid} | 0",
            as_of=noon(date),
            is_confirmed=True,
        )
    return store.ask()


def test_a_deadline_that_moved_stands_in_the_picture_and_the_plan_begins_anew(moved):
    found = picture(on("10/5", moved))
    assert [one.date for one in found.moved] == [day("5/5")]
    # 2262 came on 4/5: from the snapshot of 3/5 to the end of 31/5.
    assert found.plan[0] == (day("3/5"), 650)
    assert found.plan[7] == (day("10/5"), pytest.approx(650 + 350 * 7 / 28))
    assert found.plan[-1] == (day("31/5"), 1000)
    assert found.fan is None


def test_before_it_moved_the_plan_was_the_older_one(moved):
    found = picture(on("3/5", moved))
    assert found.moved == []
    assert (found.plan[0], found.plan[-1]) == ((day("18/4"), 600), (day("4/5"), 1000))


def test_where_the_last_word_names_no_day_the_lapsed_deadline_counts(moved):
    told(
        standing(moved)["77"],
        remaining=280,
        required_per_day=None,
        planned=1000.0,
        pace_gap=-280.0,
        # The plan was 350 in 28 days.
        pace_gap_days=-280 / (350 / 28),
        status="overdue",
    )
    found = picture(moved)
    assert found.time
    assert (found.time.deadline.date, found.time.is_over) == (day("1/6"), True)
    assert [one.date for one in found.moved] == [day("5/5")]
    assert found.plan[-1] == (day("31/5"), 1000)


def test_a_status_that_becomes_overdue_is_listed_and_one_that_stays_is_not(moved):
    assert changes(on("10/5", moved)) == []
    found = {row[:3]: row[4:] for row in changes(moved)}
    assert found == {
        ("cleaning", "province", "77"): ("too_little_data", "overdue", noon("10/5"), 280),
        ("cleaning", "district", "747"): ("too_little_data", "overdue", noon("10/5"), 280),
    }


def test_later_than_a_deadline_that_is_over_counts_from_today(moved):
    """On 10/6 the deadline of 31/5 is ten days over: five days later is 15/6."""
    as_it_is, as_it_would = would_be(moved, later_days=5)
    assert (as_it_is["calendar_days"], as_it_would["calendar_days"]) == (0, 5)


# Another rule of signing --------------------------------------------------------------------


def test_another_rule_of_signing_is_not_taken_for_arrivals(store):
    """Until 31/3 two doses were asked for, from 1/4 on one: 500 more can be signed at once."""
    for date, signable, signed in [("28/3", 1000, 100), ("4/4", 1500, 250), ("11/4", 1520, 390)]:
        publish_totals(
            store,
            "Mã huyện | Hợp lệ | Không hợp lệ | Đủ điều kiện ký | Đã ký\n"
            f"747 | 2000 | 0 | {signable} | {signed}",
            as_of=noon(date),
            is_confirmed=True,
        )
    asked = store.ask()
    over_it = standing(on("4/4", asked), "signing")["77"]
    told(over_it, remaining=1250, arrivals_per_day=None, actual_per_day=None)
    told(standing(asked, "signing")["77"], arrivals_per_day=20 / 7, actual_per_day=140 / 7)
    # Nothing changed in what is valid.
    told(standing(on("4/4", asked))["77"], arrivals_per_day=0.0, actual_per_day=0.0)


def course(workstream: Workstream, days: list[dt.date], done: list[float]) -> Course:
    """One unit, of 10.000."""
    rows = np.array([done], dtype=float)
    units = pl.DataFrame({"unit_code": ["77"], "unit_name": ["Tỉnh"]})
    return Course(workstream, days, units, rows, np.full_like(rows, 1e4), [1.0], rows[0])


def test_a_forecast_draws_no_interval_over_another_rule_of_signing():
    days = [day("28/3") + number * DAY for number in range(10)]
    done = [0.0, 10, 20, 30, 530, 540, 550, 560, 570, 580]
    over_it = (day("31/3"), day("1/4"))
    signing = course("signing", days, done).intervals
    assert signing
    assert over_it not in signing.spans
    assert len(signing.spans) == 8
    cleaning = course("cleaning", days, done).intervals
    assert cleaning
    assert over_it in cleaning.spans


# Totals between records ---------------------------------------------------------------------


def test_facilities_have_no_figures_on_days_of_totals_and_the_province_is_cut_to_the_same(store):
    """Totals of 1 and 15/4, records of 8 and 22/4."""
    people = "Mã cơ sở nhập | Trạng thái xác thực\nF1 | Đúng\nF1 | {}"
    for number, valid, word in [(1, 900, "Sai"), (15, 950, "Đúng")]:
        totals = f"{CLEANING}\n747 | {valid} | 100 | 0"
        publish_totals(store, totals, as_of=noon(f"{number}/4"), is_confirmed=True)
        week_later = noon(f"{number + 7}/4")
        store.publish(people.format(word), as_of=week_later, is_confirmed=True)
    asked = store.ask()
    found = course_of(
        asked.connection, EVERYTHING, "cleaning", Place("facility"), asked.snapshot_id
    )
    assert found.days == [day("8/4"), day("22/4")]
    assert found.done[0].tolist() == [1, 2]
    assert found.province.tolist() == [1, 2]
    whole = course_of(
        asked.connection, EVERYTHING, "cleaning", Place("province"), asked.snapshot_id
    )
    assert whole.done.tolist() == [[900, 1, 950, 2]]
    assert whole.province.tolist() == [900, 1, 950, 2]


# Recomputed ---------------------------------------------------------------------------------

COUNT = st.integers(0, 60)
#: Valid and invalid of two districts in three snapshots, a week apart.
FIGURES = st.tuples(*[st.tuples(*[st.tuples(COUNT, COUNT)] * 2)] * 3)


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """A campaign whose targets are 95 %, and 70 % in district 748."""
    program = Path(campaign.__code__.co_filename).parent
    text = (program / "workstreams.toml").read_text(encoding="utf-8")
    folder = tmp_path_factory.mktemp("campaign")
    (folder / "workstreams.toml").write_text(
        text.replace("target = 1.0", "target = 0.95"), encoding="utf-8"
    )
    (folder / "targets.csv").write_text(
        "workstream,district_code,target,issued_on,document\n"
        "cleaning,748,0.70,2022-04-01,Công văn 1\n",
        encoding="utf-8",
    )
    return folder


@given(figures=FIGURES)
@settings(max_examples=5, phases=[Phase.explicit, Phase.generate])
def test_what_is_left_the_pace_and_the_plan_are_what_plain_python_counts(
    tmp_path_factory, folder, figures
):
    store = Store.inside(tmp_path_factory.mktemp("random"))
    for date, ((a, b), (c, d)) in zip(("11/4", "18/4", "25/4"), figures, strict=True):
        publish_totals(
            store,
            f"{CLEANING}\n747 | {a} | {b} | 0\n748 | {c} | {d} | 0",
            as_of=noon(date),
            is_confirmed=True,
        )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TIENDO_CAMPAIGN", str(folder))
        asked = store.ask()
        found = standing(asked) | standing(asked, level="district")
    courses = {
        "747": (Fraction(95, 100), [snapshot[0] for snapshot in figures]),
        "748": (Fraction(70, 100), [snapshot[1] for snapshot in figures]),
        "77": (
            Fraction(95, 100),
            [(one[0] + other[0], one[1] + other[1]) for one, other in figures],
        ),
    }
    for unit, (target, counts) in courses.items():
        done = [valid for valid, _ in counts]
        wanted = [math.ceil(target * sum(both)) for both in counts]
        left = max(0, wanted[-1] - done[-1])
        # From 18/4 by even steps to 4/5, 16 days; a week is over, 9 days are left.
        due = done[1] + (wanted[2] - done[1]) * 7 / 16
        pace = (done[2] - done[1]) / 7
        told(
            found[unit],
            numerator=done[2],
            denominator=sum(counts[2]),
            wanted=wanted[2],
            remaining=left,
            required_per_day=left / 9,
            required_per_working_day=left / 5,
            actual_per_day=pace,
            arrivals_per_day=(wanted[2] - wanted[1]) / 7,
            effort_ratio=left / 9 / pace if pace > 0 else None,
            shortfall=max(0.0, left - 9 * (pace - (wanted[2] - wanted[1]) / 7)),
            planned=float(due),
            pace_gap=done[2] - due,
            status="too_little_data" if left else "achieved" if sum(counts[2]) else "no_target",
        )
