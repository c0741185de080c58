"""Small stores, published for real from text tables: one line a row, `|` between the cells."""

import contextlib
import csv
import dataclasses
import datetime as dt
import shutil
from collections.abc import Generator, Iterable
from pathlib import Path
from typing import Any, NamedTuple

from data import schema
from data.publish import Order, Outcome, publish
from queries.complaints import complaint_flow, complaint_table
from queries.engine import Connection, open_store
from queries.measure import Axis, Level, measure
from queries.questions import find_snapshot, verification_tree
from queries.scope import Scope
from queries.signing import signing_idleness, signing_table

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


def write_csv(path: Path, rows: list[dict[str, str]], headings: Iterable[str] = ()) -> Path:
    """Rows as a CSV file; a cell a row does not have is empty.

    Args:
        headings: those that are there even without rows.
    """
    headings = list(dict.fromkeys([*headings, *(heading for row in rows for heading in row)]))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, headings, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return path


class Course(NamedTuple):
    """How the cells of a table of `courses` are read."""

    #: What a row has where the table does not say; its id is the prefix and its number.
    usual: dict[str, str]
    id_heading: str
    id_prefix: str
    #: Word -> the heading it stands under; any other word is a facility's code.
    words: dict[str, str]
    place: str


OF_RECORDS = Course(
    RECORD,
    "Mã hồ sơ",
    "H",
    dict.fromkeys(schema.VERIFICATION_WORDS, "Trạng thái xác thực")
    | dict.fromkeys(schema.SIGNING_WORDS, "Trạng thái ký"),
    "Mã cơ sở nhập",
)
OF_COMPLAINTS = Course(
    COMPLAINT,
    "Mã phản ánh",
    "P",
    dict.fromkeys(schema.COMPLAINT_STATUS_WORDS, "Trạng thái"),
    "Mã cơ sở",
)


def courses(text: str, course: Course) -> dict[dt.datetime, list[dict[str, str]]]:
    """Instant -> rows, from a table of one line a record and one column a day ("18/4", noon).

    A cell says, with `,` between, what holds on that day: a word of the course, a facility's code,
    or "heading = value". Where it is empty the record is absent. Other columns hold on all days.
    """
    rows = text_table(text)
    days = [heading for heading in rows[0] if heading[0].isdigit()]
    told: dict[dt.datetime, list[dict[str, str]]] = {}
    for day in days:
        number, month = map(int, day.split("/"))
        told[dt.datetime(2022, month, number, 12)] = [  # noqa: DTZ001
            course.usual
            | {course.id_heading: f"{course.id_prefix}{place}"}
            | {heading: cell for heading, cell in row.items() if heading not in days}
            | dict(_said(part.strip(), course) for part in row[day].split(","))
            for place, row in enumerate(rows, 1)
            if row[day]
        ]
    return told


def _said(part: str, course: Course) -> tuple[str, str]:
    heading, equals, value = (side.strip() for side in part.partition("="))
    return (heading, value) if equals else (course.words.get(part, course.place), part)


def quiet(stage: str) -> None:
    """No progress bar."""


@dataclasses.dataclass(frozen=True)
class Store:
    """A store in a folder of its own, and the folder `inbox` for the files that come in."""

    folder: Path
    inbox: Path

    @classmethod
    def inside(cls, folder: Path) -> "Store":
        """An empty store in a folder of the test's, as by `tmp_path_factory.mktemp`."""
        return cls(folder / "store", folder / "inbox")

    def publish(
        self,
        rows: list[dict[str, str]] | str,
        *,
        as_of: dt.datetime = NOON,
        with_facilities: str | None = FACILITIES,
        with_complaints: list[dict[str, str]] | str | None = None,
        **order: Any,
    ) -> Outcome:
        """Publishes records (and facilities, complaints) as files of one snapshot.

        Args:
            with_complaints: None: no file; a table of a heading alone: a file without a row.
            order: as in `Order`.
        """
        self.inbox.mkdir(exist_ok=True)
        given = records(rows) if isinstance(rows, str) else rows
        files = [write_csv(self.inbox / "records.csv", given)]
        if with_facilities is not None:
            files.append(write_csv(self.inbox / "facilities.csv", facilities(with_facilities)))
        if with_complaints is not None:
            files.append(self._complaints_file(with_complaints))
        return self.publish_files(files, as_of=as_of, **order)

    def publish_courses(
        self, of_records: str = "", of_complaints: str = "", *, with_facilities: str = FACILITIES
    ) -> "Asked":
        """Publishes the days of `courses`, oldest first; questions to the last of them.

        A day that only one table names has the record H0, or no file of complaints.
        """
        people = courses(of_records, OF_RECORDS) if of_records else {}
        listed = courses(of_complaints, OF_COMPLAINTS) if of_complaints else {}
        for as_of in sorted(people.keys() | listed.keys()):
            self.publish(
                people.get(as_of, [RECORD | {"Mã hồ sơ": "H0"}]),
                as_of=as_of,
                with_facilities=with_facilities,
                with_complaints=listed.get(as_of),
                is_confirmed=True,
            )
        return self.ask()

    def _complaints_file(self, rows: list[dict[str, str]] | str) -> Path:
        given = complaints(rows) if isinstance(rows, str) else rows
        return write_csv(self.inbox / "complaints.csv", given, ("Mã phản ánh", *COMPLAINT))

    def publish_files(
        self, files: list[Path], *, as_of: dt.datetime = NOON, now: dt.datetime = NOW, **order: Any
    ) -> Outcome:
        return publish(self.folder, Order(files, as_of=as_of, now=now, **order), progress=quiet)

    def copy_to(self, other: "Store") -> "Store":
        """What was published here, for a test that writes to its store."""
        shutil.copytree(self.folder, other.folder)
        return other

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


