"""A briefing as a workbook: every value typed, every ratio a formula, every text a text."""

import datetime as dt
import io
import re
import zipfile
from typing import Any
from xml.etree import ElementTree

import fastexcel
import polars as pl
import pytest

from display.briefing.value import INVENTED, Briefing, Cell, Column, Table
from display.briefing.write_xlsx import xlsx
from display.briefing.xlsx_pages import sheet_names
from tests.briefings import MOVERS, NAME, SOURCE, UPRIGHT, WIDE, a_briefing, a_chart, a_table

SPREADSHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
#: What a spreadsheet would take for a formula, a link, a template or a tag.
HOSTILE = [
    "=1+1",
    "@SUM(A1)",
    "+84",
    "-1",
    "0123",
    '=HYPERLINK("http://x")',
    "http://x.vn",
    "{=1}",
    "{{ 7*7 }} & <b>",
    "<r>&</r>",
    "_x0041_",
]


def part(made: bytes, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(made)) as parts:
        return parts.read(f"xl/{name}.xml").decode()


def sheet(made: bytes, name: str) -> str:
    """The XML of the sheet of this name."""
    return part(made, f"worksheets/sheet{fastexcel.read_excel(made).sheet_names.index(name) + 1}")


def rows(made: bytes, name: str) -> list[tuple[Any, ...]]:
    """What stands in a sheet, as a reader types it."""
    read = pl.read_excel(
        io.BytesIO(made), sheet_name=name, has_header=False, drop_empty_rows=False,
        drop_empty_cols=False, infer_schema_length=0,
    )  # fmt: skip
    return read.rows()


def cells(made: bytes, name: str) -> dict[str, tuple[str | None, str | None, str | None]]:
    """Each cell of a sheet: its formula, its type and its (cached) value."""
    found = ElementTree.fromstring(sheet(made, name)).iter(f"{SPREADSHEET}c")
    return {
        cell.attrib["r"]: (
            cell.findtext(f"{SPREADSHEET}f"),
            cell.get("t"),
            cell.findtext(f"{SPREADSHEET}v"),
        )
        for cell in found
    }


def column_of(made: bytes, table: Table, heading: str) -> list[tuple[str | None, ...]]:
    """The cells under a heading, down to the total."""
    at = [column.heading for column in table.columns].index(heading)
    top = head_row(made, table.name)
    found = cells(made, table.name)
    count = len(table.rows) + (table.total is not None)
    return [found[f"{chr(65 + at)}{top + 1 + row}"] for row in range(count)]


def head_row(made: bytes, name: str) -> int:
    """The row of the head, from 1."""
    return [row[0] for row in rows(made, name)].index("Đơn vị") + 1


def with_table(table: Table) -> bytes:
    return xlsx(a_briefing(movers=None, annexes=[table]))


def one_row(kind: Any, cell: Cell) -> tuple[tuple[str | None, ...], str]:
    """A cell of a kind, and its number format."""
    table = Table("Bảng", "Bảng", [NAME, Column("Số", kind)], [[Cell("A", "A"), cell]], None, "")
    made = with_table(table)
    [found] = column_of(made, table, "Số")
    place = f'r="B{head_row(made, "Bảng") + 1}" s="'
    style = int(sheet(made, "Bảng").split(place)[1].split('"')[0])
    styles = ElementTree.fromstring(part(made, "styles"))
    formats = {
        item.attrib["numFmtId"]: item.attrib["formatCode"]
        for item in styles.iter(f"{SPREADSHEET}numFmt")
    }
    [used] = styles.iter(f"{SPREADSHEET}cellXfs")
    return found, {**formats, "3": "#,##0"}[used[style].attrib["numFmtId"]]


# Numbers ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "kind, cell, value, shown",
    [
        ("count", Cell("1.204", 1204), 1204, "#,##0"),
        ("change", Cell("−87", -87), -87, '+#,##0;"−"#,##0;0'),
        ("points", Cell("+1,25", 0.0125), 1.25, '+0.00;"−"0.00;0.00'),
        ("points", Cell("0,00", -0.00001), -0.001, "0.00;0.00"),
        ("rate", Cell("892", 892.4), 892.4, "#,##0"),
        ("rate", Cell("4,3", 4.25), 4.25, "#,##0.0"),
        ("needed", Cell("893", 892.4), 893, "#,##0"),
        ("chance", Cell("31 %", 0.31), 0.31, '0"\u00a0"%'),
        ("ratio", Cell("41,00 %", 0.41), 0.41, '0.00"\u00a0"%'),
        ("day", Cell("25/4/2022", dt.date(2022, 4, 25)), 44676, "d/m/yyyy"),
    ],
)
def test_a_figure_is_a_number_shown_as_its_kind_asks(kind, cell, value, shown):
    (formula, written, number), pattern = one_row(kind, cell)
    assert (formula, written) == (None, None)
    assert float(str(number)) == pytest.approx(value)
    assert pattern == shown


