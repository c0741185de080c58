"""Publishing: idempotent, refused or held as a whole, and after a kill either old or new."""

import datetime as dt
import itertools
import os
import shutil
import signal
import sys
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import xlsxwriter

from data import disk, snapshots
from data.errors import HeldError, RefusedError
from data.publish import Order, check, withdraw
from tests.stores import (
    FACILITIES,
    NOON,
    NOW,
    Store,
    complaints,
    facilities,
    quiet,
    records,
    write_csv,
)

ONE = "Mã hồ sơ\nH1"
TWO = "Mã hồ sơ\nH1\nH2"
DAY = dt.timedelta(days=1)


def stored(store: Store, snapshot_id: str = "") -> pl.DataFrame:
    """The records of a snapshot; of the newest in force when not named."""
    newest = snapshots.in_force(store.folder)[-1].snapshot_id
    return snapshots.read_table(store.folder, snapshot_id or newest, "records")


def states(store: Store) -> dict[str, tuple[str, bool]]:
    """Record -> its state in the newest snapshot, and whether that was carried forward."""
    columns = stored(store).select("record_id", "verification", "carried_forward")
    return {row[0]: row[1:] for row in columns.iter_rows()}


# One snapshot -------------------------------------------------------------------------------


def test_a_snapshot_is_a_folder_of_tables_its_manifest_and_its_marts(store):
    outcome = store.publish(TWO)
    assert outcome.snapshot_id == "2022-04-25T1200-r1"
    assert (outcome.rows_read, outcome.accepted, outcome.quarantined) == (2 + 3, 2 + 3, 0)
    assert sorted(store.content()) == [
        "marts/2022-04-25T1200-r1/cleaning.parquet",
        "marts/2022-04-25T1200-r1/complaint_ages.parquet",
        "marts/2022-04-25T1200-r1/complaint_kinds.parquet",
        "marts/2022-04-25T1200-r1/complaints.parquet",
        "marts/2022-04-25T1200-r1/marts.json",
        "marts/2022-04-25T1200-r1/pair/changes.parquet",
        "marts/2022-04-25T1200-r1/pair/complaint_flow.parquet",
        "marts/2022-04-25T1200-r1/pair/flow.parquet",
        "marts/2022-04-25T1200-r1/pair/history.parquet",
        "marts/2022-04-25T1200-r1/pair/pair.json",
        "marts/2022-04-25T1200-r1/pair/signing_since.parquet",
        "marts/2022-04-25T1200-r1/pair/standing.parquet",
        "marts/2022-04-25T1200-r1/signing.parquet",
        "marts/2022-04-25T1200-r1/suspicions.parquet",
        "marts/2022-04-25T1200-r1/units.parquet",
        "marts/2022-04-25T1200-r1/unmapped.parquet",
        "snapshots/2022-04-25T1200-r1/facilities.parquet",
        "snapshots/2022-04-25T1200-r1/manifest.json",
        "snapshots/2022-04-25T1200-r1/quarantine.parquet",
        "snapshots/2022-04-25T1200-r1/records.parquet",
    ]


def test_complaints_are_kept_when_they_come_along(store, tmp_path):
    files = [
        write_csv(tmp_path / "p.csv", complaints("Mã phản ánh\nP1\nP2")),
        write_csv(tmp_path / "h.csv", records(ONE)),
    ]
    outcome = store.publish_files(files)
    assert outcome.snapshot_id
    kept = snapshots.read_table(store.folder, outcome.snapshot_id, "complaints")
    assert kept["complaint_id"].to_list() == ["P1", "P2"]


def test_one_snapshot_may_come_as_several_files_of_the_same_name(store, tmp_path):
    files = []
    for district in ("747", "748"):
        (tmp_path / district).mkdir()
        rows = records(f"Mã hồ sơ\nH{district}")
        files.append(write_csv(tmp_path / district / "records.csv", rows))
    assert store.publish_files(files).accepted == 1 + 1
    assert store.publish_files(files).already_published


def test_a_workbook_with_a_sheet_a_layout_is_a_snapshot(store, tmp_path):
    tables = {"Hồ sơ": records(TWO), "Cơ sở": facilities(FACILITIES)}
    with xlsxwriter.Workbook(tmp_path / "b.xlsx") as book:
        for name, rows in tables.items():
            sheet = book.add_worksheet(name)
            for at, row in enumerate([[*rows[0]], *([*row.values()] for row in rows)]):
                sheet.write_row(at, 0, row)
    outcome = store.publish_files([tmp_path / "b.xlsx"])
    assert [source.name for source in outcome.sources] == ["b.xlsx · Hồ sơ", "b.xlsx · Cơ sở"]
    assert store.ask().ratios("valid_ratio", "facility")["F1"] == (2, 2, 1.0)
    assert store.publish_files([tmp_path / "b.xlsx"]).already_published


