"""Pair marts: made anew whenever an earlier snapshot changes, served without when they are not."""

import datetime as dt
import itertools
import json
import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from cli import app
from data import snapshots
from data.errors import RefusedError
from data.publish import Outcome, withdraw
from queries.complaints import StalePairsError, complaint_flow, complaint_table
from queries.engine import Connection, store_state
from queries.measure import Axis, Level
from queries.scope import Scope
from queries.signing import Contradiction, signing_contradictions
from tests.stores import NOON, Asked, Store, complaints, publish_totals, quiet, records

EVERYTHING = Scope.everything()
#: A day each from 25/4 on; in the second every pair mart has something to tell, in the third all
#: but the flow of cleaning.
RECORDS = [
    """
    Mã hồ sơ | Mã cơ sở nhập | Trạng thái xác thực | Trạng thái ký | Số mũi
    H1       | F1            | Đúng                | Chưa ký       | 2
    H2       | F1            | Sai                 | Chưa ký       | 2
    H3       | F3            | Đúng                | Chưa ký       | 2
    """,
    """
    Mã hồ sơ | Mã cơ sở nhập | Trạng thái xác thực | Trạng thái ký | Số mũi
    H1       | F1            | Đúng                | Đã ký         | 2
    H2       | F1            | Đúng                | Chưa ký       | 2
    H3       | F3            | Đúng                | Chưa ký       | 2
    H4       | F3            | Đúng                | Đã ký         | 2
    """,
    """
    Mã hồ sơ | Mã cơ sở nhập | Trạng thái xác thực | Trạng thái ký | Số mũi
    H1       | F1            | Đúng                | Đã ký         | 3
    H2       | F2            | Đúng                | Đang xử lý    | 2
    H3       | F3            | Đúng                | Chưa ký       | 2
    H4       | F3            | Đúng                | Chưa ký       | 2
    """,
    """
    Mã hồ sơ | Mã cơ sở nhập | Trạng thái xác thực | Trạng thái ký | Số mũi
    H1       | F1            | Sai                 | Đã ký         | 3
    H2       | F2            | Đúng                | Đã ký         | 2
    """,
]
COMPLAINTS = [
    """
    Mã phản ánh | Mã cơ sở | Trạng thái | Thời điểm tiếp nhận
    P0          | F1       | Đang xử lý | 20/04/2022 08:00
    P1          | F1       | Đang xử lý | 20/04/2022 08:00
    """,
    """
    Mã phản ánh | Mã cơ sở | Trạng thái | Thời điểm tiếp nhận
    P0          | F1       | Đang xử lý | 20/04/2022 08:00
    P1          | F1       | Đã duyệt   | 20/04/2022 08:00
    P2          | F1       | Đang xử lý | 26/04/2022 08:00
    """,
    """
    Mã phản ánh | Mã cơ sở | Trạng thái | Thời điểm tiếp nhận
    P0          | F2       | Đang xử lý | 20/04/2022 08:00
    P1          | F1       | Đã duyệt   | 20/04/2022 08:00
    P2          | F1       | Đã duyệt   | 26/04/2022 08:00
    """,
    """
    Mã phản ánh | Mã cơ sở | Trạng thái | Thời điểm tiếp nhận
    P0          | F2       | Đang xử lý | 20/04/2022 08:00
    P1          | F1       | Đang xử lý | 20/04/2022 08:00
    P2          | F1       | Đã duyệt   | 26/04/2022 08:00
    """,
]
DAYS = [NOON + dt.timedelta(days=number) for number in range(4)]
IDS = [snapshots.snapshot_id_of(as_of, 1) for as_of in DAYS]


def publish(store: Store, day: int) -> Outcome:
    """Publishes the day of this number, 0 = 25/4."""
    return store.publish(
        RECORDS[day], as_of=DAYS[day], with_complaints=COMPLAINTS[day], is_confirmed=True
    )


def marts_of(store: Store, *days: int) -> dict[str, bytes]:
    """Path -> bytes of all marts, or of those of some days."""
    folders = [f"marts/{IDS[day]}/" for day in days] or ["marts/"]
    return {
        path: content
        for path, content in store.content().items()
        if path.startswith(tuple(folders))
    }


