"""The addresses /dang-nhap, /mat-khau and /dang-xuat, and what every answer carries."""

import datetime as dt
import re
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from data import accounts
from data.accounts import SignInError, passwords
from pages.parts.forms import MOST_BYTES
from pages.parts.headers import Headers
from pages.parts.serve import options_of
from pages.parts.sign_in import routes

OWN = "mot-cau-rieng-2026"
SITE = "http://testserver"


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of accounts and a store of this test's own, and no wrong passwords yet."""
    monkeypatch.setattr(passwords, "_TRIES", {})
    monkeypatch.setenv("TIENDO_PRIVATE", str(tmp_path / "private"))
    monkeypatch.setenv("TIENDO_STORE", str(tmp_path / "store"))
    return tmp_path / "store"


@pytest.fixture
def client() -> TestClient:
    return client_of(SITE)


def client_of(site: str) -> TestClient:
    app = Starlette(
        routes=[*routes(), Route("/", lambda _request: PlainTextResponse("ok"))],
        middleware=[Middleware(Headers)],
    )
    return TestClient(app, base_url=site, follow_redirects=False)


def made(role: str = "province", unit: str | None = None) -> str:
    accounts.add("can-bo", role, unit, password=OWN)
    return "can-bo"


def entered(password: str = OWN, **more: str) -> dict[str, str]:
    return {"name": "can-bo", "password": password} | more


def log(store: Path) -> str:
    return "".join(path.read_text() for path in sorted(store.rglob("*.jsonl")))


def account_of(client: TestClient) -> accounts.Account:
    now = dt.datetime.now(dt.UTC)
    return accounts.account_of_token(client.cookies.get(accounts.COOKIE), now)


def hidden_token(text: str) -> str:
    found = re.search(r'name="token" value="([^"]+)"', text)
    assert found
    return found[1]


# Signing in ---------------------------------------------------------------------------------


@pytest.mark.parametrize("language, words", [("vi", "Tên đăng nhập"), ("en", "Sign-in name")])
def test_the_form_speaks_both_languages(client, language, words):
    page = client.get(f"/dang-nhap?lang={language}")
    assert page.status_code == 200
    assert words in page.text
    assert f'<html lang="{language}">' in page.text
    assert client.get("/dang-nhap?lang=xx").text == client.get("/dang-nhap").text


@pytest.mark.parametrize(
    "role, unit, place",
    [
        ("province", None, "./"),
        ("district", "753", "./huyen"),
        ("facility", "F1", "./co-so"),
        ("steward", None, "./"),
    ],
)
def test_who_signs_in_comes_to_their_page_with_a_cookie_no_script_can_read(
    client, store, role, unit, place
):
    made(role, unit)
    answer = client.post("/dang-nhap", data=entered())
    assert (answer.status_code, answer.headers["location"]) == (303, place)
    cookie = answer.headers["set-cookie"].lower()
    assert {"httponly", "samesite=lax", "path=/"} <= set(cookie.split("; "))
    assert "secure" not in cookie
    assert account_of(client) == accounts.Account("can-bo", role, unit, is_demo=False)
    assert "sign_in" in log(store)
    assert OWN not in log(store)


def test_over_https_the_cookie_goes_over_https_only(monkeypatch):
    made()
    answer = client_of("https://testserver").post("/dang-nhap", data=entered())
    assert "; Secure" in answer.headers["set-cookie"]
    monkeypatch.setenv("TIENDO_URL", "https://tien-do.example")
    answer = client_of(SITE).post("/dang-nhap", data=entered())
    assert "; Secure" in answer.headers["set-cookie"]


@pytest.mark.parametrize(
    "wanted, place",
    [
        ("/huyen?district=747&lang=en", "/huyen?district=747&lang=en"),
        ("phan-anh", "phan-anh"),
        ("//evil.example", "./"),
        ("///evil.example", "./"),
        ("https://evil.example", "./"),
        ("javascript:alert(1)", "./"),
        ("\\\\evil.example", "./"),
        ("/\\evil.example", "./"),
        ("/\t/evil.example", "./"),
        ("/a\r\nSet-Cookie: x=y", "./"),
        ("http://[", "./"),
        ("", "./"),
    ],
)
def test_a_sign_in_leads_to_a_page_of_ours_only(client, wanted, place):
    made()
    answer = client.post("/dang-nhap", data=entered(next=wanted))
    assert answer.headers["location"] == place
    assert "evil" not in client.get("/dang-nhap", params={"next": wanted}).text


