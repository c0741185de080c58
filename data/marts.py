"""Marts: the counts a page needs, made from one snapshot's records by `queries/rollup/*.sql`.

They live in `store/marts/<snapshot_id>/`, can be made again from the records at any time, and
carry the hash of the definitions they were made with.
"""

import datetime as dt
import functools
import hashlib
import json
import shutil
from pathlib import Path

import duckdb
import polars as pl

from data.disk import file_sha256
from data.reference import FOLDER as REFERENCE
from data.reference import in_force, reference

ROLLUPS = Path(__file__).parent.parent / "queries" / "rollup"
PLACED_RECORDS = Path(__file__).parent / "placed_records.sql"
UNMAPPED = "unmapped"
#: What `placed_records.sql` reads of the records; the rest would be carried over for nothing.
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
)


@functools.cache
def definition() -> str:
    """Hash of everything the marts' numbers depend on: SQL, this file and the units' tables."""
    units = [REFERENCE / "communes.csv", REFERENCE / "districts.csv"]
    files = [*sorted(ROLLUPS.glob("*.sql")), PLACED_RECORDS, Path(__file__), *units]
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


def build(
    records: pl.DataFrame, facilities: pl.DataFrame, *, snapshot_id: str, day: dt.date, folder: Path
) -> None:
    """Writes one Parquet file a roll-up into `folder` (replaced if there), and `marts.json`."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with duckdb.connect(config={"autoload_known_extensions": "false"}) as connection:
        _register(connection, records, facilities, day)
        for rollup in sorted(ROLLUPS.glob("*.sql")):
            rows = connection.sql(rollup.read_text(encoding="utf-8")).pl()
            rows = rows.select(pl.lit(snapshot_id).alias("snapshot_id"), pl.all())
            rows.write_parquet(folder / f"{rollup.stem}.parquet")
    seal(folder, snapshot_id=snapshot_id)


def seal(folder: Path, *, snapshot_id: str) -> None:
    """Writes `marts.json`: which definitions the marts were made with, and each file's sha256."""
    about = {"snapshot_id": snapshot_id, "definition": definition(), "files": _hashes(folder)}
    (folder / "marts.json").write_text(json.dumps(about), encoding="utf-8")


def is_current(folder: Path) -> bool:
    """Whether the marts in `folder` are whole and made with today's definitions."""
    try:
        about = json.loads((folder / "marts.json").read_text(encoding="utf-8"))
        return (about["definition"], about["files"]) == (definition(), _hashes(folder))
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _hashes(folder: Path) -> dict[str, str]:
    return {path.name: file_sha256(path) for path in sorted(folder.glob("*.parquet"))}


def _register(
    connection: duckdb.DuckDBPyConnection,
    records: pl.DataFrame,
    facilities: pl.DataFrame,
    day: dt.date,
) -> None:
    districts = in_force(reference("districts"), day)
    connection.register("records", records.select(PLACED_COLUMNS))
    connection.register("facilities", _facilities_on(facilities, day, districts["code"]))
    connection.register("communes", in_force(reference("communes"), day))
    connection.register("districts", districts)
    placed = PLACED_RECORDS.read_text(encoding="utf-8")
    connection.execute(f"create temp table placed_records as {placed}")


def _facilities_on(facilities: pl.DataFrame, day: dt.date, districts: pl.Series) -> pl.DataFrame:
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
