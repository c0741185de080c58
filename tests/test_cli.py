"""The operator's door: exit status, JSON on stdout, one sentence on stderr; and kill -9."""

import datetime as dt
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from cli import app
from data import snapshots
from data.sample import small
from tests.stores import NOON, Store, records, write_csv

ROOT = Path(__file__).parent.parent
COMMANDS = sorted(vars(get_command(app))["commands"])
SMALL = [str(small.FOLDER / f"{name}.csv") for name in ("records", "complaints", "facilities")]
EVENING = dt.datetime.fromisoformat("2022-04-25T16:00")


class Done(NamedTuple):
    """How a command ended."""

    status: int
    out: str
    said: str

    @property
    def document(self) -> Any:
        """The one JSON document on stdout."""
        assert self.out.endswith("\n")
        return json.loads(self.out)


def run(*arguments: str | Path) -> Done:
    """A command in this process."""
    done = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert done.exception is None or isinstance(done.exception, SystemExit)
    return Done(done.exit_code, done.stdout, done.stderr)


def program(*arguments: str | Path) -> list[str]:
    return [sys.executable, "cli.py", *(str(argument) for argument in arguments)]


@pytest.fixture
def small_store(tmp_path: Path) -> Path:
    """A store with the committed example published as of its hour."""
    folder = tmp_path / "store"
    assert run("publish", *SMALL, "--as-of", "2022-04-25T16:00", "--store", folder).status == 0
    return folder


# End to end ---------------------------------------------------------------------------------


def test_sample_publish_measure_end_to_end_as_programs(tmp_path):
    store, files = tmp_path / "store", tmp_path / "files"

    def call(*arguments: str | Path) -> str:
        done = subprocess.run(
            program(*arguments), cwd=ROOT, capture_output=True, text=True, check=True
        )
        return done.stdout

    assert call("sample", "--out", files, "--records", "2000", "--days", "1") == ""
    (day,) = files.glob("records-*.csv")
    paths = sorted(files.glob("*.csv"))
    outcome = json.loads(
        call("publish", *paths, "--as-of", "2022-04-25T16:00", "--store", store, "--json")
    )
    assert outcome["rows_read"] == outcome["accepted"] + outcome["quarantined"]
    rows = json.loads(call("measure", "valid_ratio", "--store", store, "--json"))
    words = [line.split(",") for line in day.read_text().splitlines()[1:]]
    valid = sum("Đúng" in cells for cells in words)
    invalid = {"Sai", "Không xác minh được", "Không có số", "Sai định dạng"}
    classified = valid + sum(not invalid.isdisjoint(cells) for cells in words)
    assert rows == [
        {
            "unit_code": "77",
            "unit_name": "Tỉnh Bà Rịa – Vũng Tàu",
            "numerator": valid,
            "denominator": classified,
            "ratio": valid / classified,
        }
    ]