def command(store: Store, *arguments: str) -> tuple[int, str]:
    """Exit status and stderr of a command on this store."""
    done = CliRunner().invoke(app, [*arguments, "--store", str(store.folder)])
    return done.exit_code, done.stderr


def paired(store: Store) -> list[bool]:
    """Whether the pair marts of each snapshot in force are current, oldest first."""
    return store.open().dates["is_paired"].to_list()


def history(store: Store, day: int) -> dict[str, tuple[int | None, ...]]:
    """Record -> its history after a day; days as numbers after the 25th."""
    rows = pl.read_parquet(pair_folder(store, day) / "history.parquet")
    first = (DAYS[0].date() - dt.date(1970, 1, 1)).days
    since = ("verified_since", "in_process_since", "changed_since")
    return {row[0]: row[1:] for row in rows.select("record_id", pl.col(since) - first).iter_rows()}


def pair_folder(store: Store, day: int) -> Path:
    return store.folder / "marts" / IDS[day] / "pair"


def new_store(folder: Path) -> Store:
    folder.mkdir(exist_ok=True)
    return Store(folder / "store", folder / "inbox")


@pytest.fixture(scope="module")
def in_order(tmp_path_factory) -> Store:
    """The first three days, published in order; only looked at."""
    store = new_store(tmp_path_factory.mktemp("in_order"))
    for day in range(3):
        publish(store, day)
    return store


@pytest.fixture
def kept(in_order, tmp_path) -> Store:
    """A store of one's own with the first three days."""
    shutil.copytree(in_order.folder, tmp_path / "store")
    return new_store(tmp_path)


@pytest.fixture(scope="module")
def killed(in_order, tmp_path_factory) -> Store:
    """The three days as a publish of the 26th leaves them that is killed before it comes to the
    27th: its pair marts still compare with the 25th. Only looked at.
    """
    folder = tmp_path_factory.mktemp("killed")
    store = new_store(folder)
    publish(store, 0)
    publish(store, 2)
    shutil.copytree(pair_folder(store, 2), folder / "pair")
    publish(store, 1)
    shutil.rmtree(pair_folder(store, 2))
    shutil.copytree(folder / "pair", pair_folder(store, 2))
    return store


@pytest.fixture
def stale(killed, tmp_path) -> Store:
    """A store of one's own with stale pair marts of the 27th."""
    shutil.copytree(killed.folder, tmp_path / "store")
    return new_store(tmp_path)


# What they are ------------------------------------------------------------------------------


def test_after_the_first_snapshot_no_record_has_a_history(in_order):
    assert history(in_order, 0) == {}


def test_a_history_has_only_records_that_came_to_something_since_the_first_snapshot(in_order):
    assert history(in_order, 1) == {"H2": (1, None, None), "H4": (1, None, None)}
    assert history(in_order, 2) == {
        "H1": (None, None, 2),
        "H2": (1, 2, None),
        "H4": (1, None, None),
    }


def test_a_history_says_nothing_of_who_people_are(in_order):
    columns = pl.read_parquet(pair_folder(in_order, 2) / "history.parquet").columns
    since = ["verified_since", "in_process_since", "changed_since", "gone_since"]
    assert columns == ["snapshot_id", "record_id", *since]


def test_marts_are_the_same_bytes_whatever_order_the_rows_came_in(in_order, tmp_path):
    other = new_store(tmp_path)
    for day in range(3):
        other.publish(
            records(RECORDS[day])[::-1],
            as_of=DAYS[day],
            with_complaints=complaints(COMPLAINTS[day])[::-1],
            is_confirmed=True,
        )
    assert marts_of(other) == marts_of(in_order)


def test_marts_made_again_are_the_same_bytes(kept):
    before = kept.content()
    assert command(kept, "rebuild") == (0, "")
    assert kept.content() == before


def test_the_list_of_complaints_before_is_the_last_one_there_was(store):
    publish(store, 0)
    store.publish(RECORDS[1], as_of=DAYS[1])
    publish(store, 2)
    flow = complaint_flow(
        store.open(), scope=EVERYTHING, level="province", snapshot_id=IDS[2], since=IDS[0]
    )
    # P0 and P1 were open; P2 came and went, P1 was closed.
    columns = ("opening", "received", "closed", "difference", "closing")
    assert flow.select(columns).rows() == [(2, 1, 2, 0, 2 + 1 - 2)]


