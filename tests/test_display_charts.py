"""Charts, looked at as figure objects."""

import datetime as dt
import tomllib
from pathlib import Path

import polars as pl
import pytest

from display.charts import Line, ratio_trend
from display.palette import DARK, LIGHT
from display.sparkline import HEIGHT, sparkline, widest_span
from display.trends import in_words, of_unit, pooled

FIRST = dt.datetime.fromisoformat("2022-04-01T16:00")
CONFIG = Path(__file__).parents[1] / ".streamlit" / "config.toml"


def course(fractions: list[tuple[int, int]], unit_code: str = "747") -> pl.DataFrame:
    """One snapshot a day from 1 April 2022."""
    days = [FIRST + dt.timedelta(days=n) for n in range(len(fractions))]
    return pl.DataFrame(
        {
            "snapshot_id": [f"{day:%Y-%m-%dT%H%M}-r1" for day in days],
            "as_of": days,
            "unit_code": [unit_code] * len(days),
            "numerator": [numerator for numerator, _whole in fractions],
            "denominator": [whole for _numerator, whole in fractions],
            "ratio": [part / whole if whole else None for part, whole in fractions],
        },
        schema_overrides={"ratio": pl.Float64},
    )


RISING = course([(60, 100), (62, 100), (65, 100)])
OTHER = course([(70, 100), (70, 100), (70, 100)])


def figure(*lines: Line, language: str = "vi", theme: str = "light"):
    return ratio_trend(lines, language=language, theme=theme)


def test_the_last_value_stands_at_the_end_of_the_line():
    labels = figure(Line("Vũng Tàu", RISING), Line("Tỉnh", OTHER, is_main=False)).layout.annotations
    texts = {label.text: label.y for label in labels}
    assert texts == {"<b>65,0\u00a0%</b>": 0.65, "Tỉnh 70,0\u00a0%": 0.70}
    assert {label.x for label in labels} == {FIRST + dt.timedelta(days=2)}


def test_labels_of_lines_that_end_together_are_pushed_apart():
    near = course([(60, 100), (62, 100), (651, 1000)])
    labels = figure(Line("Huyện", RISING), Line("Tỉnh", near, is_main=False)).layout.annotations
    lower, upper = sorted(labels, key=lambda label: label.y)
    assert upper.yshift - lower.yshift >= 10


def test_what_one_points_at_is_said_in_vietnamese_with_its_fraction():
    [trace] = figure(Line("Vũng Tàu", RISING)).data
    assert trace.customdata[2] == "Vũng Tàu: <b>65,00\u00a0%</b> (65/100)"
    assert trace.hovertemplate == "%{customdata}<extra></extra>"


def test_a_name_cannot_smuggle_html_into_the_chart():
    [trace] = figure(Line("<b>A&B", RISING)).data
    assert trace.customdata[0].startswith("&lt;b&gt;A&amp;B:")


def test_the_axis_spans_at_least_ten_points_and_stays_between_0_and_100():
    low, high = figure(Line("", course([(50, 100), (51, 100)]))).layout.yaxis.range
    assert high - low >= 0.10
    low, high = figure(Line("", course([(99, 100), (100, 100)]))).layout.yaxis.range
    assert low == pytest.approx(1 - 0.10)
    low, _high = figure(Line("", course([(0, 100), (1, 100)]))).layout.yaxis.range
    assert low == 0


def test_few_snapshots_are_points_on_days_of_their_own():
    chart = figure(Line("", RISING))
    assert chart.data[0].mode == "lines+markers"
    assert list(chart.layout.xaxis.tickvals) == RISING["as_of"].to_list()
    many = figure(Line("", course([(n, 100) for n in range(40, 60)])))
    assert many.data[0].mode == "lines"


def test_moments_without_a_ratio_are_left_out_and_none_at_all_is_no_error():
    assert len(figure(Line("", course([(1, 2), (0, 0), (1, 2)]))).data[0].x) == 2
    assert len(figure(Line("", course([(0, 0)]))).data) == 0


def test_the_unit_is_blue_and_what_it_is_compared_with_grey():
    chart = figure(Line("a", RISING), Line("b", OTHER, is_main=False), theme="dark")
    assert {trace.name: trace.line.color for trace in chart.data} == {
        "a": DARK.blue,
        "b": DARK.gray,
    }


def test_charts_and_pages_have_the_same_colours():
    themes = tomllib.loads(CONFIG.read_text(encoding="utf-8"))["theme"]
    for name, palette in (("light", LIGHT), ("dark", DARK)):
        theme = themes[name]
        assert palette.blue == theme["blueColor"] == theme["primaryColor"]
        assert palette.orange == theme["orangeColor"]
        assert palette.orange_ink == theme["orangeTextColor"]
        assert palette.gray == theme["grayColor"]
        assert palette.red == theme["redColor"]
        assert (palette.ink, palette.quiet_ink) == (theme["textColor"], theme["grayTextColor"])
        assert (palette.line, palette.ground) == (theme["borderColor"], theme["backgroundColor"])


def test_several_units_as_one_are_a_sum_over_a_sum():
    both = pl.concat([course([(1, 10)], "A"), course([(90, 90)], "B"), course([(0, 9)], "C")])
    one = pooled(both, ["A", "B"], until="2022-04-01T1600-r1")
    assert one["ratio"].to_list() == [pytest.approx((1 + 90) / (10 + 90))]


def test_a_course_ends_at_the_chosen_snapshot():
    shown = of_unit(RISING, "747", until="2022-04-02T1600-r1")
    assert shown["ratio"].to_list() == [0.60, 0.62]
    assert in_words(shown, "vi") == "Từ 60,0\u00a0% ngày 1/4/2022 đến 62,0\u00a0% ngày 2/4/2022."
    assert "một kỳ" in in_words(RISING.head(1), "vi")


def test_sparklines_of_one_table_share_their_slope():
    steep, flat = [0.50, 0.60], [0.80, 0.85]
    span = widest_span([steep, flat, [None]])
    assert span == pytest.approx(0.60 - 0.50)
    assert rise(sparkline(steep, span)) == pytest.approx(2 * rise(sparkline(flat, span)), abs=0.2)
    assert sparkline([None, 0.5], span) == ""
    assert all(0 <= height(point) <= HEIGHT for point in sparkline(steep, span).split())


def height(point: str) -> float:
    return float(point.split(",")[1])


def rise(line: str) -> float:
    first, *_middle, last = line.split()
    return height(first) - height(last)
