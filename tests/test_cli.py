"""The operator's door: exit status, JSON on stdout, one sentence on stderr; and kill -9."""

import datetime as dt
import glob
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from cli import LISTS, app
from data import snapshots
from data.sample import small
from queries.metrics import metric_definition, metric_names
from tests.stores import DISTRICTS, NOON, Store, only_looked_at, records, totals, write_csv

ROOT = Path(__file__).parent.parent
COMMANDS = sorted(vars(get_command(app))["commands"])
SMALL = [str(small.FOLDER / f"{name}.csv") for name in ("records", "complaints", "facilities")]
TOTALS = str(small.FOLDER / "totals.csv")
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
    assert asked | {"complaints", "list", "progress", "flows", "serve"} <= set(COMMANDS)


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
    done = run("publish", *SMALL, "--as-of", "2022-04-25", "--store", store, "--json")
    assert json.loads(done.out)["as_of"] == "2022-04-25T23:59"
    assert run("publish", *SMALL, "--as-of", "2022-04-26T10:00:30", "--store", store).status == 2


# Totals by district -------------------------------------------------------------------------


def test_a_table_of_totals_is_published_and_measured_as_records_are(tmp_path):
    store = tmp_path / "store"
    done = run("publish", TOTALS, "--as-of", "2022-05-26T16:00", "--store", store, "--json")
    assert (done.document["accepted"], done.document["quarantined"]) == (8 + 1, 1)
    assert done.document["by_reason"] == {"count_unreadable": 1}
    (row,) = run("measure", "signing_progress", "--store", store, "--json").document
    assert (row["numerator"], row["denominator"]) == (301_043, 873_322)
    assert row["ratio"] == 301_043 / 873_322
    rows = run("measure", "valid_ratio", "--district", "755", "--store", store, "--json").document
    assert [row["unit_code"] for row in rows] == ["755"]


def test_check_of_a_table_of_totals_answers_as_publish_and_keeps_nothing(tmp_path):
    arguments = ["--as-of", "2022-05-26T16:00", "--store", tmp_path / "store", "--json"]
    checked = run("check", TOTALS, *arguments).document
    assert not (tmp_path / "store").exists()
    published = run("publish", TOTALS, *arguments).document
    same = ("rows_read", "accepted", "quarantined", "by_reason", "files")
    assert {key: checked[key] for key in same} == {key: published[key] for key in same}
    assert [file["layout"] for file in checked["files"]] == ["totals"]


def test_an_unbalanced_table_of_totals_is_held_by_check_and_publish_and_confirmed(tmp_path):
    rows = totals("Mã huyện | Hợp lệ\n747 | 3\nTổng cộng | 4")
    arguments = [write_csv(tmp_path / "t.csv", rows), "--as-of", "2022-04-25", "--store"]
    for command in ("check", "publish"):
        done = run(command, *arguments, tmp_path / "store", "--json")
        assert (done.status, done.out, done.said.count("\n")) == (1, "", 1)
        assert "“Hợp lệ” = 4, các huyện cộng lại là 3" in done.said
    assert run("publish", *arguments, tmp_path / "store", "--confirm").status == 0


def test_below_the_district_a_table_of_totals_is_refused_in_one_sentence(tmp_path):
    store = tmp_path / "store"
    assert run("publish", TOTALS, "--as-of", "2022-05-26T16:00", "--store", store).status == 0
    done = run("measure", "valid_ratio", "--level", "facility", "--store", store, "--json")
    assert (done.status, done.out) == (1, "")
    assert done.said == "Kỳ 26/05/2022 16:00 chỉ có bảng tổng theo huyện.\n"


# measure ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def shared_instants(tmp_path_factory) -> Iterator[Store]:
    store = Store.inside(tmp_path_factory.mktemp("two_instants"))
    store.publish("Mã hồ sơ\nH1")
    afternoon = "Mã cơ sở nhập | Trạng thái xác thực\nF1 | Đúng\nF3 | Sai\nF3 | Đúng"
    store.publish(afternoon, as_of=NOON.replace(hour=16))
    with only_looked_at(store):
        yield store


@pytest.fixture
def two_instants(shared_instants: Store) -> Path:
    """One record at noon, three in the afternoon; only asked."""
    return shared_instants.folder


