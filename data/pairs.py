"""Pair marts: what a snapshot is against the one before it; made by `queries/rollup/pair/*.sql`.

They live in `store/marts/<snapshot_id>/pair/`. `history.parquet` and `standing.parquet` say since
when each record is in its state, are continued in the next snapshot's, and read where records are
listed; the others are counts by unit. `pair.json` names the snapshots and the history they were
made from: when an earlier snapshot is published,
corrected or withdrawn, the pairs after it are no longer current and are made again.
"""

import datetime as dt
import json
import tempfile
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import duckdb
import polars as pl

from data import changes, disk, marts, snapshots
from data.errors import RefusedError
from data.marts import Tables
from data.reference import in_force, reference
from data.snapshots import Manifest

ROLLUPS = marts.ROLLUPS / "pair"
HISTORY = "history.parquet"
STANDING = "standing.parquet"
CHANGES = "changes.parquet"
#: Large, and read only when asked for: checked then.
_LARGE = {HISTORY, STANDING, CHANGES}
_EPOCH = dt.date(1970, 1, 1)
#: A signature stands for these and the doses; another value under it is a change.
_SIGNED_COLUMNS = (
    "full_name",
    "birth_date",
    "birth_year",
    "sex",
    "id_number",
    "passport_number",
)
_COLUMNS = (
    "record_id",
    "facility_code",
    "verification",
    "signing",
    "signed_date",
    "dose_count",
)
#: What of a record is compared: see `data/record_changes.sql`.
_COMPARED = (
    "record_id",
    "full_name",
    "birth_date",
    "birth_year",
    "sex",
    "id_number",
    "passport_number",
    "phone",
    "commune_code",
    "residence_district_code",
    "facility_code",
    "verification",
    "signing",
)
_HISTORY = {
    "record_id": pl.String,
    "verified_since": pl.Int32,
    "in_process_since": pl.Int32,
    "changed_since": pl.Int32,
    "gone_since": pl.Int32,
}
_STANDING = {"record_id": pl.String, "state_since": pl.Int32, "last_changed": pl.Int32}
_ROUTED = {
    "complaint_id": pl.String,
    "district_code": pl.String,
    "unit_code": pl.String,
    "is_open": pl.Boolean,
}


class Pair(NamedTuple):
    """What a snapshot is compared with."""

    #: The last snapshot before it that holds records, that holds complaints.
    records: Manifest | None
    complaints: Manifest | None
    #: Day of the first snapshot that holds records.
    first_day: dt.date


def pair_of(manifests: Sequence[Manifest], as_of: dt.datetime) -> Pair:
    """What a snapshot of the instant `as_of` is compared with among `manifests`, oldest first."""
    before = [manifest for manifest in manifests if manifest.as_of_local < as_of]
    records = [manifest for manifest in before if manifest.has("records")]
    complaints = [manifest for manifest in before if manifest.has("complaints")]
    return Pair(
        records[-1] if records else None,
        complaints[-1] if complaints else None,
        records[0].as_of_local.date() if records else as_of.date(),
    )


