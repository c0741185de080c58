"""Marts: which units are listed on a day, and where records are placed."""

import datetime as dt
import json

import duckdb
import polars as pl
import pytest

from data import marts, snapshots
from data.errors import RefusedError
from data.publish import rebuild
from tests.stores import FACILITIES, NOON, Store

ID = "2022-04-25T1200-r1"


def mart(store: Store, name: str, snapshot_id: str = ID) -> pl.DataFrame:
    return pl.read_parquet(store.folder / "marts" / snapshot_id / f"{name}.parquet")


def listed(store: Store, level: str, snapshot_id: str = ID) -> list[str]:
    units = mart(store, "units", snapshot_id).filter(level=level)
    return sorted(set(units["unit_code"]))


DATED = """
    Mã cơ sở | Tên cơ sở | Mã huyện | Từ ngày    | Đến ngày
    OLD      | Đã đóng   | 747      |            | 24/04/2022
    NEW      | Chưa mở   | 747      | 26/04/2022 |
    LAST     | Ngày cuối | 747      |            | 25/04/2022
    FIRST    | Ngày đầu  | 747      | 25/04/2022 |
"""


def test_facilities_open_on_the_day_are_listed_both_ends_included(store):
    store.publish("Mã cơ sở nhập\nFIRST", with_facilities=DATED)
    assert listed(store, "facility") == ["FIRST", "LAST"]


@pytest.mark.parametrize("code", ["OLD", "NEW"])
def test_a_closed_or_coming_facility_is_listed_when_records_name_it(store, code):
    store.publish(f"Mã cơ sở nhập\n{code}", with_facilities=DATED)
    assert code in listed(store, "facility")
    assert store.ask().ratios("valid_ratio", "district")["747"] == (1, 1, 1.0)


def test_a_facility_that_moved_counts_where_it_was_on_the_day(store):
    moved = """
        Mã cơ sở | Tên cơ sở | Mã huyện | Từ ngày    | Đến ngày
        F1       | Cũ        | 747      |            | 25/04/2022
        F1       | Mới       | 748      | 26/04/2022 |
    """
    store.publish("Mã cơ sở nhập\nF1", with_facilities=moved)
    assert store.ask().ratios("valid_ratio", "district")["747"] == (1, 1, 1.0)
    store.publish(
        "Mã cơ sở nhập\nF1", with_facilities=moved, as_of=NOON.replace(day=26), is_confirmed=True
    )
    assert store.ask().ratios("valid_ratio", "district")["748"] == (1, 1, 1.0)
    assert store.ask().tree("facility")["F1"]["unit_name"] == "Mới"


def test_a_facility_of_an_unknown_district_counts_under_its_own_code_and_unmapped_district(store):
    store.publish(
        "Mã cơ sở nhập\nF1", with_facilities="Mã cơ sở | Tên cơ sở | Mã huyện\nF1 | Trạm | 999"
    )
    asked = store.ask()
    assert asked.ratios("valid_ratio", "facility") == {"F1": (1, 1, 1.0)}
    assert asked.ratios("valid_ratio", "district")["unmapped"] == (1, 1, 1.0)


def test_units_that_have_ended_by_the_day_are_not_listed(store):
    rows = "Mã xã thường trú | Mã huyện thường trú\n26659 | 752"
    store.publish(rows)
    later = dt.datetime.fromisoformat("2025-01-15T12:00")
    store.publish(rows, as_of=later, is_confirmed=True)
    assert "752" in listed(store, "district")
    assert "752" not in listed(store, "district", "2025-01-15T1200-r1")


def test_a_commune_carries_the_name_of_the_day(store):
    """T18: Phước Hoà before the reform of 2025, and still Phước Hoà in an old snapshot."""
    store.publish("Mã xã thường trú\n26713")
    assert store.ask().tree("commune")["26713"]["unit_name"] == "Phường Phước Hoà"


def test_two_communes_of_the_same_name_stay_two_units(store):
    """T17: Phước Hưng is a ward of Bà Rịa and a commune of Long Điền."""
    store.publish("Mã xã thường trú\n26548\n26677\n26677")
    tree = store.ask().tree("commune")
    assert (tree["26548"]["unit_name"], tree["26548"]["records"]) == ("Phường Phước Hưng", 1)
    assert (tree["26677"]["unit_name"], tree["26677"]["records"]) == ("Xã Phước Hưng", 2)


def test_codes_no_reference_knows_are_listed_with_their_records(store):
    store.publish("""
        Mã cơ sở nhập | Mã xã thường trú | Mã huyện thường trú
        F9            | 99999            | 888
        F9            |                  |
        F1            | 26506            | 747
    """)
    rows = mart(store, "unmapped").select("axis", "code", "records").rows()
    assert rows == [("facility", "F9", 2), ("residence", "", 1), ("residence", "99999", 1)]


def test_marts_are_the_same_bytes_whatever_order_the_records_came_in(store, tmp_path):
    rows = [f"H{n} | {'F1' if n % 3 else 'F9'} | {26506 + n % 4}" for n in range(40)]
    heading = "Mã hồ sơ | Mã cơ sở nhập | Mã xã thường trú\n"
    other = Store(tmp_path / "other", tmp_path / "inbox")
    store.publish(heading + "\n".join(rows))
    other.publish(heading + "\n".join(reversed(rows)))
    ours, theirs = (
        {path: content for path, content in made.content().items() if path.startswith("marts/")}
        for made in (store, other)
    )
    assert ours == theirs


def test_the_definition_is_one_hash_of_rollups_view_and_reference():
    assert marts.definition() == marts.definition()
    assert len(marts.definition()) == 64


def test_a_number_of_records_no_32_bits_hold_is_counted(store):
    store.publish("Mã hồ sơ\nH1", with_facilities=FACILITIES)
    rollup = (marts.ROLLUPS / "cleaning.sql").read_text()
    with duckdb.connect() as connection:
        connection.execute(
            """
            create table placed_records as
            select
                'matched' as verification, false as wrong_name, false as wrong_birth_date,
                false as wrong_sex, false as wrong_id, false as is_duplicate_id,
                false as carried_forward,
                5_000_000_000 as records,
                'facility' as axis, 'F1' as unit_code, '747' as district_code
            """
        )
        counts = connection.sql(rollup).pl()
    assert counts["matched"].to_list() == [5_000_000_000]


@pytest.mark.parametrize("damage", [{}, {"definition": 1}, None])
def test_damaged_marts_are_not_current_and_made_again_by_rebuild(store, damage):
    store.publish("Mã hồ sơ\nH1")
    [manifest] = snapshots.in_force(store.folder)
    folder = snapshots.marts_folder(store.folder, manifest.snapshot_id)
    if damage is None:
        (folder / "units.parquet").write_bytes(b"PAR1")
    else:
        (folder / "marts.json").write_text(json.dumps(damage))
    assert not marts.is_current(folder)
    with pytest.raises(RefusedError, match="rebuild"):
        store.open()
    rebuild(store.folder, manifest)
    assert marts.is_current(folder)
