"""The small committed example: one file a layout, with rows broken by hand.

`python -m data.sample.small` writes it again; `small/README.md` says what is broken in it.
"""

import datetime as dt
from pathlib import Path

import polars as pl

from data.sample.files import complaints_frame, facilities_frame, write_csv
from data.sample.province import build_province
from data.sample.records import records_frame

FOLDER = Path(__file__).with_name("small")
DAY = dt.date(2022, 4, 25)
_PROVINCE_SIZE = 20_000
_RECORDS_A_STATE = 6
_COMPLAINTS_A_STATUS = 2

BROKEN_RECORDS = (
    {"Mã hồ sơ": "MP-900000001", "Ngày sinh": "31/02/1980"},
    {"Mã hồ sơ": "MP-900000002", "Trạng thái xác thực": "Gần đúng"},
    {"Mã hồ sơ": "MP-900000003", "Mã cơ sở nhập": ""},
    {"Mã hồ sơ": "MP-900000004"},
    {"Mã hồ sơ": "MP-900000004"},
)
BROKEN_COMPLAINTS = (
    {"Mã phản ánh": "MP-PA-900001", "Thời điểm tiếp nhận": "24/04/2022 25:10"},
    {"Mã phản ánh": "MP-PA-900002", "Trạng thái": "Đã xong"},
)


def small_frames() -> dict[str, pl.DataFrame]:
    """File name -> its rows, the good ones before the broken ones."""
    province = build_province(_PROVINCE_SIZE)
    complaints = _some_complaints(complaints_frame(province, DAY))
    records = _some_records(records_frame(province, DAY), complaints["Mã hồ sơ"])
    used = pl.concat([records["Mã cơ sở nhập"], complaints["Mã cơ sở"]])
    facilities = facilities_frame(province).filter(pl.col("Mã cơ sở").is_in(used.to_list()))
    return {
        "facilities.csv": facilities,
        "records.csv": _with_broken(records, BROKEN_RECORDS),
        "complaints.csv": _with_broken(complaints, BROKEN_COMPLAINTS),
    }


def write_small(folder: Path = FOLDER) -> list[Path]:
    return [write_csv(frame, folder / name) for name, frame in small_frames().items()]


def _some_records(records: pl.DataFrame, complaining: pl.Series) -> pl.DataFrame:
    """Those with a complaint, a few of each state, and one of the district without communes."""
    of_state = pl.int_range(pl.len()).over("Trạng thái xác thực") < _RECORDS_A_STATE
    without_commune = pl.col("Mã xã thường trú") == ""
    is_first_without = without_commune & (without_commune.cum_sum() == 1)
    return records.filter(
        of_state | is_first_without | pl.col("Mã hồ sơ").is_in(complaining.to_list())
    )


def _some_complaints(complaints: pl.DataFrame) -> pl.DataFrame:
    """The oldest and the latest of each status, and those they re-open."""
    number = pl.int_range(pl.len()).over("Trạng thái")
    is_old = number < _COMPLAINTS_A_STATUS
    is_late = number >= pl.len().over("Trạng thái") - _COMPLAINTS_A_STATUS
    reopened = complaints.filter(is_old | is_late)["Mã phản ánh gốc"].to_list()
    return complaints.filter(is_old | is_late | pl.col("Mã phản ánh").is_in(reopened))


def _with_broken(good: pl.DataFrame, changes: tuple[dict[str, str], ...]) -> pl.DataFrame:
    broken = [good.row(index, named=True) | change for index, change in enumerate(changes)]
    return pl.concat([good, pl.DataFrame(broken, schema=good.schema)])


if __name__ == "__main__":
    write_small()