@pytest.fixture
def own_instants(shared_instants: Store, store: Store) -> Path:
    """The same, in a store of the test's own."""
    return shared_instants.copy_to(store).folder


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


#: Of `streams`: numerator and denominator of the province on 25/4.
STREAM_COUNTS = {
    "signing_progress": (1, 2),
    "signing_in_process": (1, 2),
    "issued_ratio": (0, 2),
    "signed_not_verified": (1, 2),
    "changed_after_signing": (1, 2),
    "in_process_long": (1, 1),
    "complaint_backlog": (3, 4),
    "complaint_closed_ratio": (1, 4),
    "overdue_complaint_ratio": (2, 3),
    "resolved_still_invalid": (1, 1),
}


@pytest.mark.parametrize("metric, counts", STREAM_COUNTS.items())
def test_signing_and_complaints_are_measured_with_the_same_keys(streams, metric, counts):
    (row,) = run("measure", metric, "--store", streams, "--json").document
    assert list(row) == ["unit_code", "unit_name", "numerator", "denominator", "ratio"]
    assert (row["unit_code"], row["numerator"], row["denominator"]) == ("77", *counts)
    assert row["ratio"] == counts[0] / counts[1]
    rows = run("measure", metric, "--level", "facility", "--store", streams, "--json").document
    assert sum(row["numerator"] for row in rows) == counts[0]
    assert sum(row["denominator"] for row in rows) == counts[1]


def test_every_metric_that_is_not_of_cleaning_is_measured_here():
    streams = {name: metric_definition(name).workstream for name in metric_names()}
    assert set(STREAM_COUNTS) == {name for name in streams if streams[name] != "cleaning"}


def test_complaints_have_one_axis(streams):
    arguments = ["--axis", "residence", "--level", "district", "--store", streams, "--json"]
    done = run("measure", "complaint_backlog", *arguments)
    assert (done.status, done.out, done.said.count("\n")) == (1, "", 1)


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


# complaints and lists -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def streams(tmp_path_factory) -> Path:
    """Ten days apart: complaints, and signatures that contradict their record; only asked."""
    folder = tmp_path_factory.mktemp("streams")
    store = Store(folder / "store", folder / "inbox")
    store.publish(
        """
        Mã hồ sơ | Mã cơ sở nhập | Trạng thái xác thực | Trạng thái ký | Số mũi
        H1       | F1            | Đúng                | Đang xử lý    | 2
        H2       | F1            | Đúng                | Đã ký         | 2
        H3       | F2            | Đúng                | Đã ký         | 2
        H4       | F3            | Sai                 | Chưa ký       | 2
        """,
        as_of=NOON - dt.timedelta(days=10),
        with_complaints="""
        Mã phản ánh | Mã cơ sở | Thời điểm tiếp nhận | Trạng thái
        P1          | F1       | 10/04/2022 08:00    | Đang xử lý
        P2          | F3       | 14/04/2022 08:00    | Đang xử lý
        """,
    )
    store.publish(
        """
        Mã hồ sơ | Mã cơ sở nhập | Trạng thái xác thực | Trạng thái ký | Số mũi
        H1       | F1            | Đúng                | Đang xử lý    | 2
        H2       | F1            | Đúng                | Đã ký         | 3
        H3       | F2            | Sai                 | Đã ký         | 2
        H4       | F3            | Sai                 | Chưa ký       | 2
        """,
        with_complaints="""
        Mã phản ánh | Mã cơ sở | Mã huyện | Mã hồ sơ | Thời điểm tiếp nhận | Trạng thái
        P1          | F1       |          |          | 10/04/2022 08:00    | Đang xử lý
        P2          | F3       |          | H4       | 14/04/2022 08:00    | Đã duyệt
        P3          | F2       |          |          | 24/04/2022 12:00    | Mới ghi nhận
        P4          |          | 747      |          | 22/04/2022 12:00    | Chưa phân công
        """,
    )
    return store.folder


def complained(store: Path, *arguments: str) -> list[dict[str, Any]]:
    return run("complaints", *arguments, "--store", store, "--json").document


#: What a row of `complaints` has; others may use these names.
COMPLAINT_KEYS = {
    "unit_code",
    "unit_name",
    "open",
    "overdue",
    "overdue_ratio",
    "buckets",
    "median_hours",
    "p90_hours",
    "oldest_hours",
    "received",
    "closed",
    "received_7_days",
    "closed_7_days",
    "approved",
    "rejected",
    "new",
    "unassigned",
    "in_progress",
    "more_information",
    "reopened",
    "still_invalid",
}


