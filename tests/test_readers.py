"""Files as they come in: encodings, separators, quotes, lines; what is refused, in what words."""

import codecs
import csv
import datetime as dt
import io
import unicodedata
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import polars as pl
import pytest
import xlsxwriter
from hypothesis import example, given

from data.errors import RefusedError
from data.layouts import recognise
from data.readers import RawTable, _read_fast, _read_slow, read_file

HEADINGS = (
    "Mã hồ sơ,Họ và tên,Ngày sinh,Giới tính,Mã cơ sở nhập,Số mũi,Trạng thái xác thực,Trạng thái ký"
)
ROW = "H1,Trần Thị Bích Thuỷ,02/01/1990,Nữ,F1,2,Đúng,Chưa ký"


def cells_of(line: str) -> list[str]:
    return line.split(",")


CELLS = cells_of(ROW)


def table_of(tmp_path: Path, content: str | bytes, *, encoding: str | None = None) -> RawTable:
    path = tmp_path / "records.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_file(path, encoding=encoding).tables[0]


def refusal_of(tmp_path: Path, content: str | bytes, *, encoding: str | None = None) -> str:
    with pytest.raises(RefusedError) as refused:
        table_of(tmp_path, content, encoding=encoding)
    return str(refused.value)


def windows_1258(text: str) -> bytes:
    """As Windows writes Vietnamese in that code page: base letters whole, tone marks apart."""
    tones = "\u0300\u0301\u0303\u0309\u0323"
    pieces = []
    for letter in text:
        parts = unicodedata.normalize("NFD", letter)
        tone = "".join(part for part in parts if part in tones)
        base = "".join(part for part in parts if part not in tones)
        pieces.append(unicodedata.normalize("NFC", base) + tone)
    return "".join(pieces).encode("windows-1258")


# Encodings ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(codecs.BOM_UTF8 + f"{HEADINGS}\n{ROW}\n".encode(), id="UTF-8 with a mark"),
        pytest.param(f"{HEADINGS}\n{ROW}\n".encode("utf-16"), id="UTF-16"),
        pytest.param(
            codecs.BOM_UTF16_BE + f"{HEADINGS}\n{ROW}\n".encode("utf-16-be"), id="UTF-16 BE"
        ),
        pytest.param(unicodedata.normalize("NFD", f"{HEADINGS}\n{ROW}\n").encode(), id="NFD"),
        pytest.param(f"{HEADINGS}\r\n{ROW}\r\n".encode(), id="CRLF"),
        pytest.param(f"{HEADINGS}\r\n{ROW}\n".encode(), id="mixed line ends"),
        pytest.param(f"{HEADINGS}\r{ROW}\r".encode(), id="CR, as an old Mac writes"),
        pytest.param(f"{HEADINGS}\n{ROW}".encode(), id="no line end at the end"),
        pytest.param(f"{HEADINGS}\n{ROW}\n".replace(",", ";").encode(), id="semicolons"),
        pytest.param(f"{HEADINGS}\n{ROW}\n".replace(",", "\t").encode(), id="tabs"),
    ],
)
def test_the_same_table_is_read_however_it_was_saved(tmp_path, content):
    table = table_of(tmp_path, content)
    assert table.headings == cells_of(HEADINGS)
    assert table.rows.rows() == [tuple(CELLS)]
    assert table.lines.to_list() == [2]


def test_windows_1258_is_read_when_it_is_named(tmp_path):
    content = windows_1258(f"{HEADINGS}\n{ROW}\n")
    assert table_of(tmp_path, content, encoding="windows-1258").rows.rows() == [tuple(CELLS)]


def test_windows_1258_without_its_name_is_refused_with_the_line_and_the_choice(tmp_path):
    said = refusal_of(tmp_path, windows_1258(f"{HEADINGS}\n{ROW}\n"))
    assert "dòng 1 không phải UTF-8" in said
    assert "--encoding windows-1258" in said


def test_bytes_that_are_not_utf_8_are_refused_with_their_line(tmp_path):
    said = refusal_of(tmp_path, f"{HEADINGS}\n{ROW}\n".encode() + b"H2,\xe9\n")
    assert "dòng 3 không phải UTF-8" in said


