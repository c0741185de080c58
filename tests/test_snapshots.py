"""The store: what proves a snapshot, what takes it out of sight, what makes its marts again."""

import json
import shutil

import pytest
from typer.testing import CliRunner

from cli import app
from data import disk, marts, snapshots
from data.errors import RefusedError
from data.publish import rebuild, withdraw
from queries.engine import EmptyStoreError, store_state
from tests.stores import NOON, Store, quiet

ONE = "Mã hồ sơ\nH1"
TWO = "Mã hồ sơ\nH1\nH2"
ID = "2022-04-25T1200-r1"


@pytest.fixture
def kept(store: Store) -> Store:
    """A store with one snapshot of one record."""
    store.publish(ONE)
    return store


def only(store: Store) -> snapshots.Manifest:
    (manifest,) = snapshots.all_snapshots(store.folder)
    return manifest


def problems(store: Store) -> list[str]:
    return snapshots.problems(store.folder, only(store))


def take_out(store: Store, snapshot_id: str) -> None:
    """Withdraws a snapshot, as the command does."""
    withdraw(store.folder, snapshot_id, why="nhầm", progress=quiet)


def command(store: Store, *arguments: str) -> tuple[int, str]:
    """Exit status and stderr of a command on this store."""
    done = CliRunner().invoke(app, [*arguments, "--store", str(store.folder)])
    return done.exit_code, done.stderr


# Proof --------------------------------------------------------------------------------------


def test_a_snapshot_as_published_is_proved(kept):
    assert problems(kept) == []
    assert command(kept, "verify") == (0, "")


@pytest.mark.parametrize("name", ["records", "facilities", "quarantine"])
def test_one_flipped_bit_in_any_table_is_found(kept, name):
    path = kept.folder / "snapshots" / ID / f"{name}.parquet"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    assert problems(kept) == [f"{name}.parquet: nội dung khác với khi công bố"]
    status, said = command(kept, "verify")
    assert status == 1
    assert f"{ID}: {name}.parquet" in said


def test_a_missing_table_is_found(kept):
    (kept.folder / "snapshots" / ID / "records.parquet").unlink()
    assert problems(kept) == ["records.parquet: mất tệp"]


def test_a_strange_file_is_found(kept):
    (kept.folder / "snapshots" / ID / "notes.txt").write_text("?")
    assert problems(kept) == ["notes.txt: tệp lạ"]


def test_counts_that_do_not_add_up_are_found(kept):
    path = kept.folder / "snapshots" / ID / "manifest.json"
    manifest = json.loads(path.read_text())
    manifest["sources"][0]["accepted"] += 1
    path.write_text(json.dumps(manifest))
    assert problems(kept) == ["số dòng đọc khác số dòng nhận cộng số dòng để riêng"]


def test_a_folder_that_lost_its_manifest_is_found(kept):
    kept.publish(TWO, as_of=NOON.replace(day=26))
    (kept.folder / "snapshots" / ID / "manifest.json").unlink()
    status, said = command(kept, "verify")
    assert status == 1
    assert ID in said


@pytest.mark.parametrize("content", [b"{", b"\xff\xfe", b"{}"])
def test_a_snapshot_with_a_damaged_manifest_is_named_and_the_others_are_served(kept, content):
    kept.publish(TWO, as_of=NOON.replace(day=26))
    (kept.folder / "snapshots" / ID / "manifest.json").write_bytes(content)
    assert snapshots.without_manifest(kept.folder) == [ID]
    assert only(kept).as_of_local == NOON.replace(day=26)
    status, said = command(kept, "verify")
    assert status == 1
    assert ID in said
    status, _ = command(kept, "measure", "valid_ratio")
    assert status == 0
    take_out(kept, ID)
    assert command(kept, "verify")[0] == 0


def test_a_snapshot_with_damaged_facilities_is_left_out_and_the_others_are_served(kept):
    kept.publish(TWO, as_of=NOON.replace(day=26))
    (kept.folder / "snapshots" / ID / "facilities.parquet").write_bytes(b"PAR1")
    assert kept.open().dates.height == 2 - 1


@pytest.mark.parametrize("arguments", [["measure", "valid_ratio"], ["rebuild"]])
def test_on_damaged_tables_a_command_says_so_in_one_sentence(kept, arguments):
    for name in ("records", "facilities"):
        (kept.folder / "snapshots" / ID / f"{name}.parquet").write_bytes(b"PAR1")
    status, said = command(kept, *arguments)
    assert status == 1
    assert "verify" in said


def test_a_manifest_says_where_the_rows_came_from(kept):
    records, facilities = only(kept).sources
    assert (records.name, records.layout, records.rows_read) == ("records.csv", "records", 1)
    assert (facilities.name, facilities.accepted) == ("facilities.csv", 3)
    assert records.sha256 == disk.file_sha256(kept.inbox / "records.csv")
    assert only(kept).as_of == "2022-04-25T12:00:00+07:00"