def build(
    connection: duckdb.DuckDBPyConnection,
    store: Path,
    tables: Tables,
    pair: Pair,
    *,
    snapshot_id: str,
    as_of: dt.datetime,
    folder: Path,
) -> None:
    """Writes the pair marts of one snapshot into `folder`, and `pair.json`.

    Args:
        connection: one on which the snapshot's tables are placed (`marts.place`).
    """
    folder.mkdir(parents=True)
    records = tables.get("records", marts.no_records())
    sealed = _identity(store, pair)
    if "records" not in tables:
        # Of totals no record is known, and none has gone.
        pair = pair._replace(records=None)
    before, people_before = _records_before(store, pair, records)
    connection.register("records", _that_matter(records.lazy(), before))
    connection.register("records_before", before)
    units, units_before = _units_of_both(store, pair, tables["facilities"], as_of)
    connection.register("history_before", _kept_before(store, pair, HISTORY, _HISTORY))
    connection.register("standing_before", _kept_before(store, pair, STANDING, _STANDING))
    has_complaints = "complaints" in tables and pair.complaints is not None
    listed = pair.complaints if has_complaints else None
    connection.register("complaints_before", _complaints_before(store, listed))
    minutes = (as_of - listed.as_of_local).total_seconds() // 60 if listed else None
    scalars = {
        "day": _number(as_of.date()),
        "first_day": _number(pair.first_day),
        "has_before": pair.records is not None,
        "date_before": pair.records.as_of_local.date() if pair.records else None,
        "has_complaints_before": has_complaints,
        "minutes": minutes,
        "have_units_moved": any(not units[name].equals(units_before[name]) for name in units),
    }
    kinds = {
        "day": pl.Int32,
        "first_day": pl.Int32,
        "date_before": pl.Date,
        "minutes": pl.Int64,
    }
    connection.register("pair", pl.DataFrame([scalars], schema_overrides=kinds))
    marts.make(connection, "record_pairs", "record_pairs")
    for name in units:
        connection.register(f"{name}_of", _both(units[name], units_before[name]))
    _register_differing(connection, records.select(_COMPARED), people_before)
    marts.make(connection, "record_changes", "record_changes")
    changes.write(connection.table("record_changes").pl(), folder / CHANGES, snapshot_id)
    connection.register("net_changes", changes.counted(changes.net([folder / CHANGES])))
    marts.write_rollups(connection, ROLLUPS, snapshot_id, folder)
    seal = {**sealed, "files": marts.hashes(folder)}
    (folder / "pair.json").write_text(json.dumps(seal), encoding="utf-8")


def folder_of(store: Path, manifest: Manifest) -> Path:
    """Where the pair marts of a snapshot lie."""
    return snapshots.marts_folder(store, manifest.snapshot_id) / "pair"


def changes_file(store: Path, snapshot_id: str) -> Path:
    """A snapshot's list of changed records; RefusedError when it is not as it was made."""
    return large_file(store, snapshot_id, CHANGES)


def large_file(store: Path, snapshot_id: str, name: str) -> Path:
    """A large file of a snapshot's pair marts; RefusedError when it is not as it was made."""
    folder = snapshots.marts_folder(store, snapshot_id) / "pair"
    files = marts.read_seal(folder / "pair.json").get("files")
    path = folder / name
    sealed = files.get(name) if isinstance(files, dict) else None
    if not path.is_file() or disk.file_sha256(path) != sealed:
        raise RefusedError(f"{path}: mất hoặc hỏng; chạy: python cli.py rebuild --stale.")
    return path


def current(store: Path, manifests: Sequence[Manifest]) -> frozenset[str]:
    """The ids of the snapshots in force (oldest first) whose pair marts say how they stand to the
    one before them now: made from it, and that one's from the one before it, to the first.
    """
    found: set[str] = set()
    for manifest in manifests:
        if _is_current(store, manifest, pair_of(manifests, manifest.as_of_local), found):
            found.add(manifest.snapshot_id)
    return frozenset(found)


class Refreshed(NamedTuple):
    """What became of the pair marts that were not current."""

    #: Snapshots whose pair marts were made again.
    made: int
    #: Why others could not be, one Vietnamese sentence each.
    problems: list[str]


def refresh(store: Path, progress: Callable[[str], None]) -> Refreshed:
    """Makes the pair marts again that are not current, where their snapshots can be read.

    Whoever calls holds the store's lock. Nothing is raised: what is not made again is not served.
    """
    manifests = snapshots.in_force(store)
    found: set[str] = set()
    made, problems = 0, []
    for manifest in manifests:
        pair = pair_of(manifests, manifest.as_of_local)
        is_kept = _is_current(store, manifest, pair, found) and _are_large_whole(store, manifest)
        if not is_kept and _can_be_made(store, manifest, pair, found):
            progress(f"Đối chiếu kỳ {manifest.as_of_local:%d/%m/%Y}")
            try:
                _rebuild(store, manifest, pair)
            except RefusedError as error:
                problems.append(f"Chưa đối chiếu được kỳ {manifest.snapshot_id}: {error}")
                continue
            except (OSError, duckdb.Error):
                problems.append(
                    f"Chưa đối chiếu được kỳ {manifest.snapshot_id}: không ghi được vào kho; "
                    "chạy lại: python cli.py rebuild --stale."
                )
                continue
            made += 1
            is_kept = True
        if is_kept:
            found.add(manifest.snapshot_id)
    return Refreshed(made, problems)