def test_a_byte_order_mark_goes_before_the_encoding_named_for_other_files(tmp_path):
    content = codecs.BOM_UTF8 + f"{HEADINGS}\n{ROW}\n".encode()
    assert table_of(tmp_path, content, encoding="windows-1258").rows.rows() == [tuple(CELLS)]


def test_an_encoding_that_does_not_fit_is_named(tmp_path):
    content = f"{HEADINGS}\n{ROW}\n"
    assert "“nonsense”" in refusal_of(tmp_path, content, encoding="nonsense")
    assert "“ascii”" in refusal_of(tmp_path, content, encoding="ascii")


# Lines, quotes and ragged rows --------------------------------------------------------------


def test_a_quoted_cell_may_hold_separators_quotes_and_line_breaks(tmp_path):
    name = 'Lê, "Bình"\nAn'
    written = '"Lê, ""Bình""\nAn"'
    table = table_of(tmp_path, f"{HEADINGS}\n{ROW.replace(CELLS[1], written)}\n{ROW}\n")
    assert table.rows["1"].to_list() == [name, CELLS[1]]


def test_a_row_over_several_lines_is_named_by_its_first_line(tmp_path):
    broken = ROW.replace(CELLS[1], '"Lê\nBình"')
    table = table_of(tmp_path, f"{HEADINGS}\n{ROW}\n{broken}\n{ROW}\nshort\n")
    assert table.lines.to_list() == [2, 3, 3 + 2]
    assert table.ragged["line"].to_list() == [6]


def test_rows_with_too_few_or_too_many_cells_are_kept_apart_with_line_and_cells(tmp_path):
    table = table_of(tmp_path, f"{HEADINGS}\n{ROW}\n{ROW},x\nH2,Lê\n{ROW}\n")
    assert table.lines.to_list() == [2, 5]
    assert table.ragged.rows() == [
        (3, [*CELLS, "x"], f"{ROW},x"),
        (4, ["H2", "Lê"], "H2,Lê"),
    ]


def test_a_short_row_among_good_ones_is_not_filled_up_in_silence(tmp_path):
    table = table_of(tmp_path, f"{HEADINGS}\n{ROW}\nH2,Lê\n{ROW}\n")
    assert table.lines.to_list() == [2, 4]
    assert table.ragged["line"].to_list() == [3]


def test_too_few_and_too_many_do_not_cancel_out(tmp_path):
    short, long = ROW.rpartition(",")[0], f"{ROW},x"
    table = table_of(tmp_path, f"{HEADINGS}\n{short}\n{long}\n")
    assert table.rows.is_empty()
    assert table.ragged["cells"].list.len().to_list() == [8 - 1, 8 + 1]


def test_blank_lines_are_no_rows_and_still_count_as_lines(tmp_path):
    table = table_of(tmp_path, f"{HEADINGS}\n\n{ROW}\n\n\n{ROW}\n\n")
    assert table.lines.to_list() == [3, 6]
    assert table.ragged.is_empty()


def test_leading_zeros_and_long_numbers_stay_as_written(tmp_path):
    table = table_of(tmp_path, f"{HEADINGS}\n{ROW.replace('F1', '001')}\n")
    assert table.rows["4"].to_list() == ["001"]


def test_a_quote_that_is_never_closed_is_refused_with_a_line(tmp_path):
    said = refusal_of(tmp_path, f'{HEADINGS}\n{ROW}\nH2,"Lê,02/01/1990\n{ROW}\n')
    assert "từ dòng 3" in said
    assert "dấu ngoặc kép chưa đóng" in said


def test_nul_bytes_are_refused_with_their_line(tmp_path):
    assert "dòng 3 có ký tự NUL" in refusal_of(tmp_path, f"{HEADINGS}\n{ROW}\nH2\0\n")


def test_a_heading_may_be_broken_over_two_lines(tmp_path):
    content = f"{HEADINGS}\n{ROW}\n".replace("Họ và tên", '"Họ và\ntên (*)"')
    table = table_of(tmp_path, content)
    assert recognise(table.headings, source="records.csv").layout.name == "records"
    assert table.rows.rows() == [tuple(CELLS)]
    assert table.lines.to_list() == [3]


def test_a_quoted_cell_may_hold_the_line_end_of_an_old_mac(tmp_path):
    content = f"{HEADINGS}\n{ROW}\n".replace(CELLS[1], '"Lê\rBình"')
    assert table_of(tmp_path, content).rows["1"].to_list() == ["Lê\rBình"]


