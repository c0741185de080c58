"""The records of the invented province on one day, as columns of text."""

import datetime as dt
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
import polars as pl

from data.sample.days import LAST, NEVER, date_of, day_number
from data.sample.edits import EARLIEST, FIRST_MINUTE, LAST_MINUTE
from data.sample.province import Province
from data.sample.signing import SIGNED, SIGNINGS, is_signable
from data.sample.verification import (
    BAD_ID,
    MISMATCHED,
    NO_ID,
    STATES,
    WRONG_BIRTH,
    WRONG_ID,
    WRONG_NAME,
    WRONG_SEX,
)

_REASON_WORDS = {
    WRONG_NAME: "SAI_HO_TEN",
    WRONG_BIRTH: "SAI_NGAY_SINH",
    WRONG_SEX: "SAI_GIOI_TINH",
    WRONG_ID: "SAI_SO",
}


def records_frame(province: Province, day: dt.date) -> pl.DataFrame:
    """All records present on the day, as they stand at 16:00; every column is text."""
    today = _Today(province, day_number(day))
    return pl.DataFrame(_person(today) | _place(today) | _course(today))


@dataclass(frozen=True)
class _Today:
    """What is looked up once for a day; arrays have one entry a record present (`here`)."""

    province: Province
    day: int

    @cached_property
    def here(self) -> np.ndarray:
        return np.flatnonzero(self.province.presence.on(self.day))

    @cached_property
    def state(self) -> np.ndarray:
        return self.province.verification.on(self.day)[self.here]

    @cached_property
    def reasons(self) -> np.ndarray:
        """Bits of what is wrong with a record that is known to be mismatched."""
        return np.where(self.state == MISMATCHED, self.province.verification.reasons[self.here], 0)

    @cached_property
    def signing(self) -> np.ndarray:
        province = self.province
        signable = is_signable(province.verification, province.doses, self.day)
        return province.signing.on(self.day, signable)[self.here]

    def pick(self, values: np.ndarray) -> np.ndarray:
        return values[self.here]

    def shown(self, right: np.ndarray, wrong: np.ndarray, bit: int) -> np.ndarray:
        """What stands in the record: `wrong` while the reason `bit` holds."""
        return np.where(self.reasons & bit, wrong[self.here], right[self.here])


def _person(today: _Today) -> dict[str, pl.Series]:
    people = today.province.people
    sex = today.shown(people.sex, 1 - people.sex, WRONG_SEX)
    name = today.shown(people.name_index, people.wrong_name_index, WRONG_NAME)
    birth = today.shown(people.birth_index, people.wrong_birth_index, WRONG_BIRTH)
    return {
        "Mã hồ sơ": _gather(people.record_ids, today.here),
        "Họ và tên": _gather(people.names, name),
        "Ngày sinh": _gather(people.births, birth),
        "Giới tính": _gather(pl.Series(["Nam", "Nữ"]), sex),
        "Số CCCD/CMND": _gather(today.province.identities.texts, _identity_index(today)),
        "Số hộ chiếu": _gather(people.passport, today.here),
        "Quốc tịch": _gather(people.nationality, today.here),
        "Số điện thoại": _gather(people.phone, today.here),
    }


def _identity_index(today: _Today) -> np.ndarray:
    identities = today.province.identities
    has_none = (today.state == NO_ID) | today.pick(today.province.verification.is_foreign)
    is_faulty = (today.state == BAD_ID) | ((today.reasons & WRONG_ID) > 0)
    shown = np.where(is_faulty, today.pick(identities.faulty), today.here)
    return np.where(has_none, identities.none, shown)


def _place(today: _Today) -> dict[str, pl.Series]:
    places, homes = today.province.places, today.province.homes
    home = today.pick(homes.on(today.day))
    facility = today.pick(homes.facility)
    return {
        "Mã xã thường trú": _gather(places.home_commune, home),
        "Mã huyện thường trú": _gather(places.home_district, home),
        "Mã cơ sở nhập": _gather(places.facilities["facility_code"], facility),
    }


def _course(today: _Today) -> dict[str, pl.Series]:
    province = today.province
    judged = province.verification.judged_day(today.day, today.state, today.here)
    judged = np.where(judged < 0, today.pick(province.edits.base_day), judged)
    signed = np.where(today.signing >= SIGNED, today.pick(province.signing.signed_day), NEVER)
    return {
        "Số mũi": _gather(pl.Series(list("012345")), today.pick(province.doses.on(today.day))),
        "Trạng thái xác thực": _gather(pl.Series(STATES), today.state),
        "Lý do không hợp lệ": _gather(_reason_texts(), today.reasons),
        "Ngày xác thực": _gather(_day_texts(), _day_index(judged)),
        "Trạng thái ký": _gather(pl.Series(SIGNINGS), today.signing),
        "Ngày ký": _gather(_day_texts(), _day_index(signed)),
        "Cập nhật lúc": _gather(_instant_texts(), _updated_index(today)),
    }


def _updated_index(today: _Today) -> np.ndarray:
    """The last of all events up to today, at the record's own minute of the day."""
    province = today.province
    entry, base_day = province.presence.entry, province.edits.base_day
    last = np.where(entry < 0, base_day, entry)
    for events in _events(province):
        has_happened = (events >= 0) & (events <= today.day)
        last = np.where(has_happened, np.maximum(last, events), last)
    minutes_a_day = LAST_MINUTE - FIRST_MINUTE
    minute = today.pick(province.edits.minute).astype(np.int64) - FIRST_MINUTE
    return (today.pick(last).astype(np.int64) - EARLIEST) * minutes_a_day + minute


def _events(province: Province) -> tuple[np.ndarray, ...]:
    verification, signing = province.verification, province.signing
    return (
        verification.classified_day,
        verification.valid_day,
        verification.regressed_day,
        verification.restored_day,
        signing.queued_day,
        signing.signed_day,
        signing.issued_day,
        province.doses.next_day,
        province.homes.moved_day,
        province.edits.touched_day,
    )


@cache
def _reason_texts() -> pl.Series:
    """For every combination of the bits WRONG_* the codes with ; between."""
    every = 2 * max(_REASON_WORDS)
    return pl.Series(
        [";".join(w for bit, w in _REASON_WORDS.items() if bits & bit) for bits in range(every)]
    )


@cache
def _day_texts() -> pl.Series:
    """Every day from EARLIEST as dd/mm/yyyy, and an empty text at the end."""
    return pl.Series([f"{date_of(day):%d/%m/%Y}" for day in range(EARLIEST, LAST + 1)] + [""])


def _day_index(days: np.ndarray) -> np.ndarray:
    return np.minimum(days, LAST + 1) - EARLIEST


@cache
def _instant_texts() -> pl.Series:
    """Every minute of office hours of every day as dd/mm/yyyy hh:mm."""
    minutes = [f"{m // 60:02}:{m % 60:02}" for m in range(FIRST_MINUTE, LAST_MINUTE)]
    return pl.Series([f"{day} {minute}" for day in _day_texts()[:-1] for minute in minutes])


def _gather(texts: pl.Series, index: np.ndarray) -> pl.Series:
    return texts.gather(index.astype(np.uint32))
