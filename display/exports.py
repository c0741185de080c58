"""A work list as a file to take along: XLSX to print or work in, CSV for other programs.

Every cell is text as it stands on the page; none is ever read as a formula. Each file says who took
it and when, on every printed page.
"""

import csv
import datetime as dt
import io
import math
from collections.abc import Sequence
from typing import Final, NamedTuple

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from display import formats
from display.words import words

#: A cell of a CSV file that begins so would be read as a formula by a spreadsheet.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
_WIDTHS: Final = (15, 22, 7, 15, 23, 24, 24, 10, 11, 24, 17)
_FONT: Final = "Arial"


class About(NamedTuple):
    """What a file says of itself."""

    title: str
    place: str
    as_of: dt.datetime
    is_invented: bool
    #: Who took it, and when (wall clock +07).
    user: str
    taken_at: dt.datetime | None = None


def watermark(about: About, rows: int, language: str) -> str:
    """Who took the file, when, how many rows, and what it may be used for."""
    _ = words(language)
    return _(
        "{user} xuất lúc {moment}: {count} hồ sơ. Dữ liệu cá nhân, chỉ dùng để làm sạch dữ liệu; "
        "không chuyển ra ngoài đơn vị."
    ).format(
        user=about.user,
        moment=formats.moment(about.taken_at, language) if about.taken_at else "",
        count=formats.count(rows, language),
    )


def list_csv(
    about: About, headings: Sequence[str], rows: Sequence[Sequence[str]], language: str
) -> bytes:
    """UTF-8 with its mark, so that spreadsheets read Vietnamese; the watermark is the last row."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(headings)
    writer.writerows([_safe(cell) for cell in row] for row in rows)
    writer.writerow([_safe(_about(about, language)), watermark(about, len(rows), language)])
    return text.getvalue().encode("utf-8-sig")


def list_xlsx(
    about: About, headings: Sequence[str], rows: Sequence[Sequence[str]], language: str
) -> bytes:
    """One sheet, ready to print across, headings on every page and the watermark under each."""
    _ = words(language)
    file = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        book.set_properties({"title": about.title, "author": "Tiến độ"})
        sheet = book.add_worksheet(_("Danh sách"))
        _write_head(book, sheet, about, len(rows), language)
        head = book.add_format(
            {
                "bold": True,
                "font_name": _FONT,
                "bg_color": "#EAF2F7",
                "border": 1,
                "border_color": "#DCE3EA",
                "text_wrap": True,
                "valign": "vcenter",
            }
        )
        plain = book.add_format(
            {
                "font_name": _FONT,
                "border": 1,
                "border_color": "#DCE3EA",
                "text_wrap": True,
                "valign": "top",
            }
        )
        for column, heading in enumerate(headings):
            sheet.write_string(_TOP, column, heading, head)
        sheet.set_row(_TOP, 2 * _LINE)
        for at, row in enumerate(rows, _TOP + 1):
            sheet.set_row(at, _LINE * _lines(row))
            for column, cell in enumerate(row):
                sheet.write_string(at, column, cell, plain)
        _lay_out(sheet, len(headings), len(rows))
        sheet.set_footer(f"&L&8 {watermark(about, len(rows), language)}&R&8&P/&N")
    return file.getvalue()


#: The row of the headings, from 0; the height of a line.
_TOP: Final = 4
_LINE: Final = 15


def _lines(row: Sequence[str]) -> int:
    """How many lines the longest cell of a row takes in its column."""
    return max(math.ceil(len(cell) / width) for cell, width in zip(row, _WIDTHS, strict=False)) or 1


def _write_head(
    book: xlsxwriter.Workbook,
    sheet: Worksheet,
    about: About,
    rows: int,
    language: str,
) -> None:
    title = book.add_format({"bold": True, "font_size": 14, "font_name": _FONT})
    line = book.add_format({"font_name": _FONT, "font_color": "#55626F"})
    sheet.write_string(0, 0, about.title, title)
    sheet.write_string(1, 0, _about(about, language), line)
    sheet.write_string(2, 0, watermark(about, rows, language), line)


def _lay_out(sheet: Worksheet, columns: int, rows: int) -> None:
    for column, width in enumerate(_WIDTHS[:columns]):
        sheet.set_column(column, column, width)
    sheet.freeze_panes(_TOP + 1, 2)
    sheet.autofilter(_TOP, 0, _TOP + rows, columns - 1)
    sheet.repeat_rows(_TOP)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.7)
    sheet.hide_gridlines(2)


def _about(about: About, language: str) -> str:
    """Place, as-of instant and the mark of invented data."""
    _ = words(language)
    told = f"{about.place} · {formats.as_of(about.as_of, language)}"
    return f"{told} · {_('DỮ LIỆU MÔ PHỎNG')}" if about.is_invented else told


def _safe(cell: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
