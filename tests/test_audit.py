"""The audit log: what was done is written down, and a line that was touched is found."""

import datetime as dt
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from cli import app
from data import audit
from data.audit import Actor, AuditError
from display.log import log_cells
from tests.test_cli import SMALL
from tests.test_house import ROOT

AT = dt.datetime.fromisoformat("2022-04-25T16:05:00+07:00")
LAN = Actor("lan", "district")


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIENDO_PRIVATE", str(tmp_path / "private"))


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A store whose log has four lines."""
    folder = tmp_path / "store"
    for number in range(4):
        predicate = {"what": "invalid", "number": number}
        audit.write(folder, LAN, "view_list", now=AT, predicate=predicate, rows=number)
    return folder


def texts(store: Path) -> list[str]:
    return audit.path_of(store).read_text(encoding="utf-8").splitlines(keepends=True)


def rewrite(store: Path, change: Callable[[list[str]], list[str]]) -> None:
    audit.path_of(store).write_text("".join(change(texts(store))), encoding="utf-8")


def edited(lines: list[str]) -> list[str]:
    row = json.loads(lines[1])
    return [lines[0], json.dumps(row | {"rows": 99}) + "\n", *lines[2:]]


def test_a_line_says_who_did_what_to_what_and_when(store: Path) -> None:
    audit.write(
        store, LAN, "reveal", now=AT, predicate={"record": "H1"}, snapshot_id="s", reason="police"
    )
    line = audit.lines(store)[-1]
    assert line == (
        5, AT, "lan", "district", "reveal", {"record": "H1"}, "s", None, "police",
    )  # fmt: skip
    assert audit.lines(store, last=2)[0].seq == 4
    assert audit.verify(store) == (5, "", "")


def test_a_reason_hides_its_line_with_no_mark_of_a_new_line(store: Path) -> None:
    reason = "a\u2028b\x85c\rd\ne"
    audit.write(store, LAN, "reveal", now=AT, reason=reason)
    assert [line.reason for line in audit.lines(store, last=1)] == [reason]
    assert audit.verify(store) == (5, "", "")


def test_the_log_of_a_store_without_one_is_empty_and_whole(tmp_path: Path) -> None:
    assert audit.lines(tmp_path) == []
    assert audit.verify(tmp_path) == (0, "", "")


@pytest.mark.parametrize(
    "change, problem",
    [
        (edited, "dòng 2: đã bị sửa"),
        (lambda lines: [lines[0], *lines[2:]], "dòng 2: thiếu hoặc đổi chỗ"),
        (lambda lines: lines[1:], "dòng 1: thiếu hoặc đổi chỗ"),
        (lambda lines: [lines[0], lines[2], lines[1], lines[3]], "dòng 2: thiếu hoặc đổi chỗ"),
        (lambda lines: [*lines, lines[3]], "dòng 5: thiếu hoặc đổi chỗ"),
        (lambda lines: lines[:3], "dòng 4: bị cắt mất, đáng lẽ có 4 dòng"),
        (lambda lines: [*lines[:3], lines[3][:40]], "dòng 4: không đọc được"),
        (lambda lines: [lines[0], "x\n", *lines[2:]], "dòng 2: không đọc được"),
        (lambda _lines: [], "dòng 1: bị cắt mất, đáng lẽ có 4 dòng"),
    ],
)
def test_a_log_that_was_touched_names_its_first_bad_line(
    store: Path, change: Callable[[list[str]], list[str]], problem: str
) -> None:
    rewrite(store, change)
    assert audit.verify(store).problem.startswith(problem)


def test_the_log_of_a_store_made_anew_where_another_was_begins_anew(store: Path) -> None:
    audit.path_of(store).unlink()
    assert audit.verify(store).problem
    audit.write(store, LAN, "publish", now=AT)
    assert audit.verify(store)[:2] == (1, "")
    assert "sau 4 dòng (dòng đầu ghi lúc 16:05 25/04/2022)" in audit.verify(store).begun_anew
    audit.path_of(store).unlink()
    (store / "snapshots").mkdir()
    with pytest.raises(AuditError, match="audit verify"):
        audit.write(store, LAN, "publish", now=AT)


def test_a_log_that_was_taken_away_is_missed(store: Path) -> None:
    audit.path_of(store).unlink()
    assert "bị cắt mất" in audit.verify(store).problem


def test_who_has_another_key_cannot_make_up_a_line(
    store: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TIENDO_PRIVATE", str(tmp_path / "another"))
    assert audit.verify(store).problem.startswith("dòng 1: đã bị sửa")
    with pytest.raises(AuditError, match="audit verify"):
        audit.write(store, LAN, "view_list", now=AT)


def test_nothing_is_added_to_a_log_that_does_not_end_as_it_was_left(store: Path) -> None:
    before = texts(store)
    rewrite(store, lambda lines: lines[:3])
    with pytest.raises(AuditError, match="audit verify"):
        audit.write(store, LAN, "view_list", now=AT)
    rewrite(store, lambda _lines: before)
    audit.write(store, LAN, "view_list", now=AT)
    assert audit.verify(store) == (5, "", "")


def test_a_line_whose_mark_outside_the_store_was_not_kept_any_more_is_no_tampering(
    store: Path, tmp_path: Path
) -> None:
    [head] = (tmp_path / "private").glob("audit-*.json")
    old = head.read_bytes()
    audit.write(store, LAN, "view_list", now=AT)
    head.write_bytes(old)
    assert audit.verify(store) == (5, "", "")
    audit.write(store, LAN, "view_list", now=AT)
    assert audit.verify(store) == (6, "", "")


def test_the_mark_outside_the_store_cannot_be_made_up(store: Path, tmp_path: Path) -> None:
    [head] = (tmp_path / "private").glob("audit-*.json")
    rewrite(store, lambda lines: lines[:1])
    told = json.loads(head.read_text(encoding="utf-8"))
    head.write_text(json.dumps(told | {"seq": 1}), encoding="utf-8")
    with pytest.raises(AuditError, match="dấu"):
        audit.verify(store)


def test_a_log_that_cannot_be_written_refuses_what_was_to_be_done(tmp_path: Path) -> None:
    (tmp_path / "audit.jsonl").mkdir()
    with pytest.raises(AuditError, match="không ghi được nhật ký"):
        audit.write(tmp_path, LAN, "reveal", now=AT)
    with pytest.raises(AuditError, match="không ghi được nhật ký"):
        audit.require_writable(tmp_path)


def test_a_full_disk_refuses_what_was_to_be_done(tmp_path: Path) -> None:
    (tmp_path / "audit.jsonl").symlink_to("/dev/full")
    with pytest.raises(AuditError, match="không ghi được nhật ký"):
        audit.write(tmp_path, LAN, "reveal", now=AT)


def test_a_mail_in_the_log_says_how_many_went(tmp_path: Path) -> None:
    for count in (0, 3):
        told = {"unit": "77", "sent": count}
        audit.write(tmp_path, LAN, "mail", now=AT, predicate=told)
    found = [log_cells(line, "vi")[5] for line in audit.lines(tmp_path)]
    assert found == ["đơn vị 77, đã gửi 0 thư", "đơn vị 77, đã gửi 3 thư"]


def test_a_row_of_data_is_never_written_down(tmp_path: Path) -> None:
    for value in (["Trần Lan"], {"name": "Trần Lan"}, "x" * 201, 1.5):
        with pytest.raises(ValueError, match="short text"):
            audit.write(tmp_path, LAN, "view_list", now=AT, predicate={"row": value})
    assert not audit.path_of(tmp_path).exists()


def test_the_log_and_its_mark_are_for_their_owner_alone(store: Path, tmp_path: Path) -> None:
    [head] = (tmp_path / "private").glob("audit-*.json")
    assert [path.stat().st_mode & 0o077 for path in (audit.path_of(store), head)] == [0, 0]


def test_two_programs_that_write_at_once_leave_one_whole_log(store: Path) -> None:
    program = (
        "import datetime as dt, pathlib, sys\n"
        "from data.audit import Actor, write\n"
        "for _ in range(20):\n"
        "    write(pathlib.Path(sys.argv[1]), Actor('x', 'cli'), 'publish',"
        " now=dt.datetime.now(dt.UTC))\n"
    )
    command = [sys.executable, "-c", program, str(store)]
    running = [subprocess.Popen(command, cwd=ROOT, env=os.environ) for _ in range(2)]
    assert [process.wait(timeout=60) for process in running] == [0, 0]
    assert audit.verify(store) == (4 + 20 + 20, "", "")


def test_a_log_that_is_being_written_is_whole_all_the_time(store: Path) -> None:
    program = (
        "import datetime as dt, pathlib, sys\n"
        "from data.audit import Actor, write\n"
        "for _ in range(60):\n"
        "    write(pathlib.Path(sys.argv[1]), Actor('x', 'cli'), 'publish',"
        " now=dt.datetime.now(dt.UTC))\n"
    )
    running = subprocess.Popen([sys.executable, "-c", program, str(store)], cwd=ROOT)
    problems = set()
    while running.poll() is None:
        problems.add(audit.verify(store).problem)
    assert (running.returncode, problems) == (0, {""})
    assert audit.verify(store) == (4 + 60, "", "")


def test_a_line_costs_as_much_in_a_long_log_as_in_a_short_one(store: Path) -> None:
    def seconds() -> float:
        start = time.perf_counter()
        audit.write(store, LAN, "view_list", now=AT)
        return time.perf_counter() - start

    short = statistics.median(seconds() for _ in range(9))
    whole = audit.path_of(store).read_bytes()
    with audit.path_of(store).open("r+b") as log:
        # A hole of 1 GB before the lines: only the end is read before one is added.
        log.seek(1024**3)
        log.write(b"\n" + whole)
    assert statistics.median(seconds() for _ in range(9)) < 5 * short + 0.1


def test_no_name_of_a_person_gets_into_the_log(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    arguments = ["--as-of", "2022-04-25T16:00", "--store", str(folder)]
    assert CliRunner().invoke(app, ["publish", *SMALL, *arguments]).exit_code == 0
    log = audit.path_of(folder).read_text(encoding="utf-8")
    rows = pl.read_csv(SMALL[0], infer_schema=False)
    people = rows.select("Mã hồ sơ", "Họ và tên", "Số CCCD/CMND").unpivot()["value"].drop_nulls()
    assert len(log.splitlines()) == 1
    assert [value for value in people.unique() if value and value in log] == []


def test_an_invented_day_that_cannot_be_written_down_is_not_published(tmp_path: Path) -> None:
    (tmp_path / "audit.jsonl").mkdir()
    arguments = ["sample", "--publish", "--records", "500", "--store", str(tmp_path)]
    done = CliRunner().invoke(app, arguments)
    assert (done.exit_code, "không ghi được nhật ký" in done.stderr) == (1, True)
    assert not (tmp_path / "snapshots").exists()
