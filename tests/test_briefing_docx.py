"""A briefing as DOCX: every figure of it, in the office's styles, and nothing by hand."""

import datetime as dt
import io
import re
import zipfile
from pathlib import Path

import docx as word
import pytest
from docx.document import Document
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from docx.shared import Mm
from docx.text.paragraph import Paragraph

from data.errors import RefusedError
from display.briefing.value import INVENTED, TASKS, Briefing, Table
from display.briefing.write_docx import ANNEXES, BODY, STYLES, TEMPLATE, docx
from tests.briefings import UPRIGHT, WIDE, a_briefing, a_chart

#: What the template's own header says.
MARK = "DỮ LIỆU MÔ PHỎNG"
#: What a template language, a markup or a second rendering would change.
HOSTILE = "{{ 7*7 }} & <b>{% x %}</b>"


def opened(briefing: Briefing, template: Path | None = None) -> Document:
    return word.Document(io.BytesIO(docx(briefing, template)))


def data_tables(document: Document) -> list:
    """The tables of figures: all but those of the head and the signature."""
    style = document.styles["Bảng số liệu"]
    return [table for table in document.tables if table.style == style]


def style_of(line: Paragraph) -> str:
    return str(line.style and line.style.name)


def texts(document: Document, style: str) -> list[str]:
    return [line.text for line in document.paragraphs if style_of(line) == style]


def printed(table: Table) -> list[list[str]]:
    rows = [*table.rows, *([table.total] if table.total else [])]
    return [[column.heading for column in table.columns], *([c.text for c in row] for row in rows)]


def whole_text(document: Document) -> str:
    """All the words of the body, tables and head included."""
    return "".join(element.text or "" for element in document.element.iter(qn("w:t")))


# What it says --------------------------------------------------------------------------------


def test_a_briefing_is_written_as_the_same_bytes_each_time():
    assert docx(a_briefing()) == docx(a_briefing())


def test_every_cell_of_every_table_stands_in_the_file_as_it_is_printed():
    briefing = a_briefing()
    found = [
        [[cell.text for cell in row.cells] for row in table.rows]
        for table in data_tables(opened(briefing))
    ]
    assert found == [printed(table) for table in briefing.tables]


def test_all_that_a_briefing_says_stands_in_the_file():
    briefing = a_briefing()
    text = whole_text(opened(briefing))
    said = [briefing.subject, briefing.basis, briefing.why, briefing.source]
    said += [*briefing.overdue, *briefing.asks, *briefing.notes, WIDE.note, WIDE.source]
    said += [status.text for status in briefing.statuses]
    said += [line for section in briefing.sections for line in section.paragraphs]
    said += [*briefing.letterhead.signer, *briefing.letterhead.recipients]
    said += [briefing.letterhead.superior, briefing.letterhead.agency]
    assert [line for line in said if line not in text] == []


def test_a_status_is_told_in_bold_before_its_text():
    line = next(p for p in opened(a_briefing()).paragraphs if style_of(p) == "Tình trạng")
    assert line.runs[0].text == "1. Làm sạch dữ liệu – Chậm:"
    assert line.runs[0].style.name == "Strong"


def test_what_is_not_there_leaves_no_heading():
    bare = a_briefing(movers=None, why="", overdue=[], asks=[], notes=[], sections=[], annexes=[])
    document = opened(bare)
    assert texts(document, "Heading 1") == ["I. TÓM TẮT", "II. KẾT QUẢ VÀ ĐÁNH GIÁ", TASKS]
    assert texts(document, "Heading 2") == []
    assert data_tables(document) == []
    assert len(document.sections) == 1


@pytest.mark.parametrize(
    ("day", "written"),
    [
        ("2022-02-05T08:00", "ngày 05 tháng 02 năm 2022"),
        ("2022-03-09T08:00", "ngày 09 tháng 3 năm 2022"),
        ("2022-12-25T08:00", "ngày 25 tháng 12 năm 2022"),
    ],
)
def test_a_day_below_ten_and_the_first_two_months_are_written_with_a_zero(day, written):
    briefing = a_briefing(as_of=dt.datetime.fromisoformat(day))
    assert f"Bà Rịa – Vũng Tàu, {written}" in whole_text(opened(briefing))


