"""Blocks and charts of complaints and signing: what they say, and that no text becomes markup."""

import datetime as dt
import re
from typing import Any

import polars as pl
import pytest

from data.workstreams import deadline_on
from display import complaint_tables, complaints, signing, signing_tables, streams
from display.listings import Listing
from display.notes import Source
from display.palette import LIGHT
from display.stream_charts import daily_bars, in_and_out
from queries.clearance import Clearance, clearance
from queries.signing import Rule

SOURCE = Source("Nguồn", "Định nghĩa")
NOON = dt.datetime.fromisoformat("2022-04-25T12:00")
WEEK_BEFORE = {"as_of": dt.datetime.fromisoformat("2022-04-18T12:00")}
SNAPSHOT = {"as_of": NOON}
RULE = Rule(2, 7, "QĐ 5772/QĐ-BYT ngày 20/12/2021: đã tiêm đủ số mũi")


def shown(html: str) -> str:
    """The text a person reads."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).replace("\u00a0", " ").strip()


def backlog(code: str, name: str, ages: tuple[int, int, int, int], **more: Any) -> dict[str, Any]:
    """A unit's complaints: how many are open in each bucket of age."""
    count, overdue = sum(ages), sum(ages[1:])
    return {
        "unit_code": code,
        "unit_name": name,
        "unit_kind": "district",
        "open": count,
        "overdue": overdue,
        "overdue_ratio": overdue / count if count else None,
        "oldest_hours": 100.0 if count else None,
        "open_change": None,
        "history": [],
        **dict(zip(complaint_tables.BUCKETS, ages, strict=True)),
        **more,
    }


def flow(**more: int) -> dict[str, int]:
    columns = ("opening", "received", "closed", "opened_again", "late", "removed", "moved_in")
    return dict.fromkeys((*columns, "moved_out", "closing", "moved", "difference"), 0) | more


def flow_text(told: dict[str, int] | None, level: str = "district", **more: Any) -> str:
    how: dict[str, Any] = {"why_not": "alone", "compared": WEEK_BEFORE, **more}
    return shown(
        complaints.flow_card(
            told, level=level, snapshot=SNAPSHOT, source=SOURCE, language="vi", **how
        )
    )


def clearance_text(found: Clearance | None, level: str = "district", **more: Any) -> str:
    how: dict[str, Any] = {"why_not": "alone", **more}
    return shown(complaints.clearance_card(found, level=level, source=SOURCE, language="vi", **how))


# Complaints ---------------------------------------------------------------------------------


def test_units_stand_by_what_is_overdue_and_each_bar_is_as_long_as_its_backlog():
    html = complaint_tables.ageing_table(
        "units",
        "Đơn vị",
        [backlog("A", "Ít", (3, 1, 0, 0)), backlog("B", "Nhiều", (0, 2, 0, 6))],
        unit_heading="Huyện",
        link=lambda code: None,
        source=SOURCE,
        language="vi",
        total=backlog("77", "Toàn tỉnh", (3, 3, 0, 6)),
    )
    assert re.findall(r'scope="row"[^>]*>([^<]+)', html) == ["Nhiều", "Ít", "Toàn tỉnh"]
    widths = [float(width) for width in re.findall(r'class="age-\d" style="width:([\d.]+)%', html)]
    assert widths == pytest.approx(
        [25, 75, 37.5, 12.5, 25, 25, 50]  # 2 and 6 of 8; 3 and 1 of 8; 3, 3 and 6 of 12
    )
    assert "đúng 48 giờ chưa là quá hạn" in html
    assert "trên 30 ngày: 6" in html


def test_lists_that_do_not_agree_with_the_sum_say_by_how_much_and_why():
    told = flow(opening=120, received=35, closed=41, removed=4, closing=110, difference=-4)
    text = flow_text(told)
    assert "Chênh −4 = Tồn ngày 25/4/2022 110" in text
    assert "Danh sách không khớp với phép cộng: 4 còn tồn nhưng không còn trong danh sách." in text