def _is_current(store: Path, manifest: Manifest, pair: Pair, found: Collection[str]) -> bool:
    folder = folder_of(store, manifest)
    seal = marts.read_seal(folder / "pair.json")
    is_of_today = all(seal.get(name) == value for name, value in _identity(store, pair).items())
    return is_of_today and _leads_to_first(pair, found) and _has_counts(folder, seal)


def _can_be_made(store: Path, manifest: Manifest, pair: Pair, found: Collection[str]) -> bool:
    is_served = marts.is_current(snapshots.marts_folder(store, manifest.snapshot_id))
    return is_served and _leads_to_first(pair, found)


def _leads_to_first(pair: Pair, found: Collection[str]) -> bool:
    """Whether the history of the snapshot before can be built on."""
    return pair.records is None or pair.records.snapshot_id in found


def _has_counts(folder: Path, seal: dict[str, object]) -> bool:
    """Whether the counts are as they were made and the large files are there."""
    files = seal.get("files")
    names = {f"{rollup.stem}.parquet" for rollup in ROLLUPS.glob("*.sql")} - _LARGE
    return (
        isinstance(files, dict)
        and all((folder / name).is_file() for name in _LARGE)
        and all(
            (folder / name).is_file() and disk.file_sha256(folder / name) == files.get(name)
            for name in names
        )
    )


def _are_large_whole(store: Path, manifest: Manifest) -> bool:
    """Whether the large files are as they were made."""
    folder = folder_of(store, manifest)
    files = marts.read_seal(folder / "pair.json").get("files")
    return isinstance(files, dict) and all(
        disk.file_sha256(folder / name) == files.get(name) for name in _LARGE
    )


def _rebuild(store: Path, manifest: Manifest, pair: Pair) -> None:
    place = folder_of(store, manifest)
    tables = snapshots.read_tables(store, manifest)
    with tempfile.TemporaryDirectory(dir=disk.staging(store)) as staged:
        made = Path(staged) / "pair"
        with marts.connected() as connection:
            marts.place(connection, tables, manifest.as_of_local)
            build(
                connection,
                store,
                tables,
                pair,
                snapshot_id=manifest.snapshot_id,
                as_of=manifest.as_of_local,
                folder=made,
            )
        disk.sync(made)
        if place.exists():
            place.rename(Path(staged) / "before")
        disk.move(made, place)


# The snapshot before ------------------------------------------------------------------------


def _identity(store: Path, pair: Pair) -> dict[str, object]:
    """All that pair marts depend on beside their own snapshot."""
    return {
        "definition": marts.definition(),
        "records_before": pair.records.snapshot_id if pair.records else None,
        "history_before": _sealed(store, pair.records, HISTORY) if pair.records else None,
        "standing_before": _sealed(store, pair.records, STANDING) if pair.records else None,
        "complaints_before": pair.complaints.snapshot_id if pair.complaints else None,
        "first_day": f"{pair.first_day}",
    }


def _sealed(store: Path, manifest: Manifest, name: str) -> object:
    """The sha256 with which a file of a snapshot's pair marts was made."""
    files = marts.read_seal(folder_of(store, manifest) / "pair.json").get("files")
    return files.get(name) if isinstance(files, dict) else None