def test_an_invented_briefing_says_so_on_every_page_and_a_real_one_nowhere():
    invented, real = opened(a_briefing()), opened(a_briefing(is_invented=False))
    assert header_of_first_page(invented) == INVENTED
    assert MARK in [line.text for line in invented.sections[0].header.paragraphs]
    assert INVENTED not in whole_text(real) + header_of_first_page(real)
    assert MARK not in [line.text for line in real.sections[0].header.paragraphs]


def test_an_invented_briefing_says_so_in_a_template_whose_first_page_is_like_the_others(tmp_path):
    template = changed_template(tmp_path, "<w:titlePg/>", "")
    invented = opened(a_briefing(), template)
    assert texts(invented, "Dữ liệu mô phỏng") == [INVENTED]


def header_of_first_page(document: Document) -> str:
    return "".join(line.text for line in document.sections[0].first_page_header.paragraphs)


def test_hostile_text_stands_as_text_wherever_it_comes_from():
    briefing = a_briefing()
    cell = WIDE.rows[0][0]._replace(text=HOSTILE)
    table = WIDE._replace(rows=[[cell, *WIDE.rows[0][1:]]], title=HOSTILE, note=HOSTILE)
    letterhead = briefing.letterhead._replace(agency=HOSTILE, recipients=[HOSTILE])
    section = briefing.sections[0]._replace(title=HOSTILE, paragraphs=[HOSTILE])
    changed = briefing._replace(
        letterhead=letterhead,
        subject=HOSTILE,
        overdue=[HOSTILE],
        sections=[section],
        annexes=[table],
    )
    document = opened(changed)
    # Agency, recipients, subject; overdue; title and paragraph; title, note and cell; the annex
    # names the agency again.
    assert whole_text(document).count(HOSTILE) == 3 + 1 + 2 + 3 + 1
    assert document.core_properties.title == HOSTILE
    assert data_tables(document)[-1].cell(1, 0).text == HOSTILE


def test_a_name_that_reads_as_a_place_of_the_template_moves_nothing():
    document = opened(a_briefing(subject=BODY))
    assert texts(document, "Trích yếu") == [BODY]
    assert texts(document, "Heading 1")[0] == "I. TÓM TẮT"


# How it is laid out --------------------------------------------------------------------------


def test_headings_are_headings():
    document = opened(a_briefing())
    assert texts(document, "Heading 1") == [
        "I. TÓM TẮT",
        "II. KẾT QUẢ VÀ ĐÁNH GIÁ",
        TASKS,
        "IV. GHI CHÚ",
    ]
    assert texts(document, "Heading 2") == [
        "Đã quá hạn:",
        "Đề nghị lãnh đạo chỉ đạo:",
        "Làm sạch dữ liệu",
        "Phản ánh của người dân",
    ]
    assert all(document.styles[f"Heading {n}"].paragraph_format.keep_with_next for n in (1, 2))


def test_annexes_are_numbered_in_roman_and_say_which_report_they_go_with():
    document = opened(a_briefing(annexes=[WIDE, *[UPRIGHT] * 3]))
    assert texts(document, "Phụ lục") == [
        f"Phụ lục {number}" for number in ("I", "II", "III", "IV")
    ]
    assert texts(document, "Tên phụ lục")[0] == WIDE.title
    with_report = "(Kèm theo Báo cáo số 05/BC-SYT ngày 25 tháng 4 năm 2022 của SỞ Y TẾ)"
    assert texts(document, "Kèm theo") == [with_report] * 4


def test_a_wide_annex_lies_across_and_an_upright_one_stands():
    document = opened(a_briefing(annexes=[WIDE, UPRIGHT]))
    body, wide, upright = document.sections
    assert wide.orientation == WD_ORIENT.LANDSCAPE
    assert (wide.page_width, wide.page_height) == (body.page_height, body.page_width)
    assert body.orientation == upright.orientation == WD_ORIENT.PORTRAIT
    assert (upright.page_width, upright.page_height) == (body.page_width, body.page_height)