def test_a_wrong_password_and_a_name_that_is_not_there_are_answered_alike(client, store):
    made()
    known = client.post("/dang-nhap", data=entered("sai-mat-khau"))
    other = client.post("/dang-nhap", data=entered("sai-mat-khau", name="khong-co"))
    assert known.status_code == other.status_code == 401
    assert known.text.replace("can-bo", "") == other.text.replace("khong-co", "")
    assert "set-cookie" not in known.headers
    assert '"can-bo"' in log(store)
    assert "sign_in_failed" in log(store)


def test_what_was_typed_for_a_name_is_written_down_only_if_it_is_one(client, store):
    client.post("/dang-nhap", data={"name": "Mật-khẩu-của-tôi", "password": "x"})
    assert "unknown" in log(store)
    assert "của-tôi" not in log(store)


def test_guessing_has_to_wait_and_does_not_fill_the_log(client, store):
    made()
    for _ in range(5):
        client.post("/dang-nhap", data=entered("sai-mat-khau"))
    answer = client.post("/dang-nhap", data=entered())
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "1")
    assert "thử lại sau 1 giây" in answer.text
    assert log(store).count("sign_in_failed") == 5


def test_what_people_type_is_shown_as_text(client):
    answer = client.post("/dang-nhap", data=entered(name='"><script>x</script>'))
    assert "<script" not in answer.text


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Origin": SITE, "Sec-Fetch-Site": "cross-site"},
    ],
)
@pytest.mark.parametrize("path", ["/dang-nhap", "/mat-khau", "/dang-xuat"])
def test_a_form_of_another_site_is_refused(client, headers, path):
    made()
    answer = client.post(path, data=entered(), headers=headers)
    assert (answer.status_code, "set-cookie" in answer.headers) == (403, False)


def test_a_form_of_ours_is_taken_behind_a_proxy_too(client, monkeypatch):
    made()
    own = {"Origin": SITE, "Sec-Fetch-Site": "same-origin"}
    assert client.post("/dang-nhap", data=entered(), headers=own).status_code == 303
    monkeypatch.setenv("TIENDO_URL", "https://tien-do.example")
    public = {"Origin": "https://tien-do.example"}
    assert client.post("/dang-nhap", data=entered(), headers=public).status_code == 303


def test_too_long_a_form_is_not_read(client):
    answer = client.post("/dang-nhap", data=entered("x" * MOST_BYTES))
    assert answer.status_code == 413


def test_a_sign_in_that_cannot_be_written_down_is_refused(client, store):
    made()
    store.write_text("no folder")
    answer = client.post("/dang-nhap", data=entered())
    assert (answer.status_code, "set-cookie" in answer.headers) == (503, False)
    assert "Không ghi được nhật ký" in answer.text


# A new password -----------------------------------------------------------------------------


def test_after_a_one_time_password_a_new_one_is_chosen_before_anything_opens(client, store):
    password = accounts.add("can-bo", "district", "753")
    form = client.post("/dang-nhap", data=entered(password, next="/phan-anh"))
    assert (form.status_code, "set-cookie" in form.headers) == (200, False)
    chosen = {"token": hidden_token(form.text), "next": "/phan-anh"}
    again = client.post("/mat-khau", data=chosen | {"password": OWN, "again": OWN + "x"})
    assert (again.status_code, "không giống nhau" in again.text) == (400, True)
    short = client.post("/mat-khau", data=chosen | {"password": "ngan", "again": "ngan"})
    assert (short.status_code, "ít nhất 10 ký tự" in short.text) == (400, True)
    answer = client.post("/mat-khau", data=chosen | {"password": OWN, "again": OWN})
    assert (answer.status_code, answer.headers["location"]) == (303, "/phan-anh")
    assert account_of(client).unit_code == "753"
    assert "password_changed" in log(store)
    assert OWN not in log(store)