def test_what_was_late_and_what_vanished_is_said_even_when_they_make_up_for_each_other():
    text = flow_text(flow(opening=5, closing=5, late=2, removed=2))
    assert "Chênh" not in text
    assert "2 tiếp nhận từ trước nhưng nay mới có" in text
    assert "2 còn tồn nhưng không còn trong danh sách" in text


@pytest.mark.parametrize(
    "level, sentence",
    [
        ("province", "3 phản ánh đổi đơn vị xử lý trong tỉnh."),
        ("district", "3 phản ánh chuyển đến, 3 chuyển đi, kể cả giữa các cơ sở trong huyện."),
        ("facility", "3 phản ánh chuyển đến, 3 chuyển đi."),
    ],
)
def test_moves_that_cancel_out_are_no_term_and_no_fault(level, sentence):
    text = flow_text(flow(opening=5, closing=5, moved_in=3, moved_out=3), level)
    assert "Khớp" in text
    assert sentence in text


@pytest.mark.parametrize(
    "moved_in, moved_out, term",
    [(3, 2, "+ Từ đơn vị khác chuyển đến 1"), (2, 3, "− Chuyển sang đơn vị khác 1")],
)
def test_what_moved_in_or_out_is_a_term_of_its_own(moved_in, moved_out, term):
    moved = {"moved_in": moved_in, "moved_out": moved_out, "moved": moved_in - moved_out}
    text = flow_text(flow(opening=5, closing=5 + moved_in - moved_out, **moved))
    assert f"Tiếp nhận 0 − Xử lý xong 0 {term} =" in text
    assert "Khớp" in text
    assert "Chênh" not in text


def test_without_an_earlier_snapshot_there_is_no_flow_and_no_clearance():
    assert "Chưa có kỳ so sánh" in flow_text(None, compared=None)
    assert "Chưa có kỳ so sánh" in clearance_text(None)


def test_over_stale_comparisons_the_page_says_what_to_run_and_when_the_deadline_is():
    for why_not, command in {"stale": "rebuild --stale", "damaged": "verify"}.items():
        assert command in flow_text(None, why_not=why_not)
        assert command in clearance_text(None, why_not=why_not)
        assert "Chưa có kỳ so sánh" not in flow_text(None, why_not=why_not)
    sentence = complaints.deadline_answer(
        backlog("77", "Tỉnh", (1, 0, 0, 0)),
        deadline_on("complaints", NOON.date()),
        None,
        since=WEEK_BEFORE["as_of"].date(),
        as_of=NOON.date(),
        language="vi",
    )
    assert sentence == "Hạn xử lý: trước ngày 30/4/2022, còn 4 ngày (1975/BYT-CNTT)."


def test_a_backlog_that_grows_is_told_so():
    found = clearance(open_now=100, received=80, closed=40, days=8, as_of=NOON.date())
    text = clearance_text(found)
    assert "trên 1: tồn sẽ tăng mãi 2,00" in text  # 80 / 40
    assert "Để hết tồn trước ngày 30/4/2022 còn 4 ngày (1975/BYT-CNTT) 35 mỗi ngày" in text
    # received 10 a day: 10 + 100 / 4 = 35
    assert "Sau đó, để ai cũng được trả lời trong 48 giờ" in text
    assert "Sau đó" not in clearance_text(found, "facility")


@pytest.mark.parametrize(
    "closed, load",
    [
        (79, "trên 1: tồn sẽ tăng mãi 1,01"),
        (80, "bằng 1: tồn không giảm 1,00"),
        (81, "dưới 1: tồn đang giảm 0,99"),
        (0, "chưa xử lý phản ánh nào –"),
    ],
)
def test_at_a_load_of_one_a_backlog_neither_grows_nor_falls(closed, load):
    found = clearance(open_now=100, received=80, closed=closed, days=8, as_of=NOON.date())
    assert load in clearance_text(found)


