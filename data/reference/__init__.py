"""Reference tables: dated, typed in from public lists; codes are text."""

import datetime as dt
import functools
from pathlib import Path

import polars as pl

FOLDER = Path(__file__).parent


@functools.cache
def reference(name: str) -> pl.DataFrame:
    """The table `data/reference/<name>.csv`; dates typed, all else text, empty = null."""
    table = pl.read_csv(FOLDER / f"{name}.csv", infer_schema=False)
    dates = [column for column in table.columns if column in ("valid_from", "valid_to")]
    return table.with_columns(pl.col(dates).str.to_date("%Y-%m-%d"))


def in_force(table: pl.DataFrame, day: dt.date) -> pl.DataFrame:
    """The rows valid on `day`; both ends inclusive, an empty end is open."""
    begun = pl.col("valid_from").is_null() | (pl.col("valid_from") <= day)
    not_ended = pl.col("valid_to").is_null() | (pl.col("valid_to") >= day)
    return table.filter(begun & not_ended)
