"""Entries of the office's own TOML and CSV files, checked as they are taken.

Every error names the file, the entry, what was found and what is expected.
"""

import contextlib
import csv
import datetime as dt
import os
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from data.errors import RefusedError
from data.reference import reference
from settings import setting


class CampaignError(RefusedError):
    """One of the campaign's files does not say what it has to."""


class Entry(NamedTuple):
    """A table of a TOML file or a row of a CSV file, and where it stands."""

    file: Path
    place: str
    table: Mapping[str, Any]

    def refuse(self, problem: str) -> CampaignError:
        """An error about this entry."""
        place = f" {self.place}:" if self.place else ""
        return CampaignError(f"{self.file.name}:{place} {problem}.")

    def within(self, name: str) -> "Entry":
        """A table inside this one."""
        found = self.table.get(name)
        if not isinstance(found, dict):
            raise self.refuse(f"thiếu phần “{name}”")
        return Entry(self.file, name, found)

    def entries(self, name: str) -> Iterator["Entry"]:
        """The tables of a list; none where it is not there."""
        listed = self.table.get(name, [])
        if not isinstance(listed, list):
            raise self.refuse(f"“{name}” là {listed!r}; cần một danh sách")
        for number, found in enumerate(listed, 1):
            if not isinstance(found, dict):
                raise self.refuse(f"“{name}” thứ {number} không phải một bảng")
            yield Entry(self.file, f"{name} {found.get('id', number)}", found)

    def only(self, names: Sequence[str]) -> None:
        """Refuses names that mean nothing: most likely slips of the pen."""
        for name in self.table:
            if name not in names:
                raise self.refuse(f"không hiểu “{name}”; biết: {', '.join(names)}")

    def text(self, name: str) -> str:
        """A line of text, not empty."""
        found = self.table.get(name)
        if not isinstance(found, str) or not found.strip():
            raise self.refuse(f"“{name}” là {found!r}; cần một dòng chữ")
        return found

    def day(self, name: str) -> dt.date:
        """A day: a TOML date, or text in ISO."""
        found = self.table.get(name)
        with contextlib.suppress(ValueError):
            found = dt.date.fromisoformat(found) if isinstance(found, str) else found
        if not isinstance(found, dt.date) or isinstance(found, dt.datetime):
            raise self.refuse(f"“{name}” là {self.table.get(name)!r}; cần một ngày, như 2022-05-05")
        return found

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of lines of text, none of them empty."""
        found = self.table.get(name)
        lines = found if isinstance(found, list) else []
        if not lines or not all(isinstance(line, str) and line.strip() for line in lines):
            raise self.refuse(f"“{name}” là {found!r}; cần một danh sách các dòng chữ")
        return tuple(lines)

    def require_district(self, code: str) -> None:
        """Refuses a code that is no district's."""
        known = reference("districts")["code"]
        if code not in known:
            raise self.refuse(f"không có huyện mã “{code}”; các mã: {', '.join(known)}")

    def ratio(self, name: str) -> float:
        """A number from 0 to 1."""
        found = self.table.get(name)
        try:
            number = float(found)  # ty: ignore[invalid-argument-type]
        except (TypeError, ValueError):
            number = -1.0
        if isinstance(found, bool) or not 0 <= number <= 1:
            raise self.refuse(f"“{name}” là {found!r}; cần một số từ 0 đến 1, như 0.95")
        return number

    def one_of(self, name: str, allowed: Sequence[str]) -> Any:
        """One of the words allowed."""
        found = self.table.get(name)
        if found not in allowed:
            raise self.refuse(f"“{name}” là {found!r}; chọn {', '.join(allowed)}")
        return found

    def flag(self, name: str) -> bool:
        """true or false; false where it is not there."""
        found = self.table.get(name, False)
        if not isinstance(found, bool):
            raise self.refuse(f"“{name}” là {found!r}; cần true hoặc false")
        return found


def own_file(name: str) -> Path | None:
    """The office's own file, in the folder the setting CAMPAIGN names; None: it has none.

    Raises:
        CampaignError: the setting names no folder that can be read.
    """
    given = setting("CAMPAIGN")
    if not given:
        return None
    folder = Path(given)
    if not (folder.is_dir() and os.access(folder, os.R_OK | os.X_OK)):
        raise CampaignError(
            f"TIENDO_CAMPAIGN là {given!r}, không phải thư mục đọc được; "
            "cần đường dẫn đầy đủ của một thư mục đã có."
        )
    path = folder / name
    return path if path.is_file() else None


def read_toml(path: Path) -> Entry:
    """The whole of a TOML file."""
    try:
        return Entry(path, "", tomllib.loads(path.read_text(encoding="utf-8-sig")))
    except (OSError, ValueError) as error:
        raise CampaignError(f"{path.name}: không đọc được ({error}).") from error


def read_rows(file: Path, columns: Sequence[str]) -> Iterator[Entry]:
    """The rows of a CSV file with exactly these columns."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            rows = csv.DictReader(lines)
            if set(rows.fieldnames or ()) != set(columns):
                raise CampaignError(
                    f"{file.name}: các cột là {', '.join(rows.fieldnames or ())}; "
                    f"cần {', '.join(columns)}."
                )
            for row in rows:
                entry = Entry(file, f"dòng {rows.line_num}", row)
                if rows.restkey in row:
                    raise entry.refuse(f"thừa ô {row[rows.restkey]!r}")
                yield entry
    except (OSError, UnicodeDecodeError) as error:
        raise CampaignError(f"{file.name}: không đọc được ({error}).") from error