def test_a_row_put_aside_is_kept_with_its_reason(store):
    store.publish("Mã hồ sơ | Ngày sinh\nH1 | 1990\nH2 | 31/02/1990")
    aside = snapshots.read_table(store.folder, "2022-04-25T1200-r1", "quarantine")
    assert aside.select("line", "row_id").rows() == [(3, "H2")]
    assert stored(store)["record_id"].to_list() == ["H1"]


@pytest.mark.parametrize("record_id, invented", [("MP-000001", True), ("H1", False)])
def test_a_snapshot_with_invented_records_is_marked(store, record_id, invented):
    store.publish(f"Mã hồ sơ\n{record_id}\nH2")
    assert snapshots.in_force(store.folder)[0].is_invented == invented


def test_check_counts_the_same_and_writes_nothing(store):
    store.inbox.mkdir()
    path = write_csv(store.inbox / "h.csv", records("Mã hồ sơ | Số mũi\nH1 | 1\nH2 | ?"))
    order = Order([path], as_of=NOON, now=NOW)
    outcome = check(store.folder, order, is_dated=True, progress=quiet)
    assert (outcome.rows_read, outcome.accepted, outcome.quarantined) == (2, 1, 1)
    assert outcome.by_reason == {"dose_count_unreadable": 1}
    assert not store.folder.exists()


def test_every_stage_is_named_to_the_progress_bar(store, tmp_path):
    from data.publish import publish

    stages: list[str] = []
    path = write_csv(tmp_path / "h.csv", records(ONE))
    publish(store.folder, Order([path], as_of=NOON, now=NOW), progress=stages.append)
    assert stages == ["Đọc tệp", "Kiểm tra từng dòng", "Ghi kỳ số liệu", "Tính bảng tổng hợp"]


# The same again, revised, out of order ------------------------------------------------------


def test_the_same_files_again_change_nothing_on_disk(store):
    first = store.publish(TWO)
    before = store.content()
    again = store.publish(TWO)
    assert again.already_published
    assert (again.snapshot_id, again.rows_read) == (first.snapshot_id, first.rows_read)
    assert store.content() == before


def test_the_same_content_under_other_names_in_another_order_is_the_same(store, tmp_path):
    store.publish(TWO)
    files = [
        write_csv(tmp_path / "b.csv", facilities(FACILITIES)),
        write_csv(tmp_path / "a.csv", records(TWO)),
    ]
    assert store.publish_files(files).already_published


def test_other_files_for_the_same_instant_are_refused_without_a_reason(store):
    store.publish(ONE)
    before = store.content()
    with pytest.raises(RefusedError, match=r"đã được công bố từ các tệp khác.*--revise"):
        store.publish(TWO)
    assert store.content() == before


def test_a_revision_is_in_force_and_the_revised_is_kept(store):
    store.publish(ONE)
    old = store.content()
    outcome = store.publish(TWO, reason_of_revision="thiếu một hồ sơ")
    assert outcome.snapshot_id == "2022-04-25T1200-r2"
    assert store.ask().ratios("valid_ratio", "province")["77"] == (2, 2, 1.0)
    assert old.items() <= store.content().items()
    newest = snapshots.in_force(store.folder)
    assert [(m.revision, m.reason_of_revision) for m in newest] == [(2, "thiếu một hồ sơ")]


def test_an_older_snapshot_may_come_later_and_takes_its_place_in_time(store):
    store.publish(TWO)
    store.publish(ONE, as_of=NOON - DAY)
    ids = [manifest.snapshot_id for manifest in snapshots.in_force(store.folder)]
    assert ids == ["2022-04-24T1200-r1", "2022-04-25T1200-r1"]
    assert store.ask().ratios("valid_ratio", "province")["77"] == (2, 2, 1.0)


def test_a_snapshot_of_the_future_is_refused_beyond_one_day_of_clock_error(store):
    with pytest.raises(RefusedError, match="ở tương lai; đồng hồ máy đang là 24/04/2022 11:59"):
        store.publish(ONE, now=NOON - DAY - dt.timedelta(minutes=1))
    assert not store.folder.exists()
    assert store.publish(ONE, now=NOON - DAY).accepted


