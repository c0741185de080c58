"""Every page, in both languages, over a normal store, an empty one and one of a single day."""

import datetime as dt
import json
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from display.words import LANGUAGES
from tests.stores import NOON, Store

ROOT = Path(__file__).parents[1]
PAGES = ["pages/overview.py", "pages/district.py", "pages/facility.py", "pages/snapshots.py"]
WEEK = dt.timedelta(days=7)

BEFORE = """
    Mã cơ sở nhập | Mã xã thường trú | Trạng thái xác thực
    F1            | 26506            | Đúng
    F1            | 26506            | Sai
    F2            | 26506            | Không có số
    F3            |                  | Chưa gửi
"""
NOW = """
    Mã cơ sở nhập | Mã xã thường trú | Trạng thái xác thực
    F1            | 26506            | Đúng
    F1            | 26506            | Đúng
    F2            | 26506            | Không có số
    F3            |                  | Đúng
    F9            | 99999            | Sai
"""


@pytest.fixture(autouse=True)
def _store_of_the_test(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIENDO_STORE", str(store.folder))
    st.cache_data.clear()
    st.cache_resource.clear()


@pytest.fixture
def week(store: Store) -> Store:
    """Two snapshots a week apart."""
    store.publish(BEFORE, as_of=NOON - WEEK)
    store.publish(NOW, as_of=NOON, is_confirmed=True)
    return store


def visit(file: str, **address: str) -> AppTest:
    """The page as it stands after opening its address."""
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    for name, value in address.items():
        app.query_params[name] = value
    app.run()
    if file != PAGES[0]:
        app.switch_page(file)
        for name, value in address.items():
            app.query_params[name] = value
        app.run()
    assert not app.exception
    return app


def blocks(app: AppTest) -> str:
    """The HTML of all our blocks on the page."""
    found = [element.proto for element in app.main if element.type == "bidi_component"]
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
    store: Store, file: str, language: str
) -> None:
    store.publish(NOW)
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
    assert first[1].startswith("require_viewer()\n")
    assert "\nst." not in first[0]


def test_the_overview_shows_the_ratio_with_its_fraction_and_change(week: Store) -> None:
    html = blocks(visit(PAGES[0])).replace("\u00a0", " ")
    assert "60,0 % hồ sơ đã phân loại là hợp lệ: 3/5; còn 2 hồ sơ phải làm sạch." in html
    assert "+26,7 điểm" in html  # 3/5 against 1/3
    assert "Chưa xác định đơn vị" in html


def test_the_axis_of_the_address_decides_whose_table_it_is(week: Store) -> None:
    by_facility = blocks(visit(PAGES[1], district="747"))
    by_residence = blocks(visit(PAGES[1], district="747", axis="residence"))
    assert "Trạm Y tế Phường 1" in by_facility
    assert "co-so?" in by_facility
    assert "Trạm Y tế Phường 1" not in by_residence
    assert "co-so?" not in by_residence


def test_the_day_of_the_address_decides_the_snapshot(week: Store) -> None:
    html = blocks(visit(PAGES[0], date="2022-04-18")).replace("\u00a0", " ")
    assert "33,3 % hồ sơ đã phân loại là hợp lệ: 1/3" in html


@pytest.mark.parametrize(
    "file, name, value",
    [(PAGES[0], "date", "x"), (PAGES[1], "district", "000"), (PAGES[2], "facility", "<b>")],
)
def test_what_is_not_there_is_said_and_something_else_shown(
    week: Store, file: str, name: str, value: str
) -> None:
    html = blocks(visit(file, **{name: value}))
    assert 'class="notice"' in html
    assert "“<b>”" not in html
    assert "<h1>" in html


def test_a_facility_of_another_district_is_shown_with_its_own_district(week: Store) -> None:
    app = visit(PAGES[2], facility="F3", district="747")
    assert "Bệnh viện Côn Đảo" in blocks(app)
    assert app.selectbox(key="district_choice").value == "755"


def test_choosing_a_district_leaves_its_facility_behind(week: Store) -> None:
    app = visit(PAGES[2], facility="F1")
    app.selectbox(key="district_choice").set_value("755").run()
    assert not app.exception
    assert "Bệnh viện Côn Đảo" in blocks(app)


def test_a_page_follows_the_store(week: Store) -> None:
    app = visit(PAGES[0])
    week.publish(BEFORE, as_of=NOON + WEEK, is_confirmed=True)
    app.run()
    assert "33,3" in blocks(app)


def test_a_store_that_cannot_be_read_says_what_to_run_and_no_path(week: Store) -> None:
    for mart in (week.folder / "marts").rglob("*.parquet"):
        mart.unlink()
    for folder in sorted((week.folder / "marts").rglob("*"), reverse=True):
        folder.rmdir() if folder.is_dir() else folder.unlink()
    html = blocks(visit(PAGES[0]))
    assert "python cli.py rebuild" in html
    assert str(week.folder) not in html