def test_complaints_of_the_province_have_the_contracts_keys_and_ages(streams):
    (row,) = complained(streams)
    assert set(row) == COMPLAINT_KEYS
    assert (row["unit_code"], row["open"], row["received"], row["closed"]) == ("77", 3, 4, 1)
    # Open for 24, 72 and 15 x 24 + 4 = 364 hours at noon of 25/4.
    assert row["buckets"] == {
        "up_to_48_hours": 1,
        "days_2_to_7": 1,
        "days_8_to_30": 1,
        "over_30_days": 0,
    }
    assert (row["overdue"], row["overdue_ratio"]) == (2, 2 / 3)
    assert (row["median_hours"], row["oldest_hours"]) == (72, 364)
    assert row["p90_hours"] == pytest.approx(72 + 0.8 * (364 - 72))


@pytest.mark.parametrize(
    "level, open_by_unit",
    [
        ("province", {"77": 3}),
        ("district", {"747": 3} | dict.fromkeys(DISTRICTS[1:], 0)),
        ("facility", {"747": 1, "F1": 1, "F2": 1, "F3": 0}),
    ],
)
def test_complaints_have_a_row_for_every_unit_of_a_level(streams, level, open_by_unit):
    rows = complained(streams, "--level", level)
    assert {row["unit_code"]: row["open"] for row in rows} == open_by_unit
    assert all(set(row) == COMPLAINT_KEYS for row in rows)
    assert all(sum(row["buckets"].values()) == row["open"] for row in rows)


def test_a_unit_without_open_complaints_has_no_ages(streams):
    (row,) = complained(streams, "--district", "755", "--level", "facility")
    ages = ("overdue_ratio", "median_hours", "p90_hours", "oldest_hours")
    assert [row[key] for key in ages] == [None] * len(ages)


def test_a_district_alone_is_its_facilities_and_what_waits_in_it_without_one(streams):
    rows = complained(streams, "--district", "747")
    assert [row["unit_code"] for row in rows] == ["747", "F1", "F2"]


def test_since_counts_what_came_and_went_after_that_snapshot(streams):
    (row,) = complained(streams, "--since", "2022-04-15")
    parts = {"opened_again", "moved_in", "moved_out", "late", "removed", "difference"}
    assert set(row) == COMPLAINT_KEYS | parts | {"opening", "closing"}
    assert (row["opening"], row["received"], row["closed"]) == (2, 2, 1)
    assert row["opening"] + row["received"] - row["closed"] == row["closing"] == row["open"]
    assert (row["opened_again"], row["difference"]) == (0, 0)


def test_since_units_that_nothing_is_listed_under_any_more_are_told_too(store):
    listed = """
        Mã cơ sở | Mã huyện | Thời điểm tiếp nhận
        {}       | {}       | 10/04/2022 08:00
        {}       |          | 10/04/2022 08:00
    """
    one = "Mã hồ sơ\nH1"
    before = NOON - dt.timedelta(days=7)
    store.publish(one, as_of=before, with_complaints=listed.format("", "747", ""))
    store.publish(one, with_complaints=listed.format("F1", "", "F2"), is_confirmed=True)
    since = ["--since", "2022-04-18"]
    rows = complained(store.folder, *since, "--level", "facility")
    (province,) = complained(store.folder, *since)
    for key in ("open", "opening", "received", "closed", "moved_in", "moved_out", "closing"):
        assert sum(row[key] for row in rows) == province[key]
    assert {row["unit_code"]: row["moved_out"] for row in rows} == {
        "F1": 0,
        "F2": 0,
        "F3": 0,
        "747": 1,
        "unmapped": 1,
    }


def test_complaints_of_an_earlier_day_are_as_they_stood_then(streams):
    (row,) = complained(streams, "--at", "2022-04-15")
    assert (row["open"], row["received"], row["closed"]) == (2, 2, 0)


def test_complaints_in_words_show_the_same_numbers(streams):
    done = run("complaints", "--store", streams)
    assert (done.status, done.said) == (0, "")
    assert "364,0" in done.out


