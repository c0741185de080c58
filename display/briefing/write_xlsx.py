"""A briefing as a workbook: a summary to print, a sheet a table, and the charts over their points.

Numbers are numbers and a ratio is a formula on its numerator and denominator, so that whoever
works on with the file finds them; what is text stays text, whatever it begins with.
"""

import datetime as dt
import io
import math
import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import count
from typing import Any, Final, NamedTuple

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_range, xl_rowcol_to_cell
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from display.briefing.value import Briefing, Cell, Chart, Column, Kind, Table
from display.formats import LEAST_WHOLE_RATE, MINUS, NO_BREAK_SPACE, UNKNOWN
from display.palette import LIGHT

INVENTED: Final = "DỮ LIỆU MÔ PHỎNG"
SUMMARY: Final = "Tóm tắt"
OVER_TIME: Final = "Diễn biến"
TOTAL: Final = "Tổng cộng"

#: What Excel takes: a cell's text and a sheet's name, in UTF-16; a footer with its codes; a row.
_LONGEST_TEXT: Final = 32_767
_LONGEST_NAME: Final = 31
_LONGEST_FOOTER: Final = 230
_HIGHEST_ROW: Final = 409

_FONT: Final = "Times New Roman"
_SIZE: Final = 11

Style = Mapping[str, Any]
_BOX: Final[Style] = {"border": 1, "border_color": LIGHT.gray, "valign": "vcenter"}
_STRONG: Final[Style] = {"bold": True, "bg_color": "#EAF2F7"}
_HEAD: Final[Style] = {**_BOX, **_STRONG, "text_wrap": True, "align": "center"}
_WORDS: Final[Style] = {"text_wrap": True, "align": "left", "indent": 1}
_NUMBER: Final[Style] = {"align": "right"}
_TITLE: Final[Style] = {"bold": True, "font_size": 13}
_MARK: Final[Style] = {"bold": True, "font_color": LIGHT.orange_ink}
_QUIET: Final[Style] = {"italic": True, "font_color": LIGHT.quiet_ink}
_SOURCE: Final[Style] = {**_QUIET, "font_size": 9}
_TONES: Final = {
    "good": LIGHT.blue,
    "warn": LIGHT.orange_ink,
    "bad": LIGHT.orange_ink,
    "late": LIGHT.red,
}


class _Book(NamedTuple):
    """The workbook being written, and the formats it already has."""

    file: Workbook
    formats: dict[tuple[tuple[str, Any], ...], Format]

    def style(self, properties: Style) -> Format:
        """The format of these properties, made once."""
        key = tuple(sorted(properties.items()))
        if key not in self.formats:
            self.formats[key] = self.file.add_format(dict(properties))
        return self.formats[key]


class _Page(NamedTuple):
    """A sheet being written, and the widths of its columns in letters."""

    book: _Book
    sheet: Worksheet
    widths: Sequence[int]


def xlsx(briefing: Briefing) -> bytes:
    """The whole workbook; the same bytes for the same briefing."""
    file = io.BytesIO()
    names = sheet_names([SUMMARY, *(table.name for table in briefing.tables), OVER_TIME])
    with xlsxwriter.Workbook(file, _options()) as workbook:
        book = _Book(workbook, {})
        agency = briefing.letterhead.agency
        about = {"title": briefing.subject, "author": agency, "created": briefing.as_of}
        workbook.set_properties(about)
        _write_summary(_page(book, names[0], _SUMMARY_WIDTHS), briefing)
        for name, table in zip(names[1:-1], briefing.tables, strict=True):
            _write_table(_page(book, name, _widths(table)), table, briefing.is_invented)
        charts = [section.chart for section in briefing.sections if section.chart]
        if charts:
            _write_charts(_page(book, names[-1], _chart_widths(charts)), charts, briefing)
    return file.getvalue()


def _options() -> dict[str, Any]:
    """Made anew for every workbook: xlsxwriter writes into it. No scheme, or Excel would put the
    letters of its theme in the place of ours.
    """
    letters = {"font_name": _FONT, "font_size": _SIZE, "font_scheme": "none"}
    return {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_format_properties": letters,
    }


