"""What every sheet of a briefing's workbook uses: the book, its pages, their styles and paper."""

import datetime as dt
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from itertools import count
from typing import Any, Final, NamedTuple

from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from display.palette import LIGHT

#: What Excel takes: a cell's text and a sheet's name, in UTF-16; a footer with its codes; a row.
_LONGEST_TEXT: Final = 32_767
_LONGEST_NAME: Final = 31
_LONGEST_FOOTER: Final = 230
_HIGHEST_ROW: Final = 409

FONT: Final = "Times New Roman"
_SIZE: Final = 11

Style = Mapping[str, Any]
BOX: Final[Style] = {"border": 1, "border_color": LIGHT.gray, "valign": "vcenter"}
STRONG: Final[Style] = {"bold": True, "bg_color": "#EAF2F7"}
_HEAD: Final[Style] = {**BOX, **STRONG, "text_wrap": True, "align": "center"}
WORDS: Final[Style] = {"text_wrap": True, "align": "left", "indent": 1}
NUMBER: Final[Style] = {"align": "right"}
TITLE: Final[Style] = {"bold": True, "font_size": 13}
MARK: Final[Style] = {"bold": True, "font_color": LIGHT.orange_ink}
QUIET: Final[Style] = {"italic": True, "font_color": LIGHT.quiet_ink}
SOURCE: Final[Style] = {**QUIET, "font_size": 9}

COUNT: Final = "#,##0"
DAY: Final = "d/m/yyyy"
#: What Excel counts days from.
DAY_ZERO: Final = dt.date(1899, 12, 30)


class Book(NamedTuple):
    """The workbook being written, and the formats it already has."""

    file: Workbook
    formats: dict[tuple[tuple[str, Any], ...], Format]

    def style(self, properties: Style) -> Format:
        """The format of these properties, made once."""
        key = tuple(sorted(properties.items()))
        if key not in self.formats:
            self.formats[key] = self.file.add_format(dict(properties))
        return self.formats[key]


class Page(NamedTuple):
    """A sheet being written, and the widths of its columns in letters."""

    book: Book
    sheet: Worksheet
    widths: Sequence[int]


def options() -> dict[str, Any]:
    """Made anew for every workbook: xlsxwriter writes into it. No scheme, or Excel would put the
    letters of its theme in the place of ours.
    """
    letters = {"font_name": FONT, "font_size": _SIZE, "font_scheme": "none"}
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


def page(book: Book, name: str, widths: Sequence[int]) -> Page:
    sheet = book.file.add_worksheet(name)
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    return Page(book, sheet, widths)


# Paper and text -----------------------------------------------------------------------------


def set_up(page: Page, source: str, *, last: int, across: bool) -> None:
    """A4, as wide as one page and as long as it takes, the source and the page's number under
    each.
    """
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


def write_lines(page: Page, row: int, lines: Iterable[tuple[str, Style]]) -> int:
    """Each line across all columns, as high as it needs; returns the next free row."""
    last = len(page.widths) - 1
    for line, properties in lines:
        size = properties.get("font_size", _SIZE)
        width = int(sum(page.widths) * _SIZE / size)
        style = page.book.style({"text_wrap": True, "valign": "top", **properties})
        for part in _parts(line, width):
            if last:
                page.sheet.merge_range(row, 0, row, last, "", style)
            page.sheet.write_string(row, 0, text(part), style)
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


def write_head(page: Page, row: int, headings: Sequence[str]) -> None:
    style = page.book.style(_HEAD)
    for column, heading in enumerate(headings):
        page.sheet.write_string(row, column, text(heading), style)
    set_height(page, row, headings, spare=16)


def set_height(page: Page, row: int, texts: Sequence[str], *, spare: float) -> None:
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


def text(text: str) -> str:
    """What a cell takes; xlsxwriter would read text between these tags as XML of its own."""
    cut = _cut(text, _LONGEST_TEXT - 1)
    return f"{cut} " if cut.startswith("<r>") and cut.endswith("</r>") else cut


def _cut(text: str, most: int) -> str:
    """At most so many units of UTF-16, as Excel counts; "…" stands for what was cut off."""
    units = text.encode("utf-16-le")
    if len(units) <= 2 * most:
        return text
    return units[: 2 * (most - 1)].decode("utf-16-le", "ignore") + "…"
