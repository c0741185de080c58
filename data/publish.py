"""Publishing one snapshot: check, write in staging, rename. Before the rename nothing changed.

Order of what reaches the disk: Parquet files and manifest in `staging/`, marts to their place,
then the snapshot's folder is renamed to `snapshots/`: that rename is the publication.
"""

import dataclasses
import datetime as dt
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import polars as pl

from data import disk, marts, pairs, snapshots
from data.assemble import Earlier, require_rows, snapshot_tables, workstreams
from data.errors import HeldError, RefusedError
from data.ingest import Ingested, ingest
from data.layouts import heading_of
from data.readers import Source, named_apart, read_file
from data.reference import in_force, reference
from data.schema import INVENTED_NOTE, INVENTED_PREFIX, REASONS, TOTAL_COLUMNS
from data.snapshots import FileEntry, Manifest, SourceEntry
from settings import VIETNAM

PROGRAM_VERSION = "0.1.0"
#: A snapshot with fewer records than this share of the one before is held for confirmation.
LEAST_SHARE_OF_PREVIOUS = 0.5
#: … unless the one before is too small to tell.
LEAST_PREVIOUS_RECORDS = 50
#: A snapshot of which a larger share is put aside, or names facilities nobody knows, is held.
MOST_STRANGE_SHARE = 0.2
#: … unless it is too small to tell.
LEAST_STRANGE_RECORDS = 200