# Fixed and regressed ------------------------------------------------------------------------

#: (fixed, regressed); unknown where the pair marts do not tell.
Turned = tuple[int | None, int | None]


def turned(asked: Asked, level: Level = "province", axis: Axis = "facility") -> dict[str, Turned]:
    """Unit -> how many of its records were fixed, regressed; only where there are any, or nobody
    knows.
    """
    with asked.connection.cursor(EVERYTHING) as cursor:
        rows = cursor.execute(
            "select unit_code, fixed, regressed from unit_cleaning "
            "where snapshot_id = $snapshot_id and level = $level and axis = $axis",
            {"snapshot_id": asked.snapshot_id, "level": level, "axis": axis},
        ).fetchall()
    return {unit: (fixed, regressed) for unit, fixed, regressed in rows if fixed != 0 or regressed}


def of_day(store: Store, day: int) -> Asked:
    """Questions to the day of this number, 0 = 25/4."""
    return Asked(store.open(), IDS[day])


def test_fixed_was_invalid_and_is_valid_regressed_was_valid_and_is_invalid(store):
    asked = store.publish_courses("""
        25/4                | 26/4
        Sai                 | Đúng
        Không xác minh được | Đúng
        Không có số         | Đúng
        Sai định dạng       | Đúng
        Đúng                | Sai
        Đúng                | Không có số
        Đúng                | Đúng
        Sai                 | Không có số
    """)
    # H1 to H4; H5 and H6. H7 is valid and H8 is invalid in both.
    assert turned(asked) == {"77": (4, 2)}


def test_to_and_from_what_is_neither_valid_nor_invalid_nothing_is_fixed_or_regressed(store):
    asked = store.publish_courses("""
        25/4          | 26/4
        Chưa gửi      | Đúng
        Chờ xác thực  | Đúng
        Miễn xác thực | Đúng
        Chờ xác thực  | Sai
        Đúng          | Chờ xác thực
        Đúng          | Miễn xác thực
        Sai           | Chờ xác thực
        Sai           | Đúng
    """)
    # H8 alone.
    assert turned(asked) == {"77": (1, 0)}


def test_a_new_record_and_one_that_is_gone_count_nowhere(store):
    asked = store.publish_courses("""
        25/4 | 26/4
             | Đúng
             | Sai
        Sai  |
        Đúng |
        Đúng | Sai
    """)
    # H5 alone.
    assert turned(asked) == {"77": (0, 1)}


MOVED = """
    25/4                               | 26/4
    Sai, F1, Mã xã thường trú = 26506  | Đúng, F3, Mã xã thường trú = 26548
    Đúng, F2, Mã xã thường trú = 26548 | Sai, F1, Mã xã thường trú = 26506
    Sai, F2, Mã xã thường trú = 26508  | Đúng, F2, Mã xã thường trú = 26508
    Đúng, F3, Mã xã thường trú = 26548 | Đúng, F1, Mã xã thường trú = 26506
"""


def test_what_moved_and_was_fixed_counts_for_its_unit_of_now_on_both_axes(store):
    asked = store.publish_courses(MOVED)
    # H1 is fixed at F3 (755), of 26548 (748); H2 regresses at F1, of 26506 (both 747); H3 is
    # fixed at F2, of 26508 (both 747); H4 only moved.
    assert turned(asked, "facility") == {"F1": (0, 1), "F2": (1, 0), "F3": (1, 0)}
    assert turned(asked, "district") == {"747": (1, 1), "755": (1, 0)}
    assert turned(asked, "commune", "residence") == {
        "26506": (0, 1),
        "26508": (1, 0),
        "26548": (1, 0),
    }
    assert turned(asked, "district", "residence") == {"747": (1, 1), "748": (1, 0)}
    assert turned(asked) == turned(asked, axis="residence") == {"77": (2, 1)}


