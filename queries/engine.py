"""DuckDB in memory over the marts of all snapshots in force.

A connection is opened once per state of the store (`store_state`) and shared by all threads;
each question takes a cursor of its own, with its scope set on it.
"""

import contextlib
import dataclasses
import logging
import threading
from collections import defaultdict, deque
from collections.abc import Generator, Mapping
from pathlib import Path

import duckdb
import polars as pl

from data import changes, marts, pairs, snapshots
from data.errors import RefusedError
from data.marts import UNMAPPED
from data.snapshots import Manifest
from queries.scope import Scope
from settings import setting

VIEWS = Path(__file__).parent / "views.sql"
UNMAPPED_NAME = "Chưa xác định đơn vị"
#: Of complaints in no known district; of those among them that no known facility has.
NO_DISTRICT_NAME = "Chưa rõ huyện"
UNROUTED_NAME = "Chưa rõ huyện (chờ tỉnh giao)"
#: Rows of these marts of all snapshots are held in memory.
MARTS = (
    "cleaning",
    "signing",
    "complaints",
    "complaint_ages",
    "units",
    "unmapped",
)
PAIR_MARTS = {
    "signing_since": (
        "waiting_0_2",
        "waiting_3_7",
        "waiting_8_30",
        "waiting_over_30",
        "waiting_from_start",
        "in_process_long",
        "changed_after_signing",
        "newly_signed",
        "signature_lost",
    ),
    "complaint_flow": (
        "opening",
        "received",
        "closed",
        "opened_again",
        "late",
        "removed",
        "moved_in",
        "moved_out",
        "closing",
    ),
}

_KEYS = ("snapshot_id", "axis", "district_code", "unit_code")
#: `queries/rollup/pair/flow.sql`, and over which two snapshots.
FLOW = {
    **dict.fromkeys(
        (
            "axis",
            "district_before",
            "unit_before",
            "district_code",
            "unit_code",
            "verification_before",
            "verification",
        ),
        pl.String,
    ),
    **dict.fromkeys(("had_signature", "has_signature", "is_returned"), pl.Boolean),
    **dict.fromkeys(
        (
            "records",
            *(f"changed_{field}" for field in changes.FIELDS),
        ),
        pl.Int64,
    ),
}


class EmptyStoreError(RefusedError):
    """Nothing has been published yet."""


@dataclasses.dataclass(frozen=True)
class Connection:
    """The open marts of one state of a store. Take a `cursor` for each question."""

    database: duckdb.DuckDBPyConnection
    store: Path
    state: str
    #: The snapshots in force, oldest first: snapshot_id, as_of (wall clock +07), covers (list: what
    #: it has figures of), is_by_unit (not only totals by district), is_paired (its pair marts are
    #: current), first_day (of the first snapshot of records).
    dates: pl.DataFrame
    #: Ids of snapshots in force that are damaged and not served: what happened there is not known.
    left_out: tuple[str, ...]
    #: Ids of the snapshots of records in force, oldest first, also of those left out; and of those
    #: whose pair marts are current.
    chain: tuple[str, ...]
    paired: frozenset[str]
    #: Cursors not in use, by scope: a new one costs more than a question.
    idle: dict[Scope, deque[duckdb.DuckDBPyConnection]] = dataclasses.field(
        default_factory=lambda: defaultdict(deque)
    )
    #: Pairs of snapshots whose flows `queries/flows.py` holds in the table `flows`, oldest first.
    held: deque[tuple[str, str]] = dataclasses.field(default_factory=deque)
    #: Snapshots whose records `queries/work_lists.py` holds, the one used longest ago first.
    listed: deque[str] = dataclasses.field(default_factory=deque)
    lock: threading.Lock = dataclasses.field(default_factory=threading.Lock)

    @contextlib.contextmanager
    def cursor(self, scope: Scope) -> Generator[duckdb.DuckDBPyConnection]:
        """A cursor of one's own on which only `scope` can be seen."""
        try:
            cursor = self.idle[scope].pop()
        except IndexError:
            cursor = self._scoped(scope)
        yield cursor
        self.idle[scope].append(cursor)

    def _scoped(self, scope: Scope) -> duckdb.DuckDBPyConnection:
        cursor = self.database.cursor()
        value = {
            "sees_everything": scope.district_codes is None,
            "district_codes": list(scope.district_codes or []),
            "sees_all_facilities": scope.facility_codes is None,
            "facility_codes": list(scope.facility_codes or []),
        }
        cursor.sql("set variable scope = $value", params={"value": value})
        return cursor


