"""Who the invented people are: names, sex, birth, identity numbers. Nobody here exists.

Names are drawn from the word lists of `names.toml`, numbers at random; phone numbers use the
subscriber block 00, and passports begin with MP, neither of which is issued.
"""

import datetime as dt
import tomllib
import unicodedata
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np
import polars as pl

FOREIGN_SHARE = 0.0164
DUPLICATE_SHARE = 0.001
_NAMES = Path(__file__).with_name("names.toml")
_EPOCH = dt.date(1920, 1, 1)
_LAST_BIRTH_YEAR = 2016
#: birth years: first year of a band -> relative number of people a year
_AGES = {1920: 0.05, 1935: 0.25, 1945: 0.7, 1955: 1.2, 1965: 1.6, 1975: 1.9, 1985: 2.1, 1995: 1.7}
_CHILDREN = {2005: 1.5, 2011: 1.1}


@dataclass(frozen=True)
class People:
    """One entry a person. `*_index` point into the text tables beside them.

    `wrong_*` are what stands in the record while that part of it is wrong. `twin` is the person
    itself, or for a record entered twice the other record of the same person.
    """

    names: pl.Series
    births: pl.Series
    name_index: np.ndarray
    wrong_name_index: np.ndarray
    birth_index: np.ndarray
    wrong_birth_index: np.ndarray
    birth_year: np.ndarray
    sex: np.ndarray
    twin: np.ndarray
    nationality: pl.Series
    phone: pl.Series
    passport: pl.Series
    record_ids: pl.Series


def build_people(rng: np.random.Generator, is_foreign: np.ndarray) -> People:
    count = len(is_foreign)
    words = tomllib.loads(_NAMES.read_text(encoding="utf-8"))
    names, vietnamese_names = _name_table(words)
    twin = _twins(rng, is_foreign)
    sex = (rng.random(count, dtype=np.float32) < 0.503).astype(np.int8)[twin]
    name, wrong_name = _draw_names(rng, words, sex)
    foreign_count = len(names) - 2 * vietnamese_names
    foreign_name = 2 * vietnamese_names + rng.integers(0, foreign_count, count)
    births, year_rows = _birth_table()
    day, wrong_day, year = _draw_births(rng, count, year_rows)
    return People(
        names=names,
        births=births,
        name_index=np.where(is_foreign, foreign_name, name[twin]).astype(np.int32),
        wrong_name_index=wrong_name,
        birth_index=day[twin],
        wrong_birth_index=wrong_day,
        birth_year=year[twin],
        sex=sex,
        twin=twin,
        nationality=_nationalities(rng, words, is_foreign),
        phone=_phones(rng, count),
        passport=_passports(is_foreign),
        record_ids=invented_ids("MP-", count, 9),
    )


def invented_ids(prefix: str, count: int, width: int) -> pl.Series:
    """prefix and the numbers 1..count, zero-padded to a fixed width."""
    number = pl.Series(np.arange(1, count + 1)).cast(pl.String).str.zfill(width)
    return pl.select(pl.lit(prefix) + number).to_series()


def _twins(rng: np.random.Generator, is_foreign: np.ndarray) -> np.ndarray:
    count = len(is_foreign)
    other = np.roll(np.arange(count), int(rng.integers(1, count)))
    is_twin = (rng.random(count) < DUPLICATE_SHARE) & ~is_foreign & ~is_foreign[other]
    return np.where(is_twin, other, np.arange(count))


def _without_diacritics(text: str) -> str:
    plain = unicodedata.normalize("NFD", text.replace("Đ", "D").replace("đ", "d"))
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def _name_table(words: dict) -> tuple[pl.Series, int]:
    """All full names, then all without diacritics, then foreign ones; and how many are Vietnamese.

    Order: sex, surname, middle name, given name.
    """
    full: list[str] = []
    plain: list[str] = []
    for sex in ("male", "female"):
        parts = [list(words["surnames"]), words[sex]["middle"], words[sex]["given"]]
        full += map(" ".join, product(*parts))
        plain += map(" ".join, product(*([_without_diacritics(w) for w in part] for part in parts)))
    foreign = [
        f"{family} {given}"
        for family, given in product(words["foreign"]["family"], words["foreign"]["given"])
    ]
    return pl.Series(full + plain + foreign), len(full)


