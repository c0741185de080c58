"""Which tables a snapshot is made of: accepted rows, rows carried forward, facilities in force."""

import datetime as dt
from pathlib import Path

import polars as pl

from data import snapshots
from data.errors import RefusedError
from data.ingest import Ingested
from data.reference import reference
from data.schema import REASONS
from data.snapshots import Manifest


def snapshot_tables(
    store: Path, found: Ingested, previous: Manifest | None, *, as_of: dt.datetime
) -> tuple[dict[str, pl.DataFrame], int]:
    """What is stored, by name, and how many records were carried forward."""
    if "records" not in found.accepted:
        raise RefusedError(
            "Các tệp này không có bảng hồ sơ; một kỳ số liệu cần ít nhất bảng hồ sơ."
        )
    require_rows(found)
    records = found.accepted["records"].with_columns(pl.lit(value=False).alias("carried_forward"))
    carried = _carried_forward(store, found, records, previous)
    tables = {
        "records": _arranged(pl.concat([records, carried]) if carried.height else records),
        "facilities": _facilities(store, found, as_of),
        "quarantine": found.quarantine,
    }
    if "complaints" in found.accepted:
        tables["complaints"] = found.accepted["complaints"].sort("received_at", "complaint_id")
    return tables, carried.height


def require_rows(found: Ingested) -> None:
    """Refuses a table of records or facilities of which no row can be accepted."""
    for layout, title in (("records", "hồ sơ"), ("facilities", "cơ sở")):
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


def _carried_forward(
    store: Path, found: Ingested, records: pl.DataFrame, previous: Manifest | None
) -> pl.DataFrame:
    """The previous state of each record whose new row is quarantined: it did not disappear."""
    broken = found.quarantine.filter(pl.col("layout") == "records").select(
        pl.col("row_id").alias("record_id")
    )
    if previous is None or broken.is_empty():
        return records.clear()
    missing = broken.drop_nulls().unique().join(records, on="record_id", how="anti")
    before = snapshots.read_table(store, previous.snapshot_id, "records")
    return (
        before.join(missing, on="record_id", how="semi")
        .with_columns(pl.lit(value=True).alias("carried_forward"))
        .select(records.columns)
    )


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
