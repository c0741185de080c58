"""Every page, in both languages, over a normal store, an empty one and one of a single day."""

import datetime as dt
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from display.words import LANGUAGES
from tests.accounts import show_cookie, sign_in
from tests.stores import NOON, RECORD, Store, complaints, only_looked_at, publish_totals, records

ROOT = Path(__file__).parents[1]
PAGES = [
    "pages/overview.py",
    "pages/district.py",
    "pages/facility.py",
    "pages/complaints.py",
    "pages/signing.py",
    "pages/flows.py",
    "pages/briefing.py",
    "pages/snapshots.py",
]
OVERVIEW, DISTRICT, FACILITY, COMPLAINTS, SIGNING, FLOWS, BRIEFING, DATA = PAGES
DAY = dt.timedelta(days=1)
WEEK = 7 * DAY

BEFORE = """
    Mã cơ sở nhập | Mã xã thường trú | Trạng thái xác thực | Trạng thái ký
    F1            | 26506            | Đúng                | Đang xử lý
    F1            | 26506            | Sai                 | Chưa ký
    F2            | 26506            | Không có số         | Chưa ký
    F3            |                  | Chưa gửi            | Chưa ký
"""
NOW = """
    Mã cơ sở nhập | Mã xã thường trú | Trạng thái xác thực | Trạng thái ký
    F1            | 26506            | Đúng                | Đã ký
    F1            | 26506            | Đúng                | Chưa ký
    F2            | 26506            | Không có số         | Đã ký
    F3            |                  | Đúng                | Đang xử lý
    F9            | 99999            | Sai                 | Chưa ký
"""
#: As of noon of 25/4/2022: 5, 1 and 10 days old.
COMPLAINTS_BEFORE = """
    Mã phản ánh | Mã hồ sơ | Thời điểm tiếp nhận | Mã cơ sở | Mã huyện | Trạng thái
    P1          | H3       | 15/04/2022 12:00    | F1       | 747      | Đang xử lý
    P2          | H2       | 16/04/2022 12:00    | F2       | 747      | Mới ghi nhận
"""
COMPLAINTS_NOW = """
    Mã phản ánh | Mã hồ sơ | Thời điểm tiếp nhận | Mã cơ sở | Mã huyện | Trạng thái | Mã lý do từ chối | Mã phản ánh gốc
    P1          | H3       | 15/04/2022 12:00    | F1       | 747      | Đang xử lý |                  |
    P2          | H3       | 16/04/2022 12:00    | F2       | 747      | Đã duyệt   |                  |
    P3          | H1       | 20/04/2022 12:00    | F2       | 747      | Từ chối    | 8                |
    P4          | H1       | 24/04/2022 12:00    |          | 747      | Mới ghi nhận |                | P3
    P5          |          | 20/04/2022 12:00    |          |          | Chưa phân công |              |
"""  # noqa: E501


