"""A table of a briefing as a sheet: head, rows, total and source, and what stands in each cell.

A ratio is a formula on its numerator and denominator, a total the sum of the rows above it.
"""

import datetime as dt
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from xlsxwriter.utility import xl_range, xl_rowcol_to_cell

from display.briefing.value import INVENTED, Cell, Column, Kind, Table
from display.briefing.xlsx_pages import (
    BOX,
    COUNT,
    DAY,
    DAY_ZERO,
    MARK,
    NUMBER,
    QUIET,
    SOURCE,
    STRONG,
    TITLE,
    WORDS,
    Page,
    Style,
    set_height,
    set_up,
    text,
    write_head,
    write_lines,
)
from display.formats import LEAST_WHOLE_RATE, MINUS, NO_BREAK_SPACE, UNKNOWN

TOTAL: Final = "Tổng cộng"


def write_table(page: Page, table: Table, is_invented: bool) -> None:
    head = write_lines(page, 0, _title(table, is_invented)) + 1
    write_head(page, head, [column.heading for column in table.columns])
    for row, cells in enumerate(table.rows, head + 1):
        _write_row(page, row, table.columns, cells, BOX)
    last = head + len(table.rows)
    after = last + 1
    if table.total is not None:
        _write_total(page, after, table, table.total)
        after += 1
    end = write_lines(page, after + 1, [(table.source, SOURCE)])
    set_up(page, table.source, last=end - 1, across=table.is_wide)
    _freeze(page, table, head, last)


def _title(table: Table, is_invented: bool) -> Iterable[tuple[str, Style]]:
    yield table.title, TITLE
    if is_invented:
        yield INVENTED, MARK
    if table.note:
        yield table.note, QUIET


def _write_row(
    page: Page, row: int, columns: Sequence[Column], cells: Sequence[Cell], box: Style
) -> None:
    for at, column in enumerate(columns):
        _write_cell(page, (row, at), column, cells, box)
    set_height(page, row, [cell.text for cell in cells], spare=3)


def _write_total(page: Page, row: int, table: Table, total: Sequence[Cell]) -> None:
    """The last row; what adds up is the sum of the rows above, filtered or not."""
    box = {**BOX, **STRONG}
    named, names = list(total), _names_at(table)
    named[names] = total[names] if total[names].text else Cell(TOTAL, TOTAL)
    _write_row(page, row, table.columns, named, box)
    for at, column in enumerate(table.columns):
        figure = _figure(column, total[at])
        if column.adds_up and table.rows and figure:
            rows = xl_range(row - len(table.rows), at, row - 1, at)
            style = page.book.style({**box, **NUMBER, "num_format": figure[1]})
            page.sheet.write_formula(row, at, f"=SUM({rows})", style, figure[0])


def _freeze(page: Page, table: Table, head: int, last: int) -> None:
    """Head and names stay in sight; a filter on the rows, not on their total."""
    page.sheet.freeze_panes(head + 1, _names_at(table) + 1)
    page.sheet.repeat_rows(head)
    if table.rows:
        page.sheet.autofilter(head, 0, last, len(table.columns) - 1)
    everything = xl_range(0, 0, last + 1, len(table.columns) - 1)
    page.sheet.ignore_errors({"number_stored_as_text": everything})


def widths(table: Table) -> list[int]:
    """By the longest cell and the words of the heading; a narrow table's names take the rest."""
    rows = [*table.rows, *([table.total] if table.total else [])]
    widths = [
        _width(column, [cells[at].text for cells in rows])
        for at, column in enumerate(table.columns)
    ]
    names = _names_at(table)
    spare = _NARROWEST_TABLE - sum(widths)
    widths[names] = max(widths[names], min(_WIDEST, widths[names] + spare))
    return widths


def _names_at(table: Table) -> int:
    """The place of the column of names; the first where there is none."""
    kinds = [column.kind for column in table.columns]
    return kinds.index("name") if "name" in kinds else 0


