"""Who sees what: every role on every page, list, search and download, and nobody a record more."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

import access
from data import audit
from data.accounts import remove
from data.errors import RefusedError
from display.exports import list_csv
from display.work_lists import Known, cells_of, columns_of
from pages.parts.address import PAGES
from pages.parts.choices import Choice
from pages.parts.downloads import Taken, taken_along
from queries.questions import snapshots
from queries.scope import Scope
from queries.work_lists import WorkList, records
from tests.accounts import session_of, show_cookie, sign_in
from tests.stores import NOON, Store, only_looked_at
from tests.test_pages import DAY, ROOT, blocks, visit

BEFORE = """
    Họ và tên          | Số CCCD/CMND | Số điện thoại | Mã cơ sở nhập | Mã xã thường trú | Trạng thái xác thực | Trạng thái ký | Lý do không hợp lệ
    Trần Lan Trạm Một  | 077190000011 | 0901000011    | F1            | 26506            | Sai                 | Chưa ký       | SAI_HO_TEN
    Lê Mai Trạm Một    | 077190000012 | 0901000012    | F1            | 26506            | Đúng                | Đã ký         |
    Vũ Hoa Trung Tâm   | 077190000021 | 0901000021    | F2            | 26506            | Không có số         | Chưa ký       |
    Đỗ Cúc Ngoài Đảo   | 077190000031 | 0901000031    | F3            |                  | Sai                 | Chưa ký       | SAI_NGAY_SINH
    Hồ Sen Ngoài Đảo   | 077190000032 | 0901000032    | F3            |                  | Đúng                | Đã ký         |
"""  # noqa: E501
NOW = BEFORE.replace("| Sai                 | Chưa ký       | SAI_HO_TEN", "| Đúng | Chưa ký |", 1)
COMPLAINTS = """
    Mã phản ánh | Mã hồ sơ | Thời điểm tiếp nhận | Mã cơ sở | Mã huyện | Trạng thái
    PA-MOT      | H1       | 15/04/2022 12:00    | F1       | 747      | Đang xử lý
    PA-HAI      | H3       | 16/04/2022 12:00    | F2       | 747      | Mới ghi nhận
    PA-DAO      | H4       | 16/04/2022 12:00    | F3       | 755      | Đã duyệt
"""
#: What tells of a unit: its name, its people, their documents and phones, its complaints.
OF = {
    "F1": ("Trạm Y tế Phường 1", "Trạm Một", "07719000001", "090100001", "PA-MOT"),
    "F2": ("Trung tâm Y tế Vũng Tàu", "Trung Tâm", "07719000002", "090100002", "PA-HAI"),
    "F3": ("Côn Đảo", "Ngoài Đảo", "07719000003", "090100003", "PA-DAO"),
}
PEOPLE = [word for words in OF.values() for word in words[1:4]]
#: Role and unit -> what must not be told to them, anywhere.
HIDDEN: dict[tuple[str, str | None], list[str]] = {
    ("province", None): PEOPLE,
    ("steward", None): PEOPLE,
    ("auditor", None): [word for words in OF.values() for word in words],
    ("district", "747"): [*OF["F3"], "07719000001", "07719000002", "0901"],
    ("district", "755"): [*OF["F1"], *OF["F2"], "07719000003", "0901"],
    ("facility", "F1"): [*OF["F2"], *OF["F3"], "07719000001", "0901"],
    ("facility", "F3"): [*OF["F1"], *OF["F2"], "07719000003", "0901"],
}
ADDRESSES = {
    "as it opens": {},
    "of another district": {"district": "755", "facility": "F3", "record": "H4", "what": "records"},
    "of another facility": {"district": "747", "facility": "F2", "record": "H3", "what": "records"},
    "by residence": {"axis": "residence", "commune": "26506", "flow": "fixed"},
    "as another district": {"as": "755", "flow": "cell"},
    "of its complaints": {"what": "received", "district": "755", "facility": "F3"},
}


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Two days of three facilities in two districts; only looked at."""
    store = Store.inside(tmp_path_factory.mktemp("access"))
    for days, rows in ((7, BEFORE), (0, NOW)):
        store.publish(rows, as_of=NOON - days * DAY, with_complaints=COMPLAINTS, is_confirmed=True)
    with only_looked_at(store):
        yield store