#: What cells are made of in the comparison of the two readers: the characters that are special
#: to CSV, and some that are not ASCII.
CELL = st.text(st.sampled_from('ab,;"\n\t ữđ\u00a0'), max_size=4)
ROWS = st.lists(st.lists(CELL, min_size=8, max_size=8), max_size=4)


def both_readers(content: bytes) -> tuple[RawTable | None, RawTable]:
    headings = cells_of(HEADINGS)
    fast = _read_fast("records.csv", content, ",", headings)
    return fast, _read_slow("records.csv", content, ",", headings)


def seen(table: RawTable) -> tuple[list[tuple[str, ...]], list[int], list[tuple[object, ...]]]:
    rows = [tuple(cell or "" for cell in row) for row in table.rows.iter_rows()]
    return rows, table.lines.to_list(), table.ragged.rows()


@given(rows=ROWS, ending=st.sampled_from(["\n", "\r\n"]), quoting=st.sampled_from([0, 1]))
@example(rows=[["a", *[""] * 7]], ending="\r\n", quoting=0)
@example(rows=[[*[""] * 7, ""]], ending="\r\n", quoting=1)
def test_the_fast_and_the_careful_reader_agree_on_every_cell_and_line(rows, ending, quoting):
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator=ending, quoting=quoting)
    writer.writerows([cells_of(HEADINGS), *rows])
    fast, careful = both_readers(buffer.getvalue().encode())
    assert seen(careful)[0] == [tuple(row) for row in rows]
    assert fast is None or seen(fast) == seen(careful)


@given(lines=st.lists(st.text(st.sampled_from('ab,,,,,,,," \r'), max_size=14), max_size=5))
@example(lines=["a\rb,,,,,,,"])
@example(lines=['a"b,,,,,,,', 'c"d,,,,,,,'])
@example(lines=[' "a,b",,,,,,'])
def test_where_lines_are_irregular_the_fast_reader_agrees_or_steps_back(lines):
    content = "\n".join([HEADINGS, ROW, *lines, ""]).encode()
    try:
        fast, careful = both_readers(content)
    except RefusedError:
        assert _read_fast("records.csv", content, ",", cells_of(HEADINGS)) is None
    else:
        assert fast is None or seen(fast) == seen(careful)


def test_a_plain_file_is_read_by_the_fast_reader():
    fast, careful = both_readers(f"{HEADINGS}\n{ROW}\n{ROW}\n".encode())
    assert fast is not None
    assert seen(fast) == seen(careful)


# Refused as a whole -------------------------------------------------------------------------


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(RefusedError, match=r"missing\.csv: không có tệp này"):
        read_file(tmp_path / "missing.csv")


@pytest.mark.parametrize("content", [b"", b"  \n\n", codecs.BOM_UTF8])
def test_an_empty_file_is_refused(tmp_path, content):
    assert "cần" in refusal_of(tmp_path, content)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("<html>\n<body>Đăng nhập, hệ thống</body>\n</html>\n", id="a login page"),
        pytest.param('{"error": "expired", "code": 401}', id="a JSON error"),
        pytest.param('{"rows": "' + "x" * 300_000 + '"}', id="one very long line"),
        pytest.param('"' + "x" * 300_000, id="one very long open quote"),
    ],
)
def test_a_page_saved_as_csv_is_refused_in_one_short_sentence(tmp_path, content):
    said = refusal_of(tmp_path, content)
    assert said.startswith("records.csv: ")
    assert len(said) < 250


def test_too_many_columns_are_refused_before_anything_is_parsed(tmp_path):
    headings = HEADINGS + "".join(f",x{n}" for n in range(10_000))
    said = refusal_of(tmp_path, f"{headings}\n{ROW}\n")
    assert "10008 cột" in said


def test_a_cell_of_megabytes_is_refused_with_its_line(tmp_path):
    said = refusal_of(tmp_path, f"{HEADINGS}\n{ROW}\n{ROW.replace('F1', 'x' * 3_000_000)}\n")
    assert "dòng 3" in said