@pytest.mark.parametrize(
    "day, sentence",
    [
        ("2022-04-10", ""),
        ("2022-04-16", "Hạn trước ngày 15/4/2022 đã qua 1 ngày."),
        ("2022-04-29", "Hạn trước ngày 30/4/2022 vừa hết."),
        ("2022-05-26", "Hạn trước ngày 30/4/2022 đã qua 26 ngày."),
    ],
)
def test_the_deadline_is_said_as_it_stands_on_the_day(day, sentence):
    as_of = dt.date.fromisoformat(day)
    found = clearance(open_now=1, received=7, closed=7, days=7, as_of=as_of)
    said = complaints.deadline_answer(
        backlog("77", "Tỉnh", (1, 0, 0, 0)),
        deadline_on("complaints", as_of),
        found,
        since=as_of - dt.timedelta(days=7),
        as_of=as_of,
        language="vi",
    )
    assert said == sentence


def test_types_and_reasons_add_up_and_an_unknown_type_stays_as_the_office_wrote_it():
    kinds = [
        {"kind": "type", "code": "<b>Khác</b>", "complaints": 2, "open": 1, "overdue": 0},
        {"kind": "type", "code": "Thiếu mũi tiêm", "complaints": 1, "open": 0, "overdue": 0},
        {"kind": "reject_reason", "code": "13", "complaints": 1, "open": 0, "overdue": 0},
        {"kind": "reject_reason", "code": "", "complaints": 1, "open": 0, "overdue": 0},
    ]
    html = complaint_tables.type_bars(kinds, received=3, source=SOURCE, language="vi")
    assert "<b>Khác" not in html
    assert "&lt;b&gt;Khác" in html
    assert "66,7 %" in shown(html)
    text = shown(complaint_tables.reject_bars(kinds, rejected=2, source=SOURCE, language="vi"))
    assert "13. Giấy có dấu hiệu tẩy xóa, chỉnh sửa 1 50,0 % Không ghi lý do 1 50,0 %" in text


def test_an_open_complaint_says_what_it_re_opens_and_nothing_of_it_becomes_markup():
    row = {
        "complaint_id": "<i>P3</i>",
        "received_at": NOON,
        "age_hours": 49.99,
        "complaint_type": "Thiếu mũi tiêm",
        "status": "new",
        "district_code": "747",
        "unit_code": "747",
        "unit_name": "Thành phố Vũng Tàu",
        "reopened_times": 2,
        "first_complaint_id": "P1",
    }
    html = complaint_tables.open_list(
        "oldest",
        Listing([row]),
        title="Tồn lâu nhất",
        total=7,
        nothing="Không có.",
        source=SOURCE,
        language="vi",
    )
    assert "<i>P3" not in html
    text = shown(html)
    assert "mở lại lần 2 của P1" in text
    assert "2,0 ngày" in text  # not yet 2,1 days: an age is cut, not rounded
    assert "Thành phố Vũng Tàu (chưa rõ cơ sở)" in text
    assert "Hiện 1 dòng đầu." in text


@pytest.mark.parametrize(
    "listing, total, sentence",
    [
        (Listing(refusal="closed"), 7, "7 Danh sách chỉ mở cho tài khoản được giao."),
        (Listing(refusal="closed"), 0, "0 Không có."),
        (Listing(refusal="damaged"), 7, "7 Chưa đọc được danh sách; lý do ghi trong nhật ký"),
        (Listing(), 0, "0 Không có."),
    ],
)
def test_a_list_that_is_not_shown_has_its_number_and_says_why(listing, total, sentence):
    html = complaint_tables.open_list(
        "oldest",
        listing,
        title="Tồn lâu nhất",
        total=total,
        nothing="Không có.",
        source=SOURCE,
        language="vi",
    )
    assert f"Tồn lâu nhất {sentence}" in shown(html)


