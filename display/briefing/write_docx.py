"""A briefing as a DOCX file, laid out by Nghị định 30/2020/NĐ-CP in a template of the office's.

Looks are the template's: this writer names styles and formats nothing by hand. Texts of the data
never pass through Jinja as a template: placeholders are rendered first, then the body is built.
"""

import datetime as dt
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Final

import docx as word
from docx.document import Document
from docx.enum.section import WD_ORIENT
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.text.paragraph import CT_P
from docx.shared import Mm
from docx.styles import BabelFish
from docx.text.paragraph import Paragraph
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import SandboxedEnvironment

from data.errors import RefusedError
from display.briefing import chart as charts
from display.briefing.docx_table import CELLS, text_width, write_table
from display.briefing.value import (
    ASKS,
    INVENTED,
    NOTES,
    OVERDUE,
    RESULTS,
    SUMMARY,
    TASKS,
    WHY,
    Briefing,
    Chart,
    Section,
    Table,
    annexed,
    attached_to,
    place_and_date,
    roman,
)
from settings import VIETNAM

TEMPLATE: Final = Path(__file__).parents[1] / "templates" / "briefing.docx"
#: The paragraphs of a template that the body and the annexes take the place of, in this order.
BODY: Final = "[[NỘI DUNG]]"
ANNEXES: Final = "[[PHỤ LỤC]]"
#: The styles a template must have.
STYLES: Final = (
    *("Heading 1", "Heading 2", "Caption", "Strong", "Nội dung", "Tình trạng", "Gạch đầu dòng"),
    *("Dữ liệu mô phỏng", "Hình", "Nguồn", "Nguồn số liệu", "Tên bảng", "Ghi chú bảng"),
    *("Bảng số liệu", *CELLS, "Phụ lục", "Tên phụ lục", "Kèm theo"),
)


def docx(briefing: Briefing, template: Path | None = None) -> bytes:
    """The briefing's file; the same bytes for the same briefing.

    Args:
        template: The office's own; see the one at TEMPLATE for its placeholders and styles.

    Raises:
        RefusedError: The template is no DOCX file, or lacks a place or a style.
    """
    path = template or TEMPLATE
    document = _rendered(briefing, path)
    body, annexes = (_place(document, mark, path) for mark in (BODY, ANNEXES))
    _instead_of(body, lambda: _write_body(document, briefing))
    # Stays, without its words: it carries the break to the first annex's pages.
    Paragraph(annexes, document).text = ""
    for number, table in enumerate(briefing.annexes, 1):
        _write_annex(document, briefing, table, number)
    _describe(document, briefing)
    return _with_fixed_dates(document)


# The template --------------------------------------------------------------------------------


def _rendered(briefing: Briefing, path: Path) -> Document:
    """The template with its placeholders filled in."""
    template = DocxTemplate(io.BytesIO(_checked(path)))
    environment = SandboxedEnvironment(undefined=StrictUndefined)
    filling = _filling(briefing)
    try:
        template.render(filling, environment, autoescape=True)
        there = template.get_undeclared_template_variables(environment)
    except TemplateError as error:
        problem = f"có chỗ điền không hiểu được ({_in_words(error)})"
        raise _refused(path, problem, _PLACEHOLDERS) from error
    missing = [name for name in filling if name not in {*there, *_MAY_BE_MISSING}]
    if missing:
        problem = f"thiếu chỗ điền {', '.join(missing)}, hoặc chỗ ấy chưa đóng ngoặc"
        raise _refused(path, problem, _PLACEHOLDERS)
    filled = io.BytesIO()
    template.save(filled)
    return _opened(filled.getvalue())


def _opened(content: bytes) -> Document:
    """A document whose built-in styles have Word's names: LibreOffice writes "Heading 1"."""
    document = word.Document(io.BytesIO(content))
    for style in document.styles.element.style_lst:
        style.name_val = BabelFish.ui2internal(style.name_val or "")
    return document


def _filling(briefing: Briefing) -> dict[str, str | bool | Sequence[str]]:
    """What stands in the place of each placeholder."""
    letterhead = briefing.letterhead
    return {
        "superior": letterhead.superior,
        "agency": letterhead.agency,
        "number": letterhead.number,
        "place_and_date": place_and_date(briefing),
        "subject": briefing.subject,
        "signer": letterhead.signer,
        "recipients": letterhead.recipients,
        "signer_name": letterhead.signer_name,
        "is_invented": briefing.is_invented,
    }