def store_state(store: Path) -> str:
    """A cheap token that changes whenever what is published changes: part of every cache key."""
    return snapshots.store_state(store)


def open_store(store: Path) -> Connection:
    """Loads all marts in force into memory (about 0.2 s for 60 snapshots of 1.1 million records).

    Raises:
        EmptyStoreError: nothing is published.
        RefusedError: marts are missing or were made with other definitions; says what to run.
    """
    state = store_state(store)
    everything = snapshots.in_force(store)
    facilities = _readable_facilities(store, everything)
    manifests = [m for m in everything if m.snapshot_id in facilities]
    if not manifests and (everything or snapshots.without_manifest(store)):
        raise RefusedError(f"{store}: không kỳ số liệu nào đọc được; chạy lệnh verify.")
    if not manifests:
        raise EmptyStoreError(f"{store}: kho chưa có kỳ số liệu nào.")
    _require_current_marts(store, manifests)
    database = duckdb.connect(
        config={
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
        }
    )
    database.execute("set enable_progress_bar = false")
    database.execute("set threads = 1")
    paired = pairs.current(store, everything)
    _load_marts(database, store, manifests, paired)
    catalogue = _catalogue(manifests, everything, paired)
    _create(database, "snapshots", catalogue)
    _load_sources(database, manifests)
    _create(database, "facilities", pl.concat(facilities.values()))
    for statement in duckdb.extract_statements(VIEWS.read_text(encoding="utf-8")):
        database.execute(statement)
    kept = [str(folder(store).resolve()) for folder in (snapshots.snapshots_folder, _marts)]
    database.sql("set allowed_directories = $kept", params={"kept": kept})
    database.execute("set enable_external_access = false")
    dates = catalogue.select(
        "snapshot_id", "as_of", "covers", "is_by_unit", "is_paired", "first_day"
    )
    served = {manifest.snapshot_id for manifest in manifests}
    left_out = tuple(m.snapshot_id for m in everything if m.snapshot_id not in served)
    chain = tuple(m.snapshot_id for m in everything if m.has("records"))
    return Connection(database, store, state, dates, left_out, chain, paired)


def _marts(store: Path) -> Path:
    return store / "marts"


def _require_current_marts(store: Path, manifests: list[Manifest]) -> None:
    stale = [
        manifest.snapshot_id
        for manifest in manifests
        if not marts.is_current(snapshots.marts_folder(store, manifest.snapshot_id))
    ]
    if stale:
        raise RefusedError(
            f"{store}: bảng tổng hợp của {len(stale)} kỳ số liệu (từ {stale[0]}) chưa có hoặc "
            "làm theo định nghĩa cũ; chạy: python cli.py rebuild."
        )


def _load_marts(
    database: duckdb.DuckDBPyConnection,
    store: Path,
    manifests: list[Manifest],
    paired: frozenset[str],
) -> None:
    folders = [snapshots.marts_folder(store, manifest.snapshot_id) for manifest in manifests]
    for name in MARTS:
        rows = pl.read_parquet([folder / f"{name}.parquet" for folder in folders])
        _create(database, name, _named(rows) if name == "units" else rows)
    current = [folder / "pair" for folder in folders if folder.name in paired]
    for name, counts in PAIR_MARTS.items():
        files = [folder / f"{name}.parquet" for folder in current]
        schema = {**dict.fromkeys(_KEYS, pl.String), **dict.fromkeys(counts, pl.Int64)}
        _create(database, name, _read(files, schema))
    files = [folder / "flow.parquet" for folder in current]
    _create(database, "flow", _read(files, {"snapshot_id": pl.String, **FLOW}))


def _read(files: list[Path], schema: Mapping[str, type[pl.DataType]]) -> pl.DataFrame:
    """The rows of a pair mart of all snapshots; of none, what it looks like."""
    return pl.read_parquet(files).select(*schema) if files else pl.DataFrame(schema=schema)


