"""The charts of a briefing as a sheet: each over its points, a block a chart."""

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

from display.briefing.value import INVENTED, Briefing, Chart
from display.briefing.xlsx_pages import (
    BOX,
    COUNT,
    DAY,
    DAY_ZERO,
    FONT,
    MARK,
    NUMBER,
    SOURCE,
    TITLE,
    Page,
    Style,
    set_up,
    write_head,
    write_lines,
)
from display.palette import LIGHT

#: Line colour and what else draws it, by style.
_LINES: Final[Mapping[str, Style]] = {
    "done": {"color": LIGHT.blue, "width": 2.75},
    "wanted": {"color": LIGHT.ink, "width": 1.25},
    "plan": {"color": LIGHT.gray, "width": 1.25, "dash_type": "dash"},
}
_LETTERING: Final[Style] = {"name": FONT, "size": 10, "color": LIGHT.ink}
_DAYS_AXIS: Final[Style] = {
    "date_axis": True,
    "num_format": "d/m",
    "num_font": _LETTERING,
    "major_unit_type": "days",
    "minor_tick_mark": "none",
}
_VALUES_AXIS: Final[Style] = {
    "min": 0,
    "num_format": COUNT,
    "num_font": _LETTERING,
    "major_gridlines": {"visible": True, "line": {"color": LIGHT.line, "width": 0.75}},
}
_CHART_SIZE: Final[Style] = {"width": 680, "height": 380}
#: The head of the column that draws the deadline: its one point as high as the highest line.
_DEADLINE: Final = "Vạch hạn"
#: Down from that point to the axis.
_DOWN: Final[Style] = {
    "type": "percentage",
    "value": 100,
    "direction": "minus",
    "end_style": 0,
    "line": {"color": LIGHT.red, "width": 1.5},
}
#: Rows beside a chart.
_CHART_ROWS: Final = 21
#: Columns under a chart.
_CHART_COLUMNS: Final = 10


def chart_widths(charts: Sequence[Chart]) -> list[int]:
    """Days, the lines of the chart with most of them, and a gap before the picture."""
    lines = max(len(_columns(chart)) for chart in charts)
    return [12, *[15] * lines, 3, *[10] * _CHART_COLUMNS]


def _columns(chart: Chart) -> list[tuple[str, Mapping[dt.date, float]]]:
    """The heads and values of the points: a column a line and, last, one for the deadline."""
    columns: list[tuple[str, Mapping[dt.date, float]]] = [
        (line.name, dict(line.points)) for line in chart.lines
    ]
    if chart.deadline is None:
        return columns
    highest = max([value for _name, points in columns for value in points.values()], default=0)
    return [*columns, (_DEADLINE, {chart.deadline[0]: highest})]


def write_charts(page: Page, charts: Sequence[Chart], briefing: Briefing) -> None:
    """A block a chart, each from a new printed page on."""
    row = 0
    breaks = []
    for chart in charts:
        breaks.append(row)
        row = _write_chart(page, row, chart, briefing.is_invented) + 2
    page.sheet.set_h_pagebreaks(breaks[1:])
    set_up(page, briefing.source, last=row - 2, across=True)


def _write_chart(page: Page, row: int, chart: Chart, is_invented: bool) -> int:
    """Title, head, a row a day, source, and the picture beside; returns the next free row."""
    title = f"{chart.title} ({chart.deadline[1]})" if chart.deadline else chart.title
    lines = [(title, TITLE), *([(INVENTED, MARK)] if is_invented else [])]
    head = write_lines(page, row, lines)
    columns = _columns(chart)
    write_head(page, head, ["Ngày", *(name for name, _values in columns)])
    days = sorted({day for _name, values in columns for day in values})
    _write_points(page, head + 1, days, [values for _name, values in columns])
    if days:
        picture = _picture(page, row, head, days, chart)
        beside = len(page.widths) - _CHART_COLUMNS
        page.sheet.insert_chart(head, beside, picture, {"description": chart.alt})
    end = max(head + len(days) + 1, head + _CHART_ROWS)
    return write_lines(page, end, [(chart.source, SOURCE)])


def _write_points(
    page: Page, first: int, days: Sequence[dt.date], columns: Sequence[Mapping[dt.date, float]]
) -> None:
    box = {**BOX, **NUMBER}
    date = page.book.style({**box, "num_format": DAY})
    number = page.book.style({**box, "num_format": COUNT})
    for row, day in enumerate(days, first):
        page.sheet.write_number(row, 0, (day - DAY_ZERO).days, date)
        for column, known in enumerate(columns, 1):
            if day in known:
                page.sheet.write_number(row, column, known[day], number)
            else:
                page.sheet.write_blank(row, column, None, number)


def _picture(page: Page, title: int, head: int, days: Sequence[dt.date], chart: Chart) -> Any:
    """The lines over the cells: title and head in these rows, a row a day under the head.

    Its words are cells too: xlsxwriter would read "=…" in a word as a place in the book.
    """
    name, last = page.sheet.get_name(), head + len(days)
    picture: Any = page.book.file.add_chart({"type": "line"})
    for column, look in enumerate(_looks(chart), 1):
        picture.add_series(
            {
                "name": [name, head, column],
                "categories": [name, head + 1, 0, last, 0],
                "values": [name, head + 1, column, last, column],
                **look,
            }
        )
    picture.set_title({"name": [name, title, 0], "name_font": {**_LETTERING, "size": 12}})
    picture.set_legend({"position": "bottom", "font": _LETTERING})
    picture.set_x_axis({**_DAYS_AXIS, "major_unit": _step(days)})
    picture.set_y_axis(_VALUES_AXIS)
    picture.show_blanks_as("span")
    picture.set_size(_CHART_SIZE)
    return picture


def _looks(chart: Chart) -> list[Style]:
    """How each column is drawn."""
    looks: list[Style] = [
        # A line of one point would not be seen.
        {
            "line": _LINES[line.style],
            "marker": {"type": "circle" if len(line.points) == 1 else "none"},
        }
        for line in chart.lines
    ]
    if chart.deadline is not None:
        none = {"type": "none"}
        looks.append({"line": _DOWN["line"], "marker": none, "y_error_bars": _DOWN})
    return looks


def _step(days: Sequence[dt.date]) -> int:
    """Whole weeks between two days told on the axis, so that about a dozen are."""
    weeks = (days[-1] - days[0]).days / 7
    return 7 * math.ceil(weeks / 12) if weeks > 2 else 1
