"""Files as they come in, as tables of text: nothing is typed, guessed or dropped here.

CSV is decoded, its separator found by its headings and every row checked for its number of
fields; XLSX is read by a process of its own (`data/xlsx.py`), because a hostile workbook can
abort the process that parses it.
"""

import _csv
import codecs
import csv
import hashlib
import io
import subprocess
import sys
import tempfile
import unicodedata
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import polars as pl

from data.errors import RefusedError
from data.layouts import layouts, normal

SEPARATORS = (",", ";", "\t")
MAX_COLUMNS = 500
MAX_CELL_CHARACTERS = 131_072
XLSX_SECONDS = 300
_CHUNK_ROWS = 100_000


class RawTable(NamedTuple):
    """One table as it stands in a file."""

    #: File name, with the sheet's name for a workbook.
    source: str
    #: The headings as written, by position.
    headings: list[str]
    #: All text, columns "0", "1", … by position; null = empty cell.
    rows: pl.DataFrame
    #: Line of each row in the file (a sheet's row number for a workbook), 1 = first.
    lines: pl.Series
    #: Rows whose number of fields is not that of the headings: line, cells, text.
    ragged: pl.DataFrame


class Source(NamedTuple):
    """One file as received."""

    name: str
    sha256: str
    tables: list[RawTable]


def read_file(path: Path, *, encoding: str | None = None) -> Source:
    """All tables of a CSV or XLSX file, as text.

    Args:
        encoding: for CSV without a byte order mark that is not UTF-8 ("windows-1258", "utf-16").

    Raises:
        RefusedError: the file is missing, empty, still being written, or not a readable table.
    """
    content = _content(path)
    reader = _read_xlsx if content.startswith(b"PK\x03\x04") else _read_csv
    with ThreadPoolExecutor(1) as beside:
        digest = beside.submit(lambda: hashlib.sha256(content).hexdigest())
        tables = reader(path, content, encoding)
        return Source(path.name, digest.result(), tables)


def named_apart(sources: list[Source]) -> list[Source]:
    """The sources under names of their own: a second "a.csv" is "a.csv (2)"."""
    taken: set[str] = set()
    apart = []
    for source in sources:
        number, named = 1, source
        while taken & {named.name, *(table.source for table in named.tables)}:
            number += 1
            named = _numbered(source, number)
        taken |= {named.name, *(table.source for table in named.tables)}
        apart.append(named)
    return apart


def _numbered(source: Source, number: int) -> Source:
    tables = [table._replace(source=f"{table.source} ({number})") for table in source.tables]
    return source._replace(name=f"{source.name} ({number})", tables=tables)


def _content(path: Path) -> bytes:
    if path.is_dir():
        raise RefusedError(f"{path}: đây là thư mục; cần tên từng tệp CSV hoặc XLSX.")
    if not path.is_file():
        raise RefusedError(f"{path}: không có tệp này.")
    try:
        content = path.read_bytes()
    except OSError as error:
        raise RefusedError(f"{path}: không đọc được tệp này ({error.strerror}).") from error
    if len(content) != path.stat().st_size:
        raise RefusedError(f"{path.name}: tệp còn đang được ghi; hãy đợi xong rồi công bố lại.")
    if not content or content.isspace():
        raise RefusedError(
            f"{path.name}: tệp rỗng, cần một dòng đề mục và ít nhất một dòng dữ liệu."
        )
    return content


# CSV ----------------------------------------------------------------------------------------


def _read_csv(path: Path, content: bytes, encoding: str | None) -> list[RawTable]:
    content = _as_utf8(path.name, content, encoding)
    nul = content.find(b"\0")
    if nul >= 0:
        line = content.count(b"\n", 0, nul) + 1
        raise RefusedError(f"{path.name}: dòng {line} có ký tự NUL; đây không phải tệp CSV.")
    if content.endswith((b"\n\n", b"\n\r\n")):
        content = content.rstrip(b"\r\n") + b"\n"
    separator, headings = _headings(path.name, content)
    table = _read_fast(path.name, content, separator, headings)
    return [table or _read_slow(path.name, content, separator, headings)]