def test_the_page_number_stands_in_the_header_of_every_page_but_the_first():
    first, *others = opened(a_briefing(is_invented=False)).sections
    assert first.different_first_page_header_footer
    assert "PAGE" in "".join(e.text for e in first.header._element.iter(qn("w:instrText")))
    assert "".join(line.text for line in first.first_page_header.paragraphs) == ""
    assert len(others) == 2
    assert all(section.header.is_linked_to_previous for section in others)
    assert not any(section.different_first_page_header_footer for section in others)


def test_the_head_of_a_table_repeats_and_no_row_is_split():
    for table in data_tables(opened(a_briefing())):
        head, *rows = [row._tr.trPr for row in table.rows]
        assert head.find(qn("w:tblHeader")) is not None
        assert all(row.find(qn("w:tblHeader")) is None for row in rows)
        assert all(row.find(qn("w:cantSplit")) is not None for row in [head, *rows])


def test_a_total_is_bold_by_its_style_and_stays_with_the_row_before():
    long = UPRIGHT._replace(rows=[UPRIGHT.rows[0]] * 30)
    *_, table = data_tables(opened(a_briefing(annexes=[long])))
    lines = [row.cells[0].paragraphs[0] for row in table.rows]
    assert [line.style.name for line in lines[-2:]] == ["Bảng chữ", "Bảng tổng chữ"]
    assert lines[-1].style.font.bold
    assert [bool(line.paragraph_format.keep_with_next) for line in lines[-3:]] == [
        False,
        True,
        True,
    ]


def test_columns_fill_the_page_alike_on_the_grid_and_in_the_cells():
    document = opened(a_briefing())
    pages = document.sections[1]
    inner = Mm(297 - 30 - 15)
    assert pages.page_width == pytest.approx(Mm(297), rel=0.001)
    wide = data_tables(document)[1]
    grid = [column.width for column in wide.columns]
    assert [cell.width for cell in wide.rows[1].cells] == grid
    assert sum(grid) == pytest.approx(inner, rel=0.005)
    assert grid[0] == max(grid)
    assert not wide.autofit


def test_a_picture_says_what_it_shows_and_has_its_caption_and_source():
    document = opened(a_briefing())
    chart = a_chart()
    assert [shape._inline.docPr.get("descr") for shape in document.inline_shapes] == [chart.alt]
    assert texts(document, "Caption") == [f"Biểu đồ 1. {chart.title}"]
    assert chart.source in texts(document, "Nguồn")


def test_no_run_is_formatted_by_hand():
    properties = opened(a_briefing()).element.iter(qn("w:rPr"))
    assert {child.tag for found in properties for child in found} == {qn("w:rStyle")}


def test_every_style_is_in_times_new_roman_and_vietnamese():
    styles = word.Document(str(TEMPLATE)).styles
    fonts = styles["Normal"].element.rPr.find(qn("w:rFonts"))
    assert {fonts.get(qn(f"w:{kind}")) for kind in ("ascii", "hAnsi", "cs", "eastAsia")} == {
        "Times New Roman"
    }
    assert styles["Normal"].element.rPr.find(qn("w:lang")).get(qn("w:val")) == "vi-VN"
    named = {fonts.get(qn("w:ascii")) for fonts in styles.element.iter(qn("w:rFonts"))}
    assert named == {"Times New Roman"}


# The file ------------------------------------------------------------------------------------


def test_the_file_says_what_it_is_and_not_who_made_it_when():
    briefing = a_briefing()
    core = opened(briefing).core_properties
    assert (core.title, core.author) == (briefing.subject, briefing.letterhead.agency)
    assert (core.language, core.revision, core.last_modified_by) == ("vi-VN", 1, "")
    # 16:00 in Vietnam.
    assert core.created == core.modified == dt.datetime(2022, 4, 25, 9, tzinfo=dt.UTC)
    with zipfile.ZipFile(io.BytesIO(docx(briefing))) as parts:
        assert {part.date_time for part in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}


# The template --------------------------------------------------------------------------------


def changed_template(folder: Path, before: str, after: str, part: str = "document") -> Path:
    """The template with other words in one of its parts."""
    made = folder / "mau.docx"
    with zipfile.ZipFile(TEMPLATE) as parts, zipfile.ZipFile(made, "w") as written:
        for name in parts.namelist():
            content = parts.read(name).decode()
            here = name == f"word/{part}.xml"
            assert not here or before in content
            written.writestr(name, content.replace(before, after) if here else content)
    return made