def test_fixed_and_regressed_are_placed_as_all_records_are(store):
    asked = store.publish_courses("""
        Mã cơ sở nhập | Mã xã thường trú | Mã huyện thường trú | 25/4 | 26/4
        F9            | 99999            | 888                 | Sai  | Đúng
        F9            |                  |                     | Đúng | Sai
        F1            |                  | 755                 | Sai  | Đúng
        F1            | 99999            | 748                 | Sai  | Đúng
        F1            | 26506            | 748                 | Sai  | Đúng
    """)
    # F9, 99999 and 888 are in no reference; a commune goes before the district given beside it.
    assert turned(asked, "facility") == {"F1": (3, 0), "unmapped": (1, 1)}
    assert turned(asked, "district") == {"747": (3, 0), "unmapped": (1, 1)}
    expected = {"755": (1, 0), "748": (1, 0), "unmapped": (1, 1)}
    assert turned(asked, "commune", "residence") == expected | {"26506": (1, 0)}
    assert turned(asked, "district", "residence") == expected | {"747": (1, 0)}


def test_in_the_first_snapshot_of_all_nobody_knows_what_was_fixed(in_order):
    assert turned(of_day(in_order, 0)) == {"77": (None, None)}
    # H2, from the 25th to the 26th; since then nothing.
    assert turned(of_day(in_order, 1)) == {"77": (1, 0)}
    assert turned(of_day(in_order, 2)) == {}


def test_without_pairs_nobody_knows_what_was_fixed(kept):
    shutil.rmtree(pair_folder(kept, 1))
    assert turned(of_day(kept, 1), "district")["747"] == (None, None)
    assert paired(kept) == [True, False, False]


def test_an_earlier_snapshot_published_later_is_what_is_compared_with(store):
    rows = "Mã hồ sơ | Trạng thái xác thực\nH1 | {}\nH2 | Đúng"
    for day, word in ((0, "Sai"), (2, "Sai")):
        store.publish(rows.format(word), as_of=DAYS[day], is_confirmed=True)
    assert turned(of_day(store, 2)) == {}
    store.publish(rows.format("Đúng"), as_of=DAYS[1], is_confirmed=True)
    # H1: Sai on the 25th, Đúng on the 26th, Sai on the 27th.
    assert [turned(of_day(store, day)) for day in (1, 2)] == [{"77": (1, 0)}, {"77": (0, 1)}]
    assert compared_with(store.open()) == [None, DAYS[0], DAYS[1]]


def test_over_totals_records_are_compared_with_the_last_records(store):
    rows = "Mã hồ sơ | Trạng thái xác thực\nH1 | {}\nH2 | Đúng"
    store.publish(rows.format("Sai"), as_of=DAYS[0])
    publish_totals(store, "Mã huyện | Hợp lệ\n747 | 2", as_of=DAYS[1])
    store.publish(rows.format("Đúng"), as_of=DAYS[2], is_confirmed=True)
    assert turned(of_day(store, 1)) == {"77": (None, None)}
    assert turned(of_day(store, 2)) == {"77": (1, 0)}
    assert compared_with(store.open()) == [None, DAYS[0], DAYS[0]]


def compared_with(connection: Connection) -> list[dt.datetime | None]:
    """The instant each snapshot's records are compared with, oldest first."""
    with connection.cursor(EVERYTHING) as cursor:
        rows = cursor.execute(
            "select distinct as_of, compared_with_at from unit_cleaning order by as_of"
        ).fetchall()
    return [instant for _, instant in rows]


# Made anew at once --------------------------------------------------------------------------


@pytest.mark.parametrize("days", [(2, 1, 0), (1, 0, 2)])
def test_snapshots_published_in_any_order_have_the_marts_of_those_published_in_order(
    in_order, store, days
):
    for day in days:
        publish(store, day)
        assert all(paired(store))
    assert marts_of(store) == marts_of(in_order)


def correct(store: Store, day: int) -> None:
    """Publishes the day again, with every record matched."""
    store.publish(
        RECORDS[day].replace("Sai", "Đúng"),
        as_of=DAYS[day],
        with_complaints=COMPLAINTS[day],
        reason_of_revision="đã khớp",
    )


def test_a_revision_is_what_the_snapshots_after_it_compare_with(kept, tmp_path):
    correct(kept, 0)
    assert paired(kept) == [True] * 3
    other = new_store(tmp_path / "other")
    publish(other, 0)
    correct(other, 0)
    publish(other, 1)
    publish(other, 2)
    assert marts_of(kept) == marts_of(other)
    assert "H2" not in history(kept, 1)