def _named(units: pl.DataFrame) -> pl.DataFrame:
    """The units with the names the marts leave open: the province's and the unknown unit's."""
    is_unmapped = pl.col("unit_kind") == UNMAPPED
    unknown = (
        pl.when(pl.col("axis") != "complaint")
        .then(pl.lit(UNMAPPED_NAME))
        .when(pl.col("level") == "district")
        .then(pl.lit(NO_DISTRICT_NAME))
        .otherwise(pl.lit(UNROUTED_NAME))
    )
    return units.with_columns(
        pl.when(is_unmapped)
        .then(unknown)
        .otherwise(pl.col("unit_name").fill_null(setting("PROVINCE_NAME")))
        .alias("unit_name"),
        pl.when(is_unmapped).then(unknown).otherwise("district_name").alias("district_name"),
    )


def _catalogue(
    manifests: list[Manifest], everything: list[Manifest], paired: frozenset[str]
) -> pl.DataFrame:
    """One row a snapshot; see `_snapshot_row`."""
    rows = pl.DataFrame(
        [_snapshot_row(m, pairs.pair_of(everything, m.as_of_local)) for m in manifests],
        schema_overrides={
            "records_before": pl.String,
            "records_before_at": pl.Datetime("us"),
            "complaints_before": pl.String,
        },
    )
    # Changes and trends reach over all snapshots: what one invented one is part of, is invented.
    return rows.with_columns(
        pl.col("is_invented").any(),
        pl.col("is_wholly_invented").all(),
        pl.col("snapshot_id").is_in(list(paired)).alias("is_paired"),
    )


def _load_sources(database: duckdb.DuckDBPyConnection, manifests: list[Manifest]) -> None:
    sources = [
        {"snapshot_id": manifest.snapshot_id, **dataclasses.asdict(source)}
        for manifest in manifests
        for source in manifest.sources
    ]
    schema = {"unknown_headings": pl.List(pl.String)}
    _create(database, "snapshot_sources", pl.DataFrame(sources, schema_overrides=schema))
    reasons = [
        (manifest.snapshot_id, reason, count)
        for manifest in manifests
        for reason, count in manifest.by_reason.items()
    ]
    columns = {"snapshot_id": pl.String, "reason": pl.String, "row_count": pl.Int64}
    _create(database, "snapshot_reasons", pl.DataFrame(reasons, schema=columns, orient="row"))


def _snapshot_row(manifest: Manifest, pair: pairs.Pair) -> dict[str, object]:
    before = pair.complaints if manifest.has("complaints") else None
    return {
        "snapshot_id": manifest.snapshot_id,
        "as_of": manifest.as_of_local,
        "covers": manifest.covers,
        "is_by_unit": manifest.has("records"),
        "records_before": pair.records.snapshot_id if pair.records else None,
        "records_before_at": pair.records.as_of_local if pair.records else None,
        "complaints_before": before.snapshot_id if before else None,
        "first_day": pair.first_day,
        "revision": manifest.revision,
        "note": manifest.reason_of_revision,
        "is_invented": manifest.is_invented,
        "is_wholly_invented": manifest.is_wholly_invented,
        "published_at": manifest.published_at,
        "rows_read": manifest.total("rows_read"),
        "accepted": manifest.total("accepted"),
        "quarantined": manifest.total("quarantined"),
        "carried_forward": manifest.carried_forward,
        "records": manifest.rows("records.parquet"),
        "complaints": manifest.rows("complaints.parquet"),
        "facilities": manifest.rows("facilities.parquet"),
        "files": [source.name for source in manifest.sources],
    }


def _readable_facilities(store: Path, manifests: list[Manifest]) -> dict[str, pl.DataFrame]:
    """snapshot_id -> its facilities; a damaged snapshot is left out, logged, and not served."""
    tables = {}
    for manifest in manifests:
        try:
            table = snapshots.read_table(store, manifest.snapshot_id, "facilities")
        except RefusedError as error:
            logging.getLogger("tien_do").error("snapshot not served: %s", error)
            continue
        named = pl.lit(manifest.snapshot_id).alias("snapshot_id")
        tables[manifest.snapshot_id] = table.select(named, pl.all())
    return tables


def _create(database: duckdb.DuckDBPyConnection, name: str, rows: pl.DataFrame) -> None:
    database.register("incoming", rows)
    database.execute(f"create table {name} as select * from incoming")  # noqa: S608
    database.unregister("incoming")
