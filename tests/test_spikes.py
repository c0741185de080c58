"""Spikes of regressions: the sums by hand and against plain Python, the table, the overview."""

import datetime as dt
import json
import math
import re
import shutil
import statistics
import time
from pathlib import Path
from typing import Any

import hypothesis.strategies as given_by
import numpy as np
import polars as pl
import pytest
import streamlit as st
from hypothesis import given
from streamlit.testing.v1 import AppTest

from data import snapshots
from data.errors import RefusedError
from queries.run import UnknownUnitError
from queries.scope import Scope
from queries.spikes import Sums, cusum, regression_spikes, size_of
from tests.accounts import sign_in
from tests.stores import RECORD, Asked, Store, publish_totals

ROOT = Path(__file__).parents[1]
EVERYTHING = Scope.everything()
NAN = math.nan

# The sums by hand ---------------------------------------------------------------------------


def sums_of(per_day: list[float], days: list[float] | None = None) -> Sums:
    """The sums of one unit; each interval is a day where nothing else is said."""
    return cusum(np.array([per_day]), np.array([days or [1.0] * len(per_day)]))


def spiking(per_day: list[float], days: list[float] | None = None) -> list[int]:
    """The numbers of the intervals after which there is a spike."""
    return (np.flatnonzero(sums_of(per_day, days).is_spiking[0]) - 1).tolist()


def test_a_flat_series_never_alerts():
    assert spiking([4.0] * 60) == []


def test_a_step_to_three_times_alerts_once_the_sum_is_beyond_the_threshold():
    # Mean 4, deviation √4 = 2, threshold 5 × 2, slack 0,5 × 2: each 12 adds 12 − 4 − 1 = 7.
    sums = sums_of([4.0] * 12 + [12.0] * 2)
    assert sums.total[0, -3:].tolist() == [0, 7, 7 + 7]
    assert sums.threshold[0, -1] == 5 * 2
    assert sums.is_spiking[0].tolist() == [False] * 14 + [True]
    assert sums.usual[0, -1] == 4
    assert sums.excess[0, -1] == 2 * (12 - 4)
    assert sums.started[0, -3:].tolist() == [-1, 12, 12]


def test_a_step_that_stays_becomes_what_is_usual():
    # After k days of 12 the mean is 4 + 8k/12, and 12 is above it by more than the slack of 1
    # while k ≤ 10: the 11 first days, of which the first is not yet beyond the threshold.
    assert spiking([4.0] * 12 + [12.0] * 20) == [*range(12 + 1, 12 + 11)]


def test_while_values_keep_above_the_sum_goes_on_and_what_is_usual_stays():
    sums = sums_of([4.0] * 12 + [12.0] * 3)
    # The mean of the 12 before the third has two of 12 in it: (10 × 4 + 2 × 12) / 12.
    assert sums.total[0, -1] == pytest.approx(14 + 12 - 64 / 12 - 1)
    assert sums.threshold[0, -1] == 10
    assert (sums.usual[0, -1], sums.excess[0, -1]) == (4, 3 * (12 - 4))


def test_a_single_huge_day_alerts_and_the_next_usual_day_ends_it():
    sums = sums_of([4.0] * 12 + [104.0, 4.0, 4.0])
    assert (np.flatnonzero(sums.is_spiking[0]) - 1).tolist() == [12]
    assert sums.total[0, 13] == 104 - 4 - 1
    # The mean is renewed, with the huge day among the 12; the sum starts again.
    assert sums.usual[0, 14] == pytest.approx((11 * 4 + 104) / 12)
    assert (sums.total[0, 14], sums.excess[0, 14], sums.started[0, 14]) == (0, 0, -1)


def test_what_scatters_widely_has_a_wider_threshold():
    # Mean 6, deviation 6: 30 is 24 above, no more than 5 × 6; a Poisson's √6 would have alerted.
    assert spiking([0.0, 12.0] * 6 + [30.0]) == []


def test_an_interval_left_out_changes_nothing():
    told = [4.0] * 12 + [12.0] * 2
    sums = sums_of([NAN, *told[:5], NAN, *told[5:13], NAN, NAN, told[13], NAN])
    expected = sums_of(told)
    assert sums.total[0, -1] == expected.total[0, -1]
    assert sums.is_spiking[0, -3:].tolist() == [False, True, True]
    # The first day of 12 is number 12, and two were left out before it.
    assert sums.started[0, -1] == 12 + 2


def test_units_stand_for_themselves():
    steps = [4.0] * 12 + [12.0] * 2
    rows = np.array([[*steps, NAN], [NAN, *steps], [0.0] * 15])
    found = cusum(rows, np.ones_like(rows))
    assert found.is_spiking[:, -1].tolist() == [True, True, False]
    assert found.started[:, -1].tolist() == [12, 13, -1]


