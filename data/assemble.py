"""Which tables a snapshot is made of: accepted rows, rows carried forward, facilities in force."""

import datetime as dt
from pathlib import Path
from typing import NamedTuple

import polars as pl

from data import snapshots
from data.errors import RefusedError
from data.ingest import Ingested
from data.reference import reference
from data.schema import REASONS
from data.snapshots import Manifest


class Earlier(NamedTuple):
    """The snapshots in force before an instant that its tables build on."""

    #: The last one that holds the table.
    records: Manifest | None
    complaints: Manifest | None


def snapshot_tables(
    store: Path, found: Ingested, earlier: Earlier, *, as_of: dt.datetime
) -> tuple[dict[str, pl.DataFrame], int]:
    """What is stored, by name, and how many records and complaints were carried forward."""
    _require_one_kind(found)
    require_rows(found)
    tables = {"facilities": _facilities(store, found, as_of), "quarantine": found.quarantine}
    carried = 0
    for layout, arrange in (("records", _arranged), ("complaints", _by_receipt)):
        if layout in found.accepted:
            before = getattr(earlier, layout)
            rows, kept = _with_carried(store, found, layout, before)
            tables[layout] = arrange(rows)
            carried += kept
    if "totals" in found.accepted:
        tables["totals"] = found.accepted["totals"].sort("is_total", "district_code")
    return tables, carried


def workstreams(tables: dict[str, pl.DataFrame]) -> list[str]:
    """The workstreams a snapshot of these tables has figures of, and whether it tells how many of
    the signed are issued.
    """
    totals = tables.get("totals")
    covers = {
        "cleaning": totals is None or totals["valid"].is_not_null().any(),
        "signing": totals is None or totals["signable"].is_not_null().any(),
        "issuing": totals is None or _tells_issued(totals),
        "complaints": "complaints" in tables,
    }
    return [name for name, is_covered in covers.items() if is_covered]


def _tells_issued(totals: pl.DataFrame) -> bool:
    """Whether a table of totals says of all districts how many of the signed are issued."""
    is_told = pl.col("issued").is_not_null() | (pl.col("signed") == 0)
    own = totals.filter(~pl.col("is_total"))
    return own.select(is_told.fill_null(value=False).all()).item()


def _require_one_kind(found: Ingested) -> None:
    given = [name for name in ("records", "totals") if name in found.accepted]
    if not given:
        raise RefusedError(
            "Các tệp này không có bảng hồ sơ, cũng không có bảng tổng theo huyện; "
            "một kỳ số liệu cần một trong hai."
        )
    if len(given) > 1:
        raise RefusedError(
            "Các tệp này có cả bảng hồ sơ và bảng tổng theo huyện; một kỳ chỉ nhận một trong hai."
        )


def require_rows(found: Ingested) -> None:
    """Refuses a table of which no row can be accepted, where a snapshot cannot do without."""
    needed = {"records": "hồ sơ", "facilities": "cơ sở", "totals": "tổng theo huyện"}
    for layout, title in needed.items():
        if layout in found.accepted and found.accepted[layout].is_empty():
            reasons = ", ".join(REASONS[reason] for reason in list(found.by_reason())[:3])
            raise RefusedError(
                f"Không có dòng {title} nào nhận được"
                + (f" (vì {reasons})." if reasons else ": bảng chỉ có dòng đề mục.")
            )


def _arranged(records: pl.DataFrame) -> pl.DataFrame:
    """With is_duplicate_id (the id number stands in another record too), sorted by facility."""
    same_number = pl.col("id_number").hash().is_duplicated() & pl.col("id_number").is_not_null()
    order = (
        pl.col("facility_code")
        .cast(pl.Enum(records["facility_code"].cast(pl.String).unique().sort()))
        .to_physical()
    )
    return records.with_columns(same_number.alias("is_duplicate_id")).sort(
        order, maintain_order=True
    )


def _by_receipt(complaints: pl.DataFrame) -> pl.DataFrame:
    return complaints.sort("received_at", "complaint_id")


def _with_carried(
    store: Path, found: Ingested, layout: str, before: Manifest | None
) -> tuple[pl.DataFrame, int]:
    """The accepted rows, and the previous state of each one whose new row is quarantined: it did
    not disappear; and how many these are.
    """
    rows = found.accepted[layout].with_columns(pl.lit(value=False).alias("carried_forward"))
    broken = found.quarantine.filter(pl.col("layout") == layout)["row_id"].drop_nulls().unique()
    if before is None or broken.is_empty():
        return rows, 0
    key = rows.columns[0]
    missing = broken.alias(key).to_frame().join(rows, on=key, how="anti")
    kept = (
        snapshots.read_table(store, before.snapshot_id, layout)
        .join(missing, on=key, how="semi")
        .with_columns(pl.lit(value=True).alias("carried_forward"))
        .select(rows.columns)
    )
    return (pl.concat([rows, kept]) if kept.height else rows), kept.height


def _facilities(store: Path, found: Ingested, as_of: dt.datetime) -> pl.DataFrame:
    """The facilities that came with the snapshot, else those last published before it (else the
    first ones after it), else the reference."""
    if "facilities" in found.accepted:
        return found.accepted["facilities"].sort("facility_code", "valid_from")
    published = snapshots.in_force(store)
    if published:
        before = [manifest for manifest in published if manifest.as_of_local <= as_of]
        nearest = before[-1] if before else published[0]
        return snapshots.read_table(store, nearest.snapshot_id, "facilities")
    columns = [
        "facility_code",
        "facility_name",
        "kind",
        "district_code",
        "commune_code",
        "head",
        "valid_from",
        "valid_to",
    ]
    table = reference("facilities").with_columns(pl.lit(None, dtype=pl.String).alias("head"))
    return table.select(columns).sort("facility_code", "valid_from")