def _records_before(
    store: Path, pair: Pair, now: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Those that matter for signing, and what is compared of all."""
    if pair.records is None:
        nobody = marts.no_records()
        return nobody.select(*_COLUMNS, *_SIGNED_COLUMNS), nobody.select(_COMPARED)
    with snapshots.refusing_damage(store, pair.records.snapshot_id, "records") as path:
        records = pl.scan_parquet(path)
        return _that_matter(records, now), records.select(_COMPARED).collect()


def _register_differing(
    connection: duckdb.DuckDBPyConnection, now: pl.DataFrame, before: pl.DataFrame
) -> None:
    """people: the rows of both that are not the same in the other."""
    connection.register("people_now", now.with_row_index("row"))
    connection.register("people_before", before.with_row_index("row"))
    marts.make(connection, "differing_people", "differing_people")
    rows = connection.table("differing_people").pl()
    differing = (
        side[rows[row].drop_nulls()] for side, row in ((now, "row_now"), (before, "row_before"))
    )
    connection.register("people", _both(*differing))


def _both(now: pl.DataFrame, before: pl.DataFrame) -> pl.DataFrame:
    """The rows of both snapshots, is_now apart."""
    sides = ((now, True), (before, False))
    return pl.concat(
        [side.with_columns(pl.lit(is_now).alias("is_now")) for side, is_now in sides],
        how="vertical_relaxed",
    )


def _units_of_both(
    store: Path, pair: Pair, facilities: pl.DataFrame, as_of: dt.datetime
) -> tuple[dict[str, pl.DataFrame], dict[str, pl.DataFrame]]:
    """`_units` of a snapshot, and of the one before; the same where there is none."""
    now = _units(facilities, as_of.date())
    if pair.records is None:
        return now, now
    before = snapshots.read_table(store, pair.records.snapshot_id, "facilities")
    return now, _units(before, pair.records.as_of_local.date())


def _units(facilities: pl.DataFrame, day: dt.date) -> dict[str, pl.DataFrame]:
    """Codes and districts by which `marts.place` places records on a day."""
    districts = in_force(reference("districts"), day).select("code")
    known = marts.facilities_on(facilities, day, districts["code"])
    return {
        "facilities": known.select("facility_code", "district_code").sort("facility_code"),
        "communes": in_force(reference("communes"), day).select("code", "district_code"),
        "districts": districts,
    }


def _that_matter(records: pl.LazyFrame, other: pl.DataFrame) -> pl.DataFrame:
    """The records that are verified or in signing, or have a signature in `other` (the snapshot
    before or after); person's data, which a signature stands for, only of the signed.
    """
    is_verified = pl.col("verification").is_in(("matched", "exempt"))
    signing = pl.col("signing")
    is_signed = signing.is_in(("signed", "issued"))
    is_signed_there = pl.col("record_id").is_in(other.filter(is_signed)["record_id"].implode())
    return (
        records.filter(is_verified | (signing != "unsigned") | is_signed_there)
        .select(
            *_COLUMNS,
            *(pl.when(is_signed).then(pl.col(name)).alias(name) for name in _SIGNED_COLUMNS),
        )
        .collect()
    )


def _kept_before(
    store: Path, pair: Pair, name: str, schema: Mapping[str, type[pl.DataType]]
) -> pl.DataFrame:
    """A file of the pair marts of the snapshot before, by the record; empty when there is none."""
    if pair.records is None:
        return pl.DataFrame(schema=schema)
    path = folder_of(store, pair.records) / name
    if not path.is_file() or disk.file_sha256(path) != _sealed(store, pair.records, name):
        raise RefusedError(f"{path}: mất hoặc hỏng; chạy: python cli.py rebuild --stale.")
    return pl.read_parquet(path, columns=list(schema))


def _complaints_before(store: Path, manifest: Manifest | None) -> pl.DataFrame:
    """Its complaints with the units that had to handle them then."""
    if manifest is None:
        return pl.DataFrame(schema=_ROUTED)
    names = ("complaints", "facilities")
    tables = {name: snapshots.read_table(store, manifest.snapshot_id, name) for name in names}
    with marts.connected() as connection:
        marts.place_complaints(connection, tables, manifest.as_of_local)
        return connection.table("placed_complaints").pl().select(*_ROUTED)


def _number(day: dt.date) -> int:
    """Days since 1/1/1970: whole numbers subtract alike in every engine."""
    return (day - _EPOCH).days