@pytest.mark.parametrize(
    "arguments",
    [
        ["--level", "commune"],
        ["--level", "province", "--district", "747"],
        ["--since", "hôm qua"],
    ],
)
def test_wrong_usage_of_complaints_is_status_2(streams, arguments):
    done = run("complaints", *arguments, "--store", streams, "--json")
    assert (done.status, done.out) == (2, "")


@pytest.mark.parametrize(
    "arguments, word",
    [
        (["--since", "2022-04-25"], "Kỳ so sánh"),
        (["--since", "2022-04-14"], "14/04/2022"),
        (["--district", "749"], "“749”"),
    ],
)
def test_complaints_that_cannot_be_told_are_refused_with_status_1(streams, arguments, word):
    done = run("complaints", *arguments, "--store", streams, "--json")
    assert (done.status, done.out, done.said.count("\n")) == (1, "", 1)
    assert word in done.said


@pytest.mark.parametrize("arguments", [["complaints"], ["list", "open_complaints"]])
def test_a_snapshot_without_complaints_is_refused_in_one_sentence(store, arguments):
    store.publish("Mã hồ sơ\nH1", with_complaints="Mã phản ánh\nP1")
    store.publish("Mã hồ sơ\nH1\nH2", as_of=NOON.replace(day=26))
    done = run(*arguments, "--store", store.folder, "--json")
    assert (done.status, done.out) == (1, "")
    assert done.said == (
        "Kỳ 26/04/2022 12:00 không có tệp phản ánh; kỳ mới nhất có: 25/04/2022 12:00.\n"
    )


COUNTED_BY = {name: name for name in LISTS} | {"open_complaints": "complaint_backlog"}


# Progress -----------------------------------------------------------------------------------

PROGRESS_KEYS = [
    "workstream",
    "numerator",
    "denominator",
    "ratio",
    "deadline",
    "document",
    "usable_days",
    "working_days",
    "remaining",
    "required_per_day",
    "actual_per_day",
    "effort_ratio",
    "p_meet",
    "expected_finish",
    "status",
]


@pytest.fixture(scope="module")
def golden(tmp_path_factory):
    """25/4: more than 731 thousand valid, more than 351 thousand invalid; nothing else is known."""
    folder = tmp_path_factory.mktemp("golden")
    rows = totals(GOLDEN)
    file = write_csv(folder / "totals.csv", rows)
    where = ["--as-of", "2022-04-25T16:00", "--store", folder / "store", "--confirm"]
    assert run("publish", file, *where).status == 0
    return folder / "store"


GOLDEN = """
    Mã huyện | Hợp lệ | Không hợp lệ | Đủ điều kiện ký | Đang xử lý ký | Đã ký
    747      | 731000 | 351000       |                 |               |
"""


def test_progress_is_one_object_a_workstream_with_the_contracts_keys(golden):
    rows = run("progress", "--store", golden, "--json").document
    assert [row["workstream"] for row in rows] == ["cleaning", "complaints", "signing"]
    assert all(set(PROGRESS_KEYS) <= set(row) for row in rows)
    cleaning, complaints, signing = rows
    assert (cleaning["numerator"], cleaning["denominator"]) == (731_000, 1_082_000)
    assert (cleaning["deadline"], cleaning["document"]) == ("2022-05-05", "1975/BYT-CNTT")
    assert (cleaning["usable_days"], cleaning["working_days"]) == (9, 5)
    assert (cleaning["remaining"], cleaning["required_per_day"]) == (351_000, 351_000 / 9)
    assert cleaning["required_per_working_day"] == 351_000 / 5
    assert (cleaning["actual_per_day"], cleaning["p_meet"]) == (None, None)
    assert cleaning["status"] == "too_little_data"
    for absent in (complaints, signing):
        assert absent["numerator"] is absent["remaining"] is None
        assert (absent["usable_days"], absent["working_days"]) == (4, 4)
        assert absent["status"] == "too_little_data"


def test_progress_of_a_district_and_of_all_districts(golden):
    (vung_tau, *_others) = run(
        "progress", "--district", "747", "--store", golden, "--json"
    ).document
    assert (vung_tau["unit_code"], vung_tau["remaining"]) == ("747", 351_000)
    rows = run("progress", "--level", "district", "--store", golden, "--json").document
    cleaning = [row for row in rows if row["workstream"] == "cleaning"]
    assert sum(row["remaining"] for row in cleaning) == 351_000
    assert {row["status"] for row in cleaning if not row["denominator"]} == {"no_target"}