#: The width of a column of words, of the rows' numbers, and of a table, in letters.
_WIDEST: Final = 45
_INDEX: Final = 6
_NARROWEST_TABLE: Final = 76


def _width(column: Column, texts: Sequence[str]) -> int:
    words = max(map(len, column.heading.split()), default=0)
    content = max(map(len, texts), default=0)
    if column.kind in ("name", "text"):
        return min(_WIDEST, max(content, words, len(column.heading) // 2) + 3)
    # Room for the filter's button beside a heading of at most three lines.
    least = _INDEX if column.kind == "index" else 10
    return min(_WIDEST, max(content + 3, words + 4, math.ceil(len(column.heading) / 3) + 5, least))


# A cell -------------------------------------------------------------------------------------

_CHANGE: Final = f'+#,##0;"{MINUS}"#,##0;0'
_PER_CENT: Final = f'0"{NO_BREAK_SPACE}"%'
_RATIO: Final = f'0.00"{NO_BREAK_SPACE}"%'
_CLOSE_RATIO: Final = f'0.0000"{NO_BREAK_SPACE}"%'
#: What prints as none at two decimals of a per cent.
_CLOSE: Final = 0.00005


def _write_cell(
    page: Page, place: tuple[int, int], column: Column, cells: Sequence[Cell], box: Style
) -> None:
    """By the column's kind; what has no figure stands as it is printed."""
    cell = cells[place[1]]
    if column.kind in ("name", "text"):
        style = page.book.style({**box, **WORDS})
        page.sheet.write_string(*place, text(cell.text), style)
        return
    box = {**box, **NUMBER}
    quotient = _quotient(column, cells, place[1])
    figure = _figure(column, cell)
    if column.of and quotient is not None:
        ratio, pattern = quotient
        style = page.book.style({**box, "num_format": pattern})
        page.sheet.write_formula(*place, _division(place[0], *column.of), style, ratio)
    elif figure is None:
        page.sheet.write_string(*place, text(cell.text), page.book.style(box))
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


def _figure(column: Column, cell: Cell) -> tuple[float, str] | None:
    """The number in a cell and how it is shown; None: its text is all there is."""
    kind, value = column.kind, cell.value
    if isinstance(value, dt.date):
        return (dt.date(value.year, value.month, value.day) - DAY_ZERO).days, DAY
    if not isinstance(value, int | float) or kind not in _FIGURES:
        return None
    # "<1 %" and ">99 %" say that a chance is never none and never sure.
    is_bound = kind == "chance" and cell.text.startswith(("<", ">"))
    return None if is_bound else _FIGURES[kind](value, column.decimals)


def _points(difference: float, decimals: int) -> tuple[float, str]:
    """In hundredths; what rounds to none has no sign."""
    points, digits = difference * 100, f"0.{'0' * decimals}"
    if abs(points) < 0.5 / 10**decimals:
        return points, f"{digits};{digits}"
    return points, f'+{digits};"{MINUS}"{digits};{digits}'


def _ratio_format(ratio: float) -> str:
    """What is not quite none or not quite all shows more decimals, not 0 % or 100 %."""
    is_close = 0 < ratio < _CLOSE or 1 - _CLOSE < ratio < 1
    return _CLOSE_RATIO if is_close else _RATIO


def _rate(value: float, decimals: int) -> tuple[float, str]:
    return value, COUNT if abs(value) >= LEAST_WHOLE_RATE else "#,##0.0"


#: Kind -> what number stands in the cell, and its format.
_FIGURES: Final[Mapping[Kind, Callable[[float, int], tuple[float, str]]]] = {
    "index": lambda value, decimals: (value, "0"),
    "count": lambda value, decimals: (value, COUNT),
    "change": lambda value, decimals: (value, _CHANGE),
    "ratio": lambda value, decimals: (value, _ratio_format(value)),
    "points": _points,
    "rate": _rate,
    "needed": lambda value, decimals: (math.ceil(value), COUNT),
    "chance": lambda value, decimals: (value, _PER_CENT),
}
