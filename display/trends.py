"""The course of a ratio over the snapshots, in figures and in words."""

from collections.abc import Sequence

import polars as pl

from display import formats
from display.words import words


def of_unit(trend: pl.DataFrame, unit_code: str, *, until: str) -> pl.DataFrame:
    """The part of `trend` of one unit up to the snapshot `until`, oldest first."""
    last = trend.filter(pl.col("snapshot_id") == until)["as_of"].max()
    return trend.filter(pl.col("unit_code") == unit_code, pl.col("as_of") <= last)


def pooled(trend: pl.DataFrame, unit_codes: Sequence[str], *, until: str) -> pl.DataFrame:
    """Several units as one: sum of numerators over sum of denominators at each snapshot."""
    last = trend.filter(pl.col("snapshot_id") == until)["as_of"].max()
    return (
        trend.filter(pl.col("unit_code").is_in(list(unit_codes)), pl.col("as_of") <= last)
        .group_by("snapshot_id", "as_of")
        .agg(pl.col("numerator").sum(), pl.col("denominator").sum())
        .with_columns(
            pl.when(pl.col("denominator") > 0)
            .then(pl.col("numerator") / pl.col("denominator"))
            .alias("ratio")
        )
        .sort("as_of")
    )


def last_days(points: pl.DataFrame, days: int) -> pl.DataFrame:
    """The rows of `points` no more than `days` days before the last one."""
    return points.filter(pl.col("as_of") >= pl.col("as_of").max() - pl.duration(days=days))


def in_words(trend: pl.DataFrame, language: str) -> str:
    """From where to where the ratio went, as one sentence; also the chart's text alternative."""
    _ = words(language)
    known = trend.filter(pl.col("ratio").is_not_null())
    if known.height < 2:
        return _("Mới có một kỳ số liệu, chưa thành diễn biến.")
    first, last = known.row(0, named=True), known.row(-1, named=True)
    return _("Từ {first_ratio} ngày {first_day} đến {last_ratio} ngày {last_day}.").format(
        first_ratio=formats.ratio(first["ratio"], language),
        first_day=formats.day(first["as_of"], language),
        last_ratio=formats.ratio(last["ratio"], language),
        last_day=formats.day(last["as_of"], language),
    )
