"""The small committed example: one file a layout, with rows broken by hand.

`python -m data.sample.small` writes it again; `small/README.md` says what is broken in it.
"""

import datetime as dt
from pathlib import Path

import numpy as np
import polars as pl

from data.sample.files import complaints_frame, facilities_frame, write_csv
from data.sample.places import Places, reference_table
from data.sample.province import PUBLISHED_TOTALS, build_province
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
BROKEN_TOTALS = ({"Mã huyện": "999", "Tên huyện": "Huyện thứ chín", "Đã ký": "chưa rõ"},)
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
        "totals.csv": _with_broken(totals_frame(province.places), BROKEN_TOTALS),
    }


def write_small(folder: Path = FOLDER) -> list[Path]:
    return [write_csv(frame, folder / name) for name, frame in small_frames().items()]


def totals_frame(places: Places) -> pl.DataFrame:
    """The table of 26/5/2022, by district and "Tổng cộng".

    The province published what its districts add up to: 873.322 signable, 301.043 of them signed,
    the others in process, and 273.297 invalid. How they are split is invented: by population, the
    slower districts with fewer signed and more invalid. Half of the signed are taken for issued.
    """
    codes, weight, slowness = _districts(places)
    signable = _split(PUBLISHED_TOTALS.last_signable, weight)
    signed = _split(PUBLISHED_TOTALS.last_signed, weight / slowness)
    invalid = _split(PUBLISHED_TOTALS.last_invalid, weight * slowness)
    names = dict(reference_table("districts").select("code", "name").iter_rows())
    own = pl.DataFrame(
        {
            "Mã huyện": codes,
            "Tên huyện": [names[code] for code in codes],
            "Hợp lệ": signable,
            "Không hợp lệ": invalid,
            "Đủ điều kiện ký": signable,
            "Đang xử lý ký": signable - signed,
            "Đã ký": signed,
            "Trong đó đã cấp": signed // 2,
        }
    )
    total = own.sum().with_columns(
        pl.lit("").alias("Mã huyện"), pl.lit("Tổng cộng").alias("Tên huyện")
    )
    return pl.concat([own, total]).select(
        pl.all().cast(pl.String), pl.lit("Dữ liệu mô phỏng").alias("Ghi chú")
    )


def _districts(places: Places) -> tuple[list[str], np.ndarray, np.ndarray]:
    """The codes of the districts, their weights and how slow they work."""
    homes = pl.DataFrame({"code": places.home_district, "weight": places.home_weight})
    paces = places.facilities.select(code="district_code", slowness=pl.Series(places.slowness))
    both = (
        homes.group_by("code")
        .agg(pl.col("weight").sum())
        .join(paces.unique("code"), on="code")
        .sort("code")
    )
    return both["code"].to_list(), both["weight"].to_numpy(), both["slowness"].to_numpy()


def _split(total: int, weights: np.ndarray) -> np.ndarray:
    """Whole numbers in the proportion of `weights` that add up to `total`: largest remainders."""
    exact = total * weights / weights.sum()
    whole = np.floor(exact).astype(int)
    most = np.argsort(whole - exact, kind="stable")[: total - whole.sum()]
    whole[most] += 1
    return whole


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