@pytest.mark.parametrize("quote", ["", '"'])
def test_a_long_cell_is_refused_whether_it_is_quoted_or_not(tmp_path, quote):
    cell = f"{quote}{'x' * 200_000}{quote}"
    assert "dòng 2" in refusal_of(tmp_path, f"{HEADINGS}\n{ROW.replace('F1', cell)}\n")


# Headings -----------------------------------------------------------------------------------


def layout_of(headings: str) -> str:
    return recognise(cells_of(headings), source="x.csv").layout.name


@pytest.mark.parametrize(
    "headings",
    [
        pytest.param(",".join(reversed(cells_of(HEADINGS))), id="another order"),
        pytest.param(HEADINGS.upper(), id="capitals"),
        pytest.param(HEADINGS.replace(" ", "  "), id="two spaces"),
        pytest.param(HEADINGS.replace(" ", "\u00a0"), id="no-break spaces"),
        pytest.param(HEADINGS.replace(" ", "\n"), id="line breaks"),
        pytest.param(HEADINGS.replace(",", "(*),"), id="marked as required"),
        pytest.param(HEADINGS.replace("Ngày sinh", "Ngày sinh (dd/mm/yyyy) (*)"), id="hints"),
        pytest.param(unicodedata.normalize("NFD", HEADINGS), id="decomposed"),
        pytest.param(HEADINGS + ",Ghi chú", id="one more column"),
    ],
)
def test_headings_are_known_by_their_text(headings):
    assert layout_of(headings) == "records"


def test_each_layout_is_known_by_its_required_headings():
    assert layout_of("Trạng thái,Loại phản ánh,Mã phản ánh,Thời điểm tiếp nhận") == "complaints"
    assert layout_of("Mã cơ sở,Tên cơ sở,Loại,Mã huyện") == "facilities"


def test_unknown_headings_are_left_out_and_named():
    found = recognise([*cells_of(HEADINGS), "Ghi chú", ""], source="x.csv")
    assert found.unknown == ["Ghi chú"]


def test_a_missing_heading_is_named_with_the_nearest_layout_and_what_is_unknown():
    headings = HEADINGS.replace("Trạng thái ký", "Trạng thái kí").replace("Số mũi,", "")
    with pytest.raises(RefusedError) as refused:
        layout_of(headings)
    said = str(refused.value)
    assert "gần nhất là “hồ sơ”" in said
    assert "thiếu “Số mũi”, “Trạng thái ký”" in said
    assert "không rõ “Trạng thái kí” (có phải “Trạng thái ký”?)" in said


@pytest.mark.parametrize("again", ["Số mũi", "SỐ MŨI (*)", "Số mũi tiêm"])
def test_a_heading_that_stands_twice_is_refused(again):
    with pytest.raises(RefusedError, match="có nhiều hơn một cột"):
        layout_of(f"{HEADINGS},{again}")


def test_a_layout_asked_for_by_name_admits_no_other():
    with pytest.raises(RefusedError, match="gần nhất là “phản ánh”"):
        recognise(cells_of(HEADINGS), source="x.csv", only="complaints")
    with pytest.raises(RefusedError, match="các bố cục: complaints, facilities, records"):
        recognise(cells_of(HEADINGS), source="x.csv", only="nonsense")


# Workbooks ----------------------------------------------------------------------------------


def workbook(path: Path, sheets: dict[str, list[list[Any]]]) -> Path:
    with xlsxwriter.Workbook(path) as book:
        formats = {
            dt.date: book.add_format({"num_format": "dd/mm/yyyy"}),
            dt.datetime: book.add_format({"num_format": "dd/mm/yyyy hh:mm"}),
        }
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for at, row in enumerate(rows):
                for column, cell in enumerate(row):
                    sheet.write(at, column, cell, formats.get(type(cell)))
    return path


@pytest.fixture(scope="module")
def sheets(tmp_path_factory) -> dict[str, RawTable]:
    """Sheets of one workbook, as an office makes them."""
    headings = cells_of(HEADINGS)
    content: dict[str, list[list[Any]]] = {
        "Ghi chú": [["Xin chào"]],
        "Bảng": [
            headings,
            ["H1", "Lê", dt.date(1990, 1, 2), "Nữ", 10012, 2.0, "Đúng", "Chưa ký"],
            ["H2", unicodedata.normalize("NFD", "Bùi"), 1965, "Nữ", "001", 2, "Đúng", "Chưa ký"],
        ],
        "Tháng 4": [["BÁO CÁO"], [], headings, CELLS, [], CELLS],
        "Phản ánh": [
            ["Mã phản ánh", "Thời điểm tiếp nhận", "Loại phản ánh", "Trạng thái"],
            ["P1", dt.datetime.fromisoformat("2022-04-20T16:30"), "Sai họ tên", "Từ chối"],
        ],
    }
    path = workbook(tmp_path_factory.mktemp("books") / "b.xlsx", content)
    return {table.source: table for table in read_file(path).tables}