def test_a_correction_that_leaves_the_next_history_as_it_was_goes_no_further(kept):
    def times(day: int) -> list[int]:
        return [path.stat().st_mtime_ns for path in sorted(pair_folder(kept, day).iterdir())]

    before = [times(day) for day in range(3)]
    kept.publish(
        # H1 has changed by the next day anyway.
        RECORDS[0].replace("H1       | F1", "H1       | F2"),
        as_of=DAYS[0],
        with_complaints=COMPLAINTS[0],
        reason_of_revision="H1 ở cơ sở khác",
    )
    after = [times(day) for day in range(3)]
    assert [after[day] == before[day] for day in range(3)] == [True, False, True]


def test_a_snapshot_withdrawn_is_compared_with_no_longer(kept, tmp_path):
    withdraw(kept.folder, IDS[1], why="nhầm ngày", progress=quiet)
    assert paired(kept) == [True] * 2
    other = new_store(tmp_path / "other")
    publish(other, 0)
    publish(other, 2)
    assert marts_of(kept, 0, 2) == marts_of(other)


def test_two_snapshots_after_one_withdrawn_are_compared_anew(kept, tmp_path):
    publish(kept, 3)
    withdraw(kept.folder, IDS[1], why="nhầm ngày", progress=quiet)
    assert paired(kept) == [True] * 3
    other = new_store(tmp_path / "other")
    for day in (0, 2, 3):
        publish(other, day)
    assert marts_of(kept, 0, 2, 3) == marts_of(other)


def test_the_first_snapshot_withdrawn_makes_the_second_the_first(kept):
    withdraw(kept.folder, IDS[0], why="nhầm ngày", progress=quiet)
    assert history(kept, 1) == {}
    assert history(kept, 2)["H2"] == (None, 2, None)


def test_withdrawing_a_revision_compares_with_the_one_before_again(kept, in_order):
    correct(kept, 0)
    withdraw(kept.folder, "2022-04-25T1200-r2", why="nhầm", progress=quiet)
    assert marts_of(kept, 0, 1, 2) == marts_of(in_order)


def test_pairs_that_are_current_are_not_touched_by_a_later_publish(kept):
    before = {path: path.stat().st_mtime_ns for path in kept.folder.rglob("pair/*")}
    publish(kept, 3)
    assert before == {path: path.stat().st_mtime_ns for path in before}


# Stale --------------------------------------------------------------------------------------


def test_a_store_with_stale_pairs_is_served_and_says_which(stale):
    assert paired(stale) == [True, True, False]
    assert stale.ask().ratios("valid_ratio", "province")["77"] == (4, 4, 1.0)
    backlog = complaint_table(stale.open(), scope=EVERYTHING, level="province", snapshot_id=IDS[2])
    assert backlog["open"].to_list() == [1]


def test_over_stale_pairs_no_flow_is_told(stale):
    connection = stale.open()
    with pytest.raises(StalePairsError, match=r"chưa tính xong; chạy: .* rebuild --stale\.$"):
        complaint_flow(
            connection, scope=EVERYTHING, level="province", snapshot_id=IDS[2], since=IDS[0]
        )
    flow = complaint_flow(
        connection, scope=EVERYTHING, level="province", snapshot_id=IDS[1], since=IDS[0]
    )
    assert flow.height == 1


def test_over_stale_pairs_signing_is_told_without_how_long_it_waited(stale, in_order):
    row, told = stale.ask().signing("province")["77"], in_order.ask().signing("province")["77"]
    unknown = [name for name in told if told[name] is not None and row[name] is None]
    assert {"waiting_0_2", "in_process_long", "changed_after_signing", "newly_signed"} <= {*unknown}
    counts = ("signable", "done", "waiting", "in_process", "signed_not_verified")
    assert [row[name] for name in counts] == [told[name] for name in counts]


def test_over_stale_pairs_nothing_is_said_to_be_fixed(stale):
    # The 27th still compares with the 25th, since when H2 was fixed.
    assert turned(stale.ask(), "district")["747"] == (None, None)


@pytest.mark.parametrize("metric", ["changed_after_signing", "in_process_long"])
def test_a_metric_that_compares_is_refused_over_stale_pairs(stale, metric):
    with pytest.raises(StalePairsError):
        stale.ask().ratios(metric, "province")