@pytest.mark.parametrize(
    "kind, text, value",
    [
        ("chance", "<1 %", 0.0004),
        ("chance", ">99 %", 0.9999),
        ("age", "36 giờ", 36.0),
        ("count", "–", None),
        ("rate", "–", None),
        ("day", "–", None),
    ],
)
def test_what_is_no_figure_stands_as_it_is_printed(kind, text, value):
    table = Table(
        "T", "T", [NAME, Column("Số", kind)], [[Cell("A", "A"), Cell(text, value)]], None, ""
    )
    made = with_table(table)
    [(formula, written, _)] = column_of(made, table, "Số")
    assert (formula, written) == (None, "s")
    assert rows(made, "T")[head_row(made, "T")][1] == text


def test_a_day_is_read_back_as_a_day():
    made = xlsx(a_briefing())
    read = pl.read_excel(
        io.BytesIO(made),
        sheet_name="Phản ánh",
        read_options={"header_row": head_row(made, "Phản ánh") - 1},
    )
    assert read["Tiếp nhận lần cuối"][0] == "2022-04-25 00:00:00"


@pytest.mark.parametrize("table", [WIDE, UPRIGHT], ids=lambda table: table.name)
def test_a_ratio_is_a_formula_on_its_two_columns_that_comes_to_their_quotient(table):
    made = xlsx(a_briefing())
    top = head_row(made, table.name)
    [(at, of)] = [(at, column.of) for at, column in enumerate(table.columns) if column.of]
    found = column_of(made, table, table.columns[at].heading)
    for row, values, cell in zip(
        range(top + 1, 99), [*table.rows, table.total], found, strict=False
    ):
        above, below = (f"{chr(65 + place)}{row}" for place in of)
        assert cell[0] == f'IF({below}=0,"–",{above}/{below})'
        numerator, denominator = (values[place].value for place in of)
        if denominator:
            assert float(str(cell[2])) == numerator / denominator
        else:
            assert cell[1:] == ("str", "–")


def test_a_ratio_of_what_is_not_known_is_not_known():
    of = [NAME, Column("Tử", "count"), Column("Mẫu", "count"), Column("Tỷ lệ", "ratio", of=(1, 2))]
    table = a_table("T", "T", of, [("A", 1, None, None), ("B", 1, 2, None), ("C", 1, 2, 0.5)])
    found = column_of(with_table(table), table, "Tỷ lệ")
    assert [cell[0] for cell in found[:2]] == [None, None]
    assert float(str(found[2][2])) == 1 / 2


def test_nearly_all_is_not_shown_as_all():
    _, pattern = one_row("ratio", Cell(">99,99 %", 0.999999))
    assert pattern.startswith("0.0000")


def test_what_adds_up_is_a_sum_of_the_rows_above():
    made = xlsx(a_briefing())
    top = head_row(made, "Làm sạch")
    for at, column in enumerate(WIDE.columns):
        *above, total = column_of(made, WIDE, column.heading)
        if column.adds_up:
            letter = chr(65 + at)
            assert total[0] == f"SUM({letter}{top + 1}:{letter}{top + len(WIDE.rows)})"
            assert float(str(total[2])) == sum(float(str(cell[2])) for cell in above)


def test_points_add_up_in_hundredths():
    *above, total = column_of(xlsx(a_briefing()), MOVERS, "Đóng góp (điểm %)")
    assert float(str(total[2])) == pytest.approx(1.21 - 0.13)
    assert sum(float(str(cell[2])) for cell in above) == pytest.approx(1.21 - 0.13)


def test_a_table_without_rows_or_total_is_only_its_head():
    made = with_table(UPRIGHT._replace(rows=[], total=None))
    assert [row[0] for row in rows(made, "Phản ánh")][-1] == SOURCE
    assert "<f>" not in sheet(made, "Phản ánh")


