"""Which tables a snapshot is made of: accepted rows, rows carried forward, facilities in force."""

from pathlib import Path

import polars as pl

from data import snapshots
from data.errors import RefusedError
from data.ingest import Ingested
from data.reference import reference
from data.snapshots import Manifest


def snapshot_tables(
    store: Path, found: Ingested, previous: Manifest | None
) -> tuple[dict[str, pl.DataFrame], int]:
    """What is stored, by name, and how many records were carried forward."""
    if "records" not in found.accepted:
        raise RefusedError(
            "Các tệp này không có bảng hồ sơ; một kỳ số liệu cần ít nhất bảng hồ sơ."
        )
    if found.accepted["records"].is_empty():
        raise RefusedError("Không có dòng hồ sơ nào nhận được; xem lý do bằng lệnh check.")
    records = found.accepted["records"].with_columns(pl.lit(value=False).alias("carried_forward"))
    carried = _carried_forward(store, found, records, previous)
    tables = {
        "records": _arranged(pl.concat([records, carried]) if carried.height else records),
        "facilities": _facilities(store, found),
        "quarantine": found.quarantine,
    }
    if "complaints" in found.accepted:
        tables["complaints"] = found.accepted["complaints"].sort("received_at", "complaint_id")
    return tables, carried.height


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


def _facilities(store: Path, found: Ingested) -> pl.DataFrame:
    """The facilities that came with the snapshot, else those last published, else the reference."""
    if "facilities" in found.accepted:
        if found.accepted["facilities"].is_empty():
            raise RefusedError("Không có dòng cơ sở nào nhận được; xem lý do bằng lệnh check.")
        return found.accepted["facilities"].sort("facility_code", "valid_from")
    published = snapshots.in_force(store)
    if published:
        return snapshots.read_table(store, published[-1].snapshot_id, "facilities")
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