@contextlib.contextmanager
def only_looked_at(store: Store) -> Generator[Store]:
    """A store of several tests, which must leave it as it was; each may begin the log anew."""
    before = store.content()
    yield store
    after = store.content()
    after.pop("audit.jsonl", None)
    assert after == before


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

    def complaints(self, level: Level) -> dict[str, dict[str, Any]]:
        """Unit -> its row of the table of complaints."""
        rows = complaint_table(
            self.connection, scope=Scope.everything(), level=level, snapshot_id=self.snapshot_id
        )
        return {row["unit_code"]: row for row in rows.to_dicts()}

    def flow(self, level: Level, *, since: str | None = None) -> dict[str, dict[str, Any]]:
        """Unit -> what happened to its complaints since an earlier snapshot (a week before)."""
        rows = complaint_flow(
            self.connection,
            scope=Scope.everything(),
            level=level,
            snapshot_id=self.snapshot_id,
            since=since,
        )
        return {row["unit_code"]: row for row in rows.to_dicts()}

    def signing(self, level: Level, axis: Axis | None = None) -> dict[str, dict[str, Any]]:
        """Unit -> its row of the table of signing."""
        rows = signing_table(
            self.connection,
            scope=Scope.everything(),
            level=level,
            axis=axis,
            snapshot_id=self.snapshot_id,
        )
        return {row["unit_code"]: row for row in rows.to_dicts()}

    def idleness(self, level: Level) -> dict[str, dict[str, Any]]:
        """Unit -> since when it has signed nothing more."""
        rows = signing_idleness(
            self.connection,
            scope=Scope.everything(),
            level=level,
            snapshot_id=self.snapshot_id,
        )
        return {row["unit_code"]: row for row in rows.to_dicts()}


# Totals by district ---------------------------------------------------------------------------

DISTRICTS = ("747", "748", "750", "751", "752", "753", "754", "755")
#: The counts a table of totals has to have.
COUNTS = ("Hợp lệ", "Không hợp lệ", "Đủ điều kiện ký", "Đang xử lý ký", "Đã ký")


def totals(text: str) -> list[dict[str, str]]:
    """A table of totals of all districts: those of `text`, and the others with nothing.

    A column that `text` leaves out is 0; one that is empty in all its rows is so for the others.
    """
    given = [dict.fromkeys(COUNTS, "0") | row for row in text_table(text)]
    nothing = {count: "0" if any(row[count] for row in given) else "" for count in COUNTS}
    others = sorted(set(DISTRICTS) - {row["Mã huyện"] for row in given})
    return [*given, *({"Mã huyện": code} | nothing for code in others)]


def publish_totals(
    store: Store,
    rows: list[dict[str, str]] | str,
    *,
    as_of: dt.datetime = NOON,
    with_complaints: list[dict[str, str]] | None = None,
    **order: Any,
) -> Outcome:
    """Publishes a table of totals (and complaints) as one snapshot; `order` as in `Order`."""
    store.inbox.mkdir(exist_ok=True)
    given = totals(rows) if isinstance(rows, str) else rows
    files = [write_csv(store.inbox / "totals.csv", given)]
    if with_complaints is not None:
        files.append(write_csv(store.inbox / "complaints.csv", with_complaints))
    return store.publish_files(files, as_of=as_of, **order)