# Text ---------------------------------------------------------------------------------------


def test_text_stays_text_whatever_it_begins_with():
    columns = [NAME, Column("Lời", "text")]
    table = a_table("T", "=1+1", columns, [*((text, text) for text in HOSTILE), ("Cộng", "")])
    made = with_table(table)
    found = rows(made, "T")
    top = head_row(made, "T")
    told = [[str(cell).strip() for cell in row[:2]] for row in found[top : top + len(HOSTILE)]]
    assert told == [[text, text] for text in HOSTILE]
    assert found[0][0] == "=1+1"
    assert "<f>" not in sheet(made, "T")
    assert "hyperlink" not in sheet(made, "T")


def test_the_summary_tells_everything_and_no_formula():
    briefing = a_briefing(asks=HOSTILE, why="=1+1")
    made = xlsx(briefing)
    told = [cell for row in rows(made, "Tóm tắt") for cell in row if cell]
    said = [
        "SỞ Y TẾ",
        "BÁO CÁO",
        briefing.subject,
        INVENTED,
        briefing.basis,
        *(text for status in briefing.statuses for text in status[1:3]),
        "=1+1",
        *(f"• {line}" for line in [*briefing.overdue, *briefing.asks, *briefing.notes]),
        briefing.source,
    ]
    assert [text for text in said if text not in told] == []
    assert "<f>" not in sheet(made, "Tóm tắt")


def test_the_mark_stands_on_every_sheet_of_invented_data_and_on_none_of_real():
    for is_invented in (True, False):
        made = xlsx(a_briefing(is_invented=is_invented))
        for name in fastexcel.read_excel(made).sheet_names:
            told = [cell for row in rows(made, name) for cell in row]
            assert (INVENTED in told) == is_invented, name


def test_a_text_longer_than_a_cell_takes_is_cut_or_goes_on_below():
    made = xlsx(a_briefing(why="Rất dài. " * 5000, movers=None, annexes=[]))
    told = [str(row[0]) for row in rows(made, "Tóm tắt") if str(row[0]).startswith(("Rất", "dài"))]
    assert max(map(len, told)) <= 32_767
    assert " ".join(told).split() == ["Rất", "dài."] * 5000
    table = a_table("T", "T", [NAME, Column("Lời", "text")], [("A", "ă" * 40_000), ("Cộng", "")])
    made = with_table(table)
    assert len(rows(made, "T")[head_row(made, "T")][1]) == 32_766


# The sheets ---------------------------------------------------------------------------------


def test_a_sheet_a_table_between_the_summary_and_the_charts():
    made = xlsx(a_briefing())
    assert fastexcel.read_excel(made).sheet_names == [
        "Tóm tắt",
        "Biến động",
        "Làm sạch",
        "Phản ánh",
        "Diễn biến",
    ]


def test_sheets_have_names_that_excel_takes():
    names = sheet_names(
        ["Tóm tắt", "TÓM TẮT", "a/b:[c]?*\\", "'x'", "", "History", "Đ" * 40, "Đ" * 50]
    )
    assert len({name.casefold() for name in names}) == len(names)
    assert all(0 < len(name) <= 31 and not re.search(r"[\[\]:*?/\\]|^'|'$", name) for name in names)
    assert "history" not in [name.casefold() for name in names]
    assert names[:2] == ["Tóm tắt", "TÓM TẮT (2)"]


def test_head_and_names_stay_and_the_filter_leaves_the_total_out():
    made = xlsx(a_briefing())
    top = head_row(made, "Làm sạch")
    text = sheet(made, "Làm sạch")
    assert f'<pane xSplit="1" ySplit="{top}"' in text
    assert f'<autoFilter ref="A{top}:J{top + len(WIDE.rows)}"' in text
    assert f"'Làm sạch'!${top}:${top}" in part(made, "workbook")


@pytest.mark.parametrize("name, is_across", [("Làm sạch", True), ("Phản ánh", False)])
def test_a_wide_table_is_printed_across_on_a4_as_wide_as_a_page(name, is_across):
    text = sheet(xlsx(a_briefing()), name)
    assert ('orientation="landscape"' in text) == is_across
    assert 'paperSize="9"' in text
    assert 'fitToHeight="0"' in text
    assert "&amp;P/&amp;N" in text