def _as_utf8(name: str, content: bytes, encoding: str | None) -> bytes:
    """The content as UTF-8 without a byte order mark, Unicode composed (NFC)."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    elif content.startswith(codecs.BOM_UTF8):
        content, encoding = content[len(codecs.BOM_UTF8) :], None
    if not encoding and b"\xcc" not in content and b"\xcd" not in content:
        return content
    try:
        text = content.decode(encoding or "utf-8")
    except (UnicodeDecodeError, LookupError) as error:
        raise RefusedError(_undecodable(name, content, encoding)) from error
    return unicodedata.normalize("NFC", text).encode()


def _undecodable(name: str, content: bytes, encoding: str | None) -> str:
    if encoding:
        return f"{name}: không đọc được theo bảng mã “{encoding}”."
    try:
        content.decode("utf-8")
        line = 1
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
    return (
        f"{name}: dòng {line} không phải UTF-8; hãy lưu lại thành “CSV UTF-8”, "
        "hoặc nêu bảng mã bằng --encoding windows-1258."
    )


def _headings(name: str, content: bytes) -> tuple[str, list[str]]:
    """The separator under which the first line has most known headings, and those headings."""
    first = content[:200_000].decode("utf-8", errors="ignore")
    known = {heading for layout in layouts() for heading in layout.columns()}
    rows = [(mark, _first_row(first, mark)) for mark in SEPARATORS]
    separator, headings = max(rows, key=lambda row: sum(normal(text) in known for text in row[1]))
    if len(headings) > MAX_COLUMNS:
        raise RefusedError(f"{name}: có {len(headings)} cột; nhiều nhất là {MAX_COLUMNS}.")
    if not any(normal(text) in known for text in headings):
        shown = " ".join(first.split())[:60]
        raise RefusedError(
            f"{name}: dòng đầu không có đề mục nào đã biết (bắt đầu bằng “{shown}”); "
            "cần một tệp CSV có dòng đề mục."
        )
    return separator, headings


def _first_row(text: str, separator: str) -> list[str]:
    try:
        return next(csv.reader(io.StringIO(text, newline=""), delimiter=separator), [])
    except csv.Error:
        return []


def _read_fast(name: str, content: bytes, separator: str, headings: list[str]) -> RawTable | None:
    """The table when each line is one row of as many fields as headings; None when unsure."""
    if b"\r" in content and content.count(b"\r") != content.count(b"\r\n"):
        return None
    line_count = content.count(b"\n") + (not content.endswith(b"\n"))
    columns = [str(at) for at in range(len(headings))]
    try:
        rows = pl.read_csv(
            content,
            separator=separator,
            skip_lines=1,
            has_header=False,
            infer_schema=False,
            new_columns=columns,
            quote_char='"' if b'"' in content else None,
            raise_if_empty=False,
        )
    except pl.exceptions.PolarsError:
        return None
    if (rows.height, rows.width) != (line_count - 1, len(headings)):
        return None
    if not _is_regular(content, separator, headings, rows):
        return None
    if b"\r" in content:
        rows = rows.with_columns(pl.col(columns[-1]).str.strip_suffix("\r"))
    lines = pl.int_range(2, rows.height + 2, eager=True, dtype=pl.UInt32)
    return RawTable(name, headings, rows, lines, _ragged_rows([]))


def _is_regular(content: bytes, separator: str, headings: list[str], rows: pl.DataFrame) -> bool:
    """Whether no row is short (polars fills one up without a word, so separators are counted)
    and no cell too long."""
    longest = rows.select(pl.all().str.len_bytes().max()).row(0)
    if max((length or 0) for length in longest) > MAX_CELL_CHARACTERS:
        return False
    between = (rows.height + 1) * (len(headings) - 1)
    within = sum(heading.count(separator) for heading in headings)
    if b'"' in content:
        inner = pl.all().str.count_matches(separator, literal=True).sum()
        within += sum(rows.select(inner).row(0))
    return content.count(separator.encode()) == between + within


def _read_slow(name: str, content: bytes, separator: str, headings: list[str]) -> RawTable:
    """The table by the standard library's reader: quotes, line breaks in cells, ragged rows."""
    try:
        text = io.StringIO(content.decode("utf-8"), newline="")
    except UnicodeDecodeError as error:
        raise RefusedError(_undecodable(name, content, None)) from error
    reader = csv.reader(text, delimiter=separator, strict=True)
    columns = [str(at) for at in range(len(headings))]
    ragged: list[tuple[int, list[str], str]] = []
    lines: list[int] = []
    next(reader)
    chunks = list(_chunks(_by_line(name, reader), columns, lines, ragged, separator))
    empty = pl.DataFrame(schema=dict.fromkeys(columns, pl.String))
    rows = pl.concat([empty, *chunks])
    return RawTable(name, headings, rows, pl.Series(lines, dtype=pl.UInt32), _ragged_rows(ragged))