def listed(store: Store, which: Contradiction, day: int) -> list[str]:
    """The records of a list of contradictions."""
    rows = signing_contradictions(store.open(), scope=EVERYTHING, which=which, snapshot_id=IDS[day])
    return rows["record_id"].to_list()


@pytest.mark.parametrize("which", ["changed_after_signing", "in_process_long"])
def test_a_list_that_compares_is_refused_without_pairs(kept, which):
    shutil.rmtree(pair_folder(kept, 2))
    with pytest.raises(StalePairsError):
        listed(kept, which, 2)


def test_a_list_that_compares_nothing_is_answered_without_pairs(kept):
    publish(kept, 3)
    shutil.rmtree(pair_folder(kept, 3))
    assert listed(kept, "signed_not_verified", 3) == ["H1"]


def test_a_store_without_any_pairs_is_served(kept):
    for day in range(3):
        shutil.rmtree(pair_folder(kept, day))
    assert paired(kept) == [False] * 3
    assert kept.ask().ratios("signing_progress", "province")["77"] == (1, 4, 1 / 4)
    assert kept.ask().signing("province")["77"]["waiting_0_2"] is None


@pytest.mark.parametrize(
    "name",
    ["flow.parquet", "signing_since.parquet", "complaint_flow.parquet", "pair.json"],
)
@pytest.mark.parametrize("damage", ["lost", "damaged"])
def test_counts_of_a_pair_that_are_lost_or_damaged_are_not_served(kept, name, damage):
    path = pair_folder(kept, 1) / name
    if damage == "lost":
        path.unlink()
    else:
        path.write_bytes(b"PAR1")
    assert paired(kept)[1] is False


# Repaired -----------------------------------------------------------------------------------


def test_rebuild_stale_finishes_what_a_killed_publish_left(stale, in_order):
    state = store_state(stale.folder)
    assert command(stale, "rebuild", "--stale") == (0, "")
    assert marts_of(stale) == marts_of(in_order)
    assert store_state(stale.folder) != state


def test_the_killed_publish_run_again_finishes_what_it_left(stale, in_order):
    publish(stale, 1)
    assert marts_of(stale) == marts_of(in_order)


def test_the_next_publish_finishes_what_a_killed_one_left(stale, in_order):
    publish(stale, 3)
    assert marts_of(stale, 0, 1, 2) == marts_of(in_order)
    assert paired(stale) == [True] * 4


def test_rebuild_stale_makes_pairs_that_were_never_there(kept, in_order):
    for day in range(3):
        shutil.rmtree(pair_folder(kept, day))
    assert command(kept, "rebuild", "--stale") == (0, "")
    assert marts_of(kept) == marts_of(in_order)


def test_pairs_of_another_definition_are_made_again(kept, in_order):
    for path in [*kept.folder.rglob("pair.json"), *kept.folder.rglob("marts.json")]:
        seal = json.loads(path.read_text())
        path.write_text(json.dumps(seal | {"definition": "0" * 64}))
    with pytest.raises(RefusedError, match="rebuild"):
        kept.open()
    assert command(kept, "rebuild", "--stale")[0] == 0
    assert marts_of(kept) == marts_of(in_order)


def lose(path: Path) -> None:
    path.unlink()


def change(path: Path) -> None:
    pl.read_parquet(path).clear().write_parquet(path)


@pytest.mark.parametrize("damage", [lose, change])
@pytest.mark.parametrize("day", [1, 2])
@pytest.mark.parametrize("name", ["history.parquet", "standing.parquet"])
def test_a_lost_or_damaged_history_is_made_again_by_the_next_publish(
    kept, in_order, name: str, day: int, damage: Callable[[Path], None]
):
    damage(pair_folder(kept, day) / name)
    assert publish(kept, 3).warnings == []
    assert marts_of(kept, 0, 1, 2) == marts_of(in_order)
    assert paired(kept) == [True] * 4


@pytest.mark.parametrize("damage", [lose, change])
def test_a_lost_or_damaged_history_is_made_again_by_rebuild_stale(
    kept, in_order, damage: Callable[[Path], None]
):
    damage(pair_folder(kept, 1) / "history.parquet")
    done = CliRunner().invoke(app, ["rebuild", "--stale", "--store", str(kept.folder)])
    assert done.stdout == "Đã đối chiếu lại 1 kỳ số liệu với kỳ trước.\n"
    assert marts_of(kept) == marts_of(in_order)