def test_a_refusal_of_the_program_is_one_line_and_no_traceback(tmp_path):
    done = subprocess.run(
        program("publish", "missing.csv", "--as-of", "2022-04-25", "--store", tmp_path, "--json"),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "missing.csv: không có tệp này.\n"


def test_an_answer_of_the_program_leaves_stderr_empty(small_store):
    done = subprocess.run(
        program("measure", "valid_ratio", "--store", small_store, "--json"),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


# Commands -----------------------------------------------------------------------------------


def test_the_commands_of_the_contract_are_there():
    asked = {"sample", "publish", "check", "snapshots", "verify", "withdraw", "rebuild", "measure"}
    assert asked | {"serve"} <= set(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_in_vietnamese(command):
    done = run(command, "--help")
    assert done.status == 0
    assert not done.out.isascii()


def test_without_a_command_the_help_is_shown_as_wrong_usage():
    assert run().status == 2


def test_publish_answers_with_the_contracts_keys(tmp_path):
    arguments = ["--as-of", "2022-04-25T16:00", "--store", tmp_path / "s", "--json"]
    outcome = run("publish", *SMALL, *arguments).document
    assert outcome["as_of"] == "2022-04-25T16:00"
    assert outcome["snapshot_id"] == "2022-04-25T1600-r1"
    assert outcome["rows_read"] == outcome["accepted"] + outcome["quarantined"]
    assert outcome["quarantined"] == 5 + 2
    assert outcome["by_reason"] == {
        "record_id_duplicated": 2,
        "birth_date_unreadable": 1,
        "verification_unknown": 1,
        "facility_code_missing": 1,
        "received_at_unreadable": 1,
        "status_unknown": 1,
    }
    assert outcome["carried_forward"] == 0
    assert outcome["seconds"] > 0
    again = run("publish", *SMALL, *arguments)
    assert again.status == 0
    assert again.document["already_published"]


def test_publish_again_says_under_which_id_in_words(small_store):
    done = run("publish", *SMALL, "--as-of", "2022-04-25T16:00", "--store", small_store)
    assert (done.status, "already published as 2022-04-25T1600-r1" in done.out) == (0, True)


def test_publish_in_words_shows_what_was_read_and_why_rows_were_put_aside(tmp_path):
    done = run("publish", *SMALL, "--as-of", "2022-04-25T16:00", "--store", tmp_path / "s")
    assert "để riêng vì mã hồ sơ có ở nhiều dòng: 2" in done.out
    assert "records.csv: đọc " in done.out


def test_check_answers_as_publish_and_keeps_nothing(tmp_path):
    done = run("check", *SMALL, "--as-of", "2022-04-25T16:00", "--store", tmp_path / "s", "--json")
    assert (done.status, done.document["quarantined"]) == (0, 5 + 2)
    assert done.document["snapshot_id"] is None
    assert not (tmp_path / "s").exists()


def test_snapshots_are_a_list_of_rows(small_store):
    (row,) = run("snapshots", "--store", small_store, "--json").document
    assert (row["snapshot_id"], row["as_of"]) == ("2022-04-25T1600-r1", "2022-04-25T16:00")
    assert row["rows_read"] == row["accepted"] + row["quarantined"]
    assert row["is_invented"]
    assert run("snapshots", "--store", small_store / "none", "--json").document == []


def test_verify_is_a_list_of_rows_and_status_1_when_something_is_wrong(small_store):
    assert run("verify", "--store", small_store, "--json").document == [
        {"snapshot_id": "2022-04-25T1600-r1", "ok": True, "problems": []}
    ]
    next(small_store.rglob("records.parquet")).write_bytes(b"?")
    done = run("verify", "--store", small_store, "--json")
    assert (done.status, done.document[0]["ok"]) == (1, False)
    assert "records.parquet" in done.said


def test_sample_says_what_it_lacks_and_refuses_what_it_cannot_make(tmp_path):
    assert "--out" in run("sample", "--store", tmp_path).said
    done = run("sample", "--out", tmp_path, "--records", "10")
    assert (done.status, done.said.count("\n")) == (1, 1)


def test_sample_if_empty_does_nothing_when_the_days_asked_for_are_there(tmp_path):
    store = tmp_path / "store"
    arguments = ["sample", "--publish", "--records", "500", "--store", store, "--if-empty"]
    assert run(*arguments).status == 0
    state = snapshots.store_state(store)
    assert run(*arguments).status == 0
    assert snapshots.store_state(store) == state
    assert [m.as_of_local for m in snapshots.in_force(store)] == [EVENING]


def test_sample_if_empty_goes_on_where_it_was_interrupted(tmp_path):
    store = tmp_path / "store"
    arguments = ["sample", "--publish", "--records", "500", "--store", store, "--if-empty"]
    assert run(*arguments).status == 0
    assert run(*arguments, "--days", "2").status == 0
    days = [m.as_of_local for m in snapshots.in_force(store)]
    assert days == [EVENING - dt.timedelta(days=1), EVENING]


def test_a_day_alone_is_the_end_of_that_day_and_seconds_are_wrong_usage(tmp_path):
    store = tmp_path / "store"
    files = sorted((ROOT / "data" / "sample" / "small").glob("*.csv"))
    done = run("publish", *files, "--as-of", "2022-04-25", "--store", store, "--json")
    assert json.loads(done.out)["as_of"] == "2022-04-25T23:59"
    assert run("publish", *files, "--as-of", "2022-04-26T10:00:30", "--store", store).status == 2


# measure ------------------------------------------------------------------------------------


@pytest.fixture
def two_instants(store: Store) -> Path:
    """One record at noon, three in the afternoon."""
    store.publish("Mã hồ sơ\nH1")
    afternoon = "Mã cơ sở nhập | Trạng thái xác thực\nF1 | Đúng\nF3 | Sai\nF3 | Đúng"
    store.publish(afternoon, as_of=NOON.replace(hour=16))
    return store.folder


def measured(store: Path, *arguments: str) -> list[dict[str, Any]]:
    return run("measure", "valid_ratio", *arguments, "--store", store, "--json").document


@pytest.mark.parametrize(
    "level, count", [("province", 1), ("district", 8), ("facility", 3), ("commune", 84)]
)
def test_measure_has_a_row_for_every_unit_of_a_level_with_the_contracts_keys(
    two_instants, level, count
):
    rows = measured(two_instants, "--level", level)
    assert len(rows) == count
    for row in rows:
        assert list(row) == ["unit_code", "unit_name", "numerator", "denominator", "ratio"]


def test_measure_of_a_date_takes_its_newest_snapshot_and_of_an_instant_its_own(two_instants):
    counts = [
        measured(two_instants, *at)[0]["denominator"]
        for at in ((), ("--at", "2022-04-25"), ("--at", "2022-04-25T12:00"))
    ]
    assert counts == [3, 3, 1]


def test_an_instant_with_another_offset_is_the_same_instant(two_instants):
    assert measured(two_instants, "--at", "2022-04-25T05:00+00:00")[0]["denominator"] == 1


def test_a_district_alone_is_one_row_and_with_a_level_its_units(two_instants):
    assert measured(two_instants, "--district", "755") == [
        {
            "unit_code": "755",
            "unit_name": "Huyện Côn Đảo",
            "numerator": 1,
            "denominator": 2,
            "ratio": 0.5,
        }
    ]
    rows = measured(two_instants, "--district", "747", "--level", "facility")
    assert [row["unit_code"] for row in rows] == ["F1", "F2"]
    assert rows[1]["ratio"] is None


def test_the_axis_may_be_asked_for(two_instants):
    rows = measured(two_instants, "--level", "district", "--axis", "residence")
    assert {row["unit_code"]: row["denominator"] for row in rows}["unmapped"] == 3


def test_measure_in_words_writes_numbers_as_in_vietnam(two_instants):
    done = run("measure", "valid_ratio", "--store", two_instants)
    assert "66,7" in done.out


def test_reasons_carry_their_code(two_instants):
    rows = run("measure", "invalid_reasons", "--store", two_instants, "--json").document
    assert {row["reason"]: row["numerator"] for row in rows}["unspecified"] == 1


@pytest.mark.parametrize(
    "arguments, word",
    [
        (["--at", "2022-04-24"], "24/04/2022"),
        (["--district", "749"], "749"),
        (["--level", "commune", "--axis", "facility"], "commune"),
    ],
)
def test_what_is_not_there_is_refused_with_status_1(two_instants, arguments, word):
    done = run("measure", "valid_ratio", *arguments, "--store", two_instants, "--json")
    assert (done.status, done.out, done.said.count("\n")) == (1, "", 1)
    assert word in done.said


@pytest.mark.parametrize(
    "arguments",
    [
        ["--level", "village"],
        ["--axis", "sideways"],
        ["--at", "yesterday"],
        ["--at", "25/04/2022"],
        ["--level", "province", "--district", "747"],
        ["--nonsense"],
    ],
)
def test_wrong_usage_is_status_2(two_instants, arguments):
    done = run("measure", "valid_ratio", *arguments, "--store", two_instants, "--json")
    assert (done.status, done.out) == (2, "")


def test_an_unknown_metric_and_an_empty_store_are_refused(two_instants, tmp_path):
    assert run("measure", "ratio", "--store", two_instants).status == 1
    done = run("measure", "valid_ratio", "--store", tmp_path / "none")
    assert (done.status, "chưa có kỳ số liệu nào" in done.said) == (1, True)


def test_a_wrong_as_of_is_wrong_usage(tmp_path):
    path = write_csv(tmp_path / "h.csv", records("Mã hồ sơ\nH1"))
    assert run("publish", path, "--as-of", "hôm qua", "--store", tmp_path / "s").status == 2


def test_the_store_is_that_of_the_environment_when_not_named(two_instants, monkeypatch):
    monkeypatch.setenv("TIENDO_STORE", str(two_instants))
    assert run("measure", "valid_ratio", "--json").document[0]["denominator"] == 3


def test_text_of_a_refusal_is_never_taken_for_markup(tmp_path):
    done = run("publish", tmp_path / "[red]x[/red].csv", "--as-of", "2022-04-25")
    assert "[red]x[/red].csv" in done.said


# Killed -------------------------------------------------------------------------------------


class Moment(NamedTuple):
    """A moment of a publish, told by what is on disk."""

    name: str
    has_come: Callable[[Path], bool]


def is_staged(name: str) -> Callable[[Path], bool]:
    return lambda store: any(store.glob(f"staging/*/{name}"))


MOMENTS = [
    Moment("records half written", is_staged("2022-04-25T1600-r1/records.parquet")),
    Moment("manifest written", is_staged("2022-04-25T1600-r1/manifest.json")),
    Moment("marts begun", is_staged("marts")),
    Moment("marts in place", lambda store: (store / "marts" / "2022-04-25T1600-r1").exists()),
]


@pytest.fixture(scope="module")
def two_days(tmp_path_factory) -> Path:
    """Two days of the invented province as files, and a store with the first one."""
    folder = tmp_path_factory.mktemp("province")
    made = run("sample", "--out", folder, "--records", "20000", "--days", "2")
    assert made.status == 0
    publish_day(folder / "store", folder, 24)
    return folder


@pytest.fixture(scope="module")
def answers(two_days, tmp_path_factory) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """What is measured before and after the second day is published."""
    after = tmp_path_factory.mktemp("after") / "store"
    shutil.copytree(two_days / "store", after)
    publish_day(after, two_days, 25)
    return measured(two_days / "store"), measured(after)


def day_files(folder: Path, day: int) -> list[Path]:
    return [folder / "facilities.csv", folder / f"records-2022-04-{day}.csv"]


def publish_day(store: Path, folder: Path, day: int) -> None:
    """Publishes one day in this process; the second day is what is killed in another."""
    Store(store, folder).publish_files(day_files(folder, day), as_of=EVENING.replace(day=day))


@pytest.mark.parametrize("moment", MOMENTS, ids=lambda moment: moment.name)
def test_killed_in_mid_publish_the_store_answers_as_before_or_after_and_a_rerun_publishes(
    two_days, answers, tmp_path, moment
):
    store = tmp_path / "store"
    shutil.copytree(two_days / "store", store)
    old, new = answers
    files = day_files(two_days, 25)
    command = program("publish", *files, "--as-of", "2022-04-25T16:00", "--store", store)
    with subprocess.Popen(command, cwd=ROOT) as process:
        while process.poll() is None and not moment.has_come(store):
            os.sched_yield()
        process.kill()
    assert process.returncode in (-9, 0)
    assert measured(store) in (old, new)
    assert run("verify", "--store", store).status == 0
    publish_day(store, two_days, 25)
    assert run("verify", "--store", store).status == 0
    assert measured(store) == new
    assert measured(store, "--at", "2022-04-24") == old
