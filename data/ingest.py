"""Raw text tables -> typed rows that keep the contract, and quarantine for the rest.

read = accepted + quarantined, always. A quarantined row keeps its source, line, text and every
reason it breaks.
"""

import datetime as dt
import unicodedata
from collections.abc import Callable
from typing import NamedTuple

import polars as pl

from data import schema
from data.layouts import Recognised, recognise
from data.marts import UNMAPPED
from data.readers import RawTable, Source
from data.reference import reference

QUARANTINE = {
    "layout": pl.String,
    "source": pl.String,
    "line": pl.UInt32,
    "row_id": pl.String,
    "reasons": pl.List(pl.String),
    "row_text": pl.String,
}


class FileCount(NamedTuple):
    """How the rows of one table fared."""

    source: str
    layout: str
    rows_read: int
    accepted: int
    quarantined: int
    unknown_headings: list[str]


class Ingested(NamedTuple):
    """Everything read of one snapshot's files."""

    #: Layout -> accepted rows, typed as the contract says.
    accepted: dict[str, pl.DataFrame]
    #: One row a quarantined row: columns of `QUARANTINE`.
    quarantine: pl.DataFrame
    files: list[FileCount]

    def count(self, field: str) -> int:
        """Sum of `rows_read`, `accepted` or `quarantined` over all files."""
        return sum(getattr(file, field) for file in self.files)

    def by_reason(self) -> dict[str, int]:
        """Reason -> quarantined rows that have it; a row may have several."""
        reasons = self.quarantine["reasons"].explode(empty_as_null=False)
        counts = reasons.value_counts(sort=True)
        return dict(counts.iter_rows())


def ingest(
    sources: list[Source], *, as_of: dt.datetime, only_layout: str | None = None
) -> Ingested:
    """Types and checks all tables of one snapshot's files.

    Args:
        as_of: the snapshot's instant (wall clock +07): nothing in it may lie later.
        only_layout: refuse files of any other layout.

    Raises:
        RefusedError: a table's layout is not recognised.
    """
    tables = [
        (table, recognise(table.headings, source=table.source, only=only_layout))
        for source in sources
        for table in source.tables
    ]
    accepted: dict[str, pl.DataFrame] = {}
    rejected = [pl.DataFrame(schema=QUARANTINE)]
    for layout in {found.layout.name: None for _, found in tables}:
        pairs = [pair for pair in tables if pair[1].layout.name == layout]
        accepted[layout], broken = _check(layout, pairs, as_of)
        rejected += broken
    quarantine = pl.concat(rejected).sort("layout", "source", "line")
    files = [_file_count(table, found, quarantine) for table, found in tables]
    return Ingested(accepted, quarantine, files)


def _check(
    layout: str, pairs: list[tuple[RawTable, Recognised]], as_of: dt.datetime
) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """The rows of all tables of one layout that keep its contract; quarantine of the others."""
    typed = pl.concat([_typed(table, found, as_of) for table, found in pairs])
    kept, failure = schema.CONTRACTS[layout].filter(typed.with_row_index("row"))
    stored = [name for name in kept.columns if not _check_only(name)]
    broken = _reasons(failure.details()) if len(failure) else None
    rejected: list[pl.DataFrame] = []
    offset = 0
    for table, found in pairs:
        rejected.append(_ragged(table, found))
        if broken is not None:
            local = broken.with_columns(pl.col("row").cast(pl.Int64) - offset)
            within = local.filter(pl.col("row").is_between(0, table.rows.height - 1))
            rejected.append(_quarantine(table, found, within))
        offset += table.rows.height
    return kept.select(stored), rejected


def _check_only(column: str) -> bool:
    return column in schema.CHECK_ONLY or column.endswith("_text")


def _reasons(details: pl.DataFrame) -> pl.DataFrame:
    """Row number, id and the list of broken rules of each row in a failure's details."""
    rules = [name for name in schema.REASONS if name in details.columns]
    broken = [pl.when(pl.col(rule) == "invalid").then(pl.lit(rule)) for rule in rules]
    row_id = pl.col(next(name for name in details.columns if name.endswith(("_id", "_code"))))
    return details.select(
        "row", row_id.alias("row_id"), pl.concat_list(broken).list.drop_nulls().alias("reasons")
    )


