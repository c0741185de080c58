"""Small stores, published for real from text tables: one line a row, `|` between the cells."""

import csv
import dataclasses
import datetime as dt
from pathlib import Path
from typing import Any

from data.publish import Order, Outcome, publish
from queries.engine import Connection, open_store
from queries.measure import Axis, Level, measure
from queries.questions import find_snapshot, verification_tree
from queries.scope import Scope

NOON = dt.datetime.fromisoformat("2022-04-25T12:00")
NOW = dt.datetime.fromisoformat("2026-11-23T08:00")

FACILITIES = """
    Mã cơ sở | Tên cơ sở                     | Loại           | Mã huyện | Mã xã
    F1       | Trạm Y tế Phường 1            | Trạm Y tế      | 747      | 26506
    F2       | Trung tâm Y tế Vũng Tàu       | Trung tâm Y tế | 747      |
    F3       | Bệnh viện Côn Đảo             | Bệnh viện      | 755      |
"""
#: What a record has where a test's table does not say.
RECORD = {
    "Họ và tên": "Người Mô Phỏng",
    "Ngày sinh": "02/01/1990",
    "Giới tính": "Nam",
    "Mã cơ sở nhập": "F1",
    "Số mũi": "2",
    "Trạng thái xác thực": "Đúng",
    "Trạng thái ký": "Chưa ký",
}
COMPLAINT = {
    "Thời điểm tiếp nhận": "20/04/2022 08:30",
    "Loại phản ánh": "Sai họ tên",
    "Trạng thái": "Mới ghi nhận",
}
FACILITY = {"Tên cơ sở": "Trạm Y tế", "Loại": "Trạm Y tế", "Mã huyện": "747"}


def text_table(text: str) -> list[dict[str, str]]:
    """The rows of a text table, heading -> cell."""
    lines = [line.strip() for line in text.strip().splitlines() if line.strip()]
    cells = [[cell.strip() for cell in line.split("|")] for line in lines]
    return [dict(zip(cells[0], row, strict=True)) for row in cells[1:]]


def records(text: str) -> list[dict[str, str]]:
    """Records as in `text`; what it leaves out is as in RECORD, the ids are numbered."""
    return [{"Mã hồ sơ": f"H{n}"} | RECORD | row for n, row in enumerate(text_table(text), 1)]


def complaints(text: str) -> list[dict[str, str]]:
    return [{"Mã phản ánh": f"P{n}"} | COMPLAINT | row for n, row in enumerate(text_table(text), 1)]


def facilities(text: str) -> list[dict[str, str]]:
    return [{"Mã cơ sở": f"F{n}"} | FACILITY | row for n, row in enumerate(text_table(text), 1)]


def write_csv(path: Path, rows: list[dict[str, str]]) -> Path:
    """Rows as a CSV file; a cell a row does not have is empty."""
    headings = list({heading: None for row in rows for heading in row})
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, headings, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return path


def quiet(stage: str) -> None:
    """No progress bar."""


@dataclasses.dataclass(frozen=True)
class Store:
    """A store in a folder of its own, and the folder `inbox` for the files that come in."""

    folder: Path
    inbox: Path

    def publish(
        self,
        rows: list[dict[str, str]] | str,
        *,
        as_of: dt.datetime = NOON,
        with_facilities: str | None = FACILITIES,
        **order: Any,
    ) -> Outcome:
        """Publishes records (and facilities) as files of one snapshot; `order` as in `Order`."""
        self.inbox.mkdir(exist_ok=True)
        given = records(rows) if isinstance(rows, str) else rows
        files = [write_csv(self.inbox / "records.csv", given)]
        if with_facilities is not None:
            files.append(write_csv(self.inbox / "facilities.csv", facilities(with_facilities)))
        return self.publish_files(files, as_of=as_of, **order)

    def publish_files(
        self, files: list[Path], *, as_of: dt.datetime = NOON, now: dt.datetime = NOW, **order: Any
    ) -> Outcome:
        return publish(self.folder, Order(files, as_of=as_of, now=now, **order), progress=quiet)

    def open(self) -> Connection:
        return open_store(self.folder)

    def ask(self) -> "Asked":
        """Questions to the newest snapshot."""
        connection = self.open()
        return Asked(connection, find_snapshot(connection))

    def content(self) -> dict[str, bytes]:
        """Every file on disk, path -> bytes; the lock's own file left out."""
        paths = [p for p in self.folder.rglob("*") if p.is_file() and p.name != ".lock"]
        return {str(path.relative_to(self.folder)): path.read_bytes() for path in sorted(paths)}


@dataclasses.dataclass(frozen=True)
class Asked:
    """One snapshot, and questions to it."""

    connection: Connection
    snapshot_id: str

    def ratios(
        self,
        metric: str,
        level: Level,
        *,
        axis: Axis | None = None,
        scope: Scope = Scope.everything(),  # noqa: B008
        district_code: str | None = None,
    ) -> dict[str, tuple[int, int, float | None]]:
        """Unit -> (numerator, denominator, ratio)."""
        rows = measure(
            self.connection,
            metric,
            scope=scope,
            level=level,
            axis=axis,
            snapshot_id=self.snapshot_id,
            district_code=district_code,
        )
        columns = rows.select("unit_code", "numerator", "denominator", "ratio")
        return {row[0]: row[1:] for row in columns.iter_rows()}

    def reasons(
        self, level: Level, unit_code: str, *, axis: Axis | None = None
    ) -> dict[str, tuple[int, int, float | None]]:
        """Reason -> (numerator, denominator, ratio) of one unit, reasons without records too."""
        rows = measure(
            self.connection,
            "invalid_reasons",
            scope=Scope.everything(),
            level=level,
            axis=axis,
            snapshot_id=self.snapshot_id,
        )
        own = rows.filter(unit_code=unit_code)
        columns = own.select("reason", "numerator", "denominator", "ratio")
        return {row[0]: row[1:] for row in columns.iter_rows()}

    def tree(self, level: Level, *, axis: Axis | None = None) -> dict[str, dict[str, Any]]:
        """Unit -> its verification tree, count by name."""
        rows = verification_tree(
            self.connection,
            scope=Scope.everything(),
            level=level,
            axis=axis,
            snapshot_id=self.snapshot_id,
        )
        return {row["unit_code"]: row for row in rows.to_dicts()}