def _draw_names(
    rng: np.random.Generator, words: dict, sex: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    weights = np.array(list(words["surnames"].values()))
    middles, givens = len(words["male"]["middle"]), len(words["male"]["given"])
    surname = rng.choice(len(weights), len(sex), p=weights / weights.sum())
    middle = rng.integers(0, middles, len(sex))
    given = rng.integers(0, givens, len(sex))
    stem = ((sex * len(weights) + surname) * middles + middle) * givens
    without_diacritics = 2 * len(weights) * middles * givens + stem + given
    other_given = stem + (given + 7) % givens
    wrong = np.where(rng.random(len(sex)) < 0.5, without_diacritics, other_given)
    return (stem + given).astype(np.int32), wrong.astype(np.int32)


def _birth_table() -> tuple[pl.Series, int]:
    """Every birth day as dd/mm/yyyy, then every year as yyyy; and where the years begin."""
    last = dt.date(_LAST_BIRTH_YEAR, 12, 31)
    days = pl.date_range(_EPOCH, last, eager=True).dt.strftime("%d/%m/%Y")
    years = pl.Series([str(year) for year in range(_EPOCH.year, _LAST_BIRTH_YEAR + 1)])
    return pl.concat([days, years]).rechunk(), len(days)


def _draw_births(
    rng: np.random.Generator, count: int, year_rows: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Row in the birth table, row of a wrong birth day, and the year of birth."""
    bands = _AGES | _CHILDREN
    years = np.arange(_EPOCH.year, _LAST_BIRTH_YEAR + 1)
    weights = np.array(list(bands.values()))[np.searchsorted(list(bands), years, "right") - 1]
    year = rng.choice(years, count, p=weights / weights.sum()).astype(np.int32)
    starts = np.array([(dt.date(y, 1, 1) - _EPOCH).days for y in years], dtype=np.int32)
    day = starts[year - _EPOCH.year] + rng.integers(0, 365, count, dtype=np.int32)
    is_year_only = (year < 1958) & (rng.random(count) < 0.12)
    row = np.where(is_year_only, year_rows + year - _EPOCH.year, day).astype(np.int32)
    wrong = np.abs(day + rng.integers(-900, -1, count, dtype=np.int32))
    return row, wrong, year


def _nationalities(rng: np.random.Generator, words: dict, is_foreign: np.ndarray) -> pl.Series:
    weights = np.array(list(words["nationalities"].values()), dtype=float)
    index = 1 + rng.choice(len(weights), len(is_foreign), p=weights / weights.sum())
    return pl.Series(["", *words["nationalities"]]).gather(np.where(is_foreign, index, 0))


def _phones(rng: np.random.Generator, count: int) -> pl.Series:
    """0 + carrier prefix + the unissued block 00; some are missing, some shared by a family."""
    prefixes = np.array([32, 33, 35, 38, 39, 56, 58, 70, 77, 79, 81, 83, 85, 90, 91, 93, 96, 98])
    number = prefixes[rng.integers(0, len(prefixes), count)] * 10_000_000
    number += rng.integers(0, 100_000, count)
    number = np.where(rng.random(count) < 0.12, np.roll(number, 1), number)
    text = pl.Series(number).cast(pl.String).str.zfill(10)
    is_missing = pl.Series(rng.random(count) < 0.03)
    return pl.select(pl.when(is_missing).then(pl.lit("")).otherwise(text)).to_series()


def _passports(is_foreign: np.ndarray) -> pl.Series:
    texts = pl.concat([pl.Series([""]), invented_ids("MP", int(is_foreign.sum()), 7)])
    return texts.gather(np.where(is_foreign, np.cumsum(is_foreign), 0))
