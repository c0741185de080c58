"""A table of a briefing in a DOCX file: real rows under a repeated head, in widths that fit."""

from collections.abc import Mapping, Sequence
from textwrap import wrap
from typing import Final

from docx.document import Document
from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement
from docx.oxml.table import CT_Row, CT_Tbl, CT_TrPr
from docx.section import Section as Pages
from docx.shared import Mm

from display.briefing.value import Cell, Column, Table

#: The styles of a head cell, and of words and figures, in a total or not.
_HEAD: Final = "Bảng đầu cột"
CELLS: Final = (_HEAD, "Bảng chữ", "Bảng số", "Bảng tổng chữ", "Bảng tổng số")
#: A table of at most so many rows is kept on one page.
_SHORT: Final = 12
#: Millimetres: a character of table text; what a cell keeps free at its sides; the narrowest
#: column of words.
_CHARACTER: Final = 2.1
_SIDES: Final = 3.4
_NARROWEST: Final = 28.0
#: The lines a heading may take, the best first.
_HEAD_LINES: Final = (2, 3, 4)
#: Characters of a line of words.
_LONGEST: Final = 36
_EMU_A_MILLIMETRE: Final = 36_000


def write_table(document: Document, table: Table) -> None:
    """The note, the table itself, and its source line, which stays with the last row."""
    for line in table.note.splitlines():
        document.add_paragraph(line, "Ghi chú bảng")
    size = (len(_rows(table)) + 1, len(table.columns))
    made = document.add_table(*size, "Bảng số liệu")
    made.autofit = False
    styles = {name: document.styles[name].style_id for name in CELLS}
    _fill(made._tbl, table, styles)
    _set_widths(made._tbl, _widths(table, text_width(document.sections[-1])))
    document.add_paragraph(table.source, "Nguồn")


def text_width(pages: Pages) -> float:
    """Between the margins, in millimetres."""
    paper, left, right = pages.page_width, pages.left_margin, pages.right_margin
    return ((paper or Mm(210)) - (left or 0) - (right or 0)) / _EMU_A_MILLIMETRE


def _fill(made: CT_Tbl, table: Table, styles: Mapping[str, str]) -> None:
    """Every cell's text in its style; elements are walked, since tables' own cells are slow."""
    head, *lines = made.tr_lst
    heads = [(column.heading, styles[_HEAD]) for column in table.columns]
    _write_row(head, heads).append(OxmlElement("w:tblHeader"))
    for at, (line, cells) in enumerate(zip(lines, _rows(table), strict=True)):
        is_total = at == len(table.rows)
        kinds = [styles[_style(column, is_total=is_total)] for column in table.columns]
        _write_row(line, list(zip([cell.text for cell in cells], kinds, strict=True)))
        if len(lines) <= _SHORT or at >= len(lines) - 2:
            _keep_with_next(line)


def _rows(table: Table) -> list[Sequence[Cell]]:
    """The rows and, last, the total."""
    return [*table.rows, *([table.total] if table.total else [])]


def _style(column: Column, *, is_total: bool) -> str:
    """The style of a column's cells."""
    what = "chữ" if _is_words(column) else "số"
    return f"Bảng tổng {what}" if is_total else f"Bảng {what}"


def _is_words(column: Column) -> bool:
    return column.kind in ("name", "text")


def _write_row(row: CT_Row, cells: Sequence[tuple[str, str]]) -> CT_TrPr:
    """Text and style of each cell, in a row that no page breaks; the row's properties."""
    for cell, (text, style) in zip(row.tc_lst, cells, strict=True):
        line = cell.p_lst[0]
        line.style = style
        line.add_r().text = text
    properties = row.get_or_add_trPr()
    properties.append(OxmlElement("w:cantSplit"))
    return properties


def _keep_with_next(row: CT_Row) -> None:
    for cell in row.tc_lst:
        cell.p_lst[0].get_or_add_pPr().keepNext_val = True


# Widths --------------------------------------------------------------------------------------


def _widths(table: Table, whole: float) -> list[float]:
    """Millimetres of each column: figures get what they need, words what they want or the rest.

    Headings take more lines where words would have to break, and on too narrow a page all shrinks.
    """
    columns = [
        (column, [row[at].text for row in _rows(table)]) for at, column in enumerate(table.columns)
    ]
    wanted = [_wanted(column, cells) for column, cells in columns]
    tried = [[_needed(*column, lines) for column in columns] for lines in _HEAD_LINES]
    fitting = (needed for needed in tried if sum(map(max, needed, wanted)) <= whole)
    return _shared(next(fitting, tried[-1]), wanted, whole)


def _shared(needed: Sequence[float], wanted: Sequence[float], whole: float) -> list[float]:
    """The whole width among columns: the needed, then the wanted, then all alike."""
    spare = whole - sum(needed)
    if spare <= 0:
        return [need * whole / sum(needed) for need in needed]
    lacking = [max(want - need, 0.0) for want, need in zip(wanted, needed, strict=True)]
    given = min(spare / (sum(lacking) or spare), 1.0)
    each = (spare - given * sum(lacking)) / len(needed)
    return [need + given * lack + each for need, lack in zip(needed, lacking, strict=True)]


def _needed(column: Column, cells: Sequence[str], head_lines: int) -> float:
    """The narrowest a column may be: figures and words of its heading stay whole."""
    head = _head(column.heading, head_lines)
    if _is_words(column):
        return max(_wide(head), _NARROWEST)
    return _wide(max([head, *(len(cell) for cell in cells)]))


def _head(heading: str, lines: int) -> int:
    """The characters in which a heading takes so many lines; one more, since it is bold."""
    longest = max([len(word) for word in heading.split()], default=0)
    widths = range(longest or 1, len(heading) + 1)
    return 1 + next((width for width in widths if len(wrap(heading, width)) <= lines), 0)


def _wanted(column: Column, cells: Sequence[str]) -> float:
    """The width at which words take one line, very long ones two or more."""
    longest = max([len(cell) for cell in cells], default=0)
    return _wide(min(longest, _LONGEST)) if _is_words(column) else 0.0


def _wide(characters: float) -> float:
    """Millimetres that so many characters take in a cell."""
    return characters * _CHARACTER + _SIDES


def _set_widths(made: CT_Tbl, widths: Sequence[float]) -> None:
    """On the grid, the cells and the table: Word and LibreOffice read different ones."""
    lengths = [Mm(width) for width in widths]
    for column, length in zip(made.tblGrid.gridCol_lst, lengths, strict=True):
        column.w = length
    for row in made.tr_lst:
        for cell, length in zip(row.tc_lst, lengths, strict=True):
            cell.width = length
    total = made.tblPr.find(qn("w:tblW"))
    total.set(qn("w:type"), "dxa")
    total.set(qn("w:w"), str(sum(length.twips for length in lengths)))