@pytest.mark.parametrize("before, expected", [(11, []), (12, [12])])
def test_twelve_intervals_have_to_be_known_before(before, expected):
    assert spiking([4.0] * before + [104.0]) == expected


def test_without_twelve_intervals_nothing_is_known_to_be_usual():
    assert math.isnan(sums_of([4.0] * 11).usual[0, -1])
    assert sums_of([4.0] * 12).usual[0, -1] == 4


@pytest.mark.parametrize("records, expected", [(1, []), (9, []), (10, [12])])
def test_a_spike_is_ten_records_above_what_is_usual_or_more(records, expected):
    # Where nothing ever regressed, the threshold is 5 × 0,5.
    assert spiking([0.0] * 12 + [float(records)]) == expected


def test_the_excess_is_in_records_and_the_sum_in_records_a_day():
    # 10 in 7 days: 1,43 − 0,25 a day each, beyond 2,5 with the third; 30 records by then.
    per_day, days = [0.0] * 12 + [10 / 7] * 3, [7.0] * 15
    sums = sums_of(per_day, days)
    assert spiking(per_day, days) == [14]
    assert sums.excess[0, -1] == pytest.approx(30)


def test_a_sum_that_falls_back_to_nothing_starts_anew():
    sums = sums_of([4.0] * 12 + [12.0, 0.0, 0.0, 12.0, 12.0])
    # 7, then 7 − 5 and 2 − 5: nothing is left.
    assert sums.total[0, -5:].tolist() == [7, 2, 0, 7, 14]
    assert sums.started[0, -5:].tolist() == [12, 12, -1, 15, 15]
    assert sums.excess[0, -1] == 2 * (12 - 4)


@pytest.mark.parametrize(
    "times, size", [(1.01, "slight"), (2, "clear"), (3.99, "clear"), (4, "strong")]
)
def test_a_spike_has_a_size_in_words(times, size):
    assert size_of(times) == size


# The sums against plain Python --------------------------------------------------------------


def deviation_of(window: list[float]) -> float:
    return max(statistics.pstdev(window), math.sqrt(statistics.fmean(window)), 0.5)


def slowly(told: list[tuple[float, float]]) -> list[tuple[float, float, float, bool]]:
    """Total, threshold, excess, is a spike after each interval of one unit: (a day, days)."""
    values = [value for value, _days in told]
    if len(values) < 12:
        return [(NAN, NAN, 0, False)] * len(values)
    mean = usual = statistics.fmean(values[:12])
    deviation = deviation_of(values[:12])
    total = excess = 0.0
    found = []
    for number, (value, days) in enumerate(told):
        if total > 5 * deviation:
            window = values[number - 12 : number]
            mean = statistics.fmean(window)
            if value - mean - 0.5 * deviation <= 0:
                deviation = deviation_of(window)
                total = excess = 0.0
        if total == 0:
            excess = 0.0
        if total <= 5 * deviation:
            usual = mean
        total = max(0.0, total + value - mean - 0.5 * deviation)
        excess = excess + (value - usual) * days if total > 0 else 0.0
        found.append((total, 5 * deviation, excess, total > 5 * deviation and excess >= 10))
    return found


INTERVALS = given_by.tuples(
    given_by.one_of(
        given_by.none(),
        given_by.integers(0, 6),
        given_by.integers(0, 6),
        given_by.integers(0, 60),
    ),
    given_by.sampled_from([1, 1, 1, 2, 4]),
)


@given(given_by.lists(given_by.lists(INTERVALS, min_size=40, max_size=40), max_size=4))
def test_the_sums_are_those_of_plain_python(units):
    rates = [[NAN if n is None else n / days for n, days in unit] for unit in units]
    lengths = [[float(days) for _n, days in unit] for unit in units]
    shape = (len(units), 40)
    sums = cusum(np.array(rates).reshape(shape), np.array(lengths).reshape(shape))
    for number, row in enumerate(rates):
        known = [place for place, rate in enumerate(row) if not math.isnan(rate)]
        expected = slowly([(row[place], lengths[number][place]) for place in known])
        after = [place + 1 for place in known]
        found = [matrix[number, after] for matrix in (sums.total, sums.threshold, sums.excess)]
        for column, values in enumerate(found):
            wanted = [row_of[column] for row_of in expected]
            assert values.tolist() == pytest.approx(wanted, nan_ok=True)
        assert sums.is_spiking[number, after].tolist() == [row_of[3] for row_of in expected]