def _quarantine(table: RawTable, found: Recognised, broken: pl.DataFrame) -> pl.DataFrame:
    """Quarantine rows of one table; `broken` has row (0 = first), row_id, reasons."""
    at = broken["row"].cast(pl.UInt32)
    text = table.rows[at].rename({str(i): f"{i}·{h}" for i, h in enumerate(table.headings)})
    return broken.select(
        pl.lit(found.layout.name).alias("layout"),
        pl.lit(table.source).alias("source"),
        table.lines.gather(at).alias("line"),
        "row_id",
        "reasons",
        text.select(pl.struct(pl.all()).struct.json_encode()).to_series().alias("row_text"),
    )


def _ragged(table: RawTable, found: Recognised) -> pl.DataFrame:
    """Quarantine rows; the id is the cell that stands where the id should."""
    id_column = next(iter(found.layout.required))
    at = next(at for at, column in found.columns.items() if column == id_column)
    return table.ragged.select(
        pl.lit(found.layout.name).alias("layout"),
        pl.lit(table.source).alias("source"),
        "line",
        pl.col("cells").list.get(at, null_on_oob=True).str.strip_chars().alias("row_id"),
        pl.concat_list(pl.lit("field_count")).alias("reasons"),
        pl.col("text").alias("row_text"),
    )


def _file_count(table: RawTable, found: Recognised, quarantine: pl.DataFrame) -> FileCount:
    read = table.rows.height + table.ragged.height
    here = (pl.col("source") == table.source) & (pl.col("layout") == found.layout.name)
    bad = quarantine.filter(here).height
    return FileCount(table.source, found.layout.name, read, read - bad, bad, found.unknown)


# Typing -------------------------------------------------------------------------------------


def _typed(table: RawTable, found: Recognised, as_of: dt.datetime) -> pl.DataFrame:
    """The contract's columns of one table; cells that do not parse are null."""
    named = {str(at): name for at, name in found.columns.items()}
    text = table.rows.select(*named).rename(named).with_columns(pl.all().str.strip_chars())
    absent = [name for name in found.layout.optional if name not in named.values()]
    text = text.with_columns(pl.lit(None, dtype=pl.String).alias(name) for name in absent)
    text = text.with_columns(pl.when(pl.all() != "").then(pl.all()))
    return _TYPED[found.layout.name](text, as_of)


def _record(text: pl.DataFrame, as_of: dt.datetime) -> pl.DataFrame:
    birth_date = _date("birth_date")
    has_four = pl.col("birth_date").str.len_bytes() == 4
    year_only = pl.when(has_four).then("birth_date").str.extract(r"^([0-9]{4})$").cast(pl.Int16)
    reasons = pl.col("invalid_reasons").str.to_uppercase()
    word = f"(?:{'|'.join(schema.REASON_WORDS)})"
    known = rf"^{word}(?:\s*;\s*{word})*\s*;?$"
    return text.select(
        "record_id",
        "full_name",
        birth_date.alias("birth_date"),
        birth_date.dt.year().cast(pl.Int16, strict=False).fill_null(year_only).alias("birth_year"),
        _code(text, "sex", schema.SEX_WORDS, pl.Enum(schema.SEX_CODES)),
        "id_number",
        "passport_number",
        pl.col("nationality").cast(pl.Categorical),
        "phone",
        pl.col("commune_code", "residence_district_code", "facility_code").cast(pl.Categorical),
        pl.col("dose_count").cast(pl.Int16, strict=False),
        _code(text, "verification", schema.VERIFICATION_WORDS, pl.Enum(schema.VERIFICATION_CODES)),
        *(
            reasons.str.contains(word, literal=True).fill_null(value=False).alias(column)
            for word, column in schema.REASON_WORDS.items()
        ),
        _date("verified_date"),
        _code(text, "signing", schema.SIGNING_WORDS, pl.Enum(schema.SIGNING_CODES)),
        _date("signed_date"),
        _instant("updated_at"),
        *_texts("birth_date", "sex", "dose_count", "verification"),
        reasons.str.contains(known).fill_null(value=True).alias("invalid_reasons_known"),
        *_texts("verified_date", "signing", "signed_date", "updated_at"),
        pl.lit(as_of.date()).alias("as_of_date"),
    )