def test_an_office_may_bring_its_own_template(tmp_path):
    template = changed_template(tmp_path, "Độc lập - Tự do - Hạnh phúc", "Mẫu của cơ quan")
    assert "Mẫu của cơ quan" in whole_text(opened(a_briefing(), template))


def test_a_template_may_have_been_saved_by_libreoffice(tmp_path):
    """Which names the style "Heading 1" that Word names "heading 1"."""
    template = changed_template(tmp_path, '"heading 1"', '"Heading 1"', "styles")
    assert texts(opened(a_briefing(), template), "Heading 1")[0] == "I. TÓM TẮT"


@pytest.mark.parametrize("place", [BODY, ANNEXES])
def test_a_template_without_a_place_is_refused_by_name(tmp_path, place):
    template = changed_template(tmp_path, place, "")
    with pytest.raises(RefusedError, match=r"mau\.docx: có \[\[.*; cần mỗi đoạn") as refused:
        docx(a_briefing(), template)
    assert place in str(refused.value)


def test_a_template_without_a_style_is_refused_by_its_name(tmp_path):
    template = changed_template(tmp_path, '"Bảng số"', '"Số"', "styles")
    with pytest.raises(RefusedError, match=r"mau\.docx: thiếu kiểu Bảng số; cần đủ"):
        docx(a_briefing(), template)


def test_a_template_has_every_style_that_is_asked_for():
    assert [name for name in STYLES if name not in word.Document(str(TEMPLATE)).styles] == []


@pytest.mark.parametrize(
    "placeholder, told",
    [
        ("{{ tieu_de }}", "có chỗ điền không hiểu được (không có chỗ điền tên “tieu_de”); cần {{"),
        ("{{ subject.__class__ }}", "có chỗ điền không hiểu được (access to attribute"),
    ],
)
def test_a_placeholder_that_is_not_known_is_refused(tmp_path, placeholder, told):
    template = changed_template(tmp_path, "{{ subject }}", placeholder)
    with pytest.raises(RefusedError, match=re.escape(f"mau.docx: {told}")):
        docx(a_briefing(), template)


@pytest.mark.parametrize(
    "before, after, missing",
    [
        ("{{ subject }}", "Báo cáo tuần", "subject"),
        ("{{ subject }}", "{{ subject", "subject"),
        ("Số: {{ number }}", "Số: 05/BC-SYT", "number"),
        ("{%p for line in signer %}", "{%p for line in recipients %}", "signer"),
        ("{{ signer_name }}", "", "signer_name"),
    ],
)
def test_a_template_that_lost_a_placeholder_is_refused_by_its_name(
    tmp_path, before, after, missing
):
    template = changed_template(tmp_path, before, after)
    with pytest.raises(RefusedError, match=rf"mau\.docx: thiếu chỗ điền {missing}, hoặc"):
        docx(a_briefing(), template)


def test_a_template_may_say_nothing_of_invented_data_as_the_body_does(tmp_path):
    template = changed_template(tmp_path, "{%p if is_invented %}", "{%p if true %}", "header1")
    assert header_of_first_page(opened(a_briefing(), template)) == INVENTED


@pytest.mark.parametrize("content", [b"", b"BAO CAO", b"PK\x03\x04 not a zip"])
def test_what_is_no_docx_is_refused(tmp_path, content):
    template = tmp_path / "mau.docx"
    template.write_bytes(content)
    with pytest.raises(RefusedError, match=r"mau\.docx: tệp không phải DOCX; cần"):
        docx(a_briefing(), template)


def test_a_zip_that_holds_no_document_is_refused(tmp_path):
    template = tmp_path / "mau.docx"
    with zipfile.ZipFile(template, "w") as parts:
        parts.writestr("a.txt", "a")
    with pytest.raises(RefusedError, match="không phải DOCX"):
        docx(a_briefing(), template)


def test_a_template_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(RefusedError, match=r"khong-co\.docx: không đọc được tệp"):
        docx(a_briefing(), tmp_path / "khong-co.docx")
