"""Rows of one unit a snapshot, as one row a unit: where it stands, its change, its course."""

from collections.abc import Sequence

import polars as pl

UNIT = ["level", "unit_code"]


def latest_with_history(
    rows: pl.DataFrame,
    snapshot_ids: pl.Series,
    *,
    before: str | None,
    followed: str,
    counted: Sequence[str],
) -> pl.DataFrame:
    """The units as they stand in the last of `snapshot_ids`.

    Args:
        rows: one row a snapshot, level and unit_code.
        snapshot_ids: the snapshots of the history, oldest first.
        before: the snapshot the changes count from; None: there is none.
        followed: the column whose course and change are wanted.
        counted: columns of counts whose change is wanted.

    Returns:
        The rows of the last snapshot with <column>_change (of a ratio null where it has no value
        on either side; of a count, a unit not listed before had 0; all null without `before`) and
        history (list of `followed`, one entry a snapshot, null where the unit was not listed).
    """
    now = rows.filter(pl.col("snapshot_id") == snapshot_ids[-1]).drop("snapshot_id")
    places = now.select(UNIT).join(snapshot_ids.to_frame(), how="cross", maintain_order="left")
    values = rows.select(*UNIT, "snapshot_id", followed)
    histories = (
        places.join(values, on=[*UNIT, "snapshot_id"], how="left", maintain_order="left")
        .group_by(UNIT)
        .agg(pl.col(followed).alias("history"))
    )
    return now.join(histories, on=UNIT, how="left", maintain_order="left").pipe(
        _with_changes, rows, before, dict.fromkeys([followed, *counted]), counted
    )


def _with_changes(
    now: pl.DataFrame,
    rows: pl.DataFrame,
    before: str | None,
    columns: dict[str, None],
    counted: Sequence[str],
) -> pl.DataFrame:
    earlier = rows.filter(pl.col("snapshot_id") == (before or "")).select(
        *UNIT, pl.col(*columns).name.suffix("_before")
    )
    nothing = pl.lit(None if before is None else 0, dtype=pl.Int64)
    return (
        now.join(earlier, on=UNIT, how="left", maintain_order="left")
        .with_columns(
            (
                pl.col(name)
                - (
                    pl.col(f"{name}_before").fill_null(nothing)
                    if name in counted
                    else pl.col(f"{name}_before")
                )
            ).alias(f"{name}_change")
            for name in columns
        )
        .drop(pl.selectors.ends_with("_before"))
    )


def sums_since(rows: pl.DataFrame, before: str | None, counted: Sequence[str]) -> pl.DataFrame:
    """What happened after a snapshot, of rows that count what did since the one before each.

    Returns:
        level, unit_code and <column>_since, sums over the rows after `before`: null where one of
        them does not tell, no row without `before`.
    """
    told = pl.col(*counted).is_not_null().all()
    return (
        rows.filter(pl.col("snapshot_id") > (before or "~"))
        .group_by(UNIT)
        .agg(pl.when(told).then(pl.col(*counted).sum()).name.suffix("_since"))
    )


def share_of_all(column: str) -> pl.Expr:
    """`column` over its sum in all units of the same level; null where there is nothing."""
    whole = pl.col(column).sum().over("level")
    return pl.when(whole > 0).then(pl.col(column) / whole)