def sheet_names(wanted: Sequence[str]) -> list[str]:
    """Names that Excel takes: short, without its signs, no two alike whatever their case."""
    names: list[str] = []
    taken = {"history", ""}
    for name in wanted:
        clean = "".join(" " if sign in "[]:*?/\\" else sign for sign in name).strip(" '")
        ends = (f" ({number})" if number > 1 else "" for number in count(1))
        fitted = (_cut(clean or "Bảng", _LONGEST_NAME - len(end)).strip(" '") + end for end in ends)
        names.append(next(name for name in fitted if name.casefold() not in taken))
        taken.add(names[-1].casefold())
    return names


def _page(book: _Book, name: str, widths: Sequence[int]) -> _Page:
    sheet = book.file.add_worksheet(name)
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    return _Page(book, sheet, widths)


# The summary --------------------------------------------------------------------------------

#: Workstream, status, text: together an upright page.
_SUMMARY_WIDTHS: Final = (26, 17, 53)


def _write_summary(page: _Page, briefing: Briefing) -> None:
    row = _write_lines(page, 0, _opening(briefing))
    row = _write_statuses(page, row + 1, briefing)
    row = _write_lines(page, row, _closing(briefing))
    _set_up(page, briefing.source, last=row - 1, across=False)


def _opening(briefing: Briefing) -> Iterable[tuple[str, Style]]:
    middle = {"align": "center", "bold": True}
    yield briefing.letterhead.agency.upper(), {"bold": True}
    yield "", {}
    yield "BÁO CÁO", {**middle, "font_size": 16}
    yield briefing.subject, {**middle, "font_size": 13}
    if briefing.is_invented:
        yield INVENTED, {**middle, **_MARK}
    yield briefing.basis, {"align": "center", "italic": True}


def _closing(briefing: Briefing) -> Iterable[tuple[str, Style]]:
    """Everything under the statuses; a heading without lines is left out."""
    for heading, lines in (
        ("Vì sao tỷ lệ hợp lệ thay đổi", [briefing.why] if briefing.why else []),
        ("Quá hạn", [f"• {line}" for line in briefing.overdue]),
        ("Đề nghị", [f"• {line}" for line in briefing.asks]),
        ("Ghi chú", [f"• {line}" for line in briefing.notes]),
    ):
        if lines:
            yield "", {}
            yield heading, {"bold": True, "font_size": 12, "font_color": LIGHT.blue}
        for line in lines:
            yield line, {}
    yield "", {}
    yield briefing.source, _SOURCE


def _write_statuses(page: _Page, row: int, briefing: Briefing) -> int:
    """The head row and a row a workstream; returns the next free row."""
    _write_head(page, row, ("Nội dung", "Đánh giá", "Tình hình"))
    box = {**_BOX, **_WORDS}
    for at, status in enumerate(briefing.statuses, row + 1):
        colour = _TONES.get(status.tone, LIGHT.quiet_ink)
        texts = (status.title, status.status, status.text)
        told = {**_BOX, "bold": True, "text_wrap": True, "align": "center", "font_color": colour}
        for column, style in enumerate(({**box, "bold": True}, told, box)):
            page.sheet.write_string(at, column, _text(texts[column]), page.book.style(style))
        _set_height(page, at, texts, spare=8)
    return row + 1 + len(briefing.statuses)


# A table ------------------------------------------------------------------------------------


def _write_table(page: _Page, table: Table, is_invented: bool) -> None:
    head = _write_lines(page, 0, _title(table, is_invented)) + 1
    _write_head(page, head, [column.heading for column in table.columns])
    for row, cells in enumerate(table.rows, head + 1):
        _write_row(page, row, table.columns, cells, _BOX)
    last = head + len(table.rows)
    after = last + 1
    if table.total is not None:
        _write_total(page, after, table, table.total)
        after += 1
    end = _write_lines(page, after + 1, [(table.source, _SOURCE)])
    _set_up(page, table.source, last=end - 1, across=table.is_wide)
    _freeze(page, table, head, last)


