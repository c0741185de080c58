"""The invented province (dữ liệu mô phỏng): the same seed gives the same files, byte for byte.

People, numbers, paces and complaints are invented; administrative units are real (2022), and the
province's totals on 25/4 and 26/5/2022 are those it published.
"""

from data.sample.days import AS_OF_HOUR, days_of
from data.sample.files import complaints_frame, facilities_frame, write_day, write_facilities
from data.sample.province import Province, build_province
from data.sample.records import records_frame

__all__ = [
    "AS_OF_HOUR",
    "Province",
    "build_province",
    "complaints_frame",
    "days_of",
    "facilities_frame",
    "records_frame",
    "write_day",
    "write_facilities",
]
