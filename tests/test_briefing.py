"""The weekly briefing: what it says of small stores one can count by hand, and that all its files
say the same.
"""

import datetime as dt
import io
import re
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import docx as word
import fastexcel
import pypdf
import pytest
import streamlit as st

from data.errors import RefusedError
from data.letterheads import letterhead
from data.marts import UNMAPPED
from display.briefing.build import build, figures_sha256
from display.briefing.facts import Stream
from display.briefing.files import FORMATS, file_name, preview, write, written
from display.briefing.letters import shown
from display.briefing.pace import faster
from display.briefing.tables import DECIMALS, count_field, name_field
from display.briefing.tables import cell as make_cell
from display.briefing.tables import table as make_table
from display.briefing.typeset import typeset
from display.briefing.value import Briefing, Cell, Column, Table
from display.briefing.write_html import first_page
from display.briefing.write_txt import MOST_CHARACTERS, txt
from queries.courses import time_of
from queries.engine import Connection, open_store
from queries.flows import BrokenIdentityError
from queries.run import UnknownUnitError
from queries.scope import Scope
from tests.accounts import sign_in
from tests.stores import NOON, Store, publish_totals
from tests.test_pages import (
    BEFORE,
    COMPLAINTS,
    COMPLAINTS_BEFORE,
    COMPLAINTS_NOW,
    DAY,
    DISTRICT,
    FLOWS,
    NOW,
    OVERVIEW,
    ROOT,
    SIGNING,
    WEEK,
    blocks,
    visit,
)

EVERYTHING = Scope.everything()


