"""The store: immutable snapshots, each a folder with its manifest.

    store/snapshots/<snapshot_id>/manifest.json, facilities.parquet, quarantine.parquet,
                                  records.parquet (or totals.parquet, by district only),
                                  complaints.parquet (when given)
    store/marts/<snapshot_id>/    made from it, see `data.marts`
    store/withdrawn/<snapshot_id>/  taken out of sight, kept
    store/staging/                half-made things; swept by the next publish

A folder is a snapshot once it lies under `snapshots/`: it is made elsewhere and renamed there.
"""

import contextlib
import dataclasses
import datetime as dt
import hashlib
import json
import os
from collections.abc import Generator
from pathlib import Path

import polars as pl

from data import disk
from data.errors import RefusedError
from settings import VIETNAM


@dataclasses.dataclass(frozen=True)
class FileEntry:
    """One Parquet file of a snapshot."""

    name: str
    sha256: str
    rows: int


@dataclasses.dataclass(frozen=True)
class SourceEntry:
    """One table that came in: a file, or a sheet of one."""

    name: str
    sha256: str
    layout: str
    rows_read: int
    accepted: int
    quarantined: int
    unknown_headings: list[str]


@dataclasses.dataclass(frozen=True)
class Manifest:
    """What a snapshot is, how it came about and what proves its files."""

    snapshot_id: str
    #: Wall clock +07 of the data, ISO, with offset.
    as_of: str
    #: 1, 2, … of the same instant; the highest is in force.
    revision: int
    reason_of_revision: str
    is_invented: bool
    published_at: str
    program_version: str
    sources: list[SourceEntry]
    files: list[FileEntry]
    #: Records and complaints that kept their state of the snapshot before.
    carried_forward: int
    #: Reason -> quarantined rows that have it.
    by_reason: dict[str, int]
    #: What it has figures of: cleaning, signing, issuing (how many of the signed), complaints.
    covers: list[str] = dataclasses.field(default_factory=list)
    #: Not one person or complaint in it is real: its lists may be shown to anybody.
    is_wholly_invented: bool = False

    @property
    def as_of_local(self) -> dt.datetime:
        """The instant as naive wall clock of Asia/Ho_Chi_Minh."""
        return dt.datetime.fromisoformat(self.as_of).astimezone(VIETNAM).replace(tzinfo=None)

    def total(self, field: str) -> int:
        """Sum of `rows_read`, `accepted` or `quarantined` over all sources."""
        return sum(getattr(source, field) for source in self.sources)

    def has(self, table: str) -> bool:
        """Whether the snapshot holds `<table>.parquet`."""
        return any(file.name == f"{table}.parquet" for file in self.files)

    def rows(self, name: str) -> int:
        """Rows of the Parquet file `name`; 0 when the snapshot has none."""
        return next((file.rows for file in self.files if file.name == name), 0)


def snapshot_id_of(as_of: dt.datetime, revision: int) -> str:
    """The folder name: "2022-04-25T1600-r1"."""
    return f"{as_of:%Y-%m-%dT%H%M}-r{revision}"


def snapshots_folder(store: Path) -> Path:
    """Where published snapshots lie."""
    return store / "snapshots"


def marts_folder(store: Path, snapshot_id: str) -> Path:
    """Where the marts of one snapshot lie."""
    return store / "marts" / snapshot_id


def all_snapshots(store: Path) -> list[Manifest]:
    """Every published snapshot, superseded revisions too; oldest instant first.

    One whose manifest is damaged is left out: the others are still served, and
    `without_manifest` names it.
    """
    read = [_read_manifest(folder) for folder in sorted(snapshots_folder(store).glob("*/"))]
    manifests = [manifest for manifest in read if manifest]
    return sorted(manifests, key=lambda manifest: (manifest.as_of_local, manifest.revision))


def in_force(store: Path) -> list[Manifest]:
    """The newest revision of each instant, oldest instant first."""
    newest = {manifest.as_of_local: manifest for manifest in all_snapshots(store)}
    return list(newest.values())


def at(store: Path, when: dt.date | dt.datetime) -> Manifest:
    """The snapshot in force of an instant, or the newest of a day; RefusedError when none."""
    day_only = not isinstance(when, dt.datetime)
    found = [
        manifest
        for manifest in in_force(store)
        if (manifest.as_of_local.date() if day_only else manifest.as_of_local) == when
    ]
    if not found:
        raise RefusedError(f"{store}: không có kỳ số liệu {when:%d/%m/%Y}.")
    return found[-1]


def without_manifest(store: Path) -> list[str]:
    """Names of folders under `snapshots/` whose manifest is lost or cannot be read."""
    folders = sorted(snapshots_folder(store).glob("*/"))
    return [folder.name for folder in folders if _read_manifest(folder) is None]