_PLACEHOLDERS: Final = (
    "{{ superior }}, {{ agency }}, {{ number }}, {{ place_and_date }}, {{ subject }}, các dòng "
    "signer và recipients, {{ signer_name }}"
)
#: The only one a template may do without: the body says it too.
_MAY_BE_MISSING: Final = ("is_invented",)


def _in_words(error: TemplateError) -> str:
    """The reason, in Vietnamese where a name is wrong; else in Jinja's words."""
    unknown = re.fullmatch(r"'(\w+)' is undefined", str(error))
    return f"không có chỗ điền tên “{unknown[1]}”" if unknown else str(error)


#: What opening a file that is no DOCX file raises.
_NOT_DOCX: Final = (PackageNotFoundError, zipfile.BadZipFile, KeyError, ValueError, SyntaxError)


def _checked(path: Path) -> bytes:
    """The bytes of a template that has every place and every style."""
    try:
        content = path.read_bytes()
        document = _opened(content)
    except OSError as error:
        raise _refused(path, "không đọc được tệp", "một tệp DOCX") from error
    except _NOT_DOCX as error:
        raise _refused(path, "tệp không phải DOCX", "một tệp DOCX của Word") from error
    found = [line.text.strip() for line in document.paragraphs]
    places = [text for text in found if text in (BODY, ANNEXES)]
    if places != [BODY, ANNEXES]:
        wanted = f"mỗi đoạn {BODY} và {ANNEXES} đứng riêng đúng một lần, theo thứ tự đó"
        raise _refused(path, f"có {' rồi '.join(places) or 'không đoạn nào'}", wanted)
    missing = [name for name in STYLES if name not in document.styles]
    if missing:
        raise _refused(path, f"thiếu kiểu {'; '.join(missing)}", f"đủ {len(STYLES)} kiểu của mẫu")
    return content


def _refused(path: Path, found: str, wanted: str) -> RefusedError:
    return RefusedError(f"Mẫu báo cáo {path}: {found}; cần {wanted}.")


def _place(document: Document, mark: str, path: Path) -> CT_P:
    """The paragraph of a mark: the last one, since data stands before the marks only."""
    found = [line._p for line in document.paragraphs if line.text.strip() == mark]
    if not found:
        # What stood between an open placeholder and the next closed one is lost.
        raise _refused(path, "có chỗ điền không đóng lại", _PLACEHOLDERS)
    return found[-1]


def _instead_of(place: CT_P, write: Callable[[], None]) -> None:
    """Let what `write` puts at the end of the document stand where `place` stood."""
    *after, pages = place.itersiblings()
    for element in after:
        element.getparent().remove(element)
    place.getparent().remove(place)
    write()
    for element in after:
        pages.addprevious(element)


# The body ------------------------------------------------------------------------------------


def _write_body(document: Document, briefing: Briefing) -> None:
    if briefing.is_invented:
        _mark(document)
    _lines(document, briefing.basis.splitlines(), "Nội dung")
    _write_summary(document, briefing)
    document.add_paragraph(RESULTS, "Heading 1")
    _lines(document, annexed(briefing).splitlines(), "Nội dung")
    charts_so_far = 0
    for section in briefing.sections:
        charts_so_far += section.chart is not None
        _write_section(document, section, charts_so_far)
    document.add_paragraph(TASKS, "Heading 1")
    _lines(document, briefing.tasks, "Gạch đầu dòng")
    if briefing.notes:
        document.add_paragraph(NOTES, "Heading 1")
        _lines(document, briefing.notes, "Gạch đầu dòng")
    # A signature never stands on a page without some of the text it signs.
    document.paragraphs[-1].paragraph_format.keep_with_next = True
    _lines(document, briefing.source.splitlines(), "Nguồn số liệu")


def _mark(document: Document) -> None:
    """That nobody in it is real: over the first page, where it takes none of its room."""
    first = document.sections[0]
    if not first.different_first_page_header_footer:
        document.add_paragraph(INVENTED, "Dữ liệu mô phỏng")
        return
    *_, line = first.first_page_header.paragraphs
    if line.text:
        line = first.first_page_header.add_paragraph()
    line.text, line.style = INVENTED, document.styles["Dữ liệu mô phỏng"]