@pytest.mark.parametrize(
    "change, words, tone", [(-5, "↓\u00a05", "good"), (5, "↑\u00a05", "bad"), (0, "=\u00a00", "")]
)
def test_a_falling_backlog_points_down_and_is_good(change, words, tone):
    unit = backlog("77", "Tỉnh", (1, 1, 0, 0), open_change=change)
    html = streams.complaints_card(
        unit,
        flow(received=3, closed=4),
        compared=WEEK_BEFORE,
        link=None,
        source=SOURCE,
        language="vi",
    )
    assert f'<span class="chip {tone}">{words}</span>' in html
    assert "3 tiếp nhận · 4 xử lý xong" in shown(html)


# Signing ------------------------------------------------------------------------------------

SIGNED: dict[str, Any] = {
    "unit_code": "77",
    "unit_name": "Tỉnh",
    "records": 100,
    "verified": 60,
    "too_few_doses": 10,
    "signable": 50,
    "not_started": 20,
    "in_process": 15,
    "signed": 10,
    "issued": 5,
    "done": 15,
    "waiting": 35,
    "ratio": 15 / 50,
    "ratio_change": None,
    "newly_signed_since": None,
    "signature_lost_since": None,
    "waiting_from_start": 4,
    "waiting_0_2": 5,
    "waiting_3_7": 10,
    "waiting_8_30": 16,
    "waiting_over_30": 0,
}


def funnel_text(unit: dict[str, Any], tree: Any, *, is_by_unit: bool = True) -> str:
    html = signing.funnel(unit, tree, RULE, is_by_unit=is_by_unit, source=SOURCE, language="vi")
    return shown(html)


def test_every_loss_of_the_funnel_is_the_difference_of_its_stages():
    tree = {"invalid": 25, "pending": 15}
    text = funnel_text(SIGNED, tree)
    assert "Toàn bộ hồ sơ 100" in text
    assert "− 25 không hợp lệ, 15 chưa phân loại Đã xác thực: đúng hoặc miễn 60 60,0 %" in text
    assert "− 10 chưa đủ 2 mũi Đủ điều kiện ký 50 83,3 %" in text
    assert "− 20 chưa bắt đầu Đã gửi ký 30 60,0 %" in text
    assert "− 15 đang xử lý Đã ký (kể cả đã cấp) 15 50,0 %" in text
    assert "− 10 đã ký, chờ Bộ cấp Bộ đã cấp hộ chiếu 5 33,3 %" in text


def test_of_totals_without_cleaning_the_funnel_begins_with_what_can_be_signed():
    text = funnel_text(SIGNED, None, is_by_unit=False)
    assert "Toàn bộ hồ sơ" not in text
    assert "Đủ điều kiện ký 50" in text


def test_totals_do_not_say_why_what_is_valid_cannot_be_signed():
    text = funnel_text(SIGNED, {"invalid": 25, "pending": 15}, is_by_unit=False)
    assert "− 10 chưa đủ điều kiện Đủ điều kiện ký 50" in text
    assert "chưa đủ 2 mũi" not in text


#: Of totals that do not say how many of the signed are issued.
UNISSUED = SIGNED | {"signed": None, "issued": None}


def test_where_it_is_not_known_what_is_issued_nothing_is_said_of_it():
    assert "Bộ đã cấp" not in funnel_text(UNISSUED, None)
    assert funnel_text(UNISSUED, None).count("Đã ký (kể cả đã cấp) 15") == 1
    card = shown(signing.progress_card(UNISSUED, compared=None, source=SOURCE, language="vi"))
    assert "Đã ký (kể cả đã cấp) 15 30,0 % Đang xử lý ký 15 30,0 % Chưa bắt đầu 20 40,0 %" in card
    assert "Bộ" not in card


