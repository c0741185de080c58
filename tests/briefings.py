"""A small briefing made by hand, for the tests of what is written from one."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from display import formats
from display.briefing.value import (
    Briefing,
    Cell,
    Chart,
    Column,
    Kind,
    Letterhead,
    Line,
    Section,
    Status,
    Table,
)

AS_OF = dt.datetime.fromisoformat("2022-04-25T16:00")
SOURCE = "Nguồn: kỳ 2022-04-25T1600-r1; định nghĩa chỉ tiêu: docs/metrics.md (valid_ratio, bản 2)."

NAME = Column("Đơn vị", "name")
PRINTED = {
    "count": formats.count,
    "change": formats.signed_count,
    "points": formats.signed_points,
    "needed": formats.needed,
    "rate": formats.rate,
    "chance": formats.chance,
    "age": formats.age,
    "day": formats.day,
}


def cell(kind: Kind, value: Any) -> Cell:
    """A value as it is printed; ratios with two decimals."""
    if kind in ("name", "text"):
        return Cell(str(value), value)
    if value is None:
        return Cell(formats.UNKNOWN, None)
    if kind == "ratio":
        return Cell(formats.ratio(value, "vi", 2), value)
    return Cell(PRINTED[kind](value, "vi"), value)


def a_table(
    name: str,
    title: str,
    columns: Sequence[Column],
    rows: Sequence[Sequence[Any]],
    **changes: Any,
) -> Table:
    """A table of values; the last row is the total."""
    *parts, total = [
        [cell(column.kind, value) for column, value in zip(columns, row, strict=True)]
        for row in rows
    ]
    return Table(name, title, columns, parts, total, SOURCE)._replace(**changes)


MOVERS = a_table(
    "Biến động",
    "Đơn vị làm tỷ lệ hợp lệ thay đổi nhiều nhất từ ngày 18/4/2022",
    [
        NAME,
        Column("Hồ sơ đã phân loại", "count", adds_up=True),
        Column("Sửa thành hợp lệ", "change", adds_up=True),
        Column("Đóng góp (điểm %)", "points", adds_up=True),
    ],
    [
        ("Thành phố Vũng Tàu", 41_250, 1_204, 0.0121),
        ("Huyện Đất Đỏ", 9_871, -87, -0.0013),
        ("Tổng cộng", 51_121, 1_117, 0.0108),
    ],
)
WIDE = a_table(
    "Làm sạch",
    "Kết quả làm sạch dữ liệu của các huyện, thị xã, thành phố",
    [
        NAME,
        Column("Hồ sơ", "count", adds_up=True),
        Column("Đã phân loại", "count", adds_up=True),
        Column("Hợp lệ", "count", adds_up=True),
        Column("Không hợp lệ", "count", adds_up=True),
        Column("Tỷ lệ hợp lệ", "ratio", of=(3, 2)),
        Column("Tăng, giảm hợp lệ", "change", adds_up=True),
        Column("Cần mỗi ngày", "needed"),
        Column("Khả năng đúng hạn", "chance"),
        Column("Trạng thái", "text"),
    ],
    [
        ("Thành phố Vũng Tàu", 52_310, 41_250, 36_010, 5_240, 0.87297, 1_204, 1048, 0.31, "Chậm"),
        ("Thị xã Phú Mỹ", 20_118, 15_000, 14_400, 600, 0.96, 310, 120, 0.86, "Đúng tiến độ"),
        (
            "Trung tâm Y tế dự phòng và kiểm soát bệnh tật liên huyện Long Điền - Đất Đỏ "
            "(điểm tiêm lưu động số 3)",
            *(9_900, 9_871, 4_935, 4_936, 0.49995, -87, 987.2, None, "Có nguy cơ chậm"),
        ),
        ("Huyện Côn Đảo", 1_204, 0, 0, 0, None, 0, None, None, "Chưa có thời hạn"),
        ("Tổng cộng", 83_532, 66_121, 55_345, 10_776, 0.83703, 1_427, 2155.2, 0.22, "Chậm"),
    ],
    note="Tăng, giảm so với 16 giờ ngày 18/4/2022.",
)
UPRIGHT = a_table(
    "Phản ánh",
    "Phản ánh tồn của các huyện, thị xã, thành phố",
    [
        NAME,
        Column("Tiếp nhận", "count", adds_up=True),
        Column("Tồn", "count", adds_up=True),
        Column("Quá 48 giờ", "count", adds_up=True),
        Column("Tỷ lệ quá hạn", "ratio", of=(3, 2)),
        Column("Cũ nhất đã chờ", "age"),
        Column("Tiếp nhận lần cuối", "day"),
    ],
    [
        ("Thành phố Vũng Tàu", 3_120, 410, 96, 0.234146, 211.0, dt.date(2022, 4, 25)),
        ("Thị xã Phú Mỹ", 987, 12, 0, 0.0, 20.0, dt.date(2022, 4, 24)),
        ("Huyện Côn Đảo", 0, 0, 0, None, None, None),
        ("Tổng cộng", 4_107, 422, 96, 0.227488, 211.0, dt.date(2022, 4, 25)),
    ],
)


def a_chart() -> Chart:
    """Seven weeks of a count, with the pace needed from now on and a plan."""
    days = [dt.date(2022, 3, 14) + dt.timedelta(weeks=week) for week in range(7)]
    valid = (24_100, 28_350, 33_020, 38_400, 45_010, 53_918, 55_345)
    end = dt.date(2022, 4, 30)
    return Chart(
        title="Hồ sơ hợp lệ và nhịp cần có để kịp hạn",
        alt="Hồ sơ hợp lệ tăng từ 24.100 ngày 14/3/2022 lên 55.345 ngày 25/4/2022.",
        lines=[
            Line("Thực hiện", "done", list(zip(days, valid, strict=True))),
            Line("Cần đạt", "wanted", [(days[-1], 55_345), (end, 66_121)]),
            Line("Kế hoạch", "plan", [(days[0], 24_100), (end, 66_121)]),
        ],
        deadline=(dt.date(2022, 4, 29), "trước ngày 30/4/2022"),
        source=SOURCE,
    )


BRIEFING = Briefing(
    letterhead=Letterhead(
        superior="UBND TỈNH BÀ RỊA – VŨNG TÀU",
        agency="SỞ Y TẾ",
        number="05/BC-SYT",
        place="Bà Rịa – Vũng Tàu",
        signer=["KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"],
        recipients=["UBND tỉnh (để báo cáo);", "UBND các huyện, thị xã, thành phố;", "Lưu: VT."],
    ),
    place="Tỉnh Bà Rịa – Vũng Tàu",
    unit_code="77",
    district_code=None,
    as_of=AS_OF,
    since=dt.datetime.fromisoformat("2022-04-18T16:00"),
    snapshot_id="2022-04-25T1600-r1",
    since_id="2022-04-18T1600-r1",
    is_invented=True,
    period="từ ngày 18/4/2022 đến ngày 25/4/2022",
    subject=(
        "Tiến độ làm sạch dữ liệu tiêm chủng COVID-19, xử lý phản ánh và ký số Hộ chiếu vắc xin "
        "của tỉnh Bà Rịa – Vũng Tàu, từ ngày 18/4/2022 đến ngày 25/4/2022"
    ),
    basis=(
        "Thực hiện Công văn 1495/BYT-CNTT ngày 23/3/2022; số liệu tính đến 16 giờ ngày 25/4/2022."
    ),
    statuses=[
        Status(
            "cleaning",
            "Làm sạch dữ liệu",
            "Chậm",
            "bad",
            "55.345/66.121 hồ sơ đã phân loại là hợp lệ, đạt 83,7% (tăng 1,1 điểm % so với "
            "ngày 18/4/2022); còn 10.776 hồ sơ không hợp lệ. Hạn trước ngày 30/4/2022, còn 5 ngày; "
            "mỗi ngày cần 2.155,2 hồ sơ, tuần qua mỗi ngày được 204 hồ sơ; "
            "khả năng đúng hạn 22%.",
        ),
        Status(
            "complaints",
            "Phản ánh",
            "Đúng tiến độ",
            "good",
            "Đã xử lý xong 3.685/4.107 phản ánh, đạt 89,7%; còn tồn 422 (giảm 35), trong đó 96/422 "
            "đã quá 48 giờ (22,7%).",
        ),
    ],
    why=(
        "Tỷ lệ hợp lệ từ 82,61% thành 83,70%: sửa 1.291 hồ sơ thành hợp lệ, 174 hồ sơ đang "
        "hợp lệ trở lại không hợp lệ."
    ),
    movers=MOVERS,
    overdue=[
        "96 phản ánh quá 48 giờ, cũ nhất đã chờ 8 ngày 19 giờ; nhiều nhất ở Thành phố Vũng Tàu.",
        "120 hồ sơ đã gửi ký quá 7 ngày mà chưa có kết quả.",
    ],
    short_asks=["Đẩy nhanh ký số."],
    asks=[
        "Đẩy nhanh làm sạch dữ liệu, trước hết ở Thành phố Vũng Tàu (5.240): từ 204 lên 2.155,2 "
        "hồ sơ mỗi ngày.",
        "Giao đơn vị xử lý 35 phản ánh chưa phân công.",
    ],
    sections=[
        Section(
            "Làm sạch dữ liệu",
            [
                "Đã làm được: 14.400/15.000 hồ sơ của Thị xã Phú Mỹ là hợp lệ (96,0%), cao nhất.",
                "Chưa làm được: Huyện Đất Đỏ còn 4.936 hồ sơ không hợp lệ, tăng 87 trong tuần.",
            ],
            a_chart(),
        ),
        Section(
            "Phản ánh của người dân", ["Thị xã Phú Mỹ không còn phản ánh nào quá 48 giờ."], None
        ),
    ],
    tasks=["Làm sạch dữ liệu: đến hết ngày 2/5/2022, thêm 10.776 hồ sơ thành hợp lệ."],
    notes=["Từ ngày 20/4/2022 hệ thống quốc gia đổi cách phân loại căn cước công dân."],
    annexes=[WIDE, UPRIGHT],
    source=SOURCE,
    headline={"valid": 55_345, "classified": 66_121, "open": 422, "overdue": 96},
    inputs="ab" * 32,
)


def a_briefing(**changes: Any) -> Briefing:
    """The province's briefing of a week, but for the fields changed.

    It has movers, a wide and an upright annex with totals, a chart, notes, two things overdue and
    two to ask for.
    """
    return BRIEFING._replace(**changes)
