"""Marts: the counts a page needs, made from one snapshot's tables by `queries/rollup/*.sql`.

They live in `store/marts/<snapshot_id>/`, can be made again from the snapshot at any time, and
carry the hash of the definitions they were made with. What also depends on the snapshot before
lies in a folder of its own beside them: `data/pairs.py`.
"""

import datetime as dt
import functools
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

import dataframely as dy
import duckdb
import polars as pl

from data import schema
from data.disk import file_sha256
from data.reference import FOLDER as REFERENCE
from data.reference import in_force, reference

ROLLUPS = Path(__file__).parent.parent / "queries" / "rollup"
_HERE = Path(__file__).parent
UNMAPPED = "unmapped"
#: What the placing statements read; other columns would be carried over for nothing.
PLACED_COLUMNS = (
    "facility_code",
    "commune_code",
    "residence_district_code",
    "verification",
    "wrong_name",
    "wrong_birth_date",
    "wrong_sex",
    "wrong_id",
    "is_duplicate_id",
    "carried_forward",
    "signing",
    "dose_count",
)

#: … and what suspicions are found by.
_OF_PEOPLE = (
    "record_id",
    "full_name",
    "birth_date",
    "birth_year",
    "sex",
    "id_number",
    "phone",
    "verification",
    "verified_date",
    "updated_at",
)

Tables = Mapping[str, pl.DataFrame]


@functools.cache
def definition() -> str:
    """Hash of everything the marts' numbers depend on: SQL, the code beside it, the references."""
    units = [REFERENCE / f"{name}.csv" for name in ("communes", "districts", "signing_rules")]
    beside = [_HERE / "pairs.py", _HERE / "changes.py"]
    code = [*sorted(_HERE.glob("*.sql")), Path(__file__), *beside]
    digest = hashlib.sha256()
    for file in [*sorted(ROLLUPS.rglob("*.sql")), *code, *units]:
        digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


def build(connection: duckdb.DuckDBPyConnection, *, snapshot_id: str, folder: Path) -> None:
    """Writes one Parquet file a roll-up into `folder`, and `marts.json`.

    Args:
        connection: one on which the snapshot's tables are placed.
    """
    folder.mkdir(parents=True)
    write_rollups(connection, ROLLUPS, snapshot_id, folder)
    seal(folder, snapshot_id=snapshot_id)


def connected() -> duckdb.DuckDBPyConnection:
    """An engine that never looks for extensions elsewhere."""
    return duckdb.connect(config={"autoload_known_extensions": "false"})


def write_rollups(
    connection: duckdb.DuckDBPyConnection, rollups: Path, snapshot_id: str, folder: Path
) -> None:
    """The rows of each `.sql` file directly in `rollups` as a Parquet file, with snapshot_id."""
    for rollup in sorted(rollups.glob("*.sql")):
        rows = connection.sql(rollup.read_text(encoding="utf-8")).pl()
        rows = rows.select(pl.lit(snapshot_id).alias("snapshot_id"), pl.all())
        rows.write_parquet(folder / f"{rollup.stem}.parquet")


def seal(folder: Path, *, snapshot_id: str) -> None:
    """Writes `marts.json`: which definitions the marts were made with, and each file's sha256."""
    about = {"snapshot_id": snapshot_id, "definition": definition(), "files": hashes(folder)}
    (folder / "marts.json").write_text(json.dumps(about), encoding="utf-8")


def is_current(folder: Path) -> bool:
    """Whether the marts in `folder` are whole and made with today's definitions."""
    about = read_seal(folder / "marts.json")
    return (about.get("definition"), about.get("files")) == (definition(), hashes(folder))


def read_seal(path: Path) -> dict[str, object]:
    """What a seal says; nothing when it is lost or damaged."""
    try:
        about = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return about if isinstance(about, dict) else {}


def hashes(folder: Path) -> dict[str, str]:
    """Name -> sha256 of each Parquet file directly in `folder`."""
    return {path.name: file_sha256(path) for path in sorted(folder.glob("*.parquet"))}