def next_revision(store: Path, as_of: dt.datetime) -> int:
    """The first revision of an instant that no folder has, withdrawn and damaged ones too."""
    stem = snapshot_id_of(as_of, 1).removesuffix("1")
    folders = [*snapshots_folder(store).glob(f"{stem}*"), *(store / "withdrawn").glob(f"{stem}*")]
    taken = [int(folder.name.removeprefix(stem).partition("-")[0]) for folder in folders]
    return max(taken, default=0) + 1


def store_state(store: Path) -> str:
    """A cheap token that changes whenever what is published changes."""
    names = []
    for folder in (snapshots_folder(store), store / "marts"):
        if folder.is_dir():
            names += sorted(
                f"{entry.name}@{entry.stat().st_mtime_ns}" for entry in os.scandir(folder)
            )
    return hashlib.sha256("\n".join(names).encode()).hexdigest()[:16]


def write_manifest(manifest: Manifest, folder: Path) -> None:
    """Writes manifest.json, the last file of a snapshot's folder."""
    text = json.dumps(dataclasses.asdict(manifest), ensure_ascii=False, indent=1)
    (folder / "manifest.json").write_text(text, encoding="utf-8")


def _read_manifest(folder: Path) -> Manifest | None:
    """The manifest of a snapshot's folder; None when it is lost or damaged."""
    try:
        raw = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        raw["sources"] = [SourceEntry(**entry) for entry in raw["sources"]]
        raw["files"] = [FileEntry(**entry) for entry in raw["files"]]
        manifest = Manifest(**raw)
        return manifest if manifest.covers else dataclasses.replace(manifest, covers=_of(manifest))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _of(manifest: Manifest) -> list[str]:
    """What a snapshot covers that was published before manifests said so."""
    return [
        "cleaning",
        "signing",
        "issuing",
        *(["complaints"] if manifest.has("complaints") else []),
    ]


def read_tables(store: Path, manifest: Manifest) -> dict[str, pl.DataFrame]:
    """All Parquet files of a snapshot but its quarantine, by name; RefusedError when damaged."""
    names = [entry.name.removesuffix(".parquet") for entry in manifest.files]
    kept = [name for name in names if name != "quarantine"]
    return {name: read_table(store, manifest.snapshot_id, name) for name in kept}


def read_table(store: Path, snapshot_id: str, name: str) -> pl.DataFrame:
    """A Parquet file of a snapshot ("records", "facilities", …); RefusedError when damaged."""
    with refusing_damage(store, snapshot_id, name) as path:
        return pl.read_parquet(path)


@contextlib.contextmanager
def refusing_damage(store: Path, snapshot_id: str, name: str) -> Generator[Path]:
    """The path of a snapshot's Parquet file; RefusedError when it cannot be read."""
    path = snapshots_folder(store) / snapshot_id / f"{name}.parquet"
    try:
        yield path
    except (OSError, pl.exceptions.PolarsError) as error:
        raise RefusedError(f"{path}: không đọc được tệp này; chạy lệnh verify.") from error


# Proof --------------------------------------------------------------------------------------


def problems(store: Path, manifest: Manifest) -> list[str]:
    """What does not agree with the manifest, one Vietnamese sentence each; empty = proved."""
    folder = snapshots_folder(store) / manifest.snapshot_id
    found = []
    for entry in manifest.files:
        path = folder / entry.name
        if not path.is_file():
            found.append(f"{entry.name}: mất tệp")
        elif disk.file_sha256(path) != entry.sha256:
            found.append(f"{entry.name}: nội dung khác với khi công bố")
    listed = {entry.name for entry in manifest.files} | {"manifest.json"}
    found += [
        f"{path.name}: tệp lạ" for path in sorted(folder.iterdir()) if path.name not in listed
    ]
    if manifest.total("rows_read") != manifest.total("accepted") + manifest.total("quarantined"):
        found.append("số dòng đọc khác số dòng nhận cộng số dòng để riêng")
    return found


def withdraw(store: Path, snapshot_id: str, *, why: str) -> None:
    """Takes a snapshot out of sight; its folder is kept under `withdrawn/` with the reason.

    Whoever calls holds the store's lock.
    """
    folder = snapshots_folder(store) / snapshot_id
    if not folder.is_dir():
        raise RefusedError(f"{store}: không có kỳ số liệu {snapshot_id}.")
    reason = folder / "withdrawn.txt"
    reason.write_text(why + "\n", encoding="utf-8")
    disk.sync(folder)
    disk.move(folder, store / "withdrawn" / snapshot_id)
    disk.sync_folder(snapshots_folder(store))
