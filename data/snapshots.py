"""The store: immutable snapshots, each a folder with its manifest.

    store/snapshots/<snapshot_id>/manifest.json, records.parquet, facilities.parquet,
                                  quarantine.parquet, complaints.parquet (when given)
    store/marts/<snapshot_id>/    made from it, see `data.marts`
    store/withdrawn/<snapshot_id>/  taken out of sight, kept
    store/staging/                half-made things; swept by the next publish

A folder is a snapshot once it lies under `snapshots/`: it is made elsewhere and renamed there.
"""

import dataclasses
import datetime as dt
import hashlib
import json
import os
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
    carried_forward: int
    #: Reason -> quarantined rows that have it.
    by_reason: dict[str, int]

    @property
    def as_of_local(self) -> dt.datetime:
        """The instant as naive wall clock of Asia/Ho_Chi_Minh."""
        return dt.datetime.fromisoformat(self.as_of).astimezone(VIETNAM).replace(tzinfo=None)

    def total(self, field: str) -> int:
        """Sum of `rows_read`, `accepted` or `quarantined` over all sources."""
        return sum(getattr(source, field) for source in self.sources)

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
    """Every published snapshot, superseded revisions too; oldest instant first."""
    folders = sorted(snapshots_folder(store).glob("*/manifest.json"))
    manifests = [_read_manifest(path) for path in folders]
    return sorted(manifests, key=lambda manifest: (manifest.as_of_local, manifest.revision))


def in_force(store: Path) -> list[Manifest]:
    """The newest revision of each instant, oldest instant first."""
    newest = {manifest.as_of_local: manifest for manifest in all_snapshots(store)}
    return list(newest.values())


def without_manifest(store: Path) -> list[str]:
    """Names of folders that lie under `snapshots/` and have lost their manifest."""
    folders = sorted(snapshots_folder(store).glob("*/"))
    return [folder.name for folder in folders if not (folder / "manifest.json").is_file()]


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


def _read_manifest(path: Path) -> Manifest:
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        raw["sources"] = [SourceEntry(**entry) for entry in raw["sources"]]
        raw["files"] = [FileEntry(**entry) for entry in raw["files"]]
        return Manifest(**raw)
    except (json.JSONDecodeError, KeyError, TypeError) as error:
        raise RefusedError(
            f"{path}: tệp kê khai của kỳ số liệu bị hỏng; chạy lệnh verify."
        ) from error


def read_table(store: Path, snapshot_id: str, name: str) -> pl.DataFrame:
    """A Parquet file of a snapshot ("records", "facilities", …); RefusedError when damaged."""
    path = snapshots_folder(store) / snapshot_id / f"{name}.parquet"
    try:
        return pl.read_parquet(path)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise RefusedError(f"{path}: không đọc được tệp này; chạy lệnh verify.") from error


# Proof --------------------------------------------------------------------------------------


def file_sha256(path: Path) -> str:
    """Hex sha256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def problems(store: Path, manifest: Manifest) -> list[str]:
    """What does not agree with the manifest, one Vietnamese sentence each; empty = proved."""
    folder = snapshots_folder(store) / manifest.snapshot_id
    found = []
    for entry in manifest.files:
        path = folder / entry.name
        if not path.is_file():
            found.append(f"{entry.name}: mất tệp")
        elif file_sha256(path) != entry.sha256:
            found.append(f"{entry.name}: nội dung khác với khi công bố")
    listed = {entry.name for entry in manifest.files} | {"manifest.json"}
    found += [
        f"{path.name}: tệp lạ" for path in sorted(folder.iterdir()) if path.name not in listed
    ]
    if manifest.total("rows_read") != manifest.total("accepted") + manifest.total("quarantined"):
        found.append("số dòng đọc khác số dòng nhận cộng số dòng để riêng")
    return found


def withdraw(store: Path, manifest: Manifest, *, why: str) -> None:
    """Takes a snapshot out of sight; its folder is kept under `withdrawn/` with the reason."""
    kept = store / "withdrawn"
    with disk.locked(store):
        kept.mkdir(exist_ok=True)
        target = kept / manifest.snapshot_id
        if target.exists():
            target = kept / f"{manifest.snapshot_id}-{len(list(kept.iterdir()))}"
        (snapshots_folder(store) / manifest.snapshot_id).rename(target)
        (target / "withdrawn.txt").write_text(why + "\n", encoding="utf-8")