# Held for a person --------------------------------------------------------------------------


def many(count: int) -> list[dict[str, str]]:
    return records("Mã hồ sơ\n" + "\n".join(f"H{number}" for number in range(count)))


def test_a_snapshot_that_lost_more_than_half_is_held_until_confirmed(store):
    store.publish(many(100))
    before = store.content()
    with pytest.raises(HeldError, match=r"Chỉ có 49 hồ sơ.*có 100.*--confirm"):
        store.publish(many(49), as_of=NOON + DAY)
    assert store.content() == before
    assert store.publish(many(49), as_of=NOON + DAY, is_confirmed=True).accepted == 49 + 3


def test_exactly_half_is_not_held(store):
    store.publish(many(100))
    assert store.publish(many(50), as_of=NOON + DAY).snapshot_id == "2022-04-26T1200-r1"


def test_a_snapshot_too_small_to_tell_is_not_held(store):
    store.publish(many(49))
    assert store.publish(many(1), as_of=NOON + DAY).snapshot_id


def test_an_older_snapshot_is_compared_with_the_one_before_it_and_not_after(store):
    store.publish(many(100))
    assert store.publish(many(10), as_of=NOON - DAY).snapshot_id


def test_the_records_file_of_another_day_is_held_until_confirmed(store):
    store.publish(TWO)
    with pytest.raises(HeldError, match=r"đã được công bố là kỳ số liệu 25/04/2022 12:00"):
        store.publish(TWO, as_of=NOON + DAY)
    with pytest.raises(HeldError):
        store.publish(TWO, as_of=NOON + DAY, with_facilities=None)
    assert store.publish(TWO, as_of=NOON + DAY, is_confirmed=True).snapshot_id


# Carried forward ----------------------------------------------------------------------------


def test_a_record_whose_new_row_is_put_aside_keeps_its_previous_state(store):
    store.publish("Mã hồ sơ | Trạng thái xác thực\nH1 | Sai\nH2 | Đúng")
    outcome = store.publish(
        "Mã hồ sơ | Trạng thái xác thực\nH1 | Gần đúng\nH2 | Đúng", as_of=NOON + DAY
    )
    assert (outcome.quarantined, outcome.carried_forward) == (1, 1)
    assert states(store) == {"H1": ("mismatched", True), "H2": ("matched", False)}
    assert store.ask().ratios("valid_ratio", "province")["77"] == (1, 1 + 1, 1 / 2)


def test_a_record_that_is_no_longer_there_is_not_carried_forward(store):
    store.publish(TWO)
    outcome = store.publish(ONE, as_of=NOON + DAY)
    assert outcome.carried_forward == 0
    assert states(store) == {"H1": ("matched", False)}


def test_a_repeated_id_keeps_the_one_previous_state(store):
    store.publish(TWO)
    outcome = store.publish("Mã hồ sơ\nH1\nH1\nH2", as_of=NOON + DAY)
    assert (outcome.quarantined, outcome.carried_forward) == (2, 1)
    assert states(store)["H1"] == ("matched", True)


def test_a_new_record_that_is_put_aside_has_nothing_to_carry(store):
    store.publish(ONE)
    outcome = store.publish("Mã hồ sơ | Số mũi\nH1 | 2\nH9 | ?", as_of=NOON + DAY)
    assert (outcome.quarantined, outcome.carried_forward) == (1, 0)
    assert set(states(store)) == {"H1"}


def test_a_state_is_carried_forward_again_and_again_until_the_row_is_good(store):
    for days, word in enumerate(["Sai", "?", "?", "Đúng"]):
        rows = f"Mã hồ sơ | Trạng thái xác thực\nH1 | {word}\nH2 | Đúng"
        store.publish(rows, as_of=NOON + days * DAY, is_confirmed=True)
        expected = ("matched", False) if word == "Đúng" else ("mismatched", word == "?")
        assert states(store)["H1"] == expected


def test_an_older_snapshot_carries_from_the_one_before_it(store):
    store.publish("Mã hồ sơ | Trạng thái xác thực\nH1 | Đúng\nH2 | Đúng", as_of=NOON + DAY)
    outcome = store.publish("Mã hồ sơ | Trạng thái xác thực\nH1 | ?\nH2 | Đúng")
    assert outcome.carried_forward == 0