@pytest.mark.parametrize("token", ["", "x", "x.y.z"])
def test_without_the_step_before_no_password_is_changed(client, token):
    made()
    fields = {"token": token, "password": OWN + "!", "again": OWN + "!"}
    answer = client.post("/mat-khau", data=fields)
    assert (answer.status_code, "hãy đăng nhập lại" in answer.text) == (403, True)
    assert client.post("/dang-nhap", data=entered()).status_code == 303


# Signing out --------------------------------------------------------------------------------


def signed_in(client: TestClient) -> str:
    made()
    client.post("/dang-nhap", data=entered())
    return client.cookies[accounts.COOKIE]


def is_ended(token: str) -> bool:
    try:
        accounts.account_of_token(token, dt.datetime.now(dt.UTC))
    except SignInError as error:
        return error.code == "expired"
    return False


def test_signing_out_ends_the_session_and_takes_the_cookie_back(client, store):
    token = signed_in(client)
    answer = client.post("/dang-xuat", headers={"Origin": SITE})
    assert (answer.status_code, answer.headers["location"]) == (303, "./")
    assert accounts.COOKIE not in client.cookies
    assert is_ended(token)
    assert "sign_out" in log(store)


def test_a_link_of_our_pages_signs_out_and_one_from_elsewhere_asks(client):
    token = signed_in(client)
    asked = client.get("/dang-xuat", headers={"Sec-Fetch-Site": "cross-site"})
    assert (asked.status_code, is_ended(token)) == (200, False)
    assert "Đăng xuất khỏi Tiến độ?" in asked.text
    done = client.get("/dang-xuat", headers={"Sec-Fetch-Site": "same-origin"})
    assert (done.status_code, is_ended(token)) == (303, True)


def test_nobody_is_kept_signed_in_because_the_log_is_full(client, store, tmp_path):
    token = signed_in(client)
    store.rename(tmp_path / "away")
    store.write_text("no folder")
    assert client.post("/dang-xuat").status_code == 303
    assert is_ended(token)


def test_who_is_not_signed_in_can_sign_out(client):
    assert client.post("/dang-xuat").status_code == 303


# OIDC ---------------------------------------------------------------------------------------


def test_with_oidc_there_is_no_password_to_send(monkeypatch):
    made()
    monkeypatch.setenv("TIENDO_OIDC_METADATA_URL", "https://dang-nhap.example/metadata")
    client = client_of(SITE)
    assert client.post("/dang-nhap", data=entered()).status_code == 405
    assert client.post("/mat-khau", data=entered()).status_code == 404
    assert client.get("/dang-xuat").headers["location"] == "./auth/logout"


def test_behind_a_proxy_the_framework_knows_its_public_address(monkeypatch):
    assert options_of("127.0.0.1", 8501)["browser.serverAddress"] == "127.0.0.1"
    monkeypatch.setenv("TIENDO_URL", "https://tien-do.example:8443")
    assert options_of("127.0.0.1", 8501)["browser.serverAddress"] == "tien-do.example"


# Every answer -------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/dang-nhap", "/khong-co", "/_stcore/metrics"])
def test_every_answer_carries_the_security_headers(client, path):
    headers = client.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "SAMEORIGIN"
    assert headers["referrer-policy"] == "same-origin"
    policy = headers["content-security-policy"]
    assert "default-src" in policy
    assert "frame-ancestors" in policy
    assert not re.search(r"https?:|\*|unsafe-eval|script-src[^;]*unsafe-inline", policy)


@pytest.mark.parametrize("path", ["/_stcore/metrics", "/_stcore/metrics/"])
def test_the_counts_of_the_framework_are_closed(client, path):
    assert client.get(path).status_code == 404


def test_no_answer_about_signing_in_is_kept_by_a_browser(client):
    made()
    answers = [
        client.get("/dang-nhap"),
        client.post("/dang-nhap", data=entered()),
        client.post("/dang-xuat"),
    ]
    assert {answer.headers["cache-control"] for answer in answers} == {"no-store"}