@pytest.fixture(scope="module")
def moved(tmp_path_factory) -> Path:
    """H1 fixed, H2 as it was, H3 gone, H4 new."""
    store = Store.inside(tmp_path_factory.mktemp("moved"))
    heading = "Mã hồ sơ | Trạng thái xác thực"
    store.publish(f"{heading}\nH1 | Sai\nH2 | Sai\nH3 | Đúng", as_of=NOON - dt.timedelta(days=1))
    store.publish(f"{heading}\nH1 | Đúng\nH2 | Sai\nH4 | Đúng", is_confirmed=True)
    return store.folder


def test_flows_are_rows_with_the_contracts_keys(moved):
    asked = ["flows", "--from", "2022-04-24", "--to", "2022-04-25", "--store", moved, "--json"]
    (row,) = run(*asked).document
    assert {key: row[key] for key in FLOW_KEYS} == {
        "unit_code": "77",
        "unit_name": "Tỉnh Bà Rịa – Vũng Tàu",
        "fixed": 1,
        "regressed": 0,
        "new_valid": 1,
        "new_invalid": 0,
        "removed_valid": 1,
        "removed_invalid": 0,
        "moved_in": 0,
        "moved_out": 0,
        # 2/3 against 1/3: fixed 1/3; new and removed (1 - 1/3)/3 each way.
        "delta_ratio": pytest.approx(1 / 3),
        "delta_fixed": pytest.approx(1 / 3),
        "delta_regressed": 0,
        "delta_new": pytest.approx(2 / 9),
        "delta_removed": pytest.approx(-2 / 9),
        "delta_moved": 0,
        "delta_reclassified": 0,
    }
    (facility, *_others) = run(*asked, "--level", "facility", "--district", "747").document
    assert (facility["unit_code"], facility["fixed"]) == ("F1", 1)
    rows = run(*asked, "--level", "district", "--axis", "residence").document
    assert sum(row["fixed"] for row in rows) == 1


FLOW_KEYS = (
    "unit_code",
    "unit_name",
    "fixed",
    "regressed",
    "new_valid",
    "new_invalid",
    "removed_valid",
    "removed_invalid",
    "moved_in",
    "moved_out",
    "delta_ratio",
    "delta_fixed",
    "delta_regressed",
    "delta_new",
    "delta_removed",
    "delta_moved",
    "delta_reclassified",
)


def test_flows_in_words_say_why_the_ratio_moved(moved):
    # As printed: 66,67 % after 33,33 %.
    said = " ".join(run("flows", "--from", "2022-04-24", "--store", moved).out.split())
    assert "+33,34 điểm = sửa được +33,34; hồ sơ mới +22,22; xóa −22,22." in said


def test_flows_of_a_day_that_is_not_there_or_of_totals_are_refused(moved, golden):
    done = run("flows", "--from", "2022-04-01", "--store", moved)
    assert (done.status, "Không có kỳ số liệu ngày 01/04/2022" in done.said) == (1, True)
    asked = ("--from", "2022-04-25", "--to", "2022-04-25")
    done = run("flows", *asked, "--store", golden)
    assert (done.status, "chỉ có bảng tổng theo huyện" in done.said) == (1, True)


def test_progress_in_words_writes_numbers_and_status_as_in_vietnam(golden):
    said = " ".join(run("progress", "--store", golden).out.split())
    assert "351.000" in said
    assert "39.000" in said


@pytest.mark.parametrize(
    "arguments, status",
    [
        (["--level", "facility"], 2),
        (["--level", "province", "--district", "747"], 2),
        (["--axis", "street"], 2),
        (["--district", "999"], 1),
        (["--at", "2022-01-01"], 1),
    ],
)
def test_progress_that_cannot_be_told_is_refused(golden, arguments, status):
    done = run("progress", *arguments, "--store", golden)
    assert (done.status, done.out) == (status, "")
    assert done.said