# What is in force ---------------------------------------------------------------------------


def test_an_empty_store_has_no_snapshot_and_says_so(store):
    assert snapshots.in_force(store.folder) == []
    with pytest.raises(EmptyStoreError, match="chưa có kỳ số liệu nào"):
        store.open()


def test_only_the_newest_revision_of_an_instant_is_in_force(kept):
    kept.publish(TWO, reason_of_revision="thiếu")
    kept.publish(ONE, as_of=NOON.replace(hour=16), is_confirmed=True)
    ids = [manifest.snapshot_id for manifest in snapshots.in_force(kept.folder)]
    assert ids == ["2022-04-25T1200-r2", "2022-04-25T1600-r1"]
    assert len(snapshots.all_snapshots(kept.folder)) == 3


def test_the_stores_state_changes_with_what_is_published_and_only_then(kept):
    states = [store_state(kept.folder), store_state(kept.folder)]
    assert states[0] == states[1]
    kept.publish(TWO, as_of=NOON.replace(day=26))
    states.append(store_state(kept.folder))
    take_out(kept, snapshots.in_force(kept.folder)[-1].snapshot_id)
    states.append(store_state(kept.folder))
    rebuild(kept.folder, only(kept))
    states.append(store_state(kept.folder))
    assert len(set(states)) == 4


def test_a_half_written_folder_outside_snapshots_is_not_a_snapshot(kept):
    shutil.copytree(
        kept.folder / "snapshots" / ID, kept.folder / "staging" / "x" / "2022-04-26T1200-r1"
    )
    assert [m.snapshot_id for m in snapshots.in_force(kept.folder)] == [ID]


# Withdrawn ----------------------------------------------------------------------------------


def test_a_withdrawn_snapshot_is_out_of_sight_and_kept_with_the_reason(kept):
    before = (kept.folder / "snapshots" / ID / "records.parquet").read_bytes()
    assert command(kept, "withdraw", "2022-04-25", "--why", "nhầm tỉnh")[0] == 0
    assert snapshots.in_force(kept.folder) == []
    away = kept.folder / "withdrawn" / ID
    assert (away / "records.parquet").read_bytes() == before
    assert "nhầm tỉnh" in (away / "withdrawn.txt").read_text()


def test_withdrawing_a_revision_puts_the_one_before_in_force(kept):
    kept.publish(TWO, reason_of_revision="thiếu")
    take_out(kept, snapshots.in_force(kept.folder)[0].snapshot_id)
    assert [m.snapshot_id for m in snapshots.in_force(kept.folder)] == [ID]
    assert kept.ask().ratios("valid_ratio", "province")["77"] == (1, 1, 1.0)


def test_what_was_withdrawn_can_be_published_and_withdrawn_again(kept):
    for _ in range(3):
        take_out(kept, only(kept).snapshot_id)
        kept.publish(ONE)
    assert len(list((kept.folder / "withdrawn").iterdir())) == 3
    assert problems(kept) == []


def test_nothing_is_withdrawn_while_a_snapshot_is_being_published(kept):
    with disk.locked(kept.folder), pytest.raises(RefusedError, match="đang chạy"):
        take_out(kept, only(kept).snapshot_id)
    assert problems(kept) == []


# Made again ---------------------------------------------------------------------------------


def test_marts_made_again_are_the_same_bytes(kept):
    kept.publish(TWO, as_of=NOON.replace(day=26))
    before = kept.content()
    for manifest in snapshots.all_snapshots(kept.folder):
        rebuild(kept.folder, manifest)
    assert kept.content() == before


def test_marts_that_are_gone_are_made_again(kept):
    shutil.rmtree(kept.folder / "marts")
    with pytest.raises(RefusedError, match=r"chạy: python cli\.py rebuild"):
        kept.open()
    assert command(kept, "rebuild", "--stale")[0] == 0
    assert kept.ask().ratios("valid_ratio", "province")["77"] == (1, 1, 1.0)


def test_marts_of_another_definition_are_refused_with_what_to_run(kept):
    about = kept.folder / "marts" / ID / "marts.json"
    about.write_text(json.dumps({"snapshot_id": ID, "definition": "0" * 64}))
    with pytest.raises(RefusedError, match=f"từ {ID}.*định nghĩa cũ.*rebuild"):
        kept.open()


@pytest.mark.parametrize("damage", ["no table", "no sense"])
def test_marts_that_lack_a_table_or_make_no_sense_are_not_current(kept, damage):
    folder = kept.folder / "marts" / ID
    if damage == "no table":
        (folder / "units.parquet").unlink()
    else:
        (folder / "marts.json").write_text("{")
    assert not marts.is_current(folder)
    assert command(kept, "rebuild", "--stale")[0] == 0
    assert marts.is_current(folder)


def test_rebuild_stale_leaves_current_marts_alone(kept):
    state = store_state(kept.folder)
    assert command(kept, "rebuild", "--stale") == (0, "")
    assert store_state(kept.folder) == state