@pytest.fixture(autouse=True)
def _program(published: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What was kept for one person stays kept for the next, as in a server: the harder case."""
    monkeypatch.setenv("TIENDO_STORE", str(published.folder))
    monkeypatch.setenv("TIENDO_PRIVATE", str(tmp_path / "private"))
    (published.folder / "audit.jsonl").unlink(missing_ok=True)


def told(app: AppTest) -> str:
    """Everything a page sends to the browser, as text."""
    charts = [chart.proto.spec for chart in app.get("plotly_chart")]
    chosen = [option for box in app.selectbox for option in box.options]
    links = re.sub(r'href="[^"]*"', "", blocks(app))
    return "\n".join([links, *charts, *chosen])


def alone(file: str, **address: str) -> AppTest:
    """A page file run without the frame, as somebody would who found it."""
    app = AppTest.from_file(str(ROOT / file), default_timeout=60)
    for name, value in address.items():
        app.query_params[name] = value
    return app.run()


def actions(store: Store) -> list[tuple[str, str]]:
    return [(line.user, line.action) for line in audit.lines(store.folder)]


@pytest.mark.parametrize("address", ADDRESSES.values(), ids=ADDRESSES.keys())
@pytest.mark.parametrize("role, unit", HIDDEN, ids=lambda value: value or "")
def test_no_page_tells_anybody_of_a_unit_or_a_person_out_of_their_scope(
    monkeypatch: pytest.MonkeyPatch, role: str, unit: str | None, address: dict[str, str]
) -> None:
    sign_in(monkeypatch, role, unit)
    for file in PAGES.values():
        page = alone(file, **address)
        assert not page.exception, file
        found = [word for word in HIDDEN[role, unit] if word in told(page)]
        # "Xem như" takes the view of that district on: its own units are then meant to be seen.
        if not (address.get("as") and role in {"province", "steward"}):
            assert found == [], file


def test_a_stranger_sees_nothing_where_anybody_is_real() -> None:
    for file in ("app.py", *PAGES.values()):
        page = alone(file, district="747", facility="F1", what="records")
        assert not page.exception
        assert told(page) == ""
        assert not page.selectbox
        assert "Số liệu của tỉnh chỉ mở cho tài khoản được cấp" in page.get("html")[0].proto.body


@pytest.mark.parametrize("token", ["", "x", "WyJhIiwiYiIsImMiLDFd.abcdef"])
def test_a_forged_cookie_is_no_account(monkeypatch: pytest.MonkeyPatch, token: str) -> None:
    session_of("ai-do", "province", None)
    show_cookie(monkeypatch, token)
    assert told(alone("app.py")) == ""


def test_an_account_removed_while_the_page_is_open_is_denied_at_the_next_click(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    name = sign_in(monkeypatch, "district", "747")
    app = visit("pages/signing.py")
    assert "Trạm Y tế Phường 1" in told(app)
    remove(name)
    app.run()
    assert told(app) == ""
    assert "không còn dùng được" in app.get("html")[0].proto.body


def test_two_people_on_a_warm_cache_see_each_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    for role, unit in [*HIDDEN, *HIDDEN]:
        sign_in(monkeypatch, role, unit)
        for file in ("pages/signing.py", "pages/complaints.py", "pages/work_list.py"):
            shown = told(alone(file))
            assert not [word for word in HIDDEN[role, unit] if word in shown]


@pytest.mark.parametrize("file", ["pages/signing.py", "pages/flows.py", "pages/work_list.py"])
def test_a_forged_choice_of_another_district_shows_ones_own_and_is_written_down(
    published: Store, monkeypatch: pytest.MonkeyPatch, file: str
) -> None:
    name = sign_in(monkeypatch, "district", "747")
    app = visit(file)
    app.session_state["district_choice"] = "755"
    app.session_state["kept"] = {"district": "755", "facility": "F3"}
    app.query_params["district"] = "755"
    app.run()
    assert not app.exception
    assert "Côn Đảo" not in told(app)
    assert (name, "denied") in actions(published)


def test_the_province_may_look_as_the_official_of_a_district(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sign_in(monkeypatch, "province")
    shown = told(alone("pages/signing.py", **{"as": "755"}))
    assert "Bệnh viện Côn Đảo" in shown
    assert "Trạm Y tế Phường 1" not in shown
    assert "Đang xem như cán bộ Huyện Côn Đảo" in shown


def test_an_account_says_whose_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    for role, unit, said in [
        ("facility", "F3", "Bệnh viện Côn Đảo"),
        ("district", "747", "Thành phố Vũng Tàu"),
        ("province", None, "Toàn tỉnh"),
    ]:
        name = sign_in(monkeypatch, role, unit)
        shown = told(alone("pages/signing.py"))
        assert f"<b>{name}</b>" in shown
        assert f'<p class="quiet">{said}</p>' in shown


def test_pages_are_offered_only_to_those_who_may_open_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for role, unit, refused in [
        ("province", None, {"pages/work_list.py", "pages/log.py"}),
        ("district", "747", {"pages/log.py"}),
        ("auditor", None, set(PAGES.values()) - {"pages/log.py"}),
        ("steward", None, {"pages/work_list.py", "pages/log.py"}),
    ]:
        sign_in(monkeypatch, role, unit)
        shut = {file for file in PAGES.values() if told(alone(file)) == ""}
        assert shut == refused, role


# The work list ------------------------------------------------------------------------------


def test_a_list_has_the_records_of_the_number_with_their_documents_masked(
    published: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = sign_in(monkeypatch, "district", "747")
    shown = told(visit("pages/work_list.py", what="records", facility="F1"))
    assert "2 hồ sơ" in shown.replace("\u00a0", " ")
    assert "Trần Lan Trạm Một" in shown
    assert "077•••••0011" in shown
    assert (name, "view_list") in actions(published)


def test_a_list_of_complaints_has_those_of_the_number(
    published: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = sign_in(monkeypatch, "district", "747")
    page = alone("pages/complaints.py")
    assert 'href="danh-sach?what=open&amp;' in blocks(page)
    shown = told(visit("pages/work_list.py", what="open"))
    assert "2 phản ánh" in shown.replace("\u00a0", " ")
    assert "PA-MOT" in shown
    assert "PA-DAO" not in shown
    one = told(visit("pages/work_list.py", what="open", facility="F2"))
    assert "PA-HAI" in one
    assert "PA-MOT" not in one
    assert (name, "view_list") in actions(published)


def test_the_search_finds_a_name_without_its_marks_and_is_not_written_down(
    published: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(monkeypatch, "district", "747")
    app = visit("pages/work_list.py", what="records")
    app.text_input(key="work_list_search").set_value("tran lan").run()
    assert "Trần Lan" in told(app)
    assert "Lê Mai" not in told(app)
    log = (published.folder / "audit.jsonl").read_text(encoding="utf-8")
    assert "searched" in log
    assert "lan" not in log.lower()


def test_a_masked_field_is_shown_for_a_reason_and_once(
    published: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = sign_in(monkeypatch, "facility", "F1")
    app = visit("pages/work_list.py", what="records", record="H1")
    assert "077190000011" not in told(app)
    app.selectbox(key="reveal_reason").set_value("police")
    app.button(key="reveal").click().run()
    assert "077190000011" in told(app)
    line = next(line for line in audit.lines(published.folder) if line.action == "reveal")
    assert (line.user, line.reason, line.predicate) == (name, "police", {"record": "H1"})
    assert "077190000011" not in told(app.run())


def test_nothing_is_listed_or_revealed_that_cannot_be_written_down(
    published: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(monkeypatch, "district", "747")
    log = published.folder / "audit.jsonl"
    log.mkdir()
    try:
        app = visit("pages/work_list.py", what="records", record="H1")
        assert "Chưa ghi được nhật ký" in told(app)
        assert "077•••••0012" not in told(app)
        app.button(key="reveal").click().run()
        assert "077190000011" not in told(app)
    finally:
        log.rmdir()


def taken(store: Store, role: str, unit: str, **changes: Any) -> bytes:
    """The file of all records of 747, for an account just made."""
    token = session_of("nguoi-tai", role, unit)
    scope = Scope(("747",)) if role == "district" else Scope(("747",), (unit,))
    asked = store.ask()
    snapshot = snapshots(asked.connection).row(0, named=True)
    work_list = WorkList("records", "district", "facility", "747", None, asked.snapshot_id)

    def rows(row_limit: int) -> list[list[str]]:
        found = records(asked.connection, scope=scope, work_list=work_list, row_limit=row_limit)
        return [cells_of(row, Known({}, 1, "vi")) for row in found.to_dicts()]

    told = {"what": "records", "district_code": "747"}
    title, headings = "Toàn bộ hồ sơ", columns_of("vi")
    return taken_along(
        Taken(title, "Thành phố Vũng Tàu", "747", told, 3, headings, rows),
        Choice(snapshot, None, "facility", [snapshot]),
        access.Viewer(role, scope, "vi", "nguoi-tai"),
        changes.get("proof", token),
        write=list_csv,
    )


def test_a_download_says_who_took_it_and_is_written_down(published: Store) -> None:
    text = taken(published, "district", "747").decode("utf-8-sig")
    assert text.count("\r\n") == 1 + 3 + 1
    assert "nguoi-tai xuất lúc" in text
    assert "077190000011" not in text
    line = audit.lines(published.folder)[-1]
    assert (line.user, line.action, line.rows) == ("nguoi-tai", "export", 3)


def test_a_download_holds_ones_own_records_only(published: Store) -> None:
    text = taken(published, "facility", "F1").decode("utf-8-sig")
    assert "Trạm Một" in text
    assert not [word for word in (*OF["F2"], *OF["F3"]) if word in text]


@pytest.mark.parametrize("proof", [None, "x"])
def test_a_download_of_a_session_that_has_ended_is_refused(
    published: Store, proof: str | None
) -> None:
    with pytest.raises(RefusedError):
        taken(published, "district", "747", proof=proof)
    assert actions(published) == []


def test_a_download_longer_than_a_file_may_be_is_refused_and_not_cut(
    published: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(access._MOST_EXPORTED, "district", 2)
    with pytest.raises(RefusedError, match="quá 2 dòng"):
        taken(published, "district", "747")
    assert actions(published) == []


def test_a_download_that_cannot_be_written_down_is_refused(published: Store) -> None:
    log = published.folder / "audit.jsonl"
    log.mkdir()
    try:
        with pytest.raises(audit.AuditError):
            taken(published, "district", "747")
    finally:
        log.rmdir()


# The log ------------------------------------------------------------------------------------


def test_the_auditor_reads_the_log_and_whether_it_is_whole(
    published: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken(published, "district", "747")
    sign_in(monkeypatch, "auditor")
    shown = told(alone("pages/log.py"))
    assert "Nhật ký nguyên vẹn: 1 dòng" in shown
    assert "Tải danh sách" in shown
    log = published.folder / "audit.jsonl"
    line = json.loads(log.read_text(encoding="utf-8"))
    log.write_text(json.dumps(line | {"rows": 1}) + "\n", encoding="utf-8")
    assert "không còn nguyên vẹn" in told(alone("pages/log.py"))


# People's data ------------------------------------------------------------------------------


def test_no_person_is_in_the_log_in_an_error_or_in_an_address(
    published: Store,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    st.cache_data.clear()  # every question is asked anew, and might say so
    st.cache_resource.clear()
    sign_in(monkeypatch, "district", "747")
    app = visit("pages/work_list.py", what="records", record="H1")
    app.text_input(key="work_list_search").set_value("Trần Lan Trạm Một").run()
    app.button(key="reveal").click().run()
    taken(published, "district", "747")
    log = (published.folder / "audit.jsonl").read_text(encoding="utf-8")
    addresses = " ".join(re.findall(r'href="([^"]*)"', blocks(app)))
    asked = " ".join(str(value) for value in app.query_params.values())
    for word in ["Trần", "Lan", "077190000011", "0901000011"]:
        assert word not in log
        assert word not in caplog.text
        assert word not in addresses + asked


def test_an_error_is_a_sentence_and_a_number_and_its_words_stay_out_of_the_log(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> None:
        from pages.parts.frame import show_failure

        try:
            raise ValueError("Trần Lan 077190000011")
        except ValueError as error:
            show_failure(error)

    app = AppTest.from_function(fail).run()
    assert not app.exception
    found = re.search(r"mã lỗi (\w{6})", blocks(app))
    assert found
    assert f"error {found[1]}: ValueError at " in caplog.text
    assert "Trần" not in blocks(app) + caplog.text
    assert "Traceback" not in blocks(app)