def test_a_wrong_file_of_the_campaign_is_refused_in_one_sentence(golden, tmp_path, monkeypatch):
    (tmp_path / "workstreams.toml").write_text('pace_days = "weekdays"', encoding="utf-8")
    monkeypatch.setenv("TIENDO_CAMPAIGN", str(tmp_path))
    done = run("progress", "--store", golden)
    assert done.status == 1
    assert done.said == "workstreams.toml: “pace_days” là 'weekdays'; chọn calendar, working.\n"


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("place", [[], ["--district", "747"]])
def test_a_list_is_as_long_as_the_number_it_stands_behind(streams, name, place):
    rows = run("list", name, *place, "--store", streams, "--json").document
    counted = run("measure", COUNTED_BY[name], *place, "--store", streams, "--json").document
    assert len(rows) == sum(row["numerator"] for row in counted)


def test_open_complaints_are_as_many_as_the_command_complaints_says(streams):
    for row in complained(streams, "--level", "facility"):
        arguments = ["--unit", row["unit_code"], "--store", streams, "--json"]
        assert len(run("list", "open_complaints", *arguments).document) == row["open"]


@pytest.mark.parametrize(
    "name, key, ids",
    [
        ("open_complaints", "complaint_id", ["P1", "P4", "P3"]),
        ("resolved_still_invalid", "record_id", ["H4"]),
        ("signed_not_verified", "record_id", ["H3"]),
        ("changed_after_signing", "record_id", ["H2"]),
        ("in_process_long", "record_id", ["H1"]),
    ],
)
def test_a_list_names_records_and_complaints_by_their_ids(streams, name, key, ids):
    rows = run("list", name, "--store", streams, "--json").document
    assert [row[key] for row in rows] == ids
    personal = {"full_name", "birth_date", "birth_year", "sex", "id_number", "phone"}
    assert all(personal.isdisjoint(row) for row in rows)


def test_a_list_in_words_is_a_line_a_row_under_its_headings(streams):
    lines = run("list", "open_complaints", "--store", streams).out.splitlines()
    assert len(lines) == 1 + 3
    assert lines[0].split("\t")[0] == "complaint_id"


def test_a_list_there_is_not_is_wrong_usage_and_names_those_there_are(streams):
    done = run("list", "everybody", "--store", streams, "--json")
    assert (done.status, done.out) == (2, "")
    assert all(name in done.said for name in LISTS)


def test_a_list_of_an_unknown_district_is_refused_with_the_codes_there_are(streams):
    done = run("list", "open_complaints", "--district", "749", "--store", streams, "--json")
    assert (done.status, done.out) == (1, "")
    assert "“749”; các mã: 747" in done.said


def test_a_list_of_an_unknown_unit_is_refused(streams):
    done = run("list", "open_complaints", "--unit", "F77", "--store", streams, "--json")
    assert (done.status, done.out) == (1, "")
    assert done.said == "Không có cơ sở mã “F77” trong kỳ số liệu này.\n"


def test_instants_in_json_are_iso_8601(streams):
    rows = run("list", "open_complaints", "--store", streams, "--json").document
    assert all(dt.datetime.fromisoformat(row["received_at"]) for row in rows)
    assert all("T" in row["received_at"] for row in rows)


def cut_off(path: Path) -> None:
    path.write_bytes(b"PAR1")


def zero_the_middle(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[:100] + bytes(len(content) - 200) + content[-100:])


@pytest.mark.parametrize("damage", [cut_off, zero_the_middle])
@pytest.mark.parametrize("name", ["complaints", "records"])
def test_a_list_whose_file_is_damaged_is_refused_in_one_sentence(streams, tmp_path, name, damage):
    store = tmp_path / "store"
    shutil.copytree(streams, store)
    damaged = sorted(store.glob(f"snapshots/*/{name}.parquet"))[-1]
    damage(damaged)
    which = {"complaints": "open_complaints", "records": "signed_not_verified"}[name]
    done = run("list", which, "--store", store, "--json")
    assert (done.status, done.out, done.said.count("\n")) == (1, "", 1)
    assert str(damaged) in done.said
    assert "verify" in done.said


def test_what_compares_snapshots_says_what_to_run_when_that_is_not_done(streams, tmp_path):
    store = tmp_path / "store"
    shutil.copytree(streams, store)
    for pair in store.glob("marts/*/pair"):
        shutil.rmtree(pair)
    for arguments in (
        ["measure", "in_process_long"],
        ["list", "changed_after_signing"],
        ["complaints", "--since", "2022-04-15"],
    ):
        done = run(*arguments, "--store", store, "--json")
        assert (done.status, done.out, done.said.count("\n")) == (1, "", 1)
        assert "rebuild --stale" in done.said
    assert run("rebuild", "--stale", "--store", store).status == 0
    assert run("measure", "in_process_long", "--store", store).status == 0