def test_signatures_that_were_lost_stand_beside_the_new_ones():
    unit = SIGNED | {"ratio_change": 0.01, "newly_signed_since": 7, "signature_lost_since": 2}
    card = signing.progress_card(unit, compared=WEEK_BEFORE, source=SOURCE, language="vi")
    assert "7 hồ sơ mới ký · 2 hồ sơ mất chữ ký" in shown(card)


def test_the_ages_of_what_waits_add_up_and_say_what_is_not_known():
    text = shown(signing.waiting_card(SIGNED, 59, source=SOURCE, language="vi"))
    assert "35 hồ sơ đủ điều kiện chờ ký" in text
    assert (
        "0–2 ngày 5 14,3 % 3–7 ngày 10 28,6 % 8–30 ngày 16 45,7 % trên 30 ngày 0 0,0 % "
        "từ trước kỳ đầu: ít nhất 59 ngày 4 11,4 %"
    ) in text


@pytest.mark.parametrize("followed, tone", [(0, 0), (2, 0), (3, 1), (8, 2), (30, 2), (31, 3)])
def test_what_waited_from_the_start_is_coloured_by_the_least_it_can_have_waited(followed, tone):
    html = signing.waiting_card(SIGNED, followed, source=SOURCE, language="vi")
    assert re.findall(r'class="age-(\d)"', html)[-1] == f"{tone}"


@pytest.mark.parametrize(
    "followed, from_start, cell", [(30, 4, "–"), (31, 4, "5"), (30, 0, "1"), (31, 0, "1")]
)
def test_over_30_days_is_told_when_all_that_wait_have_been_followed_so_long(
    followed, from_start, cell
):
    unit = SIGNED | {"waiting_over_30": 1, "waiting_from_start": from_start, "history": []}
    html = signing_tables.signing_table(
        "units",
        "Đơn vị",
        [unit],
        unit_heading="Huyện",
        link=lambda code: None,
        source=SOURCE,
        language="vi",
        followed=followed,
    )
    cells = [shown(cell) for cell in re.findall(r"<td.*?</td>", html, re.DOTALL)]
    assert cells[-2] == cell


def contradiction_text(which: Any, rows: list[dict[str, Any]], days: int, **unit: Any) -> str:
    counts = {"signed_too_few_doses": 0, "with_signature": 20, "in_process": 15, which: 0}
    html = signing_tables.contradiction(
        which,
        Listing(rows),
        counts | unit,
        rule=RULE,
        followed=signing_tables.Followed(NOON.date() - dt.timedelta(days=days), days),
        source=SOURCE,
        language="vi",
    )
    return shown(html)


def test_a_record_in_process_when_first_seen_has_been_so_since_then_or_longer():
    row = {
        "record_id": "H1",
        "verification": "matched",
        "unit_name": "",
        "in_process_on": None,
    }
    text = contradiction_text("in_process_long", [row], 8, in_process_long=1)
    assert "H1 17/4/2022 hoặc trước Đúng, hợp lệ Chưa xác định đơn vị" in text


@pytest.mark.parametrize("days, is_said", [(7, True), (8, False)])
def test_before_anything_can_be_in_process_for_too_long_that_is_said(days, is_said):
    text = contradiction_text("in_process_long", [], days)
    assert (f"Mới theo dõi được {days} ngày, chưa đủ để thấy." in text) == is_said


def test_signatures_on_too_few_doses_are_told_beside_those_no_longer_matched():
    text = contradiction_text("signed_not_verified", [], 59, signed_too_few_doses=3)
    assert "Ngoài ra 3 hồ sơ đã ký mà nay chưa đủ 2 mũi, cũng không tính." in text


def test_ages_not_compared_yet_are_not_printed_as_none():
    untold = SIGNED | dict.fromkeys([*signing.BUCKETS, "waiting_from_start"])
    text = shown(signing.waiting_card(untold, 0, source=SOURCE, language="vi"))
    assert "rebuild --stale" in text
    assert "0–2 ngày" not in text