def _title(table: Table, is_invented: bool) -> Iterable[tuple[str, Style]]:
    yield table.title, _TITLE
    if is_invented:
        yield INVENTED, _MARK
    if table.note:
        yield table.note, _QUIET


def _write_head(page: _Page, row: int, headings: Sequence[str]) -> None:
    style = page.book.style(_HEAD)
    for column, heading in enumerate(headings):
        page.sheet.write_string(row, column, _text(heading), style)
    _set_height(page, row, headings, spare=16)


def _write_row(
    page: _Page, row: int, columns: Sequence[Column], cells: Sequence[Cell], box: Style
) -> None:
    for at, column in enumerate(columns):
        _write_cell(page, (row, at), column, cells, box)
    _set_height(page, row, [cell.text for cell in cells], spare=3)


def _write_total(page: _Page, row: int, table: Table, total: Sequence[Cell]) -> None:
    """The last row; what adds up is the sum of the rows above, filtered or not."""
    box = {**_BOX, **_STRONG}
    first, *others = total
    named = [first if first.text else Cell(TOTAL, TOTAL), *others]
    _write_row(page, row, table.columns, named, box)
    for at, column in enumerate(table.columns):
        figure = _figure(column.kind, total[at])
        if column.adds_up and table.rows and figure:
            rows = xl_range(row - len(table.rows), at, row - 1, at)
            style = page.book.style({**box, **_NUMBER, "num_format": figure[1]})
            page.sheet.write_formula(row, at, f"=SUM({rows})", style, figure[0])


def _freeze(page: _Page, table: Table, head: int, last: int) -> None:
    """Head and names stay in sight; a filter on the rows, not on their total."""
    kinds = [column.kind for column in table.columns]
    names = kinds.index("name") + 1 if "name" in kinds else 0
    page.sheet.freeze_panes(head + 1, names)
    page.sheet.repeat_rows(head)
    if table.rows:
        page.sheet.autofilter(head, 0, last, len(kinds) - 1)
    everything = xl_range(0, 0, last + 1, len(kinds) - 1)
    page.sheet.ignore_errors({"number_stored_as_text": everything})


def _widths(table: Table) -> list[int]:
    """By the longest cell and the words of the heading; a narrow table's names take the rest."""
    rows = [*table.rows, *([table.total] if table.total else [])]
    widths = [
        _width(column, [cells[at].text for cells in rows])
        for at, column in enumerate(table.columns)
    ]
    return [max(widths[0], min(_WIDEST, _NARROWEST_TABLE - sum(widths[1:]))), *widths[1:]]


#: The width of a column of words, and of a table, in letters.
_WIDEST: Final = 45
_NARROWEST_TABLE: Final = 76