def _write_summary(document: Document, briefing: Briefing) -> None:
    document.add_paragraph(SUMMARY, "Heading 1")
    for number, status in enumerate(briefing.statuses, 1):
        title = f"{number}. {status.title} – {status.status}:"
        _write_status(document, title, status.text)
    if briefing.why:
        _write_status(document, f"{WHY}:", briefing.why)
    if briefing.movers:
        document.add_paragraph(briefing.movers.title, "Tên bảng")
        write_table(document, briefing.movers)
    _titled(document, f"{OVERDUE}:", briefing.overdue, "Gạch đầu dòng")
    _titled(document, f"{ASKS}:", briefing.asks, "Gạch đầu dòng")


def _lines(document: Document, lines: Iterable[str], style: str) -> None:
    """A paragraph a line."""
    for line in lines:
        document.add_paragraph(line, style)


def _titled(document: Document, title: str, lines: Sequence[str], style: str) -> None:
    """Lines under a heading of the second level; nothing where there are none."""
    if lines:
        document.add_paragraph(title, "Heading 2")
        _lines(document, lines, style)


def _write_status(document: Document, title: str, text: str) -> None:
    line = document.add_paragraph(style="Tình trạng")
    line.add_run(title, "Strong")
    line.add_run(f" {text}")


def _write_section(document: Document, section: Section, chart_number: int) -> None:
    _titled(document, section.title, section.paragraphs, "Nội dung")
    if section.chart:
        _write_chart(document, section.chart, chart_number)


#: Millimetres a picture takes at most.
_WIDEST: Final = 160


def _write_chart(document: Document, chart: Chart, number: int) -> None:
    """The picture, at most as wide as the text, over its caption and its source."""
    run = document.add_paragraph(style="Hình").add_run()
    width = Mm(min(_WIDEST, text_width(document.sections[-1])))
    picture = run.add_picture(io.BytesIO(charts.png(chart)), width=width)
    picture._inline.docPr.set("descr", chart.alt)
    # Without these LibreOffice keeps 3 mm free at both sides, and pushes the picture out.
    for side in ("distT", "distB", "distL", "distR"):
        picture._inline.set(side, "0")
    document.add_paragraph(f"Biểu đồ {number}. {chart.title}", "Caption")
    document.add_paragraph(chart.source, "Nguồn")


# The annexes ---------------------------------------------------------------------------------


def _write_annex(document: Document, briefing: Briefing, table: Table, number: int) -> None:
    _start_pages(document, across=table.is_wide)
    document.add_paragraph(f"Phụ lục {roman(number)}", "Phụ lục")
    document.add_paragraph(table.title, "Tên phụ lục")
    document.add_paragraph(attached_to(briefing), "Kèm theo")
    write_table(document, table)


def _start_pages(document: Document, *, across: bool) -> None:
    """What follows starts on a new page; its header and page numbers go on."""
    *_, last, pages = document.element.body
    if not isinstance(last, CT_P):
        # An office's template may end in a table, or in a bookmark that Word put there.
        last = document.add_paragraph(style="Nguồn")._p
    last.set_sectPr(pages.clone())
    section = document.sections[-1]
    section.different_first_page_header_footer = False
    for reference in [*pages.iterchildren("{*}headerReference", "{*}footerReference")]:
        pages.remove(reference)
    short, long = sorted([section.page_width or Mm(210), section.page_height or Mm(297)])
    section.orientation = WD_ORIENT.LANDSCAPE if across else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = (long, short) if across else (short, long)


# The file ------------------------------------------------------------------------------------


def _describe(document: Document, briefing: Briefing) -> None:
    """What the file says of itself, which tells nothing of who or when it was made."""
    core = document.core_properties
    core.title = briefing.subject
    core.author = briefing.letterhead.agency
    core.language = "vi-VN"
    core.last_modified_by = ""
    core.revision = 1
    # A file keeps UTC; the office's clock is Vietnam's.
    as_of = briefing.as_of
    local = as_of if as_of.tzinfo else as_of.replace(tzinfo=VIETNAM)
    core.created = core.modified = local.astimezone(dt.UTC)


def _with_fixed_dates(document: Document) -> bytes:
    """The bytes of the file, whose parts tell no time of their making."""
    saved, fixed = io.BytesIO(), io.BytesIO()
    document.save(saved)
    with zipfile.ZipFile(saved) as parts, zipfile.ZipFile(fixed, "w") as kept:
        for name in parts.namelist():
            kept.writestr(zipfile.ZipInfo(name), parts.read(name), zipfile.ZIP_DEFLATED)
    return fixed.getvalue()