@pytest.mark.parametrize(
    "snapshot, sentence",
    [
        ({"is_by_unit": True, "is_paired": True}, "Chưa có hai kỳ liền nhau để thấy hồ sơ mới ký."),
        ({"is_by_unit": True, "is_paired": False}, "Đối chiếu giữa các kỳ chưa tính xong;"),
        ({"is_by_unit": False, "is_paired": False}, "Bảng tổng theo huyện không cho biết"),
    ],
)
def test_without_a_course_of_signing_it_is_said_why(snapshot, sentence):
    assert signing.course_in_words([], snapshot, "vi").startswith(sentence)


def test_a_facility_that_never_signed_stands_still_at_least_since_the_first_snapshot():
    units = [
        {"is_stalled": True, "last_signed_on": None, "idle_days": 5, "not_started": 9},
        {"is_stalled": False, "last_signed_on": NOON.date(), "idle_days": 0, "not_started": 99},
    ]
    units = [
        unit | {"unit_code": f"F{n}", "unit_name": f"Trạm {n}"} for n, unit in enumerate(units)
    ]
    html = signing.stalled_card(units, link=lambda unit: None, source=SOURCE, language="vi")
    assert "Trạm 0 9 chưa thấy ≥ 5" in shown(html)
    assert "Trạm 1" not in html


# Charts -------------------------------------------------------------------------------------


def points(*rows: tuple[int, int]) -> pl.DataFrame:
    """(received, closed) of one snapshot a day."""
    return pl.DataFrame(
        {
            "as_of": [NOON + dt.timedelta(days=day) for day in range(len(rows))],
            "received": [received for received, _closed in rows],
            "closed": [closed for _received, closed in rows],
            "open": [received - closed for received, closed in rows],
        }
    )


def test_the_gap_between_in_and_out_is_the_backlog_at_every_snapshot():
    course = points((100, 90), (110, 95), (125, 115))
    chart = in_and_out(course, language="vi", theme="light")
    out, received = chart.data
    assert out.y == (0, 5, 25)
    assert [a - b for a, b in zip(received.y, out.y, strict=True)] == course["open"].to_list()
    assert received.fill == "tonexty"
    assert (received.line.color, out.line.color) == (LIGHT.orange, LIGHT.blue)
    labels = [label.text for label in chart.layout.annotations]
    assert labels == ["<b>tiếp nhận</b>", "<b>tồn 10</b>", "<b>xử lý xong</b>"]
    assert received.customdata[-1] == "27/4/2022: tiếp nhận 35, xử lý xong 25, tồn 10"


def test_bars_are_signatures_a_day_also_where_days_are_missing():
    course = pl.DataFrame(
        {"as_of": [NOON, NOON + dt.timedelta(days=3)], "newly_signed": [40, 90], "days": [1, 3]}
    )
    chart = daily_bars(course, language="vi", theme="light")
    [bars] = chart.data
    assert bars.y == (40, 90 / 3)
    # The first and the last bar are whole.
    half = dt.timedelta(hours=12)
    first, last = NOON - half, NOON - half + dt.timedelta(days=3)
    assert bars.x == (first, last)
    assert chart.layout.xaxis.range == (first - half, last + half)
    assert bars.customdata[1] == "28/4/2022: 90 hồ sơ mới ký trong 3 ngày"


def test_lines_of_a_list_that_lost_its_oldest_stay_within_the_chart():
    course = points((10, 5), (7, 2))
    chart = in_and_out(course, language="vi", theme="light")
    low, high = chart.layout.yaxis.range
    assert low <= -3
    assert high >= 5
    assert min(chart.layout.yaxis.tickvals) < 0


def test_charts_of_nothing_stand():
    assert in_and_out(points((0, 0)), language="en", theme="dark").data[0].y == (0,)
    nothing = pl.DataFrame({"as_of": [NOON], "newly_signed": [0], "days": [1]})
    assert daily_bars(nothing, language="en", theme="dark").data[0].y == (0,)