@given(given_by.lists(given_by.integers(0, 10_000), min_size=1, max_size=12))
def test_the_first_twelve_intervals_never_alert(values):
    assert spiking([float(value) for value in values]) == []


def test_three_thousand_facilities_take_no_time():
    rows = np.random.default_rng(77).poisson(3, (3000, 60)).astype(float)
    begun = time.perf_counter()
    cusum(rows, np.ones_like(rows))
    # 0,1 s; the bound is for a machine that has other things to do.
    assert time.perf_counter() - begun < 1


# The table ----------------------------------------------------------------------------------

FIRST = dt.datetime(2022, 4, 1, 12)  # noqa: DTZ001
OWN = 20


def people(*invalid: int) -> list[dict[str, str]]:
    """20 records of F1 and of F3; so many of the first of each are no longer valid."""
    return [
        RECORD
        | {"Mã hồ sơ": f"{code}-{n}", "Mã cơ sở nhập": code}
        | ({"Trạng thái xác thực": "Sai"} if n < fallen else {})
        for code, fallen in zip(("F1", "F3"), invalid, strict=True)
        for n in range(OWN)
    ]


@pytest.fixture(scope="module")
def spiked(tmp_path_factory) -> Store:
    """Nothing regresses until 13/4; on 14/4 12 records of F1 do in the morning and one more in the
    evening, and 9 of F3; on 15/4 there are totals only; on 16/4 nothing regresses.
    """
    store = Store.inside(tmp_path_factory.mktemp("spiked"))
    for number in range(13):
        store.publish(people(0, 0), as_of=FIRST + dt.timedelta(days=number), is_confirmed=True)
    for hours, fallen in [(0, (12, 9)), (6, (13, 9))]:
        at = FIRST + dt.timedelta(days=13, hours=hours)
        store.publish(people(*fallen), as_of=at, is_confirmed=True)
    totals = "Mã huyện | Hợp lệ | Không hợp lệ\n747 | 7 | 13\n755 | 11 | 9"
    publish_totals(store, totals, as_of=FIRST + dt.timedelta(days=14), is_confirmed=True)
    store.publish(people(13, 9), as_of=FIRST + dt.timedelta(days=15), is_confirmed=True)
    return store


def table(
    store: Store, day: str, *, hour: str = "12", scope: Scope = EVERYTHING, **where: Any
) -> dict[str, dict[str, Any]]:
    asked = Asked(store.open(), f"2022-04-{day}T{hour}00-r1")
    rows = regression_spikes(asked.connection, scope=scope, snapshot_id=asked.snapshot_id, **where)
    return {row["unit_code"]: row for row in rows.to_dicts()}


def test_a_spike_is_told_with_its_day_and_its_records(spiked):
    row = table(spiked, "14")["F1"]
    assert row == {
        "unit_code": "F1",
        "unit_name": "Trạm Y tế Phường 1",
        "unit_kind": "commune_station",
        "district_code": "747",
        "district_name": "Thành phố Vũng Tàu",
        "is_spiking": True,
        "was_spiking": False,
        "before_on": dt.date(2022, 4, 13),
        "started_on": dt.date(2022, 4, 14),
        "regressed": 12,
        "per_day": 12.0,
        "usual_per_day": 0.0,
        "excess": 12,
        # (12 − 0,25) / 2,5 = 4,7 times.
        "size": "strong",
    }


def test_snapshots_of_one_day_are_one_interval(spiked):
    row = table(spiked, "14", hour="18")["F1"]
    assert (row["regressed"], row["per_day"], row["excess"]) == (12 + 1, 13.0, 13)
    assert (row["is_spiking"], row["was_spiking"]) == (True, False)
    assert row["before_on"] == dt.date(2022, 4, 13)


def test_too_few_records_are_no_spike(spiked):
    row = table(spiked, "14")["F3"]
    assert (row["regressed"], row["is_spiking"], row["was_spiking"]) == (9, False, False)
    assert (row["started_on"], row["excess"], row["size"]) == (None, None, None)


def test_a_unit_without_records_is_a_row(spiked):
    row = table(spiked, "14")["F2"]
    assert (row["regressed"], row["usual_per_day"], row["is_spiking"]) == (0, 0.0, False)


def test_a_spike_ends_with_the_next_usual_days(spiked):
    row = table(spiked, "16")["F1"]
    assert (row["is_spiking"], row["was_spiking"]) == (False, True)
    # The totals of 15/4 list no records: 16/4 is compared with 14/4.
    assert row["before_on"] == dt.date(2022, 4, 14)
    assert (row["regressed"], row["per_day"], row["excess"]) == (0, 0.0, None)