def _complaint(text: pl.DataFrame, as_of: dt.datetime) -> pl.DataFrame:
    return text.select(
        "complaint_id",
        "record_id",
        _instant("received_at"),
        "complaint_type",
        "facility_code",
        "district_code",
        _code(text, "status", schema.COMPLAINT_STATUS_WORDS),
        _instant("closed_at"),
        pl.col("reject_reason").cast(pl.Int16, strict=False),
        # A complaint that names itself brings nothing up again.
        pl.when(pl.col("original_complaint_id") != pl.col("complaint_id")).then(
            "original_complaint_id"
        ),
        *_texts("closed_at", "reject_reason"),
        pl.lit(as_of, dtype=pl.Datetime("us")).alias("as_of_at"),
    )


def _facility(text: pl.DataFrame, as_of: dt.datetime) -> pl.DataFrame:
    return text.select(
        "facility_code",
        "facility_name",
        _code(text, "kind", schema.FACILITY_KIND_WORDS),
        "district_code",
        "commune_code",
        "head",
        _date("valid_from"),
        _date("valid_to"),
        *_texts("valid_from", "valid_to"),
        # What waits in a district without a facility stands under the district's own code.
        pl.col("facility_code")
        .is_in([*reference("districts")["code"], UNMAPPED])
        .fill_null(value=False)
        .alias("code_taken"),
    )


def _total(text: pl.DataFrame, as_of: dt.datetime) -> pl.DataFrame:
    counts = [_count(column) for column in schema.TOTAL_COLUMNS]
    readable = [
        (_count(column).is_not_null() | pl.col(column).is_null()) for column in schema.TOTAL_COLUMNS
    ]
    names = pl.col("district_code", "district_name").str.to_lowercase()
    is_total = pl.any_horizontal(names.is_in(_TOTAL_ROW).fill_null(value=False))
    return text.select(
        "district_code",
        "district_name",
        *counts,
        "note",
        is_total.alias("is_total"),
        pl.all_horizontal(readable).alias("counts_known"),
    ).with_columns(pl.when(~pl.col("is_total")).then("district_code").alias("district_code"))


#: What the last row of a table of totals is called.
_TOTAL_ROW = ("tổng cộng", "tổng", "toàn tỉnh", "cộng")
_TYPED: dict[str, Callable[[pl.DataFrame, dt.datetime], pl.DataFrame]] = {
    "records": _record,
    "complaints": _complaint,
    "facilities": _facility,
    "totals": _total,
}


#: Days that can stand in these files; what lies outside was not meant as written.
_FIRST, _LAST = dt.date(1800, 1, 1), dt.date(2200, 12, 31)
_INSTANT = pl.Datetime("us")


def _texts(*columns: str) -> list[pl.Expr]:
    return [pl.col(column).alias(f"{column}_text") for column in columns]


def _date(column: str) -> pl.Expr:
    """dd/mm/yyyy, and nothing else: a date is never guessed, a year of two digits is none."""
    day = pl.col(column).str.to_date("%d/%m/%Y", strict=False, exact=True)
    return pl.when(day.is_between(_FIRST, _LAST)).then(day).alias(column)


def _instant(column: str) -> pl.Expr:
    """dd/mm/yyyy hh:mm, wall clock."""
    instant = pl.col(column).str.to_datetime("%d/%m/%Y %H:%M", strict=False, time_unit="us")
    within = instant.is_between(pl.lit(_FIRST, _INSTANT), pl.lit(_LAST, _INSTANT))
    return pl.when(within).then(instant).alias(column)


def _count(column: str) -> pl.Expr:
    """A whole number, as 301043 or 301.043 (a workbook's own number may end in ".0")."""
    whole = pl.col(column).str.replace(r"^([0-9]+)\.0$", "${1}")
    grouped = whole.str.contains(r"^[1-9][0-9]{0,2}(\.[0-9]{3})+$")
    digits = pl.when(grouped).then(whole.str.replace_all(".", "", literal=True)).otherwise(whole)
    return pl.when(digits.str.contains(r"^[0-9]{1,12}$")).then(digits).cast(pl.Int64).alias(column)


def _code(
    text: pl.DataFrame, column: str, words: dict[str, str], kind: pl.DataType | None = None
) -> pl.Expr:
    """The stable code of a word, compared without case; null when the word is not known."""
    known = {_folded(word): code for word, code in words.items()}
    seen = text[column].unique().drop_nulls()
    codes = {word: known[_folded(word)] for word in seen if _folded(word) in known}
    return pl.col(column).replace_strict(codes, default=None, return_dtype=kind or pl.String())


def _folded(word: str) -> str:
    return " ".join(unicodedata.normalize("NFC", word).casefold().split())