def _by_line(name: str, reader: "_csv.Reader") -> Iterator[tuple[int, list[str]]]:
    """Each row with the line it begins on."""
    line = reader.line_num + 1
    try:
        for fields in reader:
            yield line, fields
            line = reader.line_num + 1
    except csv.Error as error:
        raise RefusedError(
            f"{name}: từ dòng {line} không đọc được thành các cột "
            "(dấu ngoặc kép chưa đóng hoặc ô quá dài)."
        ) from error


def _chunks(
    numbered: Iterator[tuple[int, list[str]]],
    columns: list[str],
    lines: list[int],
    ragged: list[tuple[int, list[str], str]],
    separator: str,
) -> Iterator[pl.DataFrame]:
    """Frames of at most 100.000 rows; fills `lines` and `ragged` on the way."""
    rows: list[list[str | None]] = []
    for line, fields in numbered:
        if len(fields) == len(columns):
            rows.append([field or None for field in fields])
            lines.append(line)
        elif fields:
            ragged.append((line, fields, separator.join(fields)))
        if len(rows) >= _CHUNK_ROWS:
            yield _frame(rows, columns)
            rows = []
    yield _frame(rows, columns)


def _frame(rows: list[list[str | None]], columns: list[str]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")


def _ragged_rows(rows: list[tuple[int, list[str], str]]) -> pl.DataFrame:
    schema = {"line": pl.UInt32, "cells": pl.List(pl.String), "text": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")


# XLSX ---------------------------------------------------------------------------------------


def _read_xlsx(path: Path, content: bytes, encoding: str | None) -> list[RawTable]:
    """Every sheet that has known headings; parsed in a process of its own."""
    with tempfile.TemporaryDirectory(prefix="tien-do-") as folder:
        book = Path(folder) / "book.xlsx"
        book.write_bytes(content)
        command = [sys.executable, "-m", "data.xlsx", str(book), folder]
        root = Path(__file__).parent.parent
        try:
            done = subprocess.run(  # noqa: S603
                command, cwd=root, capture_output=True, text=True, timeout=XLSX_SECONDS, check=False
            )
        except subprocess.TimeoutExpired as error:
            raise RefusedError(
                f"{path.name}: sổ Excel chưa đọc xong sau {XLSX_SECONDS} giây; hãy xuất ra CSV."
            ) from error
        if done.returncode != 0:
            raise RefusedError(f"{path.name}: không đọc được như một sổ Excel (.xlsx).")
        sheets = sorted(Path(folder).glob("*.arrow"))
        return _sheets(path.name, {sheet: pl.read_ipc(sheet) for sheet in sheets})


def _sheets(name: str, cells: dict[Path, pl.DataFrame]) -> list[RawTable]:
    """The sheets that have known headings. One that has none may hold notes or codes, but not as
    many columns as a table: those would be rows without their headings.
    """
    tables, others = [], []
    for file, sheet in cells.items():
        title = file.stem.partition("-")[2]
        table = _sheet(f"{name} · {title}", sheet)
        tables += [table] if table else []
        others += [] if table else [(title, sheet)]
    if not tables:
        raise RefusedError(f"{name}: không trang tính nào có dòng đề mục đã biết.")
    narrowest = min(len(table.headings) for table in tables)
    for title, sheet in others:
        if sheet.width >= narrowest:
            raise RefusedError(
                f"{name}: trang tính “{title}” ({sheet.height} dòng) không có dòng đề mục đã biết; "
                "hãy thêm dòng đề mục hoặc xóa trang này."
            )
    return tables


def _sheet(source: str, cells: pl.DataFrame) -> RawTable | None:
    """A sheet as text; None when none of its first rows has known headings."""
    known = {heading for layout in layouts() for heading in layout.columns()}
    head = cells.head(20).rows()
    scores = [sum(normal(text) in known for text in row if text) for row in head]
    if not scores or max(scores) < 2:
        return None
    at = scores.index(max(scores))
    rows = cells.slice(at + 1).rename({column: str(i) for i, column in enumerate(cells.columns)})
    rows = rows.with_columns(pl.all().replace("", None))
    lines = pl.int_range(at + 2, at + 2 + rows.height, eager=True, dtype=pl.UInt32)
    filled = pl.Series(rows.select(pl.any_horizontal(pl.all().is_not_null())).to_series())
    headings = [text or "" for text in head[at]]
    return RawTable(source, headings, rows.filter(filled), lines.filter(filled), _ragged_rows([]))