# withdraw -----------------------------------------------------------------------------------


def test_a_snapshot_withdrawn_is_no_longer_asked_and_the_next_is_compared_anew(own_instants):
    done = run("withdraw", "2022-04-25T12:00", "--why", "nhầm giờ", "--store", own_instants)
    assert (done.status, done.said) == (0, "")
    assert "2022-04-25T1200-r1" in done.out
    (row,) = run("snapshots", "--store", own_instants, "--json").document
    assert row["snapshot_id"] == "2022-04-25T1600-r1"
    (row,) = run("measure", "changed_after_signing", "--store", own_instants, "--json").document
    assert row["numerator"] == 0
    again = run("withdraw", "2022-04-25T12:00", "--why", "nhầm giờ", "--store", own_instants)
    assert (again.status, again.said.count("\n")) == (1, 1)


# The audit log ------------------------------------------------------------------------------


def test_what_is_published_and_withdrawn_is_written_down(small_store: Path) -> None:
    evening = ("--as-of", "2022-04-25T16:00", "--store", small_store)
    assert run("publish", *SMALL, *evening).status == 0  # again: nothing happens
    done = run("withdraw", "2022-04-25", "--why", "nhầm tệp", "--store", small_store)
    assert done.status == 0
    told = run("audit", "show", "--store", small_store, "--json").document
    assert [(line["user"], line["action"], line["reason"]) for line in told] == [
        ("cli", "publish", None),
        ("cli", "withdraw", "nhầm tệp"),
    ]
    assert {line["snapshot"] for line in told} == {"2022-04-25T1600-r1"}
    shown = run("audit", "show", "--action", "withdraw", "--store", small_store).out
    assert "Rút kỳ" in shown
    assert "Công bố" not in shown
    assert run("audit", "verify", "--store", small_store).out.startswith("audit.jsonl: 2 dòng")


def test_a_log_that_was_touched_is_refused_with_its_line(small_store: Path) -> None:
    log = small_store / "audit.jsonl"
    log.write_text(log.read_text(encoding="utf-8").replace('"cli"', '"ai"'), encoding="utf-8")
    done = run("audit", "verify", "--store", small_store)
    assert (done.status, done.said.strip()) == (
        1,
        "Nhật ký không còn nguyên vẹn; audit.jsonl: dòng 1: đã bị sửa.",
    )
    done = run("audit", "verify", "--store", small_store, "--json")
    assert (done.status, done.document["ok"]) == (1, False)


def test_what_cannot_be_written_down_is_not_published(tmp_path: Path) -> None:
    (tmp_path / "audit.jsonl").mkdir()
    done = run("publish", *SMALL, "--as-of", "2022-04-25T16:00", "--store", tmp_path)
    assert done.status == 1
    assert "không ghi được nhật ký" in done.said
    assert not (tmp_path / "snapshots").exists()


# Numbers for outside ------------------------------------------------------------------------


def test_a_table_for_outside_tells_no_small_count(small_store: Path) -> None:
    asked = ("measure", "invalid_reasons", "--level", "facility", "--store", small_store)
    inside = run(*asked, "--json").document
    outside = run(*asked, "--public", "--json").document
    assert [row["unit_code"] for row in outside] == [row["unit_code"] for row in inside]
    assert any(0 < row["numerator"] <= 7 for row in inside)
    assert not any(0 < (row["numerator"] or 0) <= 7 for row in outside)
    assert any(row["is_suppressed"] for row in outside)
    assert "ẩn" in run(*asked, "--public").out


# Killed -------------------------------------------------------------------------------------


class Moment(NamedTuple):
    """A moment of a publish, told by what is on disk."""

    name: str
    has_come: Callable[[Path], bool]


def is_staged(name: str) -> Callable[[Path], bool]:
    # Not Path.glob: it fails when a folder goes while it looks.
    return lambda store: bool(glob.glob(f"staging/*/{name}", root_dir=store))  # noqa: PTH207


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