def test_before_there_are_twelve_intervals_nothing_is_usual(spiked):
    row = table(spiked, "01")["F1"]
    assert (row["is_spiking"], row["was_spiking"], row["before_on"]) == (False, False, None)
    assert (row["regressed"], row["per_day"], row["usual_per_day"]) == (None, None, None)


def test_a_district_and_the_province_have_spikes_of_their_own(spiked):
    assert table(spiked, "14", level="district")["747"]["excess"] == 12
    assert table(spiked, "14", level="district")["755"]["is_spiking"] is False
    assert table(spiked, "14", level="province")["77"]["excess"] == 12 + 9


def test_one_district_is_asked_for_and_only_what_is_in_scope_is_told(spiked):
    assert set(table(spiked, "14", district_code="755")) == {"F3"}
    assert set(table(spiked, "14", scope=Scope(("755",)))) == {"F3"}
    assert table(spiked, "14", scope=Scope(())) == {}
    with pytest.raises(UnknownUnitError, match="“747”"):
        table(spiked, "14", scope=Scope(("755",)), district_code="747")


def test_totals_tell_of_no_spike(spiked):
    with pytest.raises(RefusedError, match="chỉ có bảng tổng theo huyện"):
        table(spiked, "15")


@pytest.fixture
def unpaired(spiked, tmp_path) -> Store:
    """The same without the pair marts of 16/4."""
    store = Store.inside(tmp_path)
    shutil.copytree(spiked.folder, store.folder)
    shutil.rmtree(snapshots.marts_folder(store.folder, "2022-04-16T1200-r1") / "pair")
    return store


def test_what_is_not_compared_yet_changes_nothing(unpaired):
    row = table(unpaired, "16")["F1"]
    assert (row["is_spiking"], row["was_spiking"]) == (True, True)
    assert (row["regressed"], row["per_day"]) == (None, None)
    assert row["started_on"] == dt.date(2022, 4, 14)


def test_the_frame_looks_the_same_whatever_is_known(spiked):
    connection = spiked.open()
    kinds = [
        regression_spikes(connection, scope=scope, snapshot_id=f"2022-04-{day}T1200-r1").schema
        for day, scope in [("14", EVERYTHING), ("01", EVERYTHING), ("14", Scope(()))]
    ]
    assert kinds[0] == kinds[1] == kinds[2]
    assert kinds[0]["excess"] == pl.Int64


# The overview -------------------------------------------------------------------------------


def overview(store: Store, monkeypatch: pytest.MonkeyPatch, **address: str) -> str:
    """The HTML of the blocks of the first page."""
    monkeypatch.setenv("TIENDO_STORE", str(store.folder))
    monkeypatch.setenv("TIENDO_PRIVATE", str(store.folder.parent / "private"))
    sign_in(monkeypatch, "province")
    st.cache_data.clear()
    st.cache_resource.clear()
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    for name, value in address.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    found = [element.proto for element in app.main if element.type == "bidi_component"]
    return "\n".join(json.loads(proto.json).get("html", "") for proto in found)


def text(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html))


TITLE = "Hỏng lại tăng bất thường"


def test_the_overview_tells_of_a_spike_that_began(spiked, monkeypatch):
    html = overview(spiked, monkeypatch, date="2022-04-14")
    said = text(html)
    line = "▲ Hỏng lại tăng bất thường: Trạm Y tế Phường 1 (Thành phố Vũng Tàu) "
    assert line + "13 hồ sơ/ngày, thường 0,0" in said
    assert said.count(TITLE) == 1
    assert 'href="co-so?date=2022-04-14&amp;facility=F1" data-open' in html


def test_the_overview_tells_of_a_spike_that_ended(spiked, monkeypatch):
    said = text(overview(spiked, monkeypatch, date="2022-04-16"))
    line = "● Hỏng lại tăng bất thường: Trạm Y tế Phường 1 (Thành phố Vũng Tàu) "
    assert line + "đã trở lại bình thường, 0,0 hồ sơ/ngày" in said


@pytest.mark.parametrize("day", ["01", "15"])
def test_the_overview_is_silent_where_no_spike_began_or_ended(spiked, monkeypatch, day):
    assert TITLE not in text(overview(spiked, monkeypatch, date=f"2022-04-{day}"))


def test_the_overview_is_silent_while_nothing_is_compared(unpaired, monkeypatch):
    assert TITLE not in text(overview(unpaired, monkeypatch, date="2022-04-16"))


def test_a_spike_is_told_in_english_too(spiked, monkeypatch):
    said = text(overview(spiked, monkeypatch, date="2022-04-14", lang="en"))
    assert "▲ Unusually many records regressing: Trạm Y tế Phường 1" in said
    assert "13 records a day, usually 0.0" in said