@pytest.fixture(autouse=True)
def _store_of_the_test(store: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A store of the test's own, looked at by somebody of the province.

    What pages keep of other stores stays kept, as a server keeps it: nothing may be taken from it.
    """
    monkeypatch.setenv("TIENDO_STORE", str(store.folder))
    monkeypatch.setenv("TIENDO_PRIVATE", str(tmp_path / "private"))
    sign_in(monkeypatch, "province")


Look = Callable[[Store], Store]


@pytest.fixture
def look(monkeypatch: pytest.MonkeyPatch) -> Look:
    """Looks at a store that other tests look at too; the log of each begins with it."""

    def at(shared: Store) -> Store:
        (shared.folder / "audit.jsonl").unlink(missing_ok=True)
        monkeypatch.setenv("TIENDO_STORE", str(shared.folder))
        return shared

    return at


@pytest.fixture(scope="module")
def shared_week(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    store = Store.inside(tmp_path_factory.mktemp("week"))
    store.publish(BEFORE, as_of=NOON - WEEK, with_complaints=COMPLAINTS_BEFORE)
    store.publish(NOW, as_of=NOON, with_complaints=COMPLAINTS_NOW, is_confirmed=True)
    with only_looked_at(store):
        yield store


@pytest.fixture
def week(shared_week: Store, look: Look) -> Store:
    """Two snapshots a week apart; only looked at."""
    return look(shared_week)


@pytest.fixture
def own_week(shared_week: Store, store: Store) -> Store:
    """The same two snapshots, in the store of the test's own."""
    return shared_week.copy_to(store)


@pytest.fixture(scope="module")
def shared_day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    store = Store.inside(tmp_path_factory.mktemp("day"))
    store.publish(NOW, with_complaints=COMPLAINTS_NOW)
    with only_looked_at(store):
        yield store


@pytest.fixture
def day(shared_day: Store, look: Look) -> Store:
    """A single snapshot; only looked at."""
    return look(shared_day)


def visit(file: str, **address: str) -> AppTest:
    """The page as it stands after opening its address."""
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    for name, value in address.items():
        app.query_params[name] = value
    app.run()
    if file != OVERVIEW:
        app.switch_page(file)
        for name, value in address.items():
            app.query_params[name] = value
        app.run()
    assert not app.exception
    return app


def blocks(app: AppTest) -> str:
    """The HTML of all our blocks on the page."""
    found = [element.proto for element in app.get("bidi_component")]
    return "\n".join(json.loads(proto.json).get("html", "") for proto in found)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("file", PAGES)
def test_a_page_shows_figures_in_its_language(week: Store, file: str, language: str) -> None:
    html = blocks(visit(file, lang=language))
    assert "<h1>" in html
    assert ("12 giờ" if language == "vi" else "12 pm") in html


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("file", PAGES)
def test_a_page_of_a_single_day_says_there_is_nothing_to_compare_with(
    day: Store, file: str, language: str
) -> None:
    html = blocks(visit(file, lang=language))
    assert "<h1>" in html
    said = {"vi": "chưa có kỳ", "en": "to compare"}[language]
    assert said in html.lower()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("file", PAGES)
def test_an_empty_store_says_how_to_publish(file: str, language: str) -> None:
    html = blocks(visit(file, lang=language))
    assert "python cli.py publish" in html


@pytest.mark.parametrize("file", PAGES)
def test_a_page_file_run_alone_has_its_guard_and_stands(week: Store, file: str) -> None:
    assert not AppTest.from_file(str(ROOT / file), default_timeout=60).run().exception
    first = (ROOT / file).read_text(encoding="utf-8").split("\n\nviewer = ", 1)
    assert re.match(r'require_viewer\(("[a-z]+")?\)\n', first[1])
    assert "\nst." not in first[0]


def test_the_overview_shows_the_ratio_with_its_fraction_and_change(week: Store) -> None:
    html = blocks(visit(OVERVIEW, stream="cleaning")).replace("\u00a0", " ")
    assert "3/5 hồ sơ đã phân loại" in html
    assert "+26,7 điểm" in html  # 3/5 against 1/3
    assert "Chưa xác định đơn vị" in html


def test_the_axis_of_the_address_decides_whose_table_it_is(week: Store) -> None:
    by_facility = blocks(visit(DISTRICT, district="747"))
    by_residence = blocks(visit(DISTRICT, district="747", axis="residence"))
    assert "Trạm Y tế Phường 1" in by_facility
    assert "co-so?" in by_facility
    assert "Trạm Y tế Phường 1" not in by_residence
    assert "co-so?" not in by_residence


def test_the_day_of_the_address_decides_the_snapshot(week: Store) -> None:
    said = text(blocks(visit(OVERVIEW, date="2022-04-18")))
    assert "33,3 % hợp lệ" in said
    assert "1/3 hồ sơ đã phân loại" in said


@pytest.mark.parametrize(
    "file, name, value",
    [(OVERVIEW, "date", "x"), (DISTRICT, "district", "000"), (FACILITY, "facility", "<b>")],
)
def test_what_is_not_there_is_said_and_something_else_shown(
    week: Store, file: str, name: str, value: str
) -> None:
    html = blocks(visit(file, **{name: value}))
    assert 'class="notice"' in html
    assert "“<b>”" not in html
    assert "<h1>" in html


def test_a_facility_of_another_district_is_shown_with_its_own_district(week: Store) -> None:
    app = visit(FACILITY, facility="F3", district="747")
    assert "Bệnh viện Côn Đảo" in blocks(app)
    assert app.selectbox(key="district_choice").value == "755"


def test_choosing_a_district_leaves_its_facility_behind(week: Store) -> None:
    app = visit(FACILITY, facility="F1")
    app.selectbox(key="district_choice").set_value("755").run()
    assert not app.exception
    assert "Bệnh viện Côn Đảo" in blocks(app)


def test_a_page_follows_the_store(own_week: Store) -> None:
    app = visit(OVERVIEW)
    own_week.publish(BEFORE, as_of=NOON + WEEK, is_confirmed=True)
    app.run()
    assert "33,3" in blocks(app)


def test_a_store_that_cannot_be_read_says_what_to_run_and_no_path(own_week: Store) -> None:
    for mart in (own_week.folder / "marts").rglob("*.parquet"):
        mart.unlink()
    for folder in sorted((own_week.folder / "marts").rglob("*"), reverse=True):
        folder.rmdir() if folder.is_dir() else folder.unlink()
    html = blocks(visit(OVERVIEW))
    assert "python cli.py rebuild" in html
    assert str(own_week.folder) not in html


# Progress -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def shared_fortnight(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    store = Store.inside(tmp_path_factory.mktemp("fortnight"))
    for number in range(9):
        rows = [{"Mã cơ sở nhập": "F1", "Trạng thái xác thực": "Sai"} for _ in range(40)]
        rows[: number + 1] = [{"Mã cơ sở nhập": "F1", "Trạng thái ký": "Đã ký"}] * (number + 1)
        people = [
            row_of | {"Mã hồ sơ": f"H{place}"}
            for place, row_of in enumerate([RECORD | row for row in rows], 1)
        ]
        if number == 8:
            people.append(RECORD | {"Mã hồ sơ": "H41", "Trạng thái xác thực": "Sai"})
        store.publish(people, as_of=NOON - (8 - number) * DAY, is_confirmed=True)
    with only_looked_at(store):
        yield store


@pytest.fixture
def fortnight(shared_fortnight: Store, look: Look) -> Store:
    """Nine days: each day one more record valid and signed; 1 of 40 on 17/4, 9 of 41 on 25/4.

    Only looked at.
    """
    return look(shared_fortnight)


def test_the_leaders_page_says_whether_it_will_be_done_in_time(fortnight: Store) -> None:
    said = text(blocks(visit(OVERVIEW, stream="cleaning")))
    # 41 - 9 = 32 left, 9 days: 3,56, rounded up 4; 7 in the week: 1 a day; 32 / 9 = 3,6 times.
    sentence = (
        "Làm sạch dữ liệu sẽ không kịp hạn trước ngày 5/5/2022 với nhịp hiện tại: "
        "mỗi ngày cần 4, đang 1,0, phải nhanh gấp 3,6 lần"
    )
    assert sentence in said
    assert "▼ Chậm" in said
    assert "còn 9 ngày, 5 ngày làm việc (1975/BYT-CNTT)" in said
    assert "sửa được hoặc xong 1,0, hỏng hoặc mở lại 0,0" in said
    assert "Khả năng đúng hạn &lt;1 %" in said
    # One more came in the week: 0,14 a day, 32 / 9 + 1 / 7 = 3,7.
    assert "3,7 lần kể cả 0,1 mới mỗi ngày (cần 4)" in said
    assert "Các huyện quyết định kết quả: Làm sạch dữ liệu" in said


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("stream", ["cleaning", "signing", "nothing"])
def test_each_workstream_has_its_picture_and_what_if(
    fortnight: Store, language: str, stream: str
) -> None:
    app = visit(OVERVIEW, stream=stream, lang=language)
    assert len(app.get("plotly_chart")) == 2
    assert [slider.value for slider in app.slider] == [0, 0, 0]
    app.slider(key="what_if_later").set_value(30).run()
    assert not app.exception
    assert 'class="changed"' in blocks(app)


def test_a_change_of_status_is_told_and_only_that(fortnight: Store) -> None:
    assert "Tình trạng vừa đổi" not in text(blocks(visit(OVERVIEW)))
    # Six snapshots are needed for a chance: 22/4 is the sixth.
    said = text(blocks(visit(OVERVIEW, date="2022-04-22")))
    assert "Tình trạng vừa đổi so với 21/4/2022" in said
    assert "Làm sạch dữ liệu từ “Thiếu dữ liệu” sang “Chậm” còn 34" in said


def test_a_district_has_its_own_pace(fortnight: Store) -> None:
    said = text(blocks(visit(DISTRICT, district="747")))
    assert "Phải nhanh gấp 3,7 lần kể cả 0,1 mới mỗi ngày (cần 4) 3,6 lần" in said


def test_a_wrong_file_of_the_office_is_a_page_of_its_own(
    own_week: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "holidays.csv").write_text("date,off\n", encoding="utf-8")
    monkeypatch.setenv("TIENDO_CAMPAIGN", str(tmp_path))
    html = blocks(visit(OVERVIEW))
    assert "Chưa đọc được thời hạn của chiến dịch" in html
    assert str(tmp_path) not in html


# Flows --------------------------------------------------------------------------------------


def test_the_page_of_flows_says_why_the_ratio_moved(week: Store) -> None:
    said = text(blocks(visit(FLOWS)))
    # 1 of 3 a week ago, 3 of 5 now: H2 fixed, H4 had no result then; H5 is new and invalid:
    # (0 - 1/3)/5. 26,67 = 20 - 6,67 + (1 - 1/3)/5.
    sentence = "+26,67 điểm = sửa được +20,00; hồ sơ mới −6,67; phân loại lại +13,34."
    assert sentence in said
    assert "Từ 12 giờ ngày 18/4/2022, tỷ lệ hợp lệ từ 33,33 % thành 60,00 %" in said
    assert "+2 hồ sơ hợp lệ; sửa được 1, hỏng lại 0." in said
    assert "Mẫu số đổi từ 3 thành 5 hồ sơ đã phân loại" in said


@pytest.mark.parametrize(
    "address",
    [
        {"axis": "residence", "flow": "fixed"},
        {"axis": "residence", "district": "747", "flow": "absent.mismatched", "lang": "en"},
        {"district": "747", "flow": "newly_signed"},
        {"district": "747", "facility": "F1", "flow": "mismatched.matched", "lang": "en"},
        {"district": "755", "flow": "nothing"},
        {"flow": "matched.matched"},
    ],
)
def test_flows_stand_at_every_place_and_flow(week: Store, address: dict[str, str]) -> None:
    assert "<h1>" in blocks(visit(FLOWS, **address))


def test_records_behind_a_flow_are_closed_to_visitors_of_real_data(week: Store) -> None:
    said = text(blocks(visit(FLOWS, flow="fixed", record="H2")))
    assert "Danh sách chỉ mở cho tài khoản được giao" in said
    assert "H2" not in said


def test_a_visitor_sees_counts_of_an_invented_province_and_no_list(
    own_week: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for manifest in own_week.folder.rglob("manifest.json"):
        told = json.loads(manifest.read_text(encoding="utf-8"))
        told |= {"is_invented": True, "is_wholly_invented": True}
        manifest.write_text(json.dumps(told), encoding="utf-8")
    show_cookie(monkeypatch, None)
    assert "<h1>" not in blocks(visit(OVERVIEW))  # there are accounts
    monkeypatch.setenv("TIENDO_PRIVATE", str(tmp_path / "none"))
    assert "3/5 hồ sơ đã phân loại" in text(blocks(visit(OVERVIEW)))
    said = text(blocks(visit(FLOWS, flow="fixed", record="H2")))
    assert "Danh sách chỉ mở cho tài khoản được giao" in said
    assert "H2" not in said


def test_records_behind_a_flow_and_the_course_of_one_are_shown_to_their_district(
    week: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(monkeypatch, "district", "747")
    said = text(blocks(visit(FLOWS, flow="fixed", record="H2")))
    assert "Sửa được: không hợp lệ thành hợp lệ 1" in said
    assert "H2 Sai thông tin Đúng, hợp lệ – Trạm Y tế Phường 1" in said
    assert "Quá trình của hồ sơ H2" in said
    assert "12 giờ ngày 25/4/2022 từ “Sai thông tin” sang “Đúng, hợp lệ”" in said


def test_the_contributions_of_facilities_add_up_to_the_change_of_their_district(
    week: Store,
) -> None:
    html = blocks(visit(FLOWS, district="747"))
    table = html[html.index('data-table="flows_facility_district_"') :]
    rows, total = table[: table.index("</table>")].split("<tfoot>")
    # 747: 1 of 3 a week ago, 2 of 3 now, all of it by F1; as printed, 66,67 - 33,33.
    contribution = re.compile(r'class="change room2[^"]*" data-value="([^"]*)"')
    assert sum(map(float, contribution.findall(rows))) == pytest.approx(0.6667 - 0.3333)
    assert float(contribution.findall(total)[0]) == pytest.approx(0.6667 - 0.3333)


def test_the_card_of_cleaning_leads_to_the_days_it_compares(own_week: Store) -> None:
    own_week.publish(NOW, as_of=NOON + DAY, is_confirmed=True)
    html = blocks(visit(FACILITY, facility="F1", axis="residence"))
    (link,) = re.findall(r'href="(bien-dong[^"]*)"', html)
    assert "axis=facility" in link
    assert "since=2022-04-18" in link


def test_two_other_days_may_be_compared(own_week: Store) -> None:
    own_week.publish(BEFORE, as_of=NOON + DAY, is_confirmed=True)
    app = visit(FLOWS, since="2022-04-25")
    said = text(blocks(app))
    assert "Từ 12 giờ ngày 25/4/2022" in said
    assert "hỏng lại" in said
    app.selectbox(key="since_choice").set_value("2022-04-18").run()
    assert not app.exception
    assert "Từ 12 giờ ngày 18/4/2022" in text(blocks(app))
    assert "Không có gì làm tỷ lệ hợp lệ thay đổi." in text(blocks(app))


def test_a_day_that_is_not_before_is_said_and_another_compared(week: Store) -> None:
    said = text(blocks(visit(FLOWS, since="2022-04-26")))
    assert "Không có kỳ “2022-04-26” trước kỳ đang xem" in said
    assert "Từ 12 giờ ngày 18/4/2022" in said


def test_flows_over_a_list_that_is_lost_are_not_shown(own_week: Store) -> None:
    own_week.publish(BEFORE, as_of=NOON + DAY, is_confirmed=True)
    for changes in (own_week.folder / "marts").rglob("changes.parquet"):
        changes.write_bytes(b"")
    said = text(blocks(visit(FLOWS, since="2022-04-18")))
    assert "Chưa đọc được số đối chiếu" in said
    assert str(own_week.folder) not in said


def test_flows_of_pairs_that_are_not_made_are_not_shown(own_week: Store) -> None:
    for seal in (own_week.folder / "marts").rglob("pair.json"):
        seal.unlink()
    said = text(blocks(visit(FLOWS)))
    assert "Đối chiếu giữa các kỳ chưa tính xong" in said


# Three workstreams --------------------------------------------------------------------------


def text(html: str) -> str:
    """What a person reads."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html).replace("\u00a0", " "))


def test_the_overview_shows_the_three_workstreams_side_by_side(week: Store) -> None:
    said = text(blocks(visit(OVERVIEW)))
    assert "60,0 % hợp lệ … Thiếu dữ liệu 3/5 hồ sơ đã phân loại" in said
    assert "3 còn tồn … Thiếu dữ liệu 2/3 đã quá 48 giờ (66,7 %)" in said
    assert "↑ 1 so với 18/4/2022" in said  # 3 open, 2 a week before
    assert "33,3 % đã ký … Thiếu dữ liệu 1/3 hồ sơ đủ điều kiện" in said


@pytest.mark.parametrize(
    "file, path",
    [
        (OVERVIEW, "district=all"),
        (DISTRICT, "district=747"),
        (FACILITY, "district=747&amp;facility=F1"),
    ],
)
def test_a_card_leads_to_its_workstreams_page_of_the_same_unit(week: Store, file, path) -> None:
    html = blocks(visit(file, district="747", facility="F1"))
    assert f'href="phan-anh?{path}"' in html
    assert f'href="ky-so?{path}"' in html
    assert f'href="bien-dong?{path}&amp;' in html


def test_complaints_are_said_with_their_age_and_what_the_deadline_asks_for(week: Store) -> None:
    said = text(blocks(visit(COMPLAINTS)))
    assert (
        "Còn 3 phản ánh chưa xử lý xong, 2 (66,7 %) đã quá 48 giờ; cũ nhất đã chờ 10 ngày." in said
    )
    # received 3 and closed 2 in 7 days; 3 open over 4 days: 3 / 7 + 3 / 4 = 1,18, so 2 a day
    assert "Để hết tồn trước ngày 30/4/2022 (còn 4 ngày) cần xử lý 2 phản ánh mỗi ngày" in said
    assert "từ 18/4/2022 đến nay mỗi ngày xử lý được 0,3." in said
    assert "Tồn ngày 18/4/2022 2 + Tiếp nhận 3 − Xử lý xong 2 = Tồn ngày 25/4/2022 3" in said
    assert "Khớp:" in said
    assert (
        "Cộng đủ: 3 = 1 ở cơ sở + 1 mới rõ huyện, chưa rõ cơ sở "
        "+ 1 chưa rõ cả huyện, chờ tỉnh giao." in said
    )
    assert "8. Ảnh mờ, không đọc được" in said


def test_complaints_go_from_province_to_district_to_facility(week: Store) -> None:
    html = blocks(visit(COMPLAINTS))
    assert 'href="phan-anh?district=747&amp;facility=all"' in html
    html = blocks(visit(COMPLAINTS, district="747"))
    assert "<h1>Thành phố Vũng Tàu</h1>" in html
    assert 'href="phan-anh?district=747&amp;facility=F1"' in html
    assert 'href="phan-anh?district=747&amp;facility=747"' in html  # facility not known
    app = visit(COMPLAINTS, district="747", facility="F1")
    assert "<h1>Trạm Y tế Phường 1</h1>" in blocks(app)
    assert 'href="phan-anh?district=all"' in blocks(app)
    app.selectbox(key="district_choice").set_value("").run()
    assert "<h1>Tỉnh Bà Rịa – Vũng Tàu</h1>" in blocks(app)


def test_signing_is_said_with_its_losses_and_contradictions(week: Store) -> None:
    said = text(blocks(visit(SIGNING)))
    assert "33,3 % hồ sơ đủ điều kiện đã ký: 1/3; 1 đang xử lý, 1 chưa bắt đầu." in said
    assert "Hạn ký: trước ngày 30/4/2022, còn 4 ngày (1975/BYT-CNTT)." in said
    assert "− 2 không hợp lệ, 0 chưa phân loại Đã xác thực: đúng hoặc miễn 3 60,0 %" in said
    assert "Đã ký nhưng không còn đúng 1 trong 2 hồ sơ đã ký" in said
    # A second signature stands on a record without a number: it does not count.
    assert "1 hồ sơ mới ký từ 18/4/2022 đến 25/4/2022." in said


def test_signing_goes_down_to_a_facility_and_says_which_stand_still(own_week: Store) -> None:
    own_week.publish(NOW, as_of=NOON + WEEK, with_complaints=COMPLAINTS_NOW, is_confirmed=True)
    app = visit(SIGNING, district="747", facility="F1")
    assert "<h1>Trạm Y tế Phường 1</h1>" in blocks(app)
    said = text(blocks(visit(SIGNING)))
    # 26/4 to 29/4 are working days, 30/4 to 3/5 are not: 4 of them since the signature of 25/4
    assert "Trạm Y tế Phường 1 1 25/4/2022 4" in said


def test_lists_name_no_record_when_anything_in_the_store_may_be_real(week: Store) -> None:
    for file in (COMPLAINTS, SIGNING):
        html = blocks(visit(file))
        assert "Danh sách chỉ mở cho tài khoản được giao." in html
        assert not re.search(r">(H|P)\d<", html)


def test_lists_name_ids_to_the_district_in_charge(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(monkeypatch, "district", "747")
    people = [row | {"Mã hồ sơ": f"MP-{row['Mã hồ sơ']}"} for row in records(NOW)]
    told = complaints(COMPLAINTS_NOW)
    for row in told:
        row["Mã phản ánh"] = f"MP-{row['Mã phản ánh']}"
        row["Mã hồ sơ"] = row["Mã hồ sơ"] and f"MP-{row['Mã hồ sơ']}"
    store.publish(people, with_complaints=told)
    assert ">MP-P1<" in blocks(visit(COMPLAINTS))
    assert ">MP-H3<" in blocks(visit(COMPLAINTS))  # approved, and without a number still
    assert ">MP-H3<" in blocks(visit(SIGNING))  # signed, and without a number


@pytest.mark.parametrize("file", [COMPLAINTS, SIGNING])
def test_a_list_whose_file_is_damaged_says_so_and_the_page_stands(
    store: Store, file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(monkeypatch, "district", "747")
    told = complaints("Mã phản ánh | Mã cơ sở\nMP-P1 | F1")
    people = [row | {"Mã hồ sơ": f"MP-{row['Mã hồ sơ']}"} for row in records(NOW)]
    store.publish(people, with_complaints=told)
    for name in ("records", "complaints"):
        for path in store.folder.glob(f"snapshots/*/{name}.parquet"):
            path.write_bytes(b"PAR1")
    assert "Chưa đọc được danh sách" in blocks(visit(file))


def test_what_waits_in_a_district_is_no_facility_on_other_pages(week: Store) -> None:
    for file in (FACILITY, SIGNING):
        app = visit(file, district="747", facility="747")
        assert "Không có cơ sở mã" not in blocks(app)
        assert "facility" not in app.query_params
    assert "Không có cơ sở mã “F7”" in blocks(visit(FACILITY, facility="F7"))


def test_names_of_what_has_no_unit_are_said_in_english_too(week: Store) -> None:
    said = text(blocks(visit(COMPLAINTS, lang="en")))
    assert "District not known" in said
    said = text(blocks(visit(COMPLAINTS, lang="en", district="747", facility="747")))
    assert "Thành phố Vũng Tàu (facility not known)" in said
    assert "chưa rõ" not in said


def test_a_newest_snapshot_without_complaints_is_named_and_an_older_one_shown(
    own_week: Store,
) -> None:
    own_week.publish(NOW, as_of=NOON + WEEK, is_confirmed=True)
    said = text(blocks(visit(COMPLAINTS)))
    assert "Có kỳ mới hơn (12 giờ ngày 2/5/2022) nhưng không có phần này" in said
    assert "Tính đến 12 giờ ngày 25/4/2022" in said
    said = text(blocks(visit(COMPLAINTS, date="2022-05-02")))
    assert "Kỳ 12 giờ ngày 2/5/2022 không có phần này; trang đang hiện kỳ 12 giờ ngày 25/4" in said
    assert "Kỳ này không có tệp phản ánh." in text(blocks(visit(OVERVIEW)))


def test_a_store_without_complaints_says_how_to_publish_them(store: Store) -> None:
    store.publish(NOW)
    assert "Chưa có kỳ nào có tệp phản ánh" in blocks(visit(COMPLAINTS))


def test_a_table_of_totals_shows_districts_and_says_there_is_nothing_below(own_week: Store) -> None:
    path = ROOT / "data" / "sample" / "small" / "totals.csv"
    as_of = dt.datetime.fromisoformat("2022-05-26T16:00")
    own_week.publish_files([path], as_of=as_of)
    said = text(blocks(visit(SIGNING)))
    assert "34,5 % hồ sơ đủ điều kiện đã ký: 301.043/873.322; 572.279 đang xử lý" in said
    assert "Hạn trước ngày 30/4/2022 đã qua 26 ngày." in said
    assert "Nguồn: bảng tổng theo huyện đến 16 giờ ngày 26/5/2022" in said
    assert "301.043/873.322" in text(blocks(visit(OVERVIEW)))
    said = text(blocks(visit(DISTRICT)))
    assert "Kỳ này chỉ có bảng tổng theo huyện" in said
    assert "Có kỳ mới hơn (16 giờ ngày 26/5/2022)" in text(blocks(visit(FACILITY)))


def test_a_facility_kept_from_elsewhere_is_told_only_where_there_are_facilities(
    own_week: Store,
) -> None:
    said = text(blocks(visit(COMPLAINTS, district="755", facility="F1")))
    assert "Cơ sở mã “F1” không thuộc huyện này; trang đang hiện cả huyện." in said
    publish_totals(own_week, "Mã huyện | Hợp lệ\n747 | 3", as_of=NOON + WEEK)
    said = text(blocks(visit(SIGNING, district="747", facility="F1")))
    assert "Cơ sở mã" not in said
    assert "Kỳ này chỉ có bảng tổng theo huyện" in said
    assert "Bảng tổng theo huyện không cho biết hồ sơ nào mới ký." in said


def test_below_a_district_everything_is_compared_with_the_same_day(own_week: Store) -> None:
    publish_totals(own_week, "Mã huyện | Hợp lệ\n747 | 3", as_of=NOON - 6 * DAY)
    own_week.publish(NOW, as_of=NOON + DAY, with_complaints=COMPLAINTS_NOW, is_confirmed=True)
    # The week before 26/4 is the 19th, of totals; facilities are compared with the 18th.
    html = blocks(visit(DISTRICT, district="747"))
    movers = text(html[html.index("card_movers") :] if "card_movers" in html else html)
    assert "so với 18/4/2022" in movers


def test_totals_of_signing_alone_are_an_overview_of_their_own(own_week: Store) -> None:
    rows = "Mã huyện | Hợp lệ | Không hợp lệ | Đủ điều kiện ký | Đang xử lý ký | Đã ký\n"
    publish_totals(own_week, rows + "747 |  |  | 10 | 2 | 3", as_of=NOON + WEEK)
    said = text(blocks(visit(OVERVIEW)))
    assert "Tính đến 12 giờ ngày 2/5/2022 · 10 hồ sơ đủ điều kiện ký" in said
    assert "Ký số Hộ chiếu vắc xin đã quá hạn trước ngày 30/4/2022 2 ngày, còn 7." in said
    assert "30,0 % đã ký ■ Quá hạn 3/10 hồ sơ đủ điều kiện" in said
    assert "Kỳ này không có số liệu làm sạch." in said
    said = text(blocks(visit(SIGNING)))
    assert "Đã ký (kể cả đã cấp) 3 30,0 %" in said
    assert "Bộ đã cấp hộ chiếu" not in said


def test_figures_that_compare_snapshots_wait_until_these_have_been_compared(
    own_week: Store,
) -> None:
    for seal in (own_week.folder / "marts").glob("*/pair/pair.json"):
        seal.unlink()
    said = text(blocks(visit(SIGNING)))
    assert "python cli.py rebuild --stale" in said
    assert "Không có cơ sở nào." not in said
    assert "Chưa có hai kỳ" not in said
    assert "33,3 % hồ sơ đủ điều kiện đã ký: 1/3" in said
    said = text(blocks(visit(COMPLAINTS)))
    assert "Còn 3 phản ánh chưa xử lý xong" in said
    assert "Hạn xử lý: trước ngày 30/4/2022, còn 4 ngày (1975/BYT-CNTT)." in said
    assert "Đối chiếu giữa các kỳ chưa tính xong" in said
    assert "Chưa có kỳ so sánh" not in said