def _width(column: Column, texts: Sequence[str]) -> int:
    words = max(map(len, column.heading.split()), default=0)
    content = max(map(len, texts), default=0)
    if column.kind in ("name", "text"):
        return min(_WIDEST, max(content, words, len(column.heading) // 2) + 3)
    # Room for the filter's button beside a heading of at most three lines.
    return min(_WIDEST, max(content + 3, words + 4, math.ceil(len(column.heading) / 3) + 5, 10))


# A cell -------------------------------------------------------------------------------------

_COUNT: Final = "#,##0"
_CHANGE: Final = f'+#,##0;"{MINUS}"#,##0;0'
_PER_CENT: Final = f'0"{NO_BREAK_SPACE}"%'
_RATIO: Final = f'0.00"{NO_BREAK_SPACE}"%'
_CLOSE_RATIO: Final = f'0.0000"{NO_BREAK_SPACE}"%'
#: What prints as none at two decimals of a per cent.
_CLOSE: Final = 0.00005
_POINTS: Final = f'+0.00;"{MINUS}"0.00;0.00'
_UNSIGNED_POINTS: Final = "0.00;0.00"
_DAY: Final = "d/m/yyyy"
#: What Excel counts days from.
_DAY_ZERO: Final = dt.date(1899, 12, 30)


def _write_cell(
    page: _Page, place: tuple[int, int], column: Column, cells: Sequence[Cell], box: Style
) -> None:
    """By the column's kind; what has no figure stands as it is printed."""
    cell = cells[place[1]]
    if column.kind in ("name", "text"):
        style = page.book.style({**box, **_WORDS})
        page.sheet.write_string(*place, _text(cell.text), style)
        return
    box = {**box, **_NUMBER}
    quotient = _quotient(column, cells, place[1])
    figure = _figure(column.kind, cell)
    if column.of and quotient is not None:
        ratio, pattern = quotient
        style = page.book.style({**box, "num_format": pattern})
        page.sheet.write_formula(*place, _division(place[0], *column.of), style, ratio)
    elif figure is None:
        page.sheet.write_string(*place, _text(cell.text), page.book.style(box))
    else:
        number, pattern = figure
        page.sheet.write_number(*place, number, page.book.style({**box, "num_format": pattern}))


def _division(row: int, numerator: int, denominator: int) -> str:
    above, below = xl_rowcol_to_cell(row, numerator), xl_rowcol_to_cell(row, denominator)
    return f'=IF({below}=0,"{UNKNOWN}",{above}/{below})'


def _quotient(column: Column, cells: Sequence[Cell], at: int) -> tuple[float | str, str] | None:
    """What a ratio's formula comes to, and how it is shown; None where no formula can tell it."""
    if column.of is None:
        return None
    numerator, denominator = (cells[place].value for place in column.of)
    if not isinstance(numerator, int | float) or not isinstance(denominator, int | float):
        return None
    if denominator == 0:
        return UNKNOWN, _RATIO
    if cells[at].value is None:
        return None
    return numerator / denominator, _ratio_format(numerator / denominator)


def _figure(kind: Kind, cell: Cell) -> tuple[float, str] | None:
    """The number in a cell and how it is shown; None: its text is all there is."""
    value = cell.value
    if isinstance(value, dt.date):
        return (dt.date(value.year, value.month, value.day) - _DAY_ZERO).days, _DAY
    if not isinstance(value, int | float) or kind not in _FIGURES:
        return None
    # "<1 %" and ">99 %" say that a chance is never none and never sure.
    is_bound = kind == "chance" and cell.text.startswith(("<", ">"))
    return None if is_bound else _FIGURES[kind](value)


def _points(difference: float) -> tuple[float, str]:
    """In hundredths; what rounds to none has no sign."""
    points = difference * 100
    return points, _POINTS if abs(points) >= 0.005 else _UNSIGNED_POINTS


def _ratio_format(ratio: float) -> str:
    """What is not quite none or not quite all shows more decimals, not 0 % or 100 %."""
    is_close = 0 < ratio < _CLOSE or 1 - _CLOSE < ratio < 1
    return _CLOSE_RATIO if is_close else _RATIO


_FIGURES: Final[Mapping[Kind, Callable[[float], tuple[float, str]]]] = {
    "count": lambda value: (value, _COUNT),
    "change": lambda value: (value, _CHANGE),
    "ratio": lambda value: (value, _ratio_format(value)),
    "points": _points,
    "rate": lambda value: (value, _COUNT if abs(value) >= LEAST_WHOLE_RATE else "#,##0.0"),
    "needed": lambda value: (math.ceil(value), _COUNT),
    "chance": lambda value: (value, _PER_CENT),
}


# The charts ---------------------------------------------------------------------------------

#: Line colour and what else draws it, by style.
_LINES: Final[Mapping[str, Style]] = {
    "done": {"color": LIGHT.blue, "width": 2.75},
    "wanted": {"color": LIGHT.ink, "width": 1.25},
    "plan": {"color": LIGHT.gray, "width": 1.25, "dash_type": "dash"},
}
_LETTERING: Final[Style] = {"name": _FONT, "size": 10, "color": LIGHT.ink}
_DAYS_AXIS: Final[Style] = {
    "date_axis": True,
    "num_format": "d/m",
    "num_font": _LETTERING,
    "major_unit_type": "days",
    "minor_tick_mark": "none",
}
_VALUES_AXIS: Final[Style] = {
    "min": 0,
    "num_format": _COUNT,
    "num_font": _LETTERING,
    "major_gridlines": {"visible": True, "line": {"color": LIGHT.line, "width": 0.75}},
}
_CHART_SIZE: Final[Style] = {"width": 680, "height": 380}
#: Rows beside a chart.
_CHART_ROWS: Final = 21
#: Columns under a chart.
_CHART_COLUMNS: Final = 10


def _chart_widths(charts: Sequence[Chart]) -> list[int]:
    """Days, the lines of the chart with most of them, and a gap before the picture."""
    lines = max(len(chart.lines) for chart in charts)
    return [12, *[15] * lines, 3, *[10] * _CHART_COLUMNS]


def _write_charts(page: _Page, charts: Sequence[Chart], briefing: Briefing) -> None:
    """A block a chart, each from a new printed page on."""
    row = 0
    breaks = []
    for chart in charts:
        breaks.append(row)
        row = _write_chart(page, row, chart, briefing.is_invented) + 2
    page.sheet.set_h_pagebreaks(breaks[1:])
    _set_up(page, briefing.source, last=row - 2, across=True)


def _write_chart(page: _Page, row: int, chart: Chart, is_invented: bool) -> int:
    """Title, head, a row a day, source, and the picture beside; returns the next free row."""
    title = f"{chart.title} ({chart.deadline[1]})" if chart.deadline else chart.title
    lines = [(title, _TITLE), *([(INVENTED, _MARK)] if is_invented else [])]
    head = _write_lines(page, row, lines)
    _write_head(page, head, ["Ngày", *(line.name for line in chart.lines)])
    days = sorted({day for line in chart.lines for day, _ in line.points})
    _write_points(page, head + 1, days, chart)
    if days:
        picture = _picture(page, row, head, days, chart)
        beside = len(page.widths) - _CHART_COLUMNS
        page.sheet.insert_chart(head, beside, picture, {"description": chart.alt})
    end = max(head + len(days) + 1, head + _CHART_ROWS)
    return _write_lines(page, end, [(chart.source, _SOURCE)])


def _write_points(page: _Page, first: int, days: Sequence[dt.date], chart: Chart) -> None:
    box = {**_BOX, **_NUMBER}
    date = page.book.style({**box, "num_format": _DAY})
    number = page.book.style({**box, "num_format": _COUNT})
    values = [dict(line.points) for line in chart.lines]
    for row, day in enumerate(days, first):
        page.sheet.write_number(row, 0, (day - _DAY_ZERO).days, date)
        for column, known in enumerate(values, 1):
            if day in known:
                page.sheet.write_number(row, column, known[day], number)
            else:
                page.sheet.write_blank(row, column, None, number)


def _picture(page: _Page, title: int, head: int, days: Sequence[dt.date], chart: Chart) -> Any:
    """The lines over the cells: title and head in these rows, a row a day under the head.

    Its words are cells too: xlsxwriter would read "=…" in a word as a place in the book.
    """
    name, last = page.sheet.get_name(), head + len(days)
    picture: Any = page.book.file.add_chart({"type": "line"})
    for column, line in enumerate(chart.lines, 1):
        picture.add_series(
            {
                "name": [name, head, column],
                "categories": [name, head + 1, 0, last, 0],
                "values": [name, head + 1, column, last, column],
                "line": _LINES[line.style],
                # A line of one point would not be seen.
                "marker": {"type": "circle" if len(line.points) == 1 else "none"},
            }
        )
    picture.set_title({"name": [name, title, 0], "name_font": {**_LETTERING, "size": 12}})
    picture.set_legend({"position": "bottom", "font": _LETTERING})
    picture.set_x_axis({**_DAYS_AXIS, "major_unit": _step(days)})
    picture.set_y_axis(_VALUES_AXIS)
    picture.show_blanks_as("span")
    picture.set_size(_CHART_SIZE)
    return picture


def _step(days: Sequence[dt.date]) -> int:
    """Whole weeks between two days told on the axis, so that about a dozen are."""
    weeks = (days[-1] - days[0]).days / 7
    return 7 * math.ceil(weeks / 12) if weeks > 2 else 1


# Paper and text -----------------------------------------------------------------------------


def _set_up(page: _Page, source: str, *, last: int, across: bool) -> None:
    """A4, as wide as one page, the source and the page's number under each."""
    sheet = page.sheet
    sheet.set_paper(9)
    if across:
        sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.7, right=0.5, top=0.6, bottom=0.8)
    sheet.center_horizontally()
    sheet.hide_gridlines(2)
    sheet.print_area(0, 0, last, len(page.widths) - 1)
    sheet.set_footer(f"&L&8 {_footer(source)}&R&8 &P/&N")


def _footer(source: str) -> str:
    """In one line, its "&" no code; what is cut off must not leave half of one behind."""
    doubled = _cut(" ".join(source.split()).replace("&", "&&"), _LONGEST_FOOTER)
    return doubled[:-1] if doubled.count("&") % 2 else doubled


def _write_lines(page: _Page, row: int, lines: Iterable[tuple[str, Style]]) -> int:
    """Each line across all columns, as high as it needs; returns the next free row."""
    last = len(page.widths) - 1
    for line, properties in lines:
        size = properties.get("font_size", _SIZE)
        width = int(sum(page.widths) * _SIZE / size)
        style = page.book.style({"text_wrap": True, "valign": "top", **properties})
        for part in _parts(line, width):
            if last:
                page.sheet.merge_range(row, 0, row, last, "", style)
            page.sheet.write_string(row, 0, _text(part), style)
            page.sheet.set_row(row, _height(_lines(part, width), size))
            row += 1
    return row


def _parts(text: str, width: int) -> list[str]:
    """The text, in as many parts as rows of the greatest height would cut it."""
    if _lines(text, width) <= _MOST_LINES:
        return [text]
    lines = [line for part in text.splitlines() for line in textwrap.wrap(part, width)]
    starts = range(0, len(lines), _MOST_LINES)
    return ["\n".join(lines[start : start + _MOST_LINES]) for start in starts]


def _set_height(page: _Page, row: int, texts: Sequence[str], *, spare: float) -> None:
    lines = max(map(_lines, texts, page.widths), default=1)
    page.sheet.set_row(row, min(_height(lines, _SIZE) + spare, _HIGHEST_ROW))


def _lines(text: str, width: int) -> int:
    """How many lines a text takes at a width in letters."""
    letters = max(int(width * _LETTERS), 1)
    return sum(len(textwrap.wrap(line, letters)) or 1 for line in text.splitlines() or [""])


def _height(lines: int, size: float) -> float:
    """Of so many lines, in points; a row does not grow by itself over merged cells."""
    return min(lines * size * _LEADING + 2, _HIGHEST_ROW)


_LEADING: Final = 1.3
#: Letters of Vietnamese to a unit of width, which is a digit; not quite as many as fit.
_LETTERS: Final = 1.1
#: How many lines of the common size the highest row takes, with a few to spare.
_MOST_LINES: Final = 24


def _text(text: str) -> str:
    """What a cell takes; xlsxwriter would read text between these tags as XML of its own."""
    cut = _cut(text, _LONGEST_TEXT - 1)
    return f"{cut} " if cut.startswith("<r>") and cut.endswith("</r>") else cut


def _cut(text: str, most: int) -> str:
    """At most so many units of UTF-16, as Excel counts; "…" stands for what was cut off."""
    units = text.encode("utf-16-le")
    if len(units) <= 2 * most:
        return text
    return units[: 2 * (most - 1)].decode("utf-16-le", "ignore") + "…"