def test_every_sheet_with_known_headings_is_a_table_and_others_are_not(sheets):
    assert list(sheets) == ["b.xlsx · Bảng", "b.xlsx · Tháng 4", "b.xlsx · Phản ánh"]


def test_dates_numbers_and_text_of_a_workbook_are_read_as_an_office_writes_them(sheets):
    assert sheets["b.xlsx · Bảng"].rows.rows() == [
        ("H1", "Lê", "02/01/1990", "Nữ", "10012", "2", "Đúng", "Chưa ký"),
        ("H2", "Bùi", "1965", "Nữ", "001", "2", "Đúng", "Chưa ký"),
    ]


def test_an_instant_in_a_workbook_keeps_its_hour(sheets):
    assert sheets["b.xlsx · Phản ánh"].rows["1"].to_list() == ["20/04/2022 16:30"]


def test_a_title_above_the_headings_and_empty_rows_keep_the_line_numbers(sheets):
    table = sheets["b.xlsx · Tháng 4"]
    assert table.headings == cells_of(HEADINGS)
    assert table.lines.to_list() == [4, 6]


def test_a_workbook_without_known_headings_is_refused(tmp_path):
    path = workbook(tmp_path / "b.xlsx", {"A": [["Xin", "chào"]]})
    with pytest.raises(RefusedError, match="không trang tính nào có dòng đề mục đã biết"):
        read_file(path)


@pytest.mark.parametrize("damage", ["not a workbook", "cut"])
def test_a_damaged_workbook_is_refused_in_one_sentence_and_the_process_lives_on(tmp_path, damage):
    path = workbook(tmp_path / "b.xlsx", {"A": [cells_of(HEADINGS), CELLS]})
    content = path.read_bytes()
    broken = {
        "not a workbook": b"PK\x03\x04" + b"nonsense" * 100,
        "cut": content[: len(content) // 2],
    }
    path.write_bytes(broken[damage])
    with pytest.raises(RefusedError, match=r"b\.xlsx: không đọc được như một sổ Excel"):
        read_file(path)


def test_a_sheet_with_one_cell_in_its_last_corner_ends_its_reader_and_not_this_process(tmp_path):
    path = tmp_path / "corner.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("A")
        sheet.write(0, 0, "a")
        sheet.write(1_048_575, 16_383, "b")
    with pytest.raises(RefusedError, match=r"corner\.xlsx: "):
        read_file(path)


def test_what_is_read_is_text_only(tmp_path):
    table = table_of(tmp_path, f"{HEADINGS}\n{ROW}\n")
    assert set(table.rows.dtypes) == {pl.String}


def test_a_sheet_as_wide_as_a_table_but_without_headings_is_refused(tmp_path):
    row = ["H1", "Lê", "02/01/1990", "Nữ", "10012", "2", "Đúng", "Chưa ký"]
    sheets = {"Một": [cells_of(HEADINGS), row], "Hai": [row, row]}
    with pytest.raises(RefusedError, match=r"“Hai” .2 dòng. không có dòng đề mục"):
        read_file(workbook(tmp_path / "b.xlsx", sheets))


def test_a_workbook_is_found_from_any_folder(tmp_path, monkeypatch):
    workbook(tmp_path / "b.xlsx", {"Một": [cells_of(HEADINGS), ["H1"] * 8]})
    monkeypatch.chdir(tmp_path)
    assert read_file(Path("b.xlsx")).tables[0].rows.height == 1


def test_empty_lines_at_the_end_are_no_rows(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(",".join(cells_of(HEADINGS)) + "\n" + "x," * 7 + "x\n\n\n", encoding="utf-8")
    table = read_file(path).tables[0]
    assert (table.rows.height, table.ragged.height) == (1, 0)