def test_a_row_of_the_wrong_length_does_not_make_its_record_disappear(store):
    store.publish(TWO)
    path = write_csv(store.inbox / "h.csv", records(ONE))
    path.write_text(path.read_text() + "H2,Lê\n")
    outcome = store.publish_files([path], as_of=NOON + DAY)
    assert (outcome.quarantined, outcome.carried_forward) == (1, 1)
    assert set(states(store)) == {"H1", "H2"}


# Facilities ---------------------------------------------------------------------------------


def test_without_facilities_those_last_published_are_in_force(store):
    store.publish(ONE)
    store.publish(TWO, as_of=NOON + DAY, with_facilities=None)
    assert list(store.ask().ratios("valid_ratio", "facility")) == ["F1", "F2", "F3"]


def test_without_any_published_the_reference_table_is_in_force(store):
    store.publish("Mã cơ sở nhập\n77-755-001", with_facilities=None)
    ratios = store.ask().ratios("valid_ratio", "facility", district_code="755")
    assert ratios["77-755-001"] == (1, 1, 1.0)


def test_a_facilities_file_without_one_good_row_is_refused(store):
    store.publish(ONE)
    before = store.content()
    with pytest.raises(RefusedError, match="cơ sở"):
        store.publish(TWO, as_of=NOON + DAY, with_facilities="Mã cơ sở | Loại\nF1 | Nhà thuốc")
    assert store.content() == before


# Refused as a whole -------------------------------------------------------------------------


def test_without_a_records_file_there_is_no_snapshot(store, tmp_path):
    files = [write_csv(tmp_path / "f.csv", facilities(FACILITIES))]
    with pytest.raises(RefusedError, match="không có bảng hồ sơ"):
        store.publish_files(files)
    assert store.content() == {}


def test_headings_alone_are_no_snapshot(store, tmp_path):
    path = write_csv(tmp_path / "h.csv", records(ONE))
    path.write_text(path.read_text().splitlines()[0] + "\n")
    with pytest.raises(RefusedError, match="Không có dòng hồ sơ nào nhận được"):
        store.publish_files([path])
    assert store.content() == {}


def test_rows_that_are_all_put_aside_are_no_snapshot(store):
    with pytest.raises(RefusedError, match="Không có dòng hồ sơ nào nhận được"):
        store.publish("Mã hồ sơ | Số mũi\nH1 | ?")


def test_the_same_content_twice_in_one_snapshot_is_refused(store, tmp_path):
    files = [write_csv(tmp_path / name, records(ONE)) for name in ("a.csv", "b.csv")]
    with pytest.raises(RefusedError, match=r"b\.csv|a\.csv: cùng một nội dung"):
        store.publish_files(files)


def test_a_second_writer_is_refused_at_once_and_a_finished_one_leaves_no_lock(store):
    store.publish(ONE)
    with (
        disk.locked(store.folder),
        pytest.raises(RefusedError, match="một lần công bố khác đang chạy"),
    ):
        store.publish(TWO, as_of=NOON + DAY)
    assert store.publish(TWO, as_of=NOON + DAY).snapshot_id


def test_what_a_killed_publish_left_behind_is_swept_by_the_next(store):
    left = store.folder / "staging" / "old" / "2022-04-20T1200-r1"
    left.mkdir(parents=True)
    (left / "records.parquet").write_bytes(b"PAR1")
    store.publish(ONE)
    assert not (store.folder / "staging" / "old").exists()


# Killed -------------------------------------------------------------------------------------

WRITES = {"os.mkdir", "os.rename", "os.rmdir", "os.remove"}


def is_write(event: str, arguments: tuple[object, ...]) -> bool:
    opened_to_write = event == "open" and "w" in str(arguments[1])
    return event in WRITES or opened_to_write


def publish_and_die(store: Store, files: list[Path], order: dict[str, Any], at: int) -> None:
    """Publishes until just before the file operation number `at`; runs in a process of its own."""
    operations = itertools.count(1)

    def die(event: str, arguments: tuple[object, ...]) -> None:
        if is_write(event, arguments) and next(operations) == at:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(die)
    store.publish_files(files, as_of=NOON + DAY, **order)


