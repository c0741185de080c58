"""Signing in and out as a person does it, in a real Chromium: local accounts and OIDC."""

import contextlib
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from data import audit
from data.accounts import COOKIE

#: pytest-base-url, which pytest-playwright brings, is behind pytest here.
pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore:.*fixtures defined as instance methods:DeprecationWarning"),
]

ROOT = Path(__file__).parents[2]
Serving = Callable[..., contextlib.AbstractContextManager[str]]
OWN = "mot-cau-rieng-2026"
ROLES = """
claim = "groups"
[[roles]]
value = "huyen-753"
role = "district"
unit = "753"
"""


def cookies(page: Page) -> dict[str, dict[str, object]]:
    return {str(cookie["name"]): dict(cookie) for cookie in page.context.cookies()}


@pytest.fixture
def refused(page: Page) -> list[str]:
    """What the browser refused to load because of the Content-Security-Policy."""
    found: list[str] = []
    page.on(
        "console",
        lambda said: found.append(said.text) if "Content Security Policy" in said.text else None,
    )
    return found


@pytest.fixture
def private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of accounts of this test's own, and a small store whose log is signed by it."""
    monkeypatch.setenv("TIENDO_PRIVATE", str(tmp_path / "private"))
    monkeypatch.setenv("TIENDO_STORE", str(tmp_path / "store"))
    command("sample", "--publish", "--records", "600")
    return tmp_path


def command(*arguments: str) -> str:
    """What a command of the operator's prints."""
    whole = [sys.executable, "cli.py", *arguments]
    return subprocess.run(whole, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout


def server_log(folder: Path) -> str:
    return "".join(path.read_text() for path in folder.glob("server-*.log"))


def actions(store: Path) -> list[tuple[str, str]]:
    """Who did what about signing in, as the log of a store has it."""
    found = [(line.user, line.action) for line in audit.lines(store)]
    return [(user, action) for user, action in found if action.startswith(("sign", "password"))]


def test_a_person_signs_in_with_a_one_time_password_chooses_their_own_and_signs_out(
    page: Page,
    serving: Serving,
    private: Path,
    asked_hosts: set[str],
    refused: list[str],
) -> None:
    said = command("user", "add", "huyen-753", "--role", "district", "--unit", "753")
    with serving(private / "store") as address:
        page.goto(f"{address}/dang-nhap?next=/huyen")
        assert Axe().run(page).violations_count == 0
        page.get_by_label("Tên đăng nhập").fill("huyen-753")
        page.get_by_label("Mật khẩu").fill("sai-mat-khau")
        page.get_by_role("button", name="Đăng nhập").click()
        expect(page.get_by_role("alert")).to_contain_text("không đúng")
        expect(page.get_by_label("Tên đăng nhập")).to_have_value("huyen-753")
        page.get_by_label("Mật khẩu").fill(said.split()[-1])
        page.get_by_role("button", name="Đăng nhập").click()
        expect(page.get_by_role("heading", name="Đặt mật khẩu mới")).to_be_visible()
        assert COOKIE not in cookies(page)
        page.get_by_label("Mật khẩu mới", exact=True).fill(OWN)
        page.get_by_label("Nhập lại mật khẩu mới").fill(OWN)
        page.get_by_role("button", name="Đặt mật khẩu").click()
        expect(page).to_have_url(re.compile(rf"^{address}/huyen"))
        session = cookies(page)[COOKIE]
        assert (session["httpOnly"], session["sameSite"], session["path"]) == (True, "Lax", "/")
        expect(page.get_by_test_id("stApp")).to_be_visible(timeout=30_000)
        page.goto(f"{address}/dang-xuat")
        page.get_by_role("button", name="Đăng xuất").click()
        expect(page).to_have_url(f"{address}/")
        assert COOKIE not in cookies(page)
    assert asked_hosts == {"127.0.0.1"}
    assert refused == []
    assert OWN not in server_log(private)
    assert said.split()[-1] not in server_log(private)
    assert actions(private / "store") == [
        ("huyen-753", action)
        for action in ("sign_in_failed", "password_changed", "sign_in", "sign_out")
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_form_fits_a_phone_in_both_languages_and_themes(
    page: Page, app: str, scheme: str
) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{app}/dang-nhap?next=/ky-so")
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    expect(page.get_by_role("link", name="Tiếng Việt")).to_be_visible()
    assert page.locator("input[name=next]").input_value() == "/ky-so"
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.evaluate("document.fonts.check('16px \"Be Vietnam Pro\"')")
    assert Axe().run(page).violations_count == 0


@pytest.mark.parametrize("path", ["", "/huyen", "/phan-anh", "/ky-so", "/bien-dong", "/du-lieu"])
def test_no_page_needs_what_the_policy_forbids(
    page: Page, app: str, refused: list[str], path: str
) -> None:
    page.goto(f"{app}{path}")
    expect(page.locator("h1").first).to_be_visible(timeout=30_000)
    page.wait_for_load_state("networkidle")
    assert refused == []


@pytest.fixture
def provider(free_port: int) -> Iterator[str]:
    """An agency's sign-in service that knows one person."""
    claims = '{"sub": "canbo1", "groups": ["huyen-753"]}'
    command = [str(Path(sys.executable).parent / "oidc-provider-mock"), "--port", str(free_port)]
    server = subprocess.Popen(
        [*command, "--user-claims", claims], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    metadata = f"http://127.0.0.1:{free_port}/.well-known/openid-configuration"
    try:
        _wait_until_answered(metadata)
        yield metadata
    finally:
        server.terminate()
        server.wait(timeout=20)


def _wait_until_answered(address: str) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError(f"nobody answers: {address}")


def test_with_oidc_a_person_goes_to_the_agencys_service_and_back(
    page: Page,
    serving: Serving,
    provider: str,
    private: Path,
    refused: list[str],
) -> None:
    roles = private / "roles.toml"
    roles.write_text(ROLES)
    page.route("**/*jsdelivr*/**", lambda route: route.abort())
    environment = {
        "TIENDO_OIDC_METADATA_URL": provider,
        "TIENDO_OIDC_CLIENT_ID": "tien-do",
        "TIENDO_OIDC_CLIENT_SECRET": "khoa-cua-phep-thu",
        "TIENDO_OIDC_ROLES": str(roles),
    }
    with serving(private / "store", environment) as address:
        page.goto(f"{address}/dang-nhap")
        expect(page).to_have_url(re.compile(r"/oauth2/authorize\?"))
        page.get_by_role("button", name="canbo1").click()
        expect(page).to_have_url(f"{address}/")
        session = cookies(page)["_streamlit_user"]
        assert (session["httpOnly"], session["sameSite"]) == (True, "Lax")
        assert COOKIE not in cookies(page)
        expect(page.locator("h1").first).to_be_visible(timeout=30_000)
        posted = page.request.post(f"{address}/dang-nhap", form={"name": "canbo1", "password": OWN})
        assert posted.status == 405
        page.goto(f"{address}/dang-xuat")
        assert "_streamlit_user" not in cookies(page)
    assert refused == []
    assert actions(private / "store") == [("canbo1", "sign_in")]
    assert environment["TIENDO_OIDC_CLIENT_SECRET"] not in server_log(private)