# Placing ------------------------------------------------------------------------------------


def place(connection: duckdb.DuckDBPyConnection, tables: Tables, as_of: dt.datetime) -> None:
    """Makes what the roll-ups read: placed_records, placed_complaints, and what these read.

    Args:
        tables: the snapshot's own, by name; records or totals are there, complaints may be.
        as_of: its instant, wall clock +07.
    """
    day = as_of.date()
    is_by_unit = "records" in tables
    connection.register("records", tables.get("records", no_records()).select(PLACED_COLUMNS))
    connection.register("persons", tables.get("records", no_records()).select(_OF_PEOPLE))
    connection.register("communes", in_force(reference("communes"), day))
    connection.register("signing_rule", signing_rule(day))
    connection.register("content", pl.DataFrame({"is_by_unit": [is_by_unit]}))
    if not is_by_unit:
        connection.register("totals", tables["totals"])
    place_complaints(connection, tables, as_of)
    make(connection, "placed_records", "placed_records" if is_by_unit else "placed_totals")


def place_complaints(
    connection: duckdb.DuckDBPyConnection, tables: Tables, as_of: dt.datetime
) -> None:
    """Makes placed_complaints, and facilities and districts, which it reads."""
    districts = in_force(reference("districts"), as_of.date())
    facilities = facilities_on(tables["facilities"], as_of.date(), districts["code"])
    complaints = tables.get("complaints", _stored(schema.Complaint))
    records = tables.get("records", no_records()).select("record_id", "verification")
    named = pl.col("record_id").is_in(complaints["record_id"].drop_nulls().unique().implode())
    connection.register("complained_records", records.filter(named))
    connection.register("complaints", _with_ages(complaints, as_of))
    connection.register("facilities", facilities)
    connection.register("districts", districts)
    make(connection, "placed_complaints", "placed_complaints")


def make(connection: duckdb.DuckDBPyConnection, name: str, statement: str) -> None:
    """Table `name` of what `data/<statement>.sql` answers."""
    text = (_HERE / f"{statement}.sql").read_text(encoding="utf-8")
    connection.execute(f"create temp table {name} as {text}")


def signing_rule(day: dt.date) -> pl.DataFrame:
    """The rule of signing in force on `day`, one row: min_doses, in_process_days, document."""
    rule = in_force(reference("signing_rules"), day)
    return rule.select(pl.col("min_doses", "in_process_days").cast(pl.Int32), "document")


def no_records() -> pl.DataFrame:
    """A table of records without a row."""
    return _stored(schema.Record).with_columns(
        pl.lit(value=False).alias(name) for name in ("carried_forward", "is_duplicate_id")
    )


def _stored(contract: type[dy.Schema]) -> pl.DataFrame:
    return contract.create_empty()


def _with_ages(complaints: pl.DataFrame, as_of: dt.datetime) -> pl.DataFrame:
    """With whole minutes since receipt, and since the end where there was one."""
    ages = {"received_at": "age_minutes", "closed_at": "closed_minutes_ago"}
    return complaints.with_columns(
        (pl.lit(as_of) - pl.col(instant)).dt.total_minutes().alias(age)
        for instant, age in ages.items()
    )


def facilities_on(facilities: pl.DataFrame, day: dt.date, districts: pl.Series) -> pl.DataFrame:
    """One row a facility code: the one in force on `day`, else the last that began before it."""
    begun = pl.col("valid_from").is_null() | (pl.col("valid_from") <= day)
    is_open = begun & (pl.col("valid_to").is_null() | (pl.col("valid_to") >= day))
    known = pl.col("district_code").is_in(districts.implode())
    return (
        facilities.with_columns(
            is_open.alias("is_open"),
            begun.alias("has_begun"),
            pl.when(known).then("district_code").otherwise(pl.lit(UNMAPPED)).alias("district_code"),
        )
        .sort("is_open", "has_begun", "valid_from", nulls_last=False)
        .unique("facility_code", keep="last", maintain_order=True)
        .drop("has_begun")
    )