@pytest.mark.parametrize("scenario", ["another day", "a revision"])
def test_killed_before_any_file_operation_the_store_is_old_or_new_and_a_rerun_publishes(
    store, tmp_path, fork, scenario
):
    old_counts, new_counts = (1, 1, 1.0), (2, 2, 1.0)
    store.publish(ONE, as_of=NOON + DAY if scenario == "a revision" else NOON)
    order: dict[str, Any] = {"reason_of_revision": "thiếu"} if scenario == "a revision" else {}
    files = [write_csv(tmp_path / "h.csv", records(TWO))]
    seen = set()
    for at in itertools.count(1):
        again = Store(tmp_path / str(at), store.inbox)
        shutil.copytree(store.folder, again.folder)
        process = fork.Process(target=publish_and_die, args=(again, files, order, at))
        process.start()
        process.join()
        asked = again.ask()
        seen.add(asked.ratios("valid_ratio", "province")["77"])
        assert asked.connection.dates["is_paired"].all()
        manifests = snapshots.all_snapshots(again.folder)
        assert [snapshots.problems(again.folder, manifest) for manifest in manifests] in (
            [[]],
            [[], []],
        )
        assert seen <= {old_counts, new_counts}
        if process.exitcode == 0:
            break
        assert process.exitcode == -signal.SIGKILL
        again.publish_files(files, as_of=NOON + DAY, **order)
        asked = again.ask()
        assert asked.ratios("valid_ratio", "province")["77"] == new_counts
        assert asked.connection.dates["is_paired"].all()
        assert not any((again.folder / "staging").rglob("*"))
    assert at > 10
    assert seen == {old_counts, new_counts}


# Found in review ----------------------------------------------------------------------------


def test_a_folder_in_the_way_is_refused_before_the_marts_in_force_are_touched(store):
    store.publish("Mã hồ sơ\nH1")
    (store.folder / "snapshots" / "2022-04-25T1200-r2").mkdir()
    assert store.publish("Mã hồ sơ\nH1\nH2", reason_of_revision="sửa").snapshot_id.endswith("-r3")


def test_a_revision_number_is_not_used_twice_after_a_withdrawal(store):
    store.publish("Mã hồ sơ\nH1")
    second = store.publish("Mã hồ sơ\nH1\nH2", reason_of_revision="sửa").snapshot_id
    withdraw(store.folder, second, why="nhầm", progress=quiet)
    third = store.publish("Mã hồ sơ\nH1\nH3", reason_of_revision="sửa lại").snapshot_id
    assert (second[-3:], third[-3:]) == ("-r2", "-r3")


def test_a_correction_of_an_older_day_takes_the_facilities_of_that_day(store):
    store.publish("Mã cơ sở nhập\nF1", with_facilities=FACILITIES)
    without = "\n".join(line for line in FACILITIES.splitlines() if "F1" not in line)
    store.publish("Mã cơ sở nhập\nF2", as_of=NOON + 2 * DAY, with_facilities=without)
    store.publish("Mã cơ sở nhập\nF1\nF1", reason_of_revision="sửa", with_facilities=None)
    table = snapshots.read_table(store.folder, "2022-04-25T1200-r2", "facilities")
    assert "F1" in table["facility_code"]


def test_a_day_after_the_last_district_is_refused(store):
    with pytest.raises(RefusedError, match="không có huyện nào còn hiệu lực ngày 02/07/2025"):
        store.publish(ONE, as_of=NOON.replace(year=2025, month=7, day=2))


def test_check_refuses_what_publish_would_refuse(store):
    store.inbox.mkdir()
    path = write_csv(store.inbox / "h.csv", records("Mã hồ sơ | Số mũi\nH1 | ?"))
    for is_dated in (True, False):
        with pytest.raises(RefusedError, match="Không có dòng hồ sơ nào nhận được"):
            check(
                store.folder, Order([path], as_of=NOON, now=NOW), is_dated=is_dated, progress=quiet
            )


def test_a_snapshot_of_which_too_much_is_put_aside_is_held(store):
    rows = many(300)
    for row in rows[:100]:
        row["Ngày sinh"] = "1990-01-02"
    with pytest.raises(HeldError, match="Phải để riêng 100 trong 300 dòng hồ sơ"):
        store.publish(rows)
    assert store.publish(rows, is_confirmed=True).accepted


def test_a_snapshot_of_facilities_nobody_knows_is_held(store):
    rows = [row | {"Mã cơ sở nhập": "99999"} for row in many(300)]
    with pytest.raises(HeldError, match=r"300 trong 300 hồ sơ có mã cơ sở .*“99999”"):
        store.publish(rows)
    assert store.publish(rows, is_confirmed=True).accepted