def two_days(store: Store) -> Store:
    """With two snapshots a week apart."""
    store.publish(BEFORE, as_of=NOON - WEEK, with_complaints=COMPLAINTS_BEFORE)
    store.publish(NOW, as_of=NOON, with_complaints=COMPLAINTS_NOW, is_confirmed=True)
    return store


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Two snapshots a week apart, to be read only."""
    return two_days(Store.inside(tmp_path_factory.mktemp("briefing")))


def of(store: Store, code: str | None = None, **ask: Any) -> Briefing:
    """The briefing of the province, or of a district under its own scope."""
    scope = Scope((code,)) if code else EVERYTHING
    return build(store.open(), scope=scope, district_code=code, **ask)


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def table(briefing: Briefing, name: str) -> Table:
    return next(one for one in briefing.tables if one.name == name)


def rows_of(found: Table) -> dict[str, list[str]]:
    """Unit -> the texts of its other cells; the last row too."""
    lines = [*found.rows, *([found.total] if found.total else [])]
    at = [column.kind for column in found.columns].index("name")
    return {line[at].text: [plain(cell.text) for cell in line[at + 1 :]] for line in lines}


def everything(briefing: Briefing) -> str:
    """All its words and figures."""
    told = [
        briefing.subject,
        briefing.basis,
        *(status.text for status in briefing.statuses),
        briefing.why,
        *briefing.overdue,
        *briefing.asks,
        *(line for section in briefing.sections for line in section.paragraphs),
        *briefing.tasks,
        *briefing.notes,
        *(cell.text for one in briefing.tables for line in one.rows for cell in line),
        briefing.source,
    ]
    return plain("\n".join(told))


# What it says -------------------------------------------------------------------------------


def test_the_statuses_tell_fraction_change_deadline_and_pace(week: Store) -> None:
    cleaning, complaints, signing = of(week).statuses
    # 1 of 3 was valid, 3 of 5 are: 60,00 - 33,33 = 26,67. 2 more in 7 days are 0,3 a day; 2 that
    # are left in 9 days are 0,2 a day, so 1.
    assert plain(cleaning.text) == (
        "3/5 hồ sơ đã phân loại là hợp lệ, đạt 60,0 % (tăng 26,67 điểm phần trăm so với tuần "
        "trước); còn 2 hồ sơ không hợp lệ. Hạn trước ngày 5/5/2022, còn 9 ngày (5 ngày làm việc); "
        "cần bình quân 1 hồ sơ/ngày; tuần qua đạt 0,3 nhưng có thêm 0,3 hồ sơ mới phân loại/ngày; "
        "chưa đủ kỳ số liệu để tính khả năng đúng hạn."
    )
    # P2 and P3 of five are closed; P1, P4 and P5 are open, of which P1 and P5 for over 48 hours.
    assert plain(complaints.text).startswith(
        "Đã xử lý xong 2/5 phản ánh, đạt 40,0 %; còn tồn 3 (tăng 1 so với tuần trước), trong đó "
        "2/3 đã quá 48 giờ (66,7 %). Hạn trước ngày 30/4/2022, còn 4 ngày;"
    )
    assert plain(signing.text).startswith(
        "Đã ký 1/3 hồ sơ đủ điều kiện, đạt 33,3 % (tăng 33,33 điểm phần trăm so với tuần "
        "trước); 1 đang xử lý ký, 1 chưa bắt đầu."
    )


def test_why_the_ratio_moved_is_told_with_parts_that_add_up(week: Store) -> None:
    said = plain(of(week).why)
    opening, told = said.split(", gồm: ")
    assert opening == "Tỷ lệ hợp lệ tăng 26,67 điểm phần trăm, từ 33,33 % đến 60,00 %"
    change = 26.67
    parts = [
        float(text.replace("−", "-").replace(",", ".")) for text in re.findall(r"[+−][\d,]+", told)
    ]
    assert sum(parts) == pytest.approx(change)


def test_movers_are_those_who_moved_the_ratio_and_nobody_else(week: Store) -> None:
    found = of(week).movers
    assert found is not None
    # F1: +1 valid of a base that stays is 1/5; F3: its one record, valid now, makes (1 - 1/3) / 5.
    assert [[cell.text for cell in line] for line in found.rows] == [
        ["Trạm Y tế Phường 1 (Vũng Tàu)", "+20,000"],
        ["Bệnh viện Côn Đảo", "+13,333"],
    ]


def test_what_is_overdue_and_what_to_ask_for_come_from_the_figures(week: Store) -> None:
    found = of(week)
    assert found.overdue == ["2 phản ánh quá 48 giờ; lâu nhất đã chờ 10 ngày."]
    assert found.asks == [
        "Xử lý ngay 2 phản ánh đã quá 48 giờ.",
        "Giao đơn vị xử lý 1 phản ánh chưa phân công.",
        "Rà soát trước khi ký lại: 1 hồ sơ đã ký nay không hợp lệ.",
    ]


def test_where_nothing_is_wrong_that_is_said_in_one_sentence(store: Store) -> None:
    store.publish("Mã cơ sở nhập | Trạng thái xác thực | Trạng thái ký\n F1 | Đúng | Đã ký")
    found = of(store)
    assert found.overdue == ["Không có việc nào quá hạn."]
    assert found.asks == ["Chưa có việc phải chỉ đạo thêm."]
    assert [status.status for status in found.statuses] == ["Đã đạt", "Đã đạt"]


def test_the_evaluation_says_rising_and_falling_in_plain_words(week: Store) -> None:
    cleaning, complaints, _signing = of(week).sections
    assert plain(cleaning.paragraphs[0]) == (
        "Trong tuần, sửa được 1 hồ sơ; tỷ lệ hợp lệ tăng 26,67 điểm phần trăm."
    )
    assert complaints.paragraphs[0] == (
        "Trong tuần, tiếp nhận 3, xử lý xong 2 phản ánh; số tồn tăng từ 2 lên 3."
    )


def test_a_falling_ratio_falls(store: Store) -> None:
    store.publish(
        """
        Mã cơ sở nhập | Trạng thái xác thực
        F1            | Đúng
        F1            | Đúng
        """,
        as_of=NOON - WEEK,
    )
    store.publish(
        """
        Mã cơ sở nhập | Trạng thái xác thực
        F1            | Đúng
        F1            | Sai
        """,
        is_confirmed=True,
    )
    found = of(store)
    said = plain(found.statuses[0].text)
    assert "đạt 50,0 % (giảm 50,00 điểm phần trăm so với tuần trước)" in said
    assert found.movers is not None
    [mover] = found.movers.rows
    assert [cell.text for cell in mover] == ["Trạm Y tế Phường 1 (Vũng Tàu)", "−50,000"]
    assert "tuần qua số hồ sơ hợp lệ giảm 0,1/ngày" in found.statuses[0].text


def test_every_total_is_the_sum_of_its_column(week: Store) -> None:
    for briefing in (of(week), of(week, "747"), of(week, "755"), of(week, "748")):
        for one in briefing.annexes:
            for at, column in enumerate(one.columns):
                if column.adds_up and one.total is not None:
                    parts = [line[at].value or 0 for line in one.rows]
                    assert sum(parts) == one.total[at].value, (one.name, column.heading)  # ty: ignore[no-matching-overload]


def test_the_annexes_name_every_district_and_every_facility(week: Store) -> None:
    found = of(week)
    districts = rows_of(table(found, "Làm sạch"))
    assert len(districts) == 8 + 1 + 1  # and what belongs to none, and the total
    assert districts["Huyện Côn Đảo"][:3] == ["1", "1", "100,00 %"]
    assert districts["Chưa xác định đơn vị"][:3] == ["0", "1", "0,00 %"]
    assert districts["Tổng cộng"][:5] == ["3", "5", "60,00 %", "+26,67", "2"]
    facilities = rows_of(table(found, "Cơ sở"))
    assert facilities["Trạm Y tế Phường 1"] == [
        "Vũng Tàu",
        "2",
        "2",
        "100,00 %",
        "+50,00",
        "0",
        "1",
        "0",
    ]
    assert {"Trung tâm Y tế Vũng Tàu", "Bệnh viện Côn Đảo", "Tổng cộng"} <= facilities.keys()


def test_units_are_numbered_and_what_belongs_to_none_is_not(week: Store) -> None:
    numbers = [line[0].text for line in lines_of(table(of(week), "Làm sạch"))]
    assert numbers == [*map(str, range(1, 9)), "", ""]  # none's, and the total
    waiting = table(of(week, "747"), "Phản ánh")
    unknown = next(line for line in waiting.rows if "chưa rõ cơ sở" in line[1].text)
    assert unknown[0].text == ""


def test_moves_lead_from_the_valid_before_to_those_now(week: Store) -> None:
    found = table(of(week), "Biến động")
    first, *moved, last, _base, _contribution = [cell.value for cell in found.total or []][2:]
    assert first + sum(moved) == last  # ty: ignore[no-matching-overload]
    for line in found.rows:
        first, *moved, last, _base, _contribution = [cell.value for cell in line][2:]
        assert first + sum(moved) == last  # ty: ignore[no-matching-overload]


def test_every_block_says_where_its_figures_come_from(week: Store) -> None:
    found = of(week)
    beside = table(found, "Cơ sở, phản ánh và ký").source
    assert len(re.findall(r"Nguồn: (phản ánh|hồ sơ) đến", beside)) == 2
    for source in (
        *(one.source for one in found.tables if one.source != beside),
        *(section.chart.source for section in found.sections if section.chart),
    ):
        assert re.search(r"đến 12 giờ ngày 25/4/2022, .+; định nghĩa v\d+\.$", source)
    assert "(mã 2022-04-25T1200-r1), so với kỳ 12 giờ ngày 18/4/2022" in found.source
    assert "(mã 2022-04-18T1200-r1)" in found.source


def test_what_is_told_as_change_is_the_difference_of_what_is_printed(store: Store) -> None:
    head = "Mã cơ sở nhập | Trạng thái xác thực\n"
    for valid, as_of in ((2, NOON - WEEK), (3, NOON)):
        rows = ["F1 | Đúng"] * valid + ["F1 | Sai"] * (160 - valid)
        store.publish(head + "\n".join(rows), as_of=as_of, is_confirmed=True)
    found = of(store)
    # 2/160 is 1,25 %, 3/160 is 1,875 %: half up 1,88 %, 0,63 more.
    assert plain(found.why) == (
        "Tỷ lệ hợp lệ tăng 0,63 điểm phần trăm, từ 1,25 % đến 1,88 %, gồm: sửa được +0,63."
    )
    assert "(tăng 0,63 điểm" in plain(found.statuses[0].text)
    assert rows_of(table(found, "Làm sạch"))["Tổng cộng"][2:4] == ["1,88 %", "+0,63"]
    assert rows_of(table(found, "Biến động"))["Tổng cộng"][-1] == "+0,63"


def test_contributions_are_printed_so_that_they_add_up(store: Store) -> None:
    head = "Mã cơ sở nhập | Trạng thái xác thực\n"
    rows = [f"F{number} | Sai" for number in (1, 2, 3)]
    store.publish(head + "\n".join(rows * 2), as_of=NOON - WEEK)
    fixed = [f"F{number} | Đúng" for number in (1, 2, 3)]
    store.publish(head + "\n".join(fixed + rows), is_confirmed=True)
    # Each facility gives 1 of 6, 16,666… points; together they are 50,00.
    found = table(of(store, "747"), "Biến động"), table(of(store), "Biến động")
    for one in found:
        *parts, whole = [line[-1].value for line in lines_of(one)]
        assert round(sum(value or 0 for value in parts), 6) == round(whole or 0, 6)  # ty: ignore[no-matching-overload]


def test_what_cancels_out_is_said_to(store: Store) -> None:
    head = "Mã cơ sở nhập | Trạng thái xác thực\n"
    store.publish(f"{head}F1 | Đúng\nF1 | Sai", as_of=NOON - WEEK)
    store.publish(f"{head}F1 | Sai\nF1 | Đúng", is_confirmed=True)
    assert plain(of(store).why) == (
        "Tỷ lệ hợp lệ không đổi, ở 50,00 %, các phần bù nhau: sửa được +50,00; hỏng lại −50,00."
    )


# Edges --------------------------------------------------------------------------------------


def test_a_first_week_has_nothing_to_compare_with_and_says_so(store: Store) -> None:
    store.publish(NOW, with_complaints=COMPLAINTS_NOW)
    found = of(store)
    assert found.since is None
    assert found.movers is None
    assert "so với" not in everything(found).replace("không có kỳ so sánh", "").replace(
        "để so sánh", ""
    )
    assert found.why == (
        "Chưa nêu được vì sao tỷ lệ hợp lệ thay đổi: chưa có kỳ số liệu cách 7–10 ngày để so sánh."
    )
    assert rows_of(table(found, "Làm sạch"))["Tổng cộng"][3] == "–"
    assert found.period == "đến 12 giờ ngày 25/4/2022"


def test_a_missing_day_is_told_as_the_day_it_is_compared_with(store: Store) -> None:
    store.publish(BEFORE, as_of=NOON - 9 * DAY)
    store.publish(NOW, is_confirmed=True)
    found = of(store)
    assert "(tăng 26,67 điểm phần trăm so với ngày 16/4/2022)" in plain(found.statuses[0].text)
    assert found.period == "từ 12 giờ ngày 16/4/2022 đến 12 giờ ngày 25/4/2022"
    assert "tuần trước" not in everything(found)


def test_any_earlier_snapshot_may_be_compared_with(store: Store) -> None:
    store.publish(BEFORE, as_of=NOON - 2 * DAY)
    store.publish(NOW, is_confirmed=True)
    assert of(store).since is None
    asked = of(store, since_id="2022-04-23T1200-r1")
    assert "tăng 26,67 điểm phần trăm so với ngày 23/4/2022" in plain(asked.statuses[0].text)
    with pytest.raises(RefusedError, match="không trước kỳ 2022-04-23T1200-r1"):
        of(store, snapshot_id="2022-04-23T1200-r1", since_id="2022-04-25T1200-r1")


def test_a_snapshot_of_totals_has_districts_and_no_facility(store: Store) -> None:
    head = "Mã huyện | Hợp lệ | Không hợp lệ | Đủ điều kiện ký | Đang xử lý ký | Đã ký\n"
    publish_totals(store, f"{head} 747 | 100 | 50 | 90 | 10 | 20", as_of=NOON - WEEK)
    publish_totals(store, f"{head} 747 | 120 | 30 | 110 | 10 | 40")
    found = of(store)
    assert "120/150" in found.statuses[0].text
    assert {one.name for one in found.annexes} == {"Làm sạch", "Ký số"}
    assert "một trong hai kỳ chỉ có bảng tổng theo huyện" in found.why
    assert found.sections[0].paragraphs[0] == "Trong tuần, tỷ lệ hợp lệ tăng 13,33 điểm phần trăm."
    assert of(store, "747").annexes == []


def test_a_snapshot_without_complaints_has_no_word_of_them(store: Store) -> None:
    store.publish(NOW)
    found = of(store)
    assert [status.workstream for status in found.statuses] == ["cleaning", "signing"]
    assert "phản ánh" not in everything(found).replace("xử lý phản ánh và ký", "")


def test_a_district_without_a_facility_has_a_briefing_of_its_own(week: Store) -> None:
    found = of(week, "748")
    assert {status.status for status in found.statuses} == {"Chưa phát sinh"}
    assert rows_of(table(found, "Làm sạch")).keys() == {"Tổng cộng"}
    assert all(section.chart is None for section in found.sections)
    for one in FORMATS:
        assert write(found, one)


def test_very_long_names_are_wrapped_and_whole_in_every_file(store: Store) -> None:
    name = "Trạm Y tế " + "Phường Nguyễn An Ninh mở rộng " * 7 + "và Xã Đảo"
    facilities = f"Mã cơ sở | Tên cơ sở | Loại | Mã huyện\n F1 | {name} | Trạm Y tế | 747"
    store.publish(BEFORE.replace("F2", "F1").replace("F3", "F1"), with_facilities=facilities)
    found = of(store)
    assert name in joined(pdf_text(found))
    assert name in docx_cells(found)
    assert name in xlsx_cells(found, "Cơ sở")


def test_text_of_the_data_is_only_text_in_every_file(store: Store) -> None:
    name = "=1+1 {{ 7*7 }} #set <b> $x$ *đậm* [x](javascript:1)"
    facilities = f"Mã cơ sở | Tên cơ sở | Loại | Mã huyện\n F1 | {name} | Trạm Y tế | 747"
    store.publish(BEFORE.replace("F2", "F1").replace("F3", "F1"), with_facilities=facilities)
    found = of(store)
    assert name in joined(pdf_text(found))
    assert name in docx_cells(found)
    assert name in xlsx_cells(found, "Cơ sở")


@pytest.mark.parametrize("sign", ["✓", "😀", "漢", "\x01", "\ufffe", "ﬀ", "Ｆ"])
def test_a_sign_no_font_has_stops_no_file(store: Store, sign: str) -> None:
    facilities = f"Mã cơ sở | Tên cơ sở | Loại | Mã huyện\n F1 | Trạm {sign} Y tế | Trạm Y tế | 747"
    store.publish("Mã cơ sở nhập | Trạng thái xác thực\n F1 | Sai", with_facilities=facilities)
    found = of(store, "747")
    name = f"Trạm {shown(sign)} Y tế"
    assert shown(sign) in {"□", "ff", "F"}
    assert name in joined(pdf_text(found))
    assert name in docx_cells(found)
    assert name in xlsx_cells(found, "Làm sạch")


def test_every_letter_a_briefing_may_have_is_in_its_fonts() -> None:
    letters = [sign for sign in map(chr, range(32, 0x10000)) if shown(sign) == sign]
    assert len(letters) > 600
    assert set("ẢẵộỰđ₫“–−□…") < set(letters)
    for weight in ("regular", "bold"):
        for style in ("normal", "italic"):
            text = f'#set text(font: "Liberation Serif", weight: "{weight}", style: "{style}")'
            inputs = {"letters": " ".join(letters)}
            assert typeset(f"{text}\n#sys.inputs.letters", inputs, at=NOON)  # warns: an error


def test_without_a_deadline_what_is_left_is_a_task_all_the_same(store: Store) -> None:
    long_ago = dt.datetime.fromisoformat("2021-12-01T12:00")
    store.publish("Mã cơ sở nhập | Trạng thái xác thực\n F1 | Đúng\n F1 | Sai", as_of=long_ago)
    assert of(store).tasks[0] == "Làm sạch dữ liệu: còn 1 hồ sơ, chưa có thời hạn."


def test_where_nothing_has_begun_no_result_is_to_be_kept(week: Store) -> None:
    assert of(week, "748").tasks == ["Chưa phát sinh việc phải làm."]
    districts = rows_of(table(of(week), "Làm sạch"))
    assert districts["Thành phố Bà Rịa"][-1] == "Chưa phát sinh"


def test_a_deadline_that_lapsed_is_told_with_what_is_asked_for_now(store: Store) -> None:
    after = dt.datetime.fromisoformat("2022-06-03T16:00")
    store.publish("Mã cơ sở nhập | Trạng thái xác thực\n F1 | Đúng\n F1 | Sai", as_of=after)
    found = of(store)
    assert "Hạn trước ngày 1/6/2022 đã qua 2 ngày, nay yêu cầu “" in plain(found.statuses[0].text)
    assert found.basis.startswith("Thực hiện Công văn")
    assert "văn bản Công văn" not in found.basis


def test_units_that_are_alike_have_no_best_and_no_worst(store: Store) -> None:
    rows = ["F1 | Đúng"] * 30 + ["F3 | Đúng"] * 30
    store.publish("Mã cơ sở nhập | Trạng thái xác thực\n" + "\n".join(rows))
    assert "cao nhất" not in everything(of(store))


def test_the_note_on_a_district_is_in_the_provinces_briefing_with_its_name(
    week: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    note = '[[annotations]]\ndate = 2022-04-24\ndistrict = "755"\ntext = "mất kết nối"\n'
    (tmp_path / "annotations.toml").write_text(note, encoding="utf-8")
    monkeypatch.setenv("TIENDO_CAMPAIGN", str(tmp_path))
    assert of(week).notes == ["Ngày 24/4/2022, Côn Đảo: mất kết nối."]
    assert of(week, "755").notes == ["Ngày 24/4/2022: mất kết nối."]
    assert of(week, "747").notes == []


def test_a_facility_that_changed_its_district_is_one_mover(store: Store) -> None:
    head = "Mã cơ sở | Tên cơ sở | Loại | Mã huyện\n F1 | Trạm A | Trạm Y tế | 747\n"
    records = "Mã cơ sở nhập | Trạng thái xác thực\nF1 | Đúng\nF2 | Đúng\nF2 | {}\nF1 | Sai"
    for code, state, as_of in (("747", "Sai", NOON - WEEK), ("748", "Đúng", NOON)):
        facilities = f"{head} F2 | Trạm B | Trạm Y tế | {code}"
        store.publish(
            records.format(state), with_facilities=facilities, as_of=as_of, is_confirmed=True
        )
    found = of(store).movers
    assert found is not None
    # One more valid of four, whatever district it is counted in.
    assert [[cell.text for cell in line] for line in found.rows] == [["Trạm B (Bà Rịa)", "+25,000"]]


def campaign_in(folder: Path, monkeypatch: pytest.MonkeyPatch, target: str) -> None:
    """A campaign of the office's own, with other targets."""
    text = (ROOT / "data" / "workstreams.toml").read_text(encoding="utf-8")
    own = text.replace("target = 1.0", f"target = {target}")
    (folder / "workstreams.toml").write_text(own, encoding="utf-8")
    monkeypatch.setenv("TIENDO_CAMPAIGN", str(folder))


