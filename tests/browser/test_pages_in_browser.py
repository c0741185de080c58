"""What a person does with the pages, in a real Chromium."""

import re
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, ViewportSize, expect

from data import audit, releases
from data.accounts import remove

#: pytest-base-url, which pytest-playwright brings, is behind pytest here.
pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore:.*fixtures defined as instance methods:DeprecationWarning"),
]

PHONE: ViewportSize = {"width": 390, "height": 844}
PATHS = ["", "/huyen", "/co-so", "/phan-anh", "/ky-so", "/bien-dong", "/bao-cao", "/du-lieu"]


def row(page: Page, table: str, name: str) -> Locator:
    return page.locator(f"table[data-table={table}] tbody tr", has_text=name)


def first_cells(page: Page, table: str) -> list[str]:
    return page.locator(f"table[data-table={table}] tbody th").all_inner_texts()


def open_page(page: Page, address: str, heading: str) -> None:
    page.goto(address)
    expect(page.locator("h1", has_text=heading)).to_be_visible(timeout=30_000)


def test_a_person_clicks_from_the_province_to_a_district_to_a_facility(
    page: Page, app: str, asked_hosts: set[str]
) -> None:
    open_page(page, f"{app}/?stream=cleaning", "Tỉnh Bà Rịa – Vũng Tàu")
    expect(page.locator(".answer")).to_contain_text("kịp hạn trước ngày")
    row(page, "districts", "Thành phố Vũng Tàu").locator("td").last.click()
    expect(page.locator("h1", has_text="Thành phố Vũng Tàu")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/huyen\?.*district=747"))
    facility = row(page, "units_facility", "Trạm Y tế Phường 2").first
    facility.get_by_role("link").click()
    expect(page.locator("h1", has_text="Trạm Y tế Phường 2")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/co-so\?.*facility="))
    expect(page.locator("tr.current")).to_contain_text("Trạm Y tế Phường 2")
    assert asked_hosts == {"127.0.0.1"}


def test_a_person_goes_from_the_overview_to_the_complaints_of_one_facility_and_back(
    page: Page, app: str, asked_hosts: set[str]
) -> None:
    open_page(page, app, "Tỉnh Bà Rịa – Vũng Tàu")
    page.locator("[class*=st-key-card_complaints]").get_by_role("link", name="Xem chi tiết").click()
    expect(page.locator(".answer")).to_contain_text("phản ánh chưa xử lý xong")
    expect(
        page.locator("[data-table=unrouted], [class*=st-key-card_unrouted]").first
    ).to_be_visible()
    expect(page.locator(".js-plotly-plot").first).to_be_visible()
    row(page, "backlog_province", "Thị xã Phú Mỹ").get_by_role("link").click()
    expect(page.locator("h1", has_text="Thị xã Phú Mỹ")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/phan-anh\?.*district=754"))
    total = page.locator("table[data-table=backlog_district] tfoot td").nth(1)
    shown = page.locator("table[data-table=backlog_district] tbody td:nth-child(3)")
    expect(shown.first).to_be_visible()
    assert sum(map(int, shown.all_inner_texts())) == int(total.inner_text())
    first = page.locator("table[data-table=backlog_district] tbody tr").first
    name = first.locator("th").inner_text()
    first.get_by_role("link").click()
    expect(page.locator("h1", has_text=name)).to_be_visible()
    expect(page.get_by_text("Danh sách chỉ mở cho tài khoản được giao").first).to_be_visible()
    page.locator(".crumbs").get_by_role("link", name="Tỉnh Bà Rịa – Vũng Tàu").click()
    expect(page.locator("h1", has_text="Tỉnh Bà Rịa – Vũng Tàu")).to_be_visible()
    expect(page.locator("table[data-table=backlog_province]")).to_be_visible()
    assert asked_hosts == {"127.0.0.1"}


def test_a_district_official_reaches_the_records_behind_a_contradiction_of_signing(
    page: Page, app: str, come_in: Callable[..., None]
) -> None:
    come_in("district", "747")
    open_page(page, f"{app}/ky-so", "Thành phố Vũng Tàu")
    expect(page.locator(".funnel li")).to_have_count(6)
    choose(page, "Cơ sở", "Trạm Y tế Phường 2")
    expect(page.locator("h1", has_text="Trạm Y tế Phường 2")).to_be_visible()
    expect(page).to_have_url(re.compile("facility="))
    until_drawn(page)
    told = page.locator("[class*=st-key-card_in_process_long]")
    count = int(told.locator(".headline").inner_text().split()[0])
    expect(told.locator("tbody tr")).to_have_count(min(count, 50))
    choose(page, "Cơ sở", "Tất cả cơ sở")
    expect(page.locator("h1", has_text="Thành phố Vũng Tàu")).to_be_visible()


def test_a_district_official_goes_from_why_the_ratio_moved_to_the_course_of_one_record(
    page: Page, app: str, come_in: Callable[..., None]
) -> None:
    come_in("district", "747")
    open_page(page, f"{app}/bien-dong", "Thành phố Vũng Tàu")
    expect(page.locator(".answer")).to_contain_text("điểm = sửa được +")
    expect(page.locator(".js-plotly-plot .bars .point").first).to_be_visible()
    until_drawn(page)
    told = row(page, "flow_terms", "Hỏng lại")
    count = -int(told.locator("td").first.inner_text().replace("−", "-").replace(".", ""))
    told.get_by_role("link").click()
    expect(page).to_have_url(re.compile(r"flow=regressed"))
    records = page.locator("table[data-table=flow_records] tbody tr")
    expect(records).to_have_count(min(count, 50))
    name = records.first.locator("th").inner_text()
    records.first.get_by_role("link").click()
    expect(page.get_by_text(f"Quá trình của hồ sơ {name}")).to_be_visible()
    expect(page.locator(".timeline li").first).to_contain_text("từ “Đúng, hợp lệ” sang")
    until_drawn(page)
    page.locator(".transitions td.good a").first.click()
    expect(page).to_have_url(re.compile(r"flow=\w+\.matched"))
    expect(page.locator(".transitions td.current")).to_have_count(1)
    until_drawn(page)
    page.locator(".js-plotly-plot .bars .point").nth(1).click(force=True)
    expect(page).to_have_url(re.compile(r"flow=fixed"))


def test_a_district_official_goes_from_a_number_to_its_records_and_takes_them_along(
    page: Page, app: str, store: Path, come_in: Callable[..., None]
) -> None:
    come_in("district", "747")
    open_page(page, f"{app}/huyen", "Thành phố Vũng Tàu")
    number = page.locator(".group-invalid h3 a")
    count = number.inner_text()
    number.click()
    expect(page.locator(".answer")).to_have_text(f"{count} hồ sơ", timeout=30_000)
    expect(page).to_have_url(re.compile(r"/danh-sach\?.*what=invalid"))
    first = page.locator("table[data-table=work_list] tbody tr").first
    name = first.locator("td").first.inner_text()
    page.get_by_role("textbox", name="Tìm họ tên").fill(name.lower())
    page.keyboard.press("Enter")
    # The rows found have come, and the button with them.
    expect(page.get_by_text(f"trong {count}.")).to_have_count(0)
    until_drawn(page)
    with page.expect_download() as taken:
        page.get_by_role("button", name="Tải XLSX").click()
    sheet = pl.read_excel(taken.value.path(), has_header=False, drop_empty_rows=False)
    assert sheet.row(2)[0].startswith("xem-747 xuất lúc")
    assert name in [row[1] for row in sheet.rows()[5:]]
    first.get_by_role("link").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text(name)).to_be_visible()
    expect(dialog.get_by_text("Số CCCD/CMND")).to_have_count(0)
    dialog.get_by_role("button", name="Hiện số giấy tờ").click()
    expect(dialog.get_by_text("Số CCCD/CMND")).to_be_visible()
    done = [line.action for line in audit.lines(store) if line.user == "xem-747"]
    assert done.count("export") == 1
    assert done[-1] == "reveal"


def test_an_account_that_is_taken_away_sees_nothing_at_the_next_click(
    page: Page, app: str, come_in: Callable[..., None]
) -> None:
    come_in("facility", "77-747-002")
    open_page(page, f"{app}/co-so", "Trạm Y tế")
    remove("xem-77-747-002")
    page.get_by_role("button", name="English").click()
    expect(page.get_by_text("can no longer be used")).to_be_visible()
    expect(page.locator(".block")).to_have_count(0)


def test_a_leader_looks_closely_at_a_workstream_and_asks_what_if(page: Page, app: str) -> None:
    open_page(page, app, "Tỉnh Bà Rịa – Vũng Tàu")
    expect(page.locator(".pace")).to_have_count(3)
    expect(page.locator("p.status")).to_have_count(3)
    page.get_by_role("radio", name="Phản ánh của người dân").click()
    expect(page).to_have_url(re.compile("stream=complaints"))
    expect(
        page.get_by_text("Phản ánh của người dân: thực hiện, lộ trình và dự báo")
    ).to_be_visible()
    until_drawn(page)
    table = page.locator("table.what-if")
    expect(table.locator(".changed")).to_have_count(0)
    days = table.locator("tr", has_text="Số ngày còn lại").locator("td").last
    before = int(days.inner_text())
    slider = page.get_by_role("slider", name="Hạn lùi thêm, ngày")
    slider.focus()
    page.keyboard.press("ArrowRight")
    expect(days).to_have_text(str(before + 1))
    page.locator(".formulas summary").click()
    expect(page.get_by_text("Theo nhịp, không theo mức đã đạt.")).to_be_visible()


def test_going_up_to_the_overview_leaves_the_unit_behind(page: Page, app: str) -> None:
    open_page(page, f"{app}/phan-anh?district=754", "Thị xã Phú Mỹ")
    page.get_by_role("link", name="Tổng quan").first.click()
    expect(page.locator("table[data-table=districts]")).to_be_visible()
    page.get_by_role("link", name="Phản ánh").first.click()
    expect(page.locator("table[data-table=backlog_province]")).to_be_visible()


def test_a_row_opens_with_the_keyboard(page: Page, app: str) -> None:
    open_page(page, f"{app}/?stream=cleaning", "Tỉnh Bà Rịa – Vũng Tàu")
    link = row(page, "districts", "Huyện Côn Đảo").get_by_role("link")
    link.focus()
    page.keyboard.press("Enter")
    expect(page.locator("h1", has_text="Huyện Côn Đảo")).to_be_visible()


def test_the_back_button_goes_back_one_page_at_a_time(page: Page, app: str) -> None:
    open_page(page, f"{app}/?stream=cleaning", "Tỉnh Bà Rịa – Vũng Tàu")
    row(page, "districts", "Huyện Côn Đảo").get_by_role("link").click()
    expect(page.locator("h1", has_text="Huyện Côn Đảo")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/huyen\?district=755$"))
    row(page, "units_facility", "Trung tâm Y tế huyện Côn Đảo").get_by_role("link").click()
    expect(page.locator("h1", has_text="Trung tâm Y tế huyện Côn Đảo")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/co-so\?.*facility="))
    page.go_back()
    expect(page.locator("h1", has_text=re.compile("^Huyện Côn Đảo"))).to_be_visible()
    expect(page).to_have_url(re.compile(r"/huyen\?district=755"))
    page.go_back()
    expect(page.locator("h1", has_text="Tỉnh Bà Rịa – Vũng Tàu")).to_be_visible()


def test_the_first_address_asked_after_a_start_is_found(page: Page, fresh_app: str) -> None:
    open_page(page, f"{fresh_app}/huyen?district=755", "Huyện Côn Đảo")
    expect(page.get_by_text("Không có trang này")).to_have_count(0)
    expect(page.get_by_text("Page not found")).to_have_count(0)


def test_an_address_with_district_day_and_axis_shows_just_that(page: Page, app: str) -> None:
    open_page(page, f"{app}/huyen?district=753&date=2022-04-20&axis=residence", "Huyện Đất Đỏ")
    expect(page.locator(".asof")).to_contain_text("16 giờ ngày 20/4/2022")
    expect(page.locator("table[data-table=units_residence] tbody tr").first).to_be_visible()
    expect(page.locator("table[data-table=units_residence]").get_by_role("link")).to_have_count(0)


def test_an_address_asking_for_what_is_not_there_says_so_and_shows_what_is(
    page: Page, app: str
) -> None:
    open_page(page, f"{app}/huyen?district=999&date=2020-01-01", "Thành phố Vũng Tàu")
    notices = page.locator(".notice")
    expect(notices).to_have_count(2)
    expect(notices.first).to_contain_text("2020-01-01")
    expect(notices.last).to_contain_text("999")


def test_a_heading_sorts_by_value_and_the_order_outlives_a_rerun(page: Page, app: str) -> None:
    open_page(page, f"{app}/?stream=cleaning", "Tỉnh Bà Rịa – Vũng Tàu")
    before = first_cells(page, "districts")
    heading = page.get_by_role("columnheader", name="Cần/ngày", exact=True)
    heading.get_by_role("button").click()
    expect(heading).to_have_attribute("aria-sort", "descending")
    shown = page.locator("table[data-table=districts] tbody tr td:nth-child(6)").all_inner_texts()
    values = [int(text.replace(".", "")) for text in shown]
    assert values == sorted(values, reverse=True)
    heading.get_by_role("button").click()
    expect(heading).to_have_attribute("aria-sort", "ascending")
    ascending = first_cells(page, "districts")
    assert ascending != before
    page.get_by_role("radio", name="Nơi thường trú").click()
    expect(page).to_have_url(re.compile("axis=residence"))
    expect(page.locator(".source").first).to_contain_text("theo nơi thường trú")
    expect(heading).to_have_attribute("aria-sort", "ascending")


def test_language_and_day_stay_when_one_goes_to_another_page(page: Page, app: str) -> None:
    open_page(page, f"{app}?date=2022-04-21", "Tỉnh Bà Rịa – Vũng Tàu")
    page.get_by_role("button", name="English").click()
    expect(page.locator(".answer")).to_contain_text("too little data for a forecast")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.get_by_role("link", name="District").first.click()
    expect(page.locator(".asof")).to_contain_text("4 pm on 21 April 2022")
    expect(page).to_have_url(re.compile(r"lang=en"))
    expect(page).to_have_url(re.compile(r"date=2022-04-21"))


def test_choosing_a_day_and_a_district_changes_page_and_address(page: Page, app: str) -> None:
    open_page(page, f"{app}/huyen", "Thành phố Vũng Tàu")
    choose(page, "Huyện", "Huyện Châu Đức")
    expect(page.locator("h1", has_text="Huyện Châu Đức")).to_be_visible()
    choose(page, "Kỳ số liệu", "16 giờ ngày 19/4/2022")
    expect(page.locator(".asof")).to_contain_text("16 giờ ngày 19/4/2022")
    expect(page).to_have_url(re.compile(r"district=750.*date=2022-04-19"))
    page.reload()
    expect(page.locator("h1", has_text="Huyện Châu Đức")).to_be_visible(timeout=30_000)
    expect(page.locator(".asof")).to_contain_text("16 giờ ngày 19/4/2022")


def until_drawn(page: Page) -> None:
    """Waits until the page's run has ended and what it said has been painted."""
    expect(page.locator(".stApp[data-test-script-state=notRunning]")).to_be_visible()
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


def choose(page: Page, label: str, option: str) -> None:
    # A page still being drawn, or scrolled, would close the list again.
    combobox = page.get_by_role("combobox", name=label)
    combobox.scroll_into_view_if_needed()
    until_drawn(page)
    combobox.click()
    page.get_by_role("option", name=option).click()


def test_the_auditor_comes_to_the_log_from_the_first_address_and_from_its_own(
    page: Page, app: str, come_in: Callable[..., None]
) -> None:
    come_in("auditor")
    for address in ("/", "/nhat-ky"):
        open_page(page, f"{app}{address}", "Nhật ký")
        expect(page).to_have_url(re.compile(r"/nhat-ky"))
        expect(page.locator("table tbody tr").first).to_be_visible()
        expect(page.get_by_role("dialog")).to_have_count(0)


def test_an_official_looks_at_the_briefing_and_takes_it_along_to_sign(
    page: Page, app: str, store: Path, come_in: Callable[..., None], asked_hosts: set[str]
) -> None:
    come_in("district", "755")
    open_page(page, f"{app}/bao-cao", "Huyện Côn Đảo")
    expect(page.get_by_role("img", name="HUYỆN CÔN ĐẢO")).to_be_visible(timeout=30_000)
    page.get_by_text("Các trang sau").click()
    expect(page.get_by_role("img", name="Trang 2")).to_be_visible()
    for label, suffix, first in [
        ("Tải PDF", "pdf", b"%PDF-1.7"),
        ("Tải DOCX", "docx", b"PK"),
        ("Tải XLSX", "xlsx", b"PK"),
        ("Tải tin nhắn", "txt", "DỮ LIỆU MÔ PHỎNG".encode()),
    ]:
        with page.expect_download() as taken:
            page.get_by_role("button", name=label).click()
        assert taken.value.suggested_filename == f"bao-cao-755-2022-04-25-16h00.{suffix}"
        assert Path(taken.value.path()).read_bytes().startswith(first)
    page.reload()
    ledger = page.locator("table[data-table=releases] tbody tr")
    expect(ledger).to_have_count(4, timeout=30_000)
    expect(ledger.first).to_contain_text("xem-755")
    expect(ledger.first).to_contain_text("✓ Không đổi")
    assert [one.user for one in releases.releases(store)] == ["xem-755"] * 4
    assert asked_hosts == {"127.0.0.1"}


def test_streamlits_own_words_are_vietnamese(page: Page, app: str) -> None:
    open_page(page, f"{app}/huyen", "Thành phố Vũng Tàu")
    expect(page.locator("html")).to_have_attribute("lang", "vi")
    expect(page.get_by_role("navigation", name="Các trang")).to_be_visible()


def test_nothing_is_wider_than_a_phone(page: Page, app: str) -> None:
    page.set_viewport_size(PHONE)
    for path in PATHS:
        page.goto(f"{app}{path}")
        expect(page.locator("h1").first).to_be_visible(timeout=30_000)
        expect(page.locator(".block table").first).to_be_visible()
        wide = page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth")
        assert wide <= PHONE["width"]


def test_the_invented_province_is_marked_on_every_page(page: Page, app: str) -> None:
    for path in PATHS:
        page.goto(f"{app}{path}")
        expect(page.locator(".invented")).to_have_text("DỮ LIỆU MÔ PHỎNG", timeout=30_000)


@pytest.mark.parametrize("path", PATHS)
def test_a_page_has_no_barrier_axe_knows(page: Page, app: str, path: str) -> None:
    page.goto(f"{app}{path}")
    expect(page.locator(".block table").first).to_be_visible(timeout=30_000)
    expect(page.locator(".source").first).to_be_visible()
    found = Axe().run(page).response["violations"]
    assert [(violation["id"], violation["nodes"][0]["target"]) for violation in found] == []