def test_the_source_is_under_each_page_and_is_no_code():
    made = with_table(UPRIGHT._replace(source="Nguồn: a & b " * 40))
    [footer] = ElementTree.fromstring(sheet(made, "Phản ánh")).iter(f"{SPREADSHEET}oddFooter")
    assert "a && b" in str(footer.text)
    assert len(str(footer.text)) <= 255


def test_a_row_over_merged_cells_is_as_high_as_its_text():
    made = xlsx(a_briefing(why="Từ " * 200))
    told = [row[0] for row in rows(made, "Tóm tắt")]
    at = next(row for row, text in enumerate(told, 1) if str(text).startswith("Từ Từ"))
    height = float(re.findall(rf'<row r="{at}"[^>]* ht="([\d.]+)"', sheet(made, "Tóm tắt"))[0])
    # 600 letters on a page that takes about 100.
    assert 6 * 13 < height < 9 * 15


# The charts ---------------------------------------------------------------------------------


def test_a_chart_stands_over_its_points_and_says_what_it_shows():
    made = xlsx(a_briefing())
    chart = a_chart()
    assert f'descr="{chart.alt}"' in part(made, "drawings/drawing1")
    drawn = part(made, "charts/chart1")
    assert f"{chart.title} (trước ngày 30/4/2022)" in drawn
    assert "<c:dateAx>" in drawn
    assert '<c:min val="0"/>' in drawn
    assert [name in drawn for name in ("Thực hiện", "Cần đạt", "Kế hoạch")] == [True] * 3
    assert [colour in drawn for colour in ("0B6E99", "1B2733", "9AA5B1")] == [True] * 3
    # The deadline: a red line from its point down to the axis.
    [bars] = re.findall(r"<c:errBars>.*?</c:errBars>", drawn)
    assert 'errBarType val="minus"' in bars
    assert 'val="100"' in bars
    assert "B42318" in bars


def test_the_points_of_a_chart_are_beside_it():
    found = rows(xlsx(a_briefing()), "Diễn biến")
    top = [row[0] for row in found].index("Ngày")
    assert list(found[top][:5]) == ["Ngày", "Thực hiện", "Cần đạt", "Kế hoạch", "Vạch hạn"]
    lines, deadline = a_chart().lines, a_chart().deadline
    assert deadline is not None
    days = sorted({deadline[0], *(day for line in lines for day, _ in line.points)})
    told = found[top + 1 : top + 1 + len(days)]
    assert [str(row[0]) for row in told] == [f"{day} 00:00:00" for day in days]
    for at, line in enumerate(lines, 1):
        values = [float(row[at]) for row in told if row[at] is not None]
        assert values == [value for _, value in line.points]
    highest = max(value for line in lines for _, value in line.points)
    marked = {str(row[0])[:10]: float(row[4]) for row in told if row[4] is not None}
    assert marked == {str(deadline[0]): highest}


def test_without_a_chart_there_is_no_sheet_of_charts():
    made = xlsx(a_briefing(sections=[]))
    assert "Diễn biến" not in fastexcel.read_excel(made).sheet_names


# The file -----------------------------------------------------------------------------------


def test_the_same_briefing_is_the_same_file():
    assert xlsx(a_briefing()) == xlsx(a_briefing())


def test_the_file_is_of_the_office_and_of_the_instant_it_tells_of():
    with zipfile.ZipFile(io.BytesIO(xlsx(a_briefing()))) as parts:
        text = parts.read("docProps/core.xml").decode()
        days = {item.date_time for item in parts.infolist()}
    assert "<dc:creator>SỞ Y TẾ</dc:creator>" in text
    assert set(re.findall(r"\d{4}-\d\d-\d\dT[\d:]+Z", text)) == {"2022-04-25T16:00:00Z"}
    assert days == {(1980, 1, 1, 0, 0, 0)}


def test_all_letters_are_of_one_font_and_not_of_excels_theme():
    styles = ElementTree.fromstring(part(xlsx(a_briefing()), "styles"))
    names = {item.attrib["val"] for item in styles.iter(f"{SPREADSHEET}name")}
    assert names == {"Times New Roman"}
    assert list(styles.iter(f"{SPREADSHEET}scheme")) == []


def test_a_briefing_of_nothing_is_still_a_workbook():
    nothing: Briefing = a_briefing(
        statuses=[], movers=None, annexes=[], sections=[], overdue=[], asks=[], notes=[], why=""
    )
    assert fastexcel.read_excel(xlsx(nothing)).sheet_names == ["Tóm tắt"]