def test_a_target_below_all_is_named_and_what_is_missing_to_it(
    week: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    campaign_in(tmp_path, monkeypatch, "0.5")
    found = of(week)
    cleaning, complaints, signing = (plain(status.text) for status in found.statuses)
    assert cleaning.endswith("Đã đạt chỉ tiêu 50 %.")  # 3 of 5
    assert "chỉ tiêu 50 %; cần bình quân" in complaints  # 2 of 5
    assert "chỉ tiêu 50 %; cần bình quân" in signing
    open_ones = found.sections[1].chart
    assert open_ones is not None
    # What is open is drawn, not what is missing to the target.
    assert [value for _day, value in open_ones.lines[0].points] == [2, 3]


def test_overdue_is_asked_for_though_the_deadline_is_in_no_danger(
    week: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    campaign_in(tmp_path, monkeypatch, "0.1")
    found = of(week)
    assert {status.status for status in found.statuses} == {"Đã đạt"}
    assert "Xử lý ngay 2 phản ánh đã quá 48 giờ." in found.asks


def test_complaints_that_come_back_are_told(store: Store) -> None:
    head = "Mã phản ánh | Thời điểm tiếp nhận | Mã cơ sở | Mã huyện | Trạng thái\n"
    line = "{} | 10/04/2022 12:00 | F1 | 747 | {}\n"
    then = head + line.format("P1", "Đã duyệt") + line.format("P2", "Mới ghi nhận")
    now = head + line.format("P1", "Đang xử lý") + line.format("P2", "Mới ghi nhận")
    store.publish(BEFORE, as_of=NOON - WEEK, with_complaints=then)
    store.publish(NOW, with_complaints=now, is_confirmed=True)
    found = of(store)
    assert found.sections[1].paragraphs[0] == (
        "Trong tuần, tiếp nhận 0, xử lý xong 0 phản ánh, mở lại 1; số tồn tăng từ 1 lên 2."
    )
    assert "tuần qua số phản ánh đã xử lý xong giảm 0,1/ngày" in found.statuses[1].text


def test_the_changes_of_the_parts_add_up_to_that_of_the_unit(week: Store) -> None:
    # P4 and P5 wait in the district or the province, under no facility.
    for code in (None, "747"):
        found = table(of(week, code), "Phản ánh")
        at = [column.heading for column in found.columns].index("Thay đổi số tồn")
        parts = [line[at].value or 0 for line in found.rows]
        assert found.total is not None
        assert sum(parts) == found.total[at].value  # ty: ignore[no-matching-overload]


def test_what_had_no_unit_and_now_has_one_stays_in_the_account(store: Store) -> None:
    rows = "Mã cơ sở nhập | Trạng thái xác thực\n{} | Đúng\nF1 | Đúng\nF1 | Sai"
    store.publish(rows.format("F9"), as_of=NOON - WEEK, is_confirmed=True)
    store.publish(rows.format("F2"), is_confirmed=True)
    found = rows_of(table(of(store), "Biến động"))
    assert found["Chưa xác định đơn vị"][:2] == ["1", "0"]
    assert found["Chưa xác định đơn vị"][6:8] == ["−1", "0"]


def test_a_table_that_does_not_add_up_is_refused_with_its_name() -> None:
    units = [
        {"unit_code": name, "unit_name": name, "valid": valid}
        for name, valid in (("A", 1), ("B", 2))
    ]
    fields = [name_field("Đơn vị"), count_field("Hợp lệ", "valid")]
    whole = {"unit_name": "Tỉnh", "valid": 4}
    with pytest.raises(BrokenIdentityError, match="Bảng X: cột Hợp lệ cộng lại là 3, không bằng 4"):
        make_table("x", "Bảng X", fields, units, whole, "")


def test_another_rule_of_signing_is_no_change_of_the_offices_doing(store: Store) -> None:
    one_dose = "Mã cơ sở nhập | Trạng thái xác thực | Số mũi | Trạng thái ký\n" + "\n".join(
        f"F1 | Đúng | {doses} | {state}" for doses, state in [(2, "Đã ký"), (1, "Chưa ký")]
    )
    # From 1/4/2022 on one dose is enough: one of one was signed, one of two is.
    store.publish(one_dose, as_of=dt.datetime.fromisoformat("2022-03-28T12:00"))
    store.publish(one_dose, as_of=dt.datetime.fromisoformat("2022-04-04T12:00"), is_confirmed=True)
    found = of(store)
    signing = next(one for one in found.statuses if one.workstream == "signing")
    assert "so với" not in signing.text
    assert found.sections[-1].paragraphs[0].startswith("Quy định ký đổi từ kỳ trước (")
    assert rows_of(table(found, "Ký số"))["Tổng cộng"][3] == "–"


# The same in every file ---------------------------------------------------------------------


def pdf_text(briefing: Briefing) -> list[str]:
    pages = pypdf.PdfReader(io.BytesIO(write(briefing, "pdf"))).pages
    return [plain(page.extract_text()) for page in pages]


def joined(pages: list[str]) -> str:
    """The text without its line breaks."""
    return re.sub(r"\s+", " ", " ".join(pages))


def unspaced(text: str) -> str:
    """Without spaces: a line may be broken after any sign."""
    return re.sub(r"\s+", "", plain(text))


def docx_tables(briefing: Briefing) -> list[list[list[str]]]:
    """The tables of figures, cell for cell; the first and last one of the page are its frame."""
    document = word.Document(io.BytesIO(write(briefing, "docx")))
    named = [one for one in document.tables if one.style and one.style.name == "Bảng số liệu"]
    return [[[cell.text for cell in row.cells] for row in one.rows] for one in named]


def docx_cells(briefing: Briefing) -> set[str]:
    return {cell for one in docx_tables(briefing) for row in one for cell in row}


def xlsx_rows(briefing: Briefing, sheet: str) -> list[tuple[Any, ...]]:
    book = fastexcel.read_excel(write(briefing, "xlsx"))
    frame = book.load_sheet(sheet, header_row=None, dtypes="string").to_polars()
    return frame.rows()


def xlsx_cells(briefing: Briefing, sheet: str) -> set[str]:
    return {cell for row in xlsx_rows(briefing, sheet) for cell in row if cell}


def lines_of(one: Table) -> list[list[Cell]]:
    return [[*line] for line in (*one.rows, *([one.total] if one.total else []))]


@pytest.mark.parametrize("code", [None, "747", "755", "748"])
def test_every_figure_is_the_same_in_docx(week: Store, code: str | None) -> None:
    found = of(week, code)
    for one, read in zip(found.tables, docx_tables(found), strict=True):
        head, *lines = read
        assert head == [column.heading for column in one.columns]
        assert lines == [[cell.text for cell in line] for line in lines_of(one)]


@pytest.mark.parametrize("code", [None, "747", "755", "748"])
def test_every_figure_is_the_same_in_pdf(week: Store, code: str | None) -> None:
    found = of(week, code)
    text = unspaced(" ".join(pdf_text(found)))
    for one in found.tables:
        for line in lines_of(one):
            assert unspaced("".join(cell.text for cell in line)) in text
    told = [
        *(status.text for status in found.statuses),
        *(line for section in found.sections for line in section.paragraphs),
        *(found.why, *found.overdue, *found.asks, *found.tasks, *found.notes),
    ]
    for sentence in told:
        assert unspaced(sentence) in text, sentence


@pytest.mark.parametrize("code", [None, "747", "755", "748"])
def test_every_figure_is_the_same_in_xlsx(week: Store, code: str | None) -> None:
    found = of(week, code)
    for one in found.tables:
        read = xlsx_rows(found, one.name)
        headings = tuple(column.heading for column in one.columns)
        head = next(at for at, row in enumerate(read) if row[: len(headings)] == headings)
        rows = read[head + 1 : head + 1 + len(lines_of(one))]
        for line, row in zip(lines_of(one), rows, strict=True):
            assert not any(row[len(headings) :])
            for column, cell, text in zip(one.columns, line, row[: len(headings)], strict=True):
                _assert_read_back(column, cell, text)


def _assert_read_back(column: Column, cell: Cell, text: str | None) -> None:
    """What a sheet holds is what was printed: a number where there is one, else its words."""
    kind = column.kind
    is_number = isinstance(cell.value, int | float)
    if kind in ("name", "text", "age") or not is_number or cell.text.startswith(("<", ">")):
        assert (text or "") == cell.text
        return
    number = float(text or "nan") / (100 if kind == "points" else 1)
    expected = float(cell.value)
    if kind == "needed":
        expected = -(-expected // 1)
    assert number == pytest.approx(expected, abs=1e-9)
    if column.decimals == DECIMALS:
        # And rounded it is the figure that is printed in the other files.
        value = round(number) if isinstance(cell.value, int) else number
        assert make_cell(kind, value).text == cell.text


def test_the_message_has_the_headline_figures_and_fits_a_chat(week: Store) -> None:
    found = of(week)
    said = plain(txt(found))
    assert len(txt(found)) <= MOST_CHARACTERS
    assert "3/5 hợp lệ (60,0 %, tăng 26,67 điểm)" in said
    assert "tồn 3 (tăng 1), quá 48 giờ 2" in said
    assert "1/3 đã ký (33,3 %, tăng 33,33 điểm)" in said
    assert found.why in txt(found)
    assert write(found, "txt").decode() == txt(found)


def test_the_words_for_a_phone_are_those_of_the_first_page(week: Store) -> None:
    found = of(week)
    said = plain(unescape(re.sub(r"<[^>]+>", " ", first_page(found))))
    words = [
        *(status.text for status in found.statuses),
        *(found.basis, found.why, *found.overdue, *found.asks),
    ]
    assert [text for text in words if plain(text) not in said] == []


def test_every_figure_of_the_message_is_one_of_the_briefing(week: Store) -> None:
    for code in (None, "747", "755"):
        found = of(week, code)
        said = everything(found) + plain(f" {found.as_of:%H:%M} {found.as_of - WEEK:%H:%M}")
        for figure in re.findall(r"\d[\d.,/:]*\d|\d", plain(txt(found))):
            assert figure in said, figure


def test_a_message_never_cuts_a_sentence(week: Store) -> None:
    long = of(week)._replace(short_asks=["Rất dài " * 150, "Ngắn."])
    said = txt(long)
    assert len(said) <= MOST_CHARACTERS
    assert "Rất dài" not in said
    assert "\n- Ngắn.\n" in said
    assert said.endswith("\nCòn 1 đề nghị khác trong báo cáo.\n")


@pytest.mark.parametrize(
    "required, actual, arrivals, told",
    [
        # 106 a day would do if nothing came; 70 a day come: 176.
        (105.75, 82.9, 69.7, ": từ 83 lên 176 phản ánh/ngày, kể cả phản ánh mới"),
        (105.75, 120.0, 69.7, ": từ 120 lên 176 phản ánh/ngày, kể cả phản ánh mới"),
        (105.75, 180.0, 69.7, ": 180 phản ánh/ngày"),
        # Of small numbers not each is rounded up: 0,25 + 0,14 is less than one.
        (0.25, 0.1, 0.14, ": từ 0,1 lên 1 phản ánh/ngày, kể cả phản ánh mới"),
        # What comes counts where it is told how many times as fast, too: (101 + 200) / 10.
        (
            *(101.0, 10.0, 200.0),
            ": phải nhanh gấp 30 lần mới kịp hạn, cần bổ sung nhân lực hoặc xin điều chỉnh hạn",
        ),
        # Less than one in twenty is not worth a word.
        (105.75, 82.9, 5.0, ": từ 83 lên 106 phản ánh/ngày"),
        (105.75, 0.0, 69.7, ": cần 106 phản ánh/ngày"),
    ],
)
def test_the_pace_asked_for_counts_what_keeps_coming(
    required: float, actual: float, arrivals: float, told: str
) -> None:
    unit = {
        "required_per_day": required,
        "actual_per_day": actual,
        "arrivals_per_day": arrivals,
        "effort_ratio": required / actual if actual else None,
        "target": 1.0,
    }
    time = time_of("complaints", NOON.date())
    stream = Stream(unit, {}, time, None, None)  # ty: ignore[invalid-argument-type]
    assert faster("complaints", stream) == told


@pytest.fixture(scope="module")
def slow_days(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Eight days on which each of four facilities of 747 and two of 755 fixes 1 of 100 a day."""
    store = Store.inside(tmp_path_factory.mktemp("slow"))
    codes = {f"F{number}": "747" if number < 5 else "755" for number in range(1, 7)}
    facilities = "Mã cơ sở | Tên cơ sở | Loại | Mã huyện\n" + "\n".join(
        f"{code} | Trạm {code} | Trạm Y tế | {district}" for code, district in codes.items()
    )
    for day in range(8):
        rows = [
            f"{code} | {'Đúng' if number <= day else 'Sai'}"
            for code in codes
            for number in range(100)
        ]
        store.publish(
            "Mã cơ sở nhập | Trạng thái xác thực\n" + "\n".join(rows),
            with_facilities=facilities,
            as_of=NOON - (7 - day) * DAY,
            is_confirmed=True,
        )
    return store


def test_who_is_late_is_asked_for_with_places_only_where_one_can_choose(slow_days: Store) -> None:
    resort = ", cần bổ sung nhân lực hoặc xin điều chỉnh hạn."
    many, few = of(slow_days, "747"), of(slow_days, "755")
    # 92 of 100 are left for 9 days, 1 was done a day: 92 / 9 = 10,2 times as fast.
    ask = "Đẩy nhanh làm sạch dữ liệu"
    times = "phải nhanh gấp 10 lần mới kịp hạn"
    assert plain(many.asks[0]) == f"{ask}, trước hết ở Trạm F1 và Trạm F2: {times}{resort}"
    assert plain(many.short_asks[0]) == f"{ask} (Trạm F1 và Trạm F2): {times}."
    assert plain(few.asks[0]) == f"{ask}: {times}{resort}"
    assert plain(few.short_asks[0]) == f"{ask}: {times}."


def test_a_district_is_asked_to_hand_on_what_lies_under_no_facility(week: Store) -> None:
    asked = of(week, "747").asks
    assert "Giao cơ sở xử lý 1 phản ánh chưa rõ cơ sở." in asked
    assert all("chưa rõ cơ sở" not in ask for ask in of(week).asks)


def test_the_same_input_makes_the_same_bytes(week: Store) -> None:
    first = written(of(week), FORMATS)
    assert written(of(week), FORMATS) == first


class PageTables(HTMLParser):
    """The tables of a page by name: heading -> text, a row each, the last one too."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tables: dict[str, list[list[str]]] = {}
        self._rows: list[list[str]] | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self._rows = self.tables.setdefault(dict(attrs).get("data-table") or "", [])
        elif self._rows is not None and tag == "tr":
            self._rows.append([])
        elif self._rows is not None and tag in ("td", "th"):
            self._rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == "table":
            self._rows = None

    def handle_data(self, data: str) -> None:
        if self._rows and self._rows[-1]:
            self._rows[-1][-1] += data

    def rows(self, name: str) -> list[dict[str, str]]:
        head, *rows = [[joined([plain(cell)]).strip() for cell in row] for row in self.tables[name]]
        return [dict(zip(head, row, strict=True)) for row in rows]


#: Page and unit, its table, the annex with the same figures: the page's heading -> the annex's.
SAME_FIGURES: list[tuple[str, str | None, str, str, dict[str, str]]] = [
    (
        *(OVERVIEW, None, "districts", "Làm sạch"),
        {"Cần/ngày": "Cần mỗi ngày", "Đang/ngày": "Đạt mỗi ngày", "Khả năng": "Khả năng đúng hạn"},
    ),
    (
        *(DISTRICT, "747", "units_facility", "Làm sạch"),
        {
            "Tỷ lệ hợp lệ": "Tỷ lệ hợp lệ",
            "Hợp lệ": "Hợp lệ",
            "Đã phân loại": "Đã phân loại",
            "Còn lại": "Không hợp lệ",
            "7 ngày, điểm": "Thay đổi, điểm",
        },
    ),
    *(
        (
            *(SIGNING, code, f"signing_{level}", "Ký số"),
            {
                "Tỷ lệ đã ký": "Tỷ lệ ký",
                "Đủ điều kiện": "Đủ điều kiện",
                "Đang xử lý": "Đang xử lý ký",
            },
        )
        for code, level in ((None, "province"), ("747", "district"))
    ),
    (
        *(COMPLAINTS, None, "backlog_province", "Phản ánh"),
        {
            "Còn tồn": "Còn tồn",
            "Quá 48 giờ": "Quá 48 giờ",
            "Cũ nhất": "Chờ lâu nhất",
            "7 ngày": "Thay đổi số tồn",
        },
    ),
    *(
        (
            *(FLOWS, code, f"flows_facility_{level}_", "Biến động"),
            {"Đóng góp, điểm": "Đóng góp, điểm", "Mẫu số đổi": "Mẫu số đổi"},
        )
        for code, level in ((None, "province"), ("747", "district"))
    ),
]


@pytest.mark.parametrize("page, code, name, annex, headings", SAME_FIGURES)
def test_the_tables_of_the_pages_have_the_figures_of_the_annexes(
    week: Store,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    page: str,
    code: str | None,
    name: str,
    annex: str,
    headings: dict[str, str],
) -> None:
    look_as_the_province(week, monkeypatch, tmp_path)
    address = {"stream": "cleaning"} if page == OVERVIEW else {}
    html = blocks(visit(page, **address, **({"district": code} if code else {})))
    printed = table(of(week, code), annex)
    places = {column.heading: at for at, column in enumerate(printed.columns)}
    annexed = {plain(line[1].text): line for line in lines_of(printed)}
    *units, whole = PageTables(html).rows(name)
    compared = 0
    for row in [*units, {**whole, next(iter(whole)): "Tổng cộng"}]:
        line = annexed.get(row[next(iter(row))])
        if line is not None:
            compared += 1
            assert {heading: row[heading] for heading in headings} == {
                heading: plain(line[places[other]].text) for heading, other in headings.items()
            }
    assert compared >= 3


def look_as_the_province(week: Store, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.setenv("TIENDO_STORE", str(week.folder))
    monkeypatch.setenv("TIENDO_PRIVATE", str(folder / "private"))
    sign_in(monkeypatch, "province")
    st.cache_data.clear()
    st.cache_resource.clear()


def test_the_statuses_have_the_figures_of_the_cards(
    week: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    look_as_the_province(week, monkeypatch, tmp_path)
    found = of(week)
    overview = plain(blocks(visit(OVERVIEW, stream="cleaning")))
    for text in ("3/5 hồ sơ đã phân loại", "60,0 %", "+26,7 điểm", "2/3 đã quá 48 giờ (66,7 %)"):
        assert text in overview
    assert "3/5 hồ sơ đã phân loại" in found.statuses[0].text
    assert "2/3 đã quá 48 giờ (66,7 %)" in plain(found.statuses[1].text)


# What it looks like -------------------------------------------------------------------------


def test_the_pdf_is_tagged_archivable_and_has_its_fonts_inside(week: Store) -> None:
    reader = pypdf.PdfReader(io.BytesIO(write(of(week), "pdf")))
    root: Any = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "vi-VN"
    about = root["/Metadata"].get_data().decode()
    assert "pdfuaid:part" in about
    assert re.search(r"pdfaid:part>2<.*pdfaid:conformance>A<", about, re.S)
    fonts = {
        font.get_object()["/BaseFont"]
        for page in reader.pages
        for font in _resources(page)["/Font"].values()
    }
    assert fonts
    assert all(re.match(r"/[A-Z]{6}\+LiberationSerif", name) for name in fonts)


def _resources(page: Any) -> Any:
    return page["/Resources"]


def test_the_first_page_is_not_numbered_and_tables_repeat_their_heads(store: Store) -> None:
    facilities = "Mã cơ sở | Tên cơ sở | Loại | Mã huyện\n" + "\n".join(
        f"F{number} | Trạm số {number:03} | Trạm Y tế | 747" for number in range(1, 61)
    )
    people = "Mã cơ sở nhập | Trạng thái xác thực\n" + "\n".join(
        f"F{number} | Đúng" for number in range(1, 61)
    )
    store.publish(people, with_facilities=facilities)
    first, *others = pdf_text(of(store))
    assert first.startswith("UBND TỈNH")
    assert all(page.startswith(str(number)) for number, page in enumerate(others, 2))
    of_cleaning = [page for page in others if "Trạm số" in page and "Tỷ lệ hợp" in page]
    assert len(of_cleaning) > 1
    # No row is cut: each name stands on a page with all its figures.
    assert sum(page.count("Trạm số") for page in of_cleaning) == 60


def test_pages_can_be_looked_at_before_they_are_printed(week: Store) -> None:
    found = of(week)
    shown = preview(found)
    assert len(shown) == len(pdf_text(found))
    assert all(page.startswith(b"\x89PNG") for page in shown)


# Scope --------------------------------------------------------------------------------------


def test_a_district_tells_of_itself_alone(week: Store) -> None:
    told = everything(of(week, "747"))
    assert "Trạm Y tế Phường 1" in told
    assert "Côn Đảo" not in told
    assert UNMAPPED not in told
    assert "toàn tỉnh 60,0 %" in told


def test_no_two_reports_have_one_name(week: Store) -> None:
    found = of(week, "747")
    assert file_name(found, "pdf") == "bao-cao-747-2022-04-25-12h00.pdf"
    first_week = found._replace(since=None)
    assert file_name(first_week, "pdf") == "bao-cao-747-2022-04-25-12h00.pdf"
    revised = found._replace(snapshot_id="2022-04-25T1200-r2", since=NOON - 2 * WEEK)
    assert file_name(revised, "txt") == "bao-cao-747-2022-04-25-12h00-ban-2-tu-2022-04-11.txt"


@pytest.mark.parametrize(
    "scope, code",
    [
        (Scope(("747",)), None),
        (Scope(("747",)), "755"),
        (Scope(("747",), ("F1",)), "747"),
        (Scope(()), "747"),
    ],
)
def test_nobody_gets_a_briefing_of_more_than_they_see(
    week: Store, scope: Scope, code: str | None
) -> None:
    with pytest.raises(UnknownUnitError):
        build(week.open(), scope=scope, district_code=code)


def test_a_district_that_is_not_there_is_refused_by_name(week: Store) -> None:
    with pytest.raises(UnknownUnitError, match="999"):
        build(week.open(), scope=EVERYTHING, district_code="999")


def test_no_word_of_a_person_is_in_it(store: Store) -> None:
    store.publish(
        """
        Họ và tên      | Số CCCD/CMND | Số điện thoại | Mã cơ sở nhập | Trạng thái xác thực
        Trần Lan Riêng | 077190000011 | 0901000011    | F1            | Sai
        """
    )
    found = of(store)
    files = joined(pdf_text(found)) + everything(found) + txt(found)
    for secret in ("Trần Lan", "077190000011", "0901000011", "H1"):
        assert secret not in files


# Whether figures have changed ---------------------------------------------------------------


def test_figures_have_one_hash_whoever_asks_and_another_when_one_changes(store: Store) -> None:
    week = two_days(store)
    connection: Connection = open_store(week.folder)
    first = figures_sha256(build(connection, scope=EVERYTHING))
    assert figures_sha256(of(week)) == first
    assert figures_sha256(of(week, "747")) != first
    week.publish(
        NOW.replace("F2            | 26506            | Không có số", "F2 | 26506 | Đúng"),
        with_complaints=COMPLAINTS_NOW,
        reason_of_revision="sửa F2",
        is_confirmed=True,
    )
    revised = of(week)
    assert figures_sha256(revised) != first
    other = revised.sections[0]
    assert other.chart is not None
    lines = [line._replace(points=line.points[:-1]) for line in other.chart.lines]
    noted = revised._replace(notes=["Ngày 24/4/2022: mất điện."])
    assert figures_sha256(noted) == figures_sha256(revised)
    drawn = other._replace(chart=other.chart._replace(lines=lines))
    changed = revised._replace(sections=[drawn, *revised.sections[1:]])
    assert figures_sha256(changed) != figures_sha256(revised)
    assert "bản đính chính lần 1: sửa F2" in everything(revised)


# The letterhead -----------------------------------------------------------------------------

OFFICE = """
[office]
superior = "UBND TỈNH X"
agency = "SỞ Y TẾ X"
number = "05/BC-SYT"
place = "Xứ X"
signer = ["GIÁM ĐỐC"]
recipients = ["Lưu: VT."]
"""


def test_the_office_puts_its_own_lines_round_the_report(
    week: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    own = '[districts.747]\nrecipients = ["UBND thành phố."]'
    (tmp_path / "briefing.toml").write_text(OFFICE + own, encoding="utf-8")
    monkeypatch.setenv("TIENDO_CAMPAIGN", str(tmp_path))
    assert letterhead(None).agency == "SỞ Y TẾ X"
    assert letterhead("747") == letterhead(None)._replace(recipients=("UBND thành phố.",))
    text = joined(pdf_text(of(week, "747")))
    assert "Số: 05/BC-SYT" in text
    assert "Xứ X, ngày 25 tháng 4 năm 2022" in text


@pytest.mark.parametrize(
    "line", ['superior = "SỞ Y TẾ X"', 'agency = "TRUNG TÂM Y TẾ"', 'signer = ["GIÁM ĐỐC"]']
)
def test_a_report_of_another_agency_has_neither_the_offices_number_nor_its_signers_name(
    line: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    office = f'{OFFICE}signer_name = "Lan"\n[districts.747]\n{line}\n'
    (tmp_path / "briefing.toml").write_text(office, encoding="utf-8")
    monkeypatch.setenv("TIENDO_CAMPAIGN", str(tmp_path))
    of_747, of_755 = letterhead("747"), letterhead("755")
    assert (of_755.number, of_755.signer_name) == ("05/BC-SYT", "Lan")
    assert (of_747.number.strip(), of_747.signer_name) == ("/BC-", "")
    assert (of_747.is_numbered, of_755.is_numbered) == (False, True)
    assert of_747.place == "Xứ X"


def test_the_number_and_the_name_a_district_gives_are_its_own(
    week: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    own = '[districts.747]\nagency = "TRUNG TÂM"\nnumber = "7/BC-TTYT"\nsigner_name = "Tư"\n'
    (tmp_path / "briefing.toml").write_text(OFFICE + own, encoding="utf-8")
    monkeypatch.setenv("TIENDO_CAMPAIGN", str(tmp_path))
    assert letterhead("747")[:3] == ("UBND TỈNH X", "TRUNG TÂM", "7/BC-TTYT")
    assert letterhead("747").signer_name == "Tư"
    assert "Số: 7/BC-TTYT" in joined(pdf_text(of(week, "747")))


def test_the_example_of_a_district_holds(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    shipped = (ROOT / "data" / "briefing.toml").read_text(encoding="utf-8")
    office, example = shipped.split("# [districts.747]\n")
    lines = [line.removeprefix("# ") for line in example.splitlines()]
    text = "\n".join([office, "[districts.747]", *lines])
    (tmp_path / "briefing.toml").write_text(text, encoding="utf-8")
    monkeypatch.setenv("TIENDO_CAMPAIGN", str(tmp_path))
    of_747 = letterhead("747")
    assert (of_747.agency, of_747.place) == ("Trung tâm Y tế thành phố Vũng Tàu", "Vũng Tàu")
    assert (of_747.number.strip(), of_747.is_numbered) == ("/BC-TTYT", False)


@pytest.mark.parametrize("name", ["khong-co", "briefing.toml"])
def test_a_setting_that_names_no_folder_is_refused_and_no_letterhead_taken_instead(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "briefing.toml").write_text(OFFICE, encoding="utf-8")
    monkeypatch.setenv("TIENDO_CAMPAIGN", str(tmp_path / name))
    with pytest.raises(RefusedError, match=rf"^TIENDO_CAMPAIGN là '.*{name}', không phải thư mục"):
        letterhead(None)


@pytest.mark.parametrize(
    "text, said",
    [
        ("[office]", "“superior” là None"),
        ('[offices]\nsuperior = "x"', "không hiểu “offices”"),
        (OFFICE + '[districts.999]\nagency = "x"', "không có huyện mã “999”"),
        (OFFICE.replace('["GIÁM ĐỐC"]', '"GIÁM ĐỐC"'), "“signer” là 'GIÁM ĐỐC'"),
        (OFFICE.replace('["GIÁM ĐỐC"]', "[]"), "“signer” là []"),
    ],
)
def test_a_letterhead_that_does_not_hold_is_refused_by_file_and_name(
    text: str, said: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "briefing.toml").write_text(text, encoding="utf-8")
    monkeypatch.setenv("TIENDO_CAMPAIGN", str(tmp_path))
    with pytest.raises(RefusedError, match=r"briefing\.toml") as refusal:
        letterhead(None)
    assert said in str(refusal.value)


def test_an_office_template_that_cannot_be_set_is_refused_by_name(
    week: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "briefing.typ").write_text("#khong-co-lenh-nay()", encoding="utf-8")
    monkeypatch.setenv("TIENDO_CAMPAIGN", str(tmp_path))
    with pytest.raises(RefusedError, match=r"briefing\.typ: mẫu báo cáo không dàn trang được"):
        write(of(week), "pdf")


def test_a_font_that_is_not_there_is_an_error_and_no_guess(
    week: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "briefing.typ").write_text(
        '#set text(font: "Không Có Phông Này")\n#set document(title: "x")\nchữ', encoding="utf-8"
    )
    monkeypatch.setenv("TIENDO_CAMPAIGN", str(tmp_path))
    with pytest.raises(RefusedError, match="dàn trang"):
        write(of(week), "pdf")