Progress = Callable[[str], None]


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What became of a publish or a check."""

    as_of: dt.datetime
    snapshot_id: str | None
    #: The same files were published before: nothing was done.
    already_published: bool
    rows_read: int
    accepted: int
    quarantined: int
    by_reason: dict[str, int]
    carried_forward: int
    sources: list[SourceEntry]
    seconds: float
    #: What is published but could not be compared with other snapshots, one sentence each.
    warnings: list[str] = dataclasses.field(default_factory=list)


@dataclasses.dataclass(frozen=True)
class Order:
    """What the operator asked for."""

    files: list[Path]
    #: Wall clock +07.
    as_of: dt.datetime
    #: The clock of the operator's machine, wall clock +07.
    now: dt.datetime
    encoding: str | None = None
    layout: str | None = None
    is_confirmed: bool = False
    reason_of_revision: str | None = None


class _Prepared(NamedTuple):
    """A snapshot read, checked and put together; nothing of it is written yet."""

    found: Ingested
    entries: list[SourceEntry]
    tables: dict[str, pl.DataFrame]
    carried_forward: int
    #: The snapshot in force of the same instant, which this one corrects.
    earlier: Manifest | None


def check(store: Path, order: Order, *, is_dated: bool, progress: Progress) -> Outcome:
    """Reads and checks the files as `publish` would; nothing is written.

    Args:
        is_dated: the order's instant was given, so what the store says of it is checked too.
    """
    began = time.perf_counter()
    if is_dated:
        _refuse_day(order)
        prepared = _prepare(store, order, progress)
        if isinstance(prepared, Manifest):
            return _already(order, prepared, began, [])
        carried, found, entries = prepared.carried_forward, prepared.found, prepared.entries
    else:
        progress("Đọc tệp")
        sources = _read(order)
        progress("Kiểm tra từng dòng")
        found = ingest(sources, as_of=order.as_of, only_layout=order.layout)
        require_rows(found)
        carried, entries = 0, _entries(sources, found)
    return _outcome(order.as_of, None, entries, found.by_reason(), carried, began)


def publish(store: Path, order: Order, *, progress: Progress) -> Outcome:
    """Publishes one snapshot from all its files, or refuses and leaves the store as it was.

    Raises:
        HeldError: the snapshot looks wrong (lost half its records, same content as another day).
        RefusedError: the files cannot be a snapshot, or the instant is taken or in the future.
    """
    began = time.perf_counter()
    _refuse_day(order)
    with disk.locked(store):
        disk.sweep(store)
        prepared = _prepare(store, order, progress)
        warnings = pairs.refresh(store, progress).problems
        if isinstance(prepared, Manifest):
            return _already(order, prepared, began, warnings)
        with disk.refusing_faults(store):
            manifest = _write(store, order, prepared, progress)
        warnings = pairs.refresh(store, progress).problems
    found, entries = prepared.found, prepared.entries
    return _outcome(
        order.as_of,
        manifest,
        entries,
        found.by_reason(),
        manifest.carried_forward,
        began,
        warnings=warnings,
    )


def _prepare(store: Path, order: Order, progress: Progress) -> _Prepared | Manifest:
    """All that comes before writing; the manifest of a snapshot already made of these files."""
    progress("Đọc tệp")
    sources = _read(order)
    earlier = _same_instant(store, order, sources)
    if earlier and _hashes(earlier.sources) == _hashes(sources):
        return earlier
    _hold_repeated(store, order, sources)
    progress("Kiểm tra từng dòng")
    found = ingest(sources, as_of=order.as_of, only_layout=order.layout)
    entries = _entries(sources, found)
    del sources
    pair = pairs.pair_of(snapshots.in_force(store), order.as_of)
    tables, carried = snapshot_tables(
        store, found, Earlier(pair.records, pair.complaints), as_of=order.as_of
    )
    if "records" in tables:
        _hold_shrunken(tables["records"].height, pair.records, order)
        _hold_strange(tables, entries, order)
    else:
        _refuse_uncounted(tables)
        _hold_unbalanced(tables["totals"], found.quarantine, order)
    return _Prepared(found, entries, tables, carried, earlier)


def _refuse_day(order: Order) -> None:
    if order.as_of > order.now + dt.timedelta(days=1):
        raise RefusedError(
            f"Thời điểm số liệu {order.as_of:%d/%m/%Y %H:%M} ở tương lai; "
            f"đồng hồ máy đang là {order.now:%d/%m/%Y %H:%M}."
        )
    if in_force(reference("districts"), order.as_of.date()).is_empty():
        raise RefusedError(
            f"Danh mục huyện không có huyện nào còn hiệu lực ngày {order.as_of:%d/%m/%Y}; "
            "cần bổ sung data/reference/districts.csv trước khi công bố."
        )


def _already(order: Order, manifest: Manifest, began: float, warnings: list[str]) -> Outcome:
    return _outcome(
        order.as_of,
        manifest,
        manifest.sources,
        manifest.by_reason,
        manifest.carried_forward,
        began,
        already=True,
        warnings=warnings,
    )


def rebuild(store: Path, manifest: Manifest) -> None:
    """Makes the marts of one snapshot again from its tables, when these are as published."""
    found = snapshots.problems(store, manifest)
    if found:
        raise RefusedError(f"{manifest.snapshot_id}: {'; '.join(found)}; chạy lệnh verify.")
    with disk.locked(store):
        _place_marts(store, manifest, snapshots.read_tables(store, manifest))


def withdraw(store: Path, snapshot_id: str, *, why: str, progress: Progress) -> list[str]:
    """Takes a snapshot out of sight, and makes again what later ones said against it; answers what
    could not be made again, one sentence each.
    """
    with disk.locked(store):
        snapshots.withdraw(store, snapshot_id, why=why)
        return pairs.refresh(store, progress).problems


def refresh(store: Path, *, progress: Progress) -> pairs.Refreshed:
    """Makes the pair marts again that are not current."""
    with disk.locked(store):
        return pairs.refresh(store, progress)


# Reading ------------------------------------------------------------------------------------


def _read(order: Order) -> list[Source]:
    sources = [read_file(path, encoding=order.encoding) for path in order.files]
    digests = [source.sha256 for source in sources]
    twice = next((s.name for s in sources if digests.count(s.sha256) > 1), None)
    if twice:
        raise RefusedError(f"{twice}: cùng một nội dung được đưa vào hai lần.")
    return named_apart(sources)


def _entries(sources: list[Source], found: Ingested) -> list[SourceEntry]:
    digests = {table.source: source.sha256 for source in sources for table in source.tables}
    return [SourceEntry(count.source, digests[count.source], *count[1:]) for count in found.files]


def _hashes(sources: list[Source] | list[SourceEntry]) -> set[str]:
    return {source.sha256 for source in sources}


def _same_instant(store: Path, order: Order, sources: list[Source]) -> Manifest | None:
    """The snapshot in force of the same instant; refused when it has other files and no reason."""
    same = [m for m in snapshots.in_force(store) if m.as_of_local == order.as_of]
    if not same:
        return None
    if _hashes(same[0].sources) != _hashes(sources) and not order.reason_of_revision:
        raise RefusedError(
            f"Kỳ số liệu {order.as_of:%d/%m/%Y %H:%M} đã được công bố từ các tệp khác; "
            'muốn thay bằng bản đính chính thì thêm --revise "lý do".'
        )
    return same[0]


def _hold_repeated(store: Path, order: Order, sources: list[Source]) -> None:
    if order.is_confirmed:
        return
    for manifest in snapshots.in_force(store):
        records = {entry.sha256 for entry in manifest.sources if entry.layout == "records"}
        if records and records <= _hashes(sources) and manifest.as_of_local != order.as_of:
            raise HeldError(
                "Tệp hồ sơ này đã được công bố là kỳ số liệu "
                f"{manifest.as_of_local:%d/%m/%Y %H:%M}; "
                "nếu đúng là không có gì thay đổi thì thêm --confirm."
            )


# Writing ------------------------------------------------------------------------------------


def _write(store: Path, order: Order, prepared: _Prepared, progress: Progress) -> Manifest:
    tables = prepared.tables
    signs = _signs_of_invention(tables)
    revision = snapshots.next_revision(store, order.as_of)
    manifest = Manifest(
        snapshot_id=snapshots.snapshot_id_of(order.as_of, revision),
        as_of=order.as_of.replace(tzinfo=VIETNAM).isoformat(),
        revision=revision,
        reason_of_revision=order.reason_of_revision or "",
        is_invented=any(sign.any() for sign in signs),
        published_at=order.now.replace(tzinfo=VIETNAM).isoformat(timespec="seconds"),
        program_version=PROGRAM_VERSION,
        sources=prepared.entries,
        files=[],
        carried_forward=prepared.carried_forward,
        by_reason=prepared.found.by_reason(),
        covers=workstreams(tables),
        is_wholly_invented=all(sign.all() for sign in signs),
    )
    progress("Ghi kỳ số liệu")
    with tempfile.TemporaryDirectory(dir=disk.staging(store)) as folder:
        staged = Path(folder) / manifest.snapshot_id
        staged.mkdir()
        with ThreadPoolExecutor(1) as beside:
            written = beside.submit(_write_tables, tables, staged)
            progress("Tính bảng tổng hợp")
            _place_marts(store, manifest, tables)
            manifest = dataclasses.replace(manifest, files=written.result())
        snapshots.write_manifest(manifest, staged)
        disk.sync(staged)
        disk.move(staged, snapshots.snapshots_folder(store) / manifest.snapshot_id)
    return manifest


def _hold_shrunken(record_count: int, previous: Manifest | None, order: Order) -> None:
    before = previous.rows("records.parquet") if previous else 0
    if order.is_confirmed or previous is None or before < LEAST_PREVIOUS_RECORDS:
        return
    if record_count < LEAST_SHARE_OF_PREVIOUS * before:
        raise HeldError(
            f"Chỉ có {record_count} hồ sơ, trong khi kỳ {previous.as_of_local:%d/%m/%Y %H:%M} có "
            f"{before}; nếu đúng là như vậy thì thêm --confirm."
        )


def _hold_strange(
    tables: dict[str, pl.DataFrame], entries: list[SourceEntry], order: Order
) -> None:
    """Holds a snapshot most likely made of the wrong files or with the wrong list of facilities."""
    people = [entry for entry in entries if entry.layout == "records"]
    read = sum(entry.rows_read for entry in people)
    if order.is_confirmed or read < LEAST_STRANGE_RECORDS:
        return
    aside = sum(entry.quarantined for entry in people)
    codes = tables["records"]["facility_code"].cast(pl.String)
    unknown = codes.filter(~codes.is_in(tables["facilities"]["facility_code"].implode()))
    confirm = "nếu đúng là như vậy thì thêm --confirm."
    if aside > MOST_STRANGE_SHARE * read:
        raise HeldError(f"Phải để riêng {aside} trong {read} dòng hồ sơ; {confirm}")
    if len(unknown) > MOST_STRANGE_SHARE * read:
        shown = ", ".join(f"“{code}”" for code in unknown.unique().sort()[:3])
        raise HeldError(
            f"{len(unknown)} trong {read} hồ sơ có mã cơ sở không có trong danh mục "
            f"(như {shown}); {confirm}"
        )


def _refuse_uncounted(tables: dict[str, pl.DataFrame]) -> None:
    if not {"cleaning", "signing"} & set(workstreams(tables)):
        raise RefusedError(
            "Bảng tổng theo huyện không có số liệu làm sạch, cũng không có số liệu ký; "
            "cần ít nhất một trong hai."
        )


def _hold_unbalanced(totals: pl.DataFrame, quarantine: pl.DataFrame, order: Order) -> None:
    """Holds a table of totals that lacks districts or whose districts do not make up its total;
    when the row of one, or of the total, was put aside, with the reason.
    """
    if order.is_confirmed:
        return
    own, last = totals.filter(~pl.col("is_total")), totals.filter("is_total")
    day = order.as_of.date()
    missing = in_force(reference("districts"), day).filter(
        ~pl.col("code").is_in(own["district_code"].implode())
    )
    confirm = "nếu đúng là như vậy thì thêm --confirm."
    is_total = pl.col("row_id").is_null() & ~pl.col("reasons").list.contains(
        "district_code_missing"
    )
    is_missed = is_total | pl.col("row_id").is_in(missing["code"].implode())
    for row in quarantine.filter((pl.col("layout") == "totals") & is_missed).to_dicts():
        named = row["row_id"] or "dòng tổng cộng"
        why = "; ".join(REASONS[reason] for reason in row["reasons"])
        raise HeldError(
            f"{row['source']}: dòng {row['line']} ({named}) phải để riêng vì {why}; "
            "sửa dòng này rồi chạy lại."
        )
    if missing.height:
        raise HeldError(f"Bảng tổng thiếu {', '.join(missing['name'])}; {confirm}")
    for column in TOTAL_COLUMNS if last.height else ():
        given, summed = last[column][0], own[column].sum()
        if given is not None and given != summed:
            raise HeldError(
                f"Dòng tổng cộng ghi “{heading_of('totals', column)}” = {given}, "
                f"các huyện cộng lại là {summed}; {confirm}"
            )


def _signs_of_invention(tables: dict[str, pl.DataFrame]) -> list[pl.Series]:
    """For each table of people, complaints or totals, whether its rows say they are invented."""
    keys = {"records": "record_id", "complaints": "complaint_id"}
    signs = [
        tables[name][key].str.starts_with(INVENTED_PREFIX)
        for name, key in keys.items()
        if name in tables
    ]
    if "totals" in tables:
        said = tables["totals"]["note"].str.to_lowercase().str.contains(INVENTED_NOTE)
        signs.append(said.fill_null(value=False))
    return signs


def _write_tables(tables: dict[str, pl.DataFrame], folder: Path) -> list[FileEntry]:
    entries = []
    for name, table in tables.items():
        path = folder / f"{name}.parquet"
        table.write_parquet(path, compression="zstd", compression_level=1, row_group_size=122_880)
        entries.append(FileEntry(path.name, disk.file_sha256(path), table.height))
    return entries


def _place_marts(store: Path, manifest: Manifest, tables: dict[str, pl.DataFrame]) -> None:
    """Makes the marts in staging and moves them to their place, over what was there.

    Pair marts that cannot be made, because an earlier snapshot cannot be read, are left out.
    """
    as_of, snapshot_id = manifest.as_of_local, manifest.snapshot_id
    with tempfile.TemporaryDirectory(dir=disk.staging(store)) as folder:
        made = Path(folder) / "marts"
        with marts.connected() as connection:
            marts.place(connection, tables, as_of)
            marts.build(connection, snapshot_id=snapshot_id, folder=made)
            try:
                pairs.build(
                    connection,
                    store,
                    tables,
                    pairs.pair_of(snapshots.in_force(store), as_of),
                    snapshot_id=snapshot_id,
                    as_of=as_of,
                    folder=made / "pair",
                )
            except RefusedError:
                shutil.rmtree(made / "pair")
        disk.sync(made)
        place = snapshots.marts_folder(store, manifest.snapshot_id)
        if place.exists():
            place.rename(Path(folder) / "before")
        disk.move(made, place)


def _outcome(
    as_of: dt.datetime,
    manifest: Manifest | None,
    entries: list[SourceEntry],
    by_reason: dict[str, int],
    carried_forward: int,
    began: float,
    *,
    already: bool = False,
    warnings: Sequence[str] = (),
) -> Outcome:
    def total(field: str) -> int:
        return sum(getattr(entry, field) for entry in entries)

    return Outcome(
        as_of=as_of,
        snapshot_id=manifest.snapshot_id if manifest else None,
        already_published=already,
        rows_read=total("rows_read"),
        accepted=total("accepted"),
        quarantined=total("quarantined"),
        by_reason=by_reason,
        carried_forward=carried_forward,
        sources=entries,
        seconds=time.perf_counter() - began,
        warnings=list(warnings),
    )
