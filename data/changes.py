"""Lists of changed records, and what several of them come to.

Each snapshot's `changes.parquet` has one row per record that is not the same in it and in the
snapshot before (`data/record_changes.sql`), by record_id. What became of a record over several
snapshots is its first row's before and its last row's now: no snapshot in between is read.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl

FIELDS = ("name", "birth_date", "sex", "id", "phone", "commune", "facility")
_PLACES = ("facility_district", "facility_unit", "residence_district", "residence_unit")
_BEFORE = ("verification_before", "had_signature", *(f"{name}_before" for name in _PLACES))
_NOW = ("verification", "has_signature", *_PLACES)
_DIGESTS = tuple(f"{field}_{side}" for field in FIELDS for side in ("before", "now"))
#: Texts of few values: kept as numbers with a list of the values.
_FEW_VALUES = tuple(
    name for name in (*_BEFORE, *_NOW, "signing_before", "signing") if "signature" not in name
)


def write(changes: pl.DataFrame, path: Path, snapshot_id: str) -> None:
    """Writes the rows of `data/record_changes.sql`, with the snapshot they are of."""
    rows = changes.sort("record_id").select(
        pl.lit(snapshot_id).alias("snapshot_id"),
        pl.all().exclude(_FEW_VALUES),
        pl.col(_FEW_VALUES).cast(pl.Categorical),
    )
    rows.write_parquet(path)


def net(paths: Sequence[Path]) -> pl.DataFrame:
    """What became of each record over the lists of some snapshots, the oldest first.

    Returns:
        record_id, verification_before and verification ('absent': not there), had_signature,
        has_signature, the units and districts of both axes before and now, is_returned,
        changed_name, …: one row a record, also of one that is again what it was.

    Raises:
        OSError, polars.exceptions.PolarsError: a list cannot be read.
    """
    columns = ("record_id", "is_returned", *_BEFORE, *_NOW, *_DIGESTS)
    rows = pl.scan_parquet(list(paths)).filter("is_counted").select(columns).collect()
    person = rows["record_id"].cast(pl.Categorical).to_physical().to_numpy()
    count = int(person.max()) + 1 if person.size else 0
    numbers = np.arange(person.size)
    # Of several rows of a person the one set last stays.
    first, last = np.full(count, -1), np.full(count, -1)
    first[person[::-1]] = numbers[::-1]
    last[person] = numbers
    is_there = last >= 0
    found = pl.concat(
        [
            rows.select("record_id", "is_returned", *_BEFORE)[first[is_there]],
            rows.select(_NOW)[last[is_there]],
        ],
        how="horizontal",
    )
    is_in_both = (pl.col("verification_before") != "absent") & (pl.col("verification") != "absent")
    return found.with_columns(
        (pl.Series(_has_changed(rows, field, person, count)[is_there]) & is_in_both).alias(
            f"changed_{field}"
        )
        for field in FIELDS
    )


def _has_changed(rows: pl.DataFrame, field: str, person: np.ndarray, count: int) -> np.ndarray:
    """Of each person, whether the first digest of a field before is another than the last now."""
    before, now = np.zeros(count, np.uint64), np.zeros(count, np.uint64)
    told, told_now = rows[f"{field}_before"], rows[f"{field}_now"]
    is_told, is_told_now = told.is_not_null().to_numpy(), told_now.is_not_null().to_numpy()
    before[person[is_told][::-1]] = told.drop_nulls().to_numpy()[::-1]
    now[person[is_told_now]] = told_now.drop_nulls().to_numpy()
    return (before != now) & (before != 0) & (now != 0)


def turned(changes: pl.DataFrame) -> pl.DataFrame:
    """The rows of `net` from the later snapshot to the earlier: what is now was before."""
    names = dict(zip(_BEFORE, _NOW, strict=True))
    swapped = changes.rename(names | {now: before for before, now in names.items()})
    return swapped.select(changes.columns).with_columns(pl.lit(value=False).alias("is_returned"))


def counted(changes: pl.DataFrame) -> pl.DataFrame:
    """The rows of `net` counted: records, instead of record_id."""
    kinds = [name for name in changes.columns if name != "record_id"]
    return changes.group_by(kinds).agg(pl.len().cast(pl.Int64).alias("records"))
