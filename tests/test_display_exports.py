"""A list taken along: every cell is text, and the file says who took it and when."""

import csv
import datetime as dt
import io
import zipfile

import polars as pl
import pytest

from display.exports import About, list_csv, list_xlsx

ABOUT = About(
    title="Không hợp lệ",
    place="Trạm Y tế Phường 1",
    as_of=dt.datetime.fromisoformat("2022-04-25T16:00"),
    is_invented=True,
    user="tram-1",
    taken_at=dt.datetime.fromisoformat("2022-04-26T08:05"),
)
HEADINGS = ["Mã hồ sơ", "Họ và tên"]
#: What a spreadsheet would take for a formula, or a page for a script.
HOSTILE = ["=1+1", "+84", "-1", "@SUM(A1)", "\t=1", '=HYPERLINK("http://x")', "<script>"]
ROWS = [[f"H{at}", text] for at, text in enumerate([*HOSTILE, "Nguyễn Văn Đức; “A”, B"])]
WATERMARK = "tram-1 xuất lúc 26/4/2022 08:05: 8 hồ sơ."


def test_a_csv_file_is_read_as_utf8_by_a_spreadsheet_and_holds_no_formula() -> None:
    made = list_csv(ABOUT, HEADINGS, ROWS, "vi")
    assert made.startswith("\ufeff".encode())
    rows = list(csv.reader(io.StringIO(made.decode("utf-8-sig"))))
    assert rows[0] == HEADINGS
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "\t"))]
    assert [row[1].removeprefix("'") for row in rows[1:9]] == [row[1] for row in ROWS]


def test_a_csv_file_ends_in_who_took_it() -> None:
    rows = list(csv.reader(io.StringIO(list_csv(ABOUT, HEADINGS, ROWS, "vi").decode("utf-8-sig"))))
    assert "DỮ LIỆU MÔ PHỎNG" in rows[-1][0]
    assert rows[-1][1].startswith(WATERMARK)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_workbook_holds_text_only_under_its_headings(language: str) -> None:
    made = list_xlsx(ABOUT, HEADINGS, ROWS, language)
    sheet = pl.read_excel(io.BytesIO(made), has_header=False, drop_empty_rows=False).rows()
    assert sheet[0][0] == "Không hợp lệ"
    assert list(sheet[4]) == HEADINGS
    assert [list(row) for row in sheet[5:]] == ROWS
    with zipfile.ZipFile(io.BytesIO(made)) as parts:
        text = parts.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in text
    assert "hyperlink" not in text


def test_a_workbook_says_who_took_it_on_the_sheet_and_under_every_page() -> None:
    made = list_xlsx(ABOUT, HEADINGS, ROWS, "vi")
    sheet = pl.read_excel(io.BytesIO(made), has_header=False, drop_empty_rows=False).rows()
    assert sheet[2][0].startswith(WATERMARK)
    assert "DỮ LIỆU MÔ PHỎNG" in sheet[1][0]
    with zipfile.ZipFile(io.BytesIO(made)) as parts:
        text = parts.read("xl/worksheets/sheet1.xml").decode()
    assert WATERMARK in text
    assert 'orientation="landscape"' in text
