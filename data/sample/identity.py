"""Identity numbers with the structure of CCCD (12 digits) and CMND (9 digits), all invented.

CCCD: province of birth registration (3), century and sex (1), year (2), serial (6).
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from data.sample.people import People
from data.sample.verification import BAD_ID, WRONG_ID, Verification

#: province of birth registration -> weight; all others share the rest
_PROVINCES = {77: 640, 79: 60, 75: 40, 72: 15, 70: 12, 60: 12, 52: 14, 51: 12, 54: 10, 40: 14}
_OTHER_PROVINCE_WEIGHT = 3
_PROVINCE_CODES = (
    "1 2 4 6 8 10 11 12 14 15 17 19 20 22 24 25 26 27 30 31 33 34 35 36 37 38 40 42 44 45 46 48 49 "
    "51 52 54 56 58 60 62 64 66 67 68 70 72 74 75 77 79 80 82 83 84 86 87 89 91 92 93 94 95 96"
)
_CMND_SHARE = 0.06
_OLD_BLOCK = 273_000_000
_SERIALS = 1_000_000
_SERIAL_STEP = 387_421


@dataclass(frozen=True)
class Identities:
    """Text of each person's number, then of the faulty ones, then one empty text.

    `faulty` is the row of what stands in a record while its number is wrong or badly formed
    (its own right number where that never happens).
    """

    texts: pl.Series
    faulty: np.ndarray

    @property
    def none(self) -> int:
        return len(self.texts) - 1


def build_identities(
    rng: np.random.Generator, people: People, verification: Verification
) -> Identities:
    cell = _cells(rng, people)
    number = (cell * _SERIALS + _serials(cell))[people.twin]
    is_old = (people.birth_year < 2005) & (rng.random(len(cell)) < _CMND_SHARE)
    number[is_old] = _old_numbers(is_old.sum())
    right = _text(number, is_old)
    is_bad = verification.fault == BAD_ID
    is_wrong = (verification.reasons & WRONG_ID) > 0
    bad, wrong = np.flatnonzero(is_bad), np.flatnonzero(is_wrong & ~is_bad)
    broken = _broken(right.gather(bad), rng.integers(0, 4, len(bad)))
    other = _text(number[wrong] + 10 * rng.integers(1, 9, len(wrong)), is_old[wrong])
    faulty = np.arange(len(cell))
    faulty[np.concatenate([bad, wrong])] = len(cell) + np.arange(len(bad) + len(wrong))
    return Identities(pl.concat([right, broken, other, pl.Series([""])]), faulty)


def _cells(rng: np.random.Generator, people: People) -> np.ndarray:
    """First six digits as a number: province, century and sex, year."""
    codes = np.array(_PROVINCE_CODES.split(), dtype=np.int64)
    weights = np.array([_PROVINCES.get(code, _OTHER_PROVINCE_WEIGHT) for code in codes.tolist()])
    province = codes[rng.choice(len(codes), len(people.sex), p=weights / weights.sum())]
    year = people.birth_year.astype(np.int64)
    century_and_sex = (year // 100 - 19) * 2 + people.sex
    return province * 1000 + century_and_sex * 100 + year % 100


def _serials(cell: np.ndarray) -> np.ndarray:
    """A serial per person, different for all people of one cell."""
    order = np.argsort(cell, kind="stable")
    ordered = cell[order]
    first_of_cell = np.searchsorted(ordered, ordered, side="left")
    serial = np.empty(len(cell), dtype=np.int64)
    serial[order] = (np.arange(len(cell)) - first_of_cell) * _SERIAL_STEP + ordered * 7919
    return serial % _SERIALS


def _old_numbers(count: int) -> np.ndarray:
    """Different 9-digit numbers in the province's old block."""
    return _OLD_BLOCK + np.arange(count) * _SERIAL_STEP % _SERIALS


def _text(number: np.ndarray, is_old: np.ndarray) -> pl.Series:
    """12 digits, or the 9 digits of an old card."""
    long = pl.Series(number).cast(pl.String).str.zfill(12)
    text = pl.when(pl.Series(is_old)).then(long.str.tail(9)).otherwise(long)
    return pl.select(text).to_series()


def _broken(right: pl.Series, variant: np.ndarray) -> pl.Series:
    """A lost zero, a letter for a digit, digits lost, a digit too many."""
    kind = pl.lit(pl.Series(variant))
    return pl.select(
        pl.when(kind == 0)
        .then(right.str.slice(1).str.tail(11))
        .when(kind == 1)
        .then(right.str.head(5) + pl.lit("O") + right.str.slice(6))
        .when(kind == 2)
        .then(right.str.tail(8))
        .otherwise(right + pl.lit("0"))
    ).to_series()
