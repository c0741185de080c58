"""The invented province as files in the layouts that come in: all text, Vietnamese headings."""

import datetime as dt
from pathlib import Path

import numpy as np
import polars as pl

from data.sample.complaints import (
    APPROVED,
    MINUTES_A_DAY,
    NO_ORIGINAL,
    STATUSES,
    TYPES,
    Complaints,
)
from data.sample.days import AS_OF_HOUR, FIRST_DAY, day_number
from data.sample.province import Province
from data.sample.records import records_frame

_KIND_WORDS = {
    "commune_station": "Trạm Y tế",
    "district_centre": "Trung tâm Y tế",
    "hospital": "Bệnh viện",
    "mobile_team": "Đội tiêm lưu động",
}


def write_day(province: Province, day: dt.date, folder: Path) -> list[Path]:
    """Write the records and complaints of one day as of 16:00; answers the two files."""
    return [
        write_csv(records_frame(province, day), folder / f"records-{day}.csv"),
        write_csv(complaints_frame(province, day), folder / f"complaints-{day}.csv"),
    ]


def write_facilities(province: Province, folder: Path) -> Path:
    return write_csv(facilities_frame(province), folder / "facilities.csv")


def facilities_frame(province: Province) -> pl.DataFrame:
    """All facilities, each with an invented head."""
    facilities, people = province.places.facilities, province.people
    heads = people.name_index[~province.verification.is_foreign][: facilities.height]
    return facilities.select(
        pl.col("facility_code").alias("Mã cơ sở"),
        pl.col("facility_name").alias("Tên cơ sở"),
        pl.col("kind").replace_strict(_KIND_WORDS).alias("Loại"),
        pl.col("district_code").alias("Mã huyện"),
        pl.col("commune_code").fill_null("").alias("Mã xã"),
        people.names.gather(heads).alias("Người đứng đầu"),
        pl.col("valid_from").str.to_date().dt.strftime("%d/%m/%Y").alias("Từ ngày"),
        pl.lit("").alias("Đến ngày"),
    )


def complaints_frame(province: Province, day: dt.date) -> pl.DataFrame:
    """All complaints received up to 16:00 of the day, oldest first, as they stand then."""
    complaints = province.complaints
    now = day_number(day) * MINUTES_A_DAY + AS_OF_HOUR * 60
    here = slice(0, int(np.searchsorted(complaints.received_at, now, side="right")))
    status = complaints.status_at(now)[here]
    is_closed = status >= APPROVED
    facility = province.places.facilities[province.homes.facility[complaints.record[here]]]
    return pl.DataFrame(
        {
            "Mã phản ánh": complaints.ids[here],
            "Mã hồ sơ": _if(complaints.has_record[here], _record_ids(province, here)),
            "Thời điểm tiếp nhận": _instants(complaints.received_at[here]),
            "Loại phản ánh": pl.Series(TYPES).gather(complaints.kind[here]),
            "Mã cơ sở": _if(complaints.has_facility[here], facility["facility_code"]),
            "Mã huyện": _if(complaints.has_district[here], facility["district_code"]),
            "Trạng thái": pl.Series(STATUSES).gather(status),
            "Thời điểm xử lý": _if(is_closed, _instants(complaints.closed_at[here])),
            "Mã lý do từ chối": _reject_reasons(complaints, here, is_closed),
            "Mã phản ánh gốc": _originals(complaints, here),
        }
    )


def _record_ids(province: Province, here: slice) -> pl.Series:
    return province.people.record_ids.gather(province.complaints.record[here])


def _reject_reasons(complaints: Complaints, here: slice, is_closed: np.ndarray) -> pl.Series:
    reason = complaints.reject_reason[here]
    return _if(is_closed & (reason > 0), pl.Series(reason).cast(pl.String))


def _originals(complaints: Complaints, here: slice) -> pl.Series:
    original = complaints.original[here]
    is_reopened = original != NO_ORIGINAL
    return _if(is_reopened, complaints.ids.gather(np.where(is_reopened, original, 0)))


def _instants(minutes: np.ndarray) -> pl.Series:
    instants = np.datetime64(FIRST_DAY, "ms") + minutes.astype("timedelta64[m]")
    return pl.Series(instants).dt.strftime("%d/%m/%Y %H:%M")


def _if(condition: np.ndarray, texts: pl.Series) -> pl.Series:
    """The text where the condition holds, else an empty one."""
    shown = pl.when(pl.Series(condition)).then(texts).otherwise(pl.lit(""))
    return pl.select(shown).to_series()


def write_csv(frame: pl.DataFrame, path: Path) -> Path:
    """UTF-8, LF, nothing quoted: no invented text holds a comma, a quote or a line break."""
    frame.write_csv(path, quote_style="never")
    return path
