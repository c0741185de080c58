"""A briefing as a workbook: a summary to print, a sheet a table, and the charts over their points.

Numbers are numbers and a ratio is a formula on its numerator and denominator, so that whoever
works on with the file finds them; what is text stays text, whatever it begins with.
"""

import io
from collections.abc import Iterable
from typing import Final

import xlsxwriter

from display.briefing.value import ASKS, INVENTED, OVERDUE, RESULTS, TASKS, WHY, Briefing
from display.briefing.xlsx_charts import chart_widths, write_charts
from display.briefing.xlsx_pages import (
    BOX,
    MARK,
    SOURCE,
    WORDS,
    Book,
    Page,
    Style,
    options,
    page,
    set_height,
    set_up,
    sheet_names,
    text,
    write_head,
    write_lines,
)
from display.briefing.xlsx_table import widths, write_table
from display.palette import LIGHT

SUMMARY: Final = "Tóm tắt"
OVER_TIME: Final = "Diễn biến"
_FURTHER: Final = "Số liệu chi tiết ở các trang tính sau."

_TONES: Final = {
    "good": LIGHT.blue,
    "warn": LIGHT.orange_ink,
    "bad": LIGHT.orange_ink,
    "late": LIGHT.red,
}


def xlsx(briefing: Briefing) -> bytes:
    """The whole workbook; the same bytes for the same briefing."""
    file = io.BytesIO()
    names = sheet_names([SUMMARY, *(table.name for table in briefing.tables), OVER_TIME])
    with xlsxwriter.Workbook(file, options()) as workbook:
        book = Book(workbook, {})
        agency = briefing.letterhead.agency
        about = {"title": briefing.subject, "author": agency, "created": briefing.as_of}
        workbook.set_properties(about)
        _write_summary(page(book, names[0], _SUMMARY_WIDTHS), briefing)
        for name, table in zip(names[1:-1], briefing.tables, strict=True):
            write_table(page(book, name, widths(table)), table, briefing.is_invented)
        charts = [section.chart for section in briefing.sections if section.chart]
        if charts:
            write_charts(page(book, names[-1], chart_widths(charts)), charts, briefing)
    return file.getvalue()


# The summary --------------------------------------------------------------------------------

#: Workstream, status, text: together an upright page.
_SUMMARY_WIDTHS: Final = (26, 17, 53)


def _write_summary(page: Page, briefing: Briefing) -> None:
    row = write_lines(page, 0, _opening(briefing))
    row = _write_statuses(page, row + 1, briefing)
    row = write_lines(page, row, _closing(briefing))
    set_up(page, briefing.source, last=row - 1, across=False)


def _opening(briefing: Briefing) -> Iterable[tuple[str, Style]]:
    middle = {"align": "center", "bold": True}
    yield briefing.letterhead.agency.upper(), {"bold": True}
    yield "", {}
    yield "BÁO CÁO", {**middle, "font_size": 16}
    yield briefing.subject, {**middle, "font_size": 13}
    if briefing.is_invented:
        yield INVENTED, {**middle, **MARK}
    yield briefing.basis, {"align": "center", "italic": True}


def _closing(briefing: Briefing) -> Iterable[tuple[str, Style]]:
    """Everything under the statuses; a heading without lines is left out."""
    for heading, lines in (
        (WHY, [briefing.why] if briefing.why else []),
        (OVERDUE, [f"• {line}" for line in briefing.overdue]),
        (ASKS, [f"• {line}" for line in briefing.asks]),
        (_unnumbered(RESULTS), [_FURTHER] if briefing.annexes else []),
        *((section.title, section.paragraphs) for section in briefing.sections),
        (_unnumbered(TASKS), [f"• {line}" for line in briefing.tasks]),
        ("Ghi chú", [f"• {line}" for line in briefing.notes]),
    ):
        if lines:
            yield "", {}
            yield heading, {"bold": True, "font_size": 12, "font_color": LIGHT.blue}
        for line in lines:
            yield line, {}
    yield "", {}
    yield briefing.source, SOURCE


def _unnumbered(heading: str) -> str:
    """ "II. KẾT QUẢ VÀ ĐÁNH GIÁ" -> "Kết quả và đánh giá"."""
    return heading.partition(" ")[2].capitalize()


def _write_statuses(page: Page, row: int, briefing: Briefing) -> int:
    """The head row and a row a workstream; returns the next free row."""
    write_head(page, row, ("Nội dung", "Đánh giá", "Tình hình"))
    box = {**BOX, **WORDS}
    for at, status in enumerate(briefing.statuses, row + 1):
        colour = _TONES.get(status.tone, LIGHT.quiet_ink)
        texts = (status.title, status.status, status.text)
        told = {**BOX, "bold": True, "text_wrap": True, "align": "center", "font_color": colour}
        for column, style in enumerate(({**box, "bold": True}, told, box)):
            page.sheet.write_string(at, column, text(texts[column]), page.book.style(style))
        set_height(page, at, texts, spare=8)
    return row + 1 + len(briefing.statuses)