def test_on_damaged_records_before_today_is_published_and_says_what_it_is_not_compared_with(kept):
    path = kept.folder / "snapshots" / IDS[2] / "records.parquet"
    path.write_bytes(b"PAR1")
    problem = f"Chưa đối chiếu được kỳ {IDS[3]}: {path}: không đọc được tệp này; chạy lệnh verify."
    assert publish(kept, 3).warnings == [problem]
    assert paired(kept) == [True] * 3 + [False]
    assert kept.ask().ratios("valid_ratio", "province")["77"] == (1, 2, 0.5)
    assert command(kept, "rebuild", "--stale") == (1, problem + "\n")
    withdraw(kept.folder, IDS[2], why="hỏng", progress=quiet)
    assert paired(kept) == [True] * 3


def test_pairs_after_one_that_cannot_be_made_are_not_current(kept):
    (kept.folder / "snapshots" / IDS[0] / "records.parquet").write_bytes(b"PAR1")
    shutil.rmtree(pair_folder(kept, 1))
    assert publish(kept, 3).warnings == [
        f"Chưa đối chiếu được kỳ {IDS[1]}: {kept.folder / 'snapshots' / IDS[0]}/records.parquet: "
        "không đọc được tệp này; chạy lệnh verify."
    ]
    assert paired(kept) == [True, False, False, False]


def test_what_a_publish_could_not_compare_is_in_its_json(kept):
    (kept.folder / "snapshots" / IDS[2] / "records.parquet").write_bytes(b"PAR1")
    publish(new_store(kept.folder.parent / "files"), 3)
    files = map(str, sorted((kept.folder.parent / "files" / "inbox").iterdir()))
    arguments = ["--as-of", "2022-04-28T12:00", "--confirm", "--json", "--store", str(kept.folder)]
    done = CliRunner().invoke(app, ["publish", *files, *arguments])
    assert done.exit_code == 0
    assert [IDS[3] in warning for warning in json.loads(done.stdout)["warnings"]] == [True]
    assert IDS[3] in done.stderr


# Killed -------------------------------------------------------------------------------------

#: What is removed after the work is done makes no difference to it; test_publish.py dies there too.
WRITES = {"os.mkdir", "os.rename"}


def publish_and_die(store: Store, files: list[Path], at: int) -> None:
    """Publishes the 26th until just before file operation number `at` after the publication
    itself; runs in a process of its own.
    """
    published = store.folder / "snapshots" / IDS[1]
    operations = itertools.count(1)

    def die(event: str, arguments: tuple[object, ...]) -> None:
        is_write = event in WRITES or (event == "open" and "w" in str(arguments[1]))
        if is_write and published.exists() and next(operations) == at:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(die)
    store.publish_files(files, as_of=DAYS[1], is_confirmed=True)


def test_killed_while_later_pairs_are_made_the_store_is_served_and_a_rerun_finishes(
    in_order, tmp_path, fork
):
    old, inbox = new_store(tmp_path), tmp_path / "inbox"
    publish(old, 0)
    publish(old, 2)
    publish(new_store(tmp_path / "files"), 1)
    files = sorted((tmp_path / "files" / "inbox").iterdir())
    seen = set()
    for at in itertools.count(1):
        again = Store(tmp_path / str(at), inbox)
        shutil.copytree(old.folder, again.folder)
        process = fork.Process(target=publish_and_die, args=(again, files, at))
        process.start()
        process.join()
        asked = again.ask()
        seen.add(asked.connection.dates["is_paired"][-1])
        assert asked.ratios("valid_ratio", "province")["77"] == (4, 4, 1.0)
        assert command(again, "verify")[0] == 0
        if process.exitcode == 0:
            break
        assert process.exitcode == -signal.SIGKILL
        again.publish_files(files, as_of=DAYS[1], is_confirmed=True)
        assert marts_of(again) == marts_of(in_order)
        assert not any((again.folder / "staging").rglob("*"))
    assert at > 3, at
    assert seen == {False, True}
