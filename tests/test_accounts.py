"""Local accounts and those of OIDC: passwords, sessions, roles, and the commands about them."""

import dataclasses
import datetime as dt
import os
import stat
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from data import accounts, keys, start
from data.accounts import Account, PasswordError, SignInError, file, passwords, sessions
from data.errors import RefusedError
from tests.stores import Store
from tests.test_cli import SMALL, run

NOW = dt.datetime.fromisoformat("2026-11-23T01:00:00+00:00")
SECOND = dt.timedelta(seconds=1)
MINUTE = dt.timedelta(minutes=1)
OWN = "mot-cau-rieng-2026"
ROLES = """
claim = "groups"
[[roles]]
value = "huyen-753"
role = "district"
unit = "753"
[[roles]]
value = "tat-ca"
role = "province"
"""


@pytest.fixture(autouse=True)
def private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of accounts of this test's own, and no wrong passwords yet."""
    monkeypatch.setattr(passwords, "_TRIES", {})
    folder = tmp_path / "private"
    monkeypatch.setenv("TIENDO_PRIVATE", str(folder))
    monkeypatch.setenv("TIENDO_STORE", str(tmp_path / "store"))
    return folder


def made(name: str = "can-bo", role: str = "province", unit: str | None = None) -> str:
    """A new account with a password of its own; its name."""
    accounts.add(name, role, unit, password=OWN, now=NOW)
    return name


def signed_in(name: str, at: dt.datetime = NOW) -> str:
    token = accounts.check_password(name, OWN, at).session_token
    assert token
    return token


def code_of_token(token: str | None, at: dt.datetime) -> str:
    with pytest.raises(SignInError) as refusal:
        accounts.account_of_token(token, at)
    return refusal.value.code


def code_of_password(name: str, password: str, at: dt.datetime = NOW) -> str:
    with pytest.raises(PasswordError) as refusal:
        accounts.check_password(name, password, at)
    return refusal.value.code


# Accounts -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["ab", "a" * 33, "Can-Bo", "cán-bộ", "can bo", "a/b", "../x"])
def test_a_name_is_3_to_32_plain_small_letters_digits_dots_and_dashes(name):
    with pytest.raises(RefusedError, match="từ 3 đến 32"):
        accounts.add(name, "province", None, now=NOW)


@pytest.mark.parametrize(
    "role, unit, why",
    [
        ("boss", None, "Vai trò “boss” không có"),
        ("district", None, "cần mã đơn vị"),
        ("facility", None, "cần mã đơn vị"),
        ("district", "999", "Không có huyện mã “999”"),
        ("province", "747", "không đi cùng đơn vị"),
        ("steward", "747", "không đi cùng đơn vị"),
        ("auditor", "747", "không đi cùng đơn vị"),
    ],
)
def test_a_unit_goes_with_its_role_only(role, unit, why):
    with pytest.raises(RefusedError, match=why):
        accounts.add("can-bo", role, unit, now=NOW)
    assert accounts.listed() == []


def test_accounts_lie_in_a_file_for_their_owner_alone_without_any_password(private):
    password = accounts.add("can-bo", "district", "747", now=NOW)
    assert accounts.listed() == [Account("can-bo", "district", "747", is_demo=False)]
    assert stat.S_IMODE((private / "accounts.json").stat().st_mode) == 0o600
    kept = "".join(path.read_text() for path in private.iterdir())
    assert password not in kept
    assert "$argon2id$" in kept
    assert not (private / "accounts.json.new").exists()


def test_a_file_that_others_can_read_is_refused(private):
    made()
    (private / "accounts.json").chmod(0o644)
    with pytest.raises(RefusedError, match="chmod 600"):
        accounts.has_accounts()


@pytest.mark.parametrize("text", ["", "[]", '{"accounts": [{"name": "x"}]}'])
def test_a_damaged_file_is_refused_and_opens_nothing(private, text):
    made()
    (private / "accounts.json").write_text(text)
    with pytest.raises(RefusedError, match=r"accounts\.json: tệp tài khoản bị hỏng"):
        accounts.has_accounts()


def test_a_change_that_fails_leaves_the_file_as_it_was(private):
    made()
    before = (private / "accounts.json").read_bytes()
    with pytest.raises(RefusedError, match="Không có tài khoản"):
        accounts.remove("khac")
    assert (private / "accounts.json").read_bytes() == before


def test_the_first_real_account_ends_those_for_demonstration():
    accounts.add("xem-thu", "steward", None, is_demo=True, password=OWN, now=NOW)
    assert not accounts.has_accounts()
    token = signed_in("xem-thu")
    made()
    assert [one.name for one in accounts.listed()] == ["can-bo"]
    assert accounts.has_accounts()
    assert code_of_token(token, NOW) == "disabled"


# Passwords ----------------------------------------------------------------------------------


def test_a_one_time_password_has_over_80_bits_and_opens_nothing_until_it_is_changed():
    password = accounts.add("can-bo", "auditor", None, now=NOW)
    assert len(password.replace("-", "")) == 20  # 20 × log2(31) = 99 bits
    sign_in = accounts.check_password("can-bo", password, NOW)
    assert (sign_in.session_token, sign_in.account.role) == (None, "auditor")
    assert sign_in.change_token
    assert code_of_token(sign_in.change_token, NOW) == "none"
    changed = accounts.change_password(sign_in.change_token, OWN, NOW)
    assert accounts.account_of_token(changed.session_token, NOW) == changed.account
    assert code_of_password("can-bo", password) == "wrong"
    assert accounts.check_password("can-bo", OWN, NOW).session_token


@pytest.mark.parametrize("days, code", [(6.99, None), (7, "lapsed")])
def test_a_one_time_password_lapses_after_7_days(days, code):
    password = accounts.add("can-bo", "auditor", None, now=NOW)
    at = NOW + dt.timedelta(days=days)
    if code:
        assert code_of_password("can-bo", password, at) == code
    else:
        assert accounts.check_password("can-bo", password, at).change_token


@pytest.mark.parametrize(
    "password, code",
    [
        ("123456789", "short"),
        ("x" * 201, "long"),
        ("can-bo-tinh", "is_name"),
        ("CAN-BO-TINH", "is_name"),
        (None, "same"),
    ],
)
def test_a_new_password_is_long_enough_and_neither_the_name_nor_the_old_one(password, code):
    old = accounts.add("can-bo-tinh", "province", None, now=NOW)
    token = accounts.check_password("can-bo-tinh", old, NOW).change_token or ""
    with pytest.raises(PasswordError) as refusal:
        accounts.change_password(token, password or old, NOW)
    assert refusal.value.code == code


@pytest.mark.parametrize("late, times", [(10 * MINUTE, 1), (MINUTE, 2)])
def test_the_step_of_changing_lasts_10_minutes_and_works_once(late, times):
    old = accounts.add("can-bo", "province", None, now=NOW)
    token = accounts.check_password("can-bo", old, NOW).change_token or ""
    if times == 2:
        accounts.change_password(token, OWN, NOW)
    with pytest.raises(PasswordError) as refusal:
        accounts.change_password(token, OWN + "!", NOW + late)
    assert refusal.value.code == "stale"


def test_a_session_is_no_way_to_change_a_password():
    with pytest.raises(PasswordError) as refusal:
        accounts.change_password(signed_in(made()), OWN + "!", NOW)
    assert refusal.value.code == "stale"


def test_the_same_vietnamese_letters_are_the_same_password_however_composed():
    accounts.add("can-bo", "province", None, password="mật khẩu dài", now=NOW)
    decomposed = unicodedata.normalize("NFD", "mật khẩu dài")
    assert accounts.check_password("can-bo", decomposed, NOW).session_token


def test_a_name_that_does_not_exist_is_answered_like_a_wrong_password():
    made()
    assert code_of_password("can-bo", "sai-mat-khau") == "wrong"
    assert code_of_password("khong-co", "sai-mat-khau") == "wrong"
    assert code_of_password("Không/hợp lệ", "sai-mat-khau") == "wrong"


def test_after_five_wrong_passwords_each_further_try_waits_twice_as_long():
    now = NOW
    for _ in range(5):
        passwords.begin_try("doan-mo", now)
    waits = []
    for _ in range(12):
        with pytest.raises(PasswordError) as refusal:
            passwords.begin_try("doan-mo", now)
        assert refusal.value.code == "wait"
        waits.append(refusal.value.wait_seconds)
        now += refusal.value.wait_seconds * SECOND
        passwords.begin_try("doan-mo", now)
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]


def test_the_right_password_is_refused_while_waiting_and_then_ends_the_waiting():
    made()
    for _ in range(5):
        assert code_of_password("can-bo", "sai-mat-khau") == "wrong"
    assert code_of_password("can-bo", OWN) == "wait"
    assert signed_in("can-bo", NOW + SECOND)
    assert code_of_password("can-bo", "sai-mat-khau", NOW + SECOND) == "wrong"


# Sessions -----------------------------------------------------------------------------------


def test_a_session_names_its_account():
    token = signed_in(made("huyen-753", "district", "753"))
    assert accounts.account_of_token(token, NOW) == Account("huyen-753", "district", "753", False)


@pytest.mark.parametrize("forged", [None, "", "x", "x.y.z", "W10.x"])
def test_what_was_not_signed_here_is_no_session(forged):
    assert code_of_token(forged, NOW) == "none"


def test_a_session_signed_with_another_secret_is_none(private):
    token = signed_in(made())
    (private / "secret").write_text("b" * 8 + os.urandom(32).hex())
    assert code_of_token(token, NOW) == "none"


def test_a_session_ends_after_30_minutes_unused():
    token = signed_in(made())
    accounts.account_of_token(token, NOW + 29 * MINUTE)
    accounts.account_of_token(token, NOW + 58 * MINUTE)
    assert code_of_token(token, NOW + 88 * MINUTE) == "expired"


def test_a_session_ends_after_12_hours_however_much_it_is_used():
    token = signed_in(made())
    for minutes in range(0, 12 * 60, 20):
        accounts.account_of_token(token, NOW + minutes * MINUTE)
    assert code_of_token(token, NOW + 12 * 60 * MINUTE) == "expired"


def test_signing_out_ends_the_session_in_every_window_and_no_other_session():
    name = made()
    token, other = signed_in(name), signed_in(name)
    assert accounts.sign_out(token, NOW).name == name
    assert code_of_token(token, NOW) == "expired"
    assert accounts.account_of_token(other, NOW).name == name


def test_an_account_that_is_removed_is_denied_at_the_next_question():
    token = signed_in(made())
    accounts.account_of_token(token, NOW)
    accounts.remove("can-bo")
    assert code_of_token(token, NOW) == "disabled"
    made()
    assert code_of_token(token, NOW) == "disabled"


def test_a_new_password_ends_the_sessions_of_the_old_one():
    token = signed_in(made())
    accounts.add("can-bo", "province", None, now=NOW)
    assert code_of_token(token, NOW) == "disabled"


def test_a_role_that_is_changed_in_the_file_counts_at_once():
    token = signed_in(made())
    with file.changing() as entries:
        entries["can-bo"] = dataclasses.replace(entries["can-bo"], role="auditor")
    assert accounts.account_of_token(token, NOW).role == "auditor"


def test_sessions_that_ended_are_forgotten(monkeypatch):
    monkeypatch.setattr(sessions, "_LAST_USED", {"old": NOW - 31 * MINUTE, "new": NOW})
    sessions.use("another", NOW, NOW)
    assert set(sessions._LAST_USED) == {"new", "another"}


# OIDC ---------------------------------------------------------------------------------------


@pytest.fixture
def oidc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Sign-in at the agency's service; its file of roles."""
    roles = tmp_path / "roles.toml"
    roles.write_text(ROLES)
    monkeypatch.setenv("TIENDO_OIDC_METADATA_URL", "https://dang-nhap.example/metadata")
    monkeypatch.setenv("TIENDO_OIDC_ROLES", str(roles))
    return roles


def claims(**more: Any) -> dict[str, Any]:
    own = {"iss": "https://dang-nhap.example", "sub": f"u{os.urandom(4).hex()}"}
    times = {"iat": int(NOW.timestamp()), "exp": int((NOW + 120 * MINUTE).timestamp())}
    return own | times | {"groups": ["huyen-753"], "preferred_username": "canbo1"} | more


def code_of_claims(given: Mapping[str, Any], at: dt.datetime = NOW) -> str:
    with pytest.raises(SignInError) as refusal:
        accounts.account_of_claims(given, at)
    return refusal.value.code


def test_a_group_gives_its_role(oidc):
    account = accounts.account_of_claims(claims(), NOW)
    assert account == Account("canbo1", "district", "753", is_demo=False)


def test_the_first_line_whose_value_the_claim_holds_wins(oidc):
    both = accounts.account_of_claims(claims(groups=["tat-ca", "huyen-753"]), NOW)
    assert both.role == "district"
    assert accounts.account_of_claims(claims(groups="tat-ca"), NOW).role == "province"


@pytest.mark.parametrize("groups", [None, [], "huyen", "huyen-7531", ["x"], {"huyen-753": 1}, 5])
def test_who_is_in_no_group_of_the_file_has_no_role(oidc, groups):
    assert code_of_claims(claims(groups=groups)) == "no_role"


def test_without_a_chosen_name_the_subject_is_the_name(oidc):
    assert accounts.account_of_claims(claims(sub="s1", preferred_username=None), NOW).name == "s1"


def test_no_claims_are_nobody(oidc):
    assert code_of_claims({}) == "none"


@pytest.mark.parametrize("wrong", [{"exp": None}, {"exp": "x"}, {"exp": 10**30}, {"iat": None}])
def test_a_token_without_its_times_has_expired(oidc, wrong):
    assert code_of_claims(claims(**wrong)) == "expired"


def test_a_token_counts_until_its_end_and_for_30_minutes_unused(oidc):
    used, idle = claims(), claims()
    for minutes in (0, 25, 50, 75, 100, 119):
        accounts.account_of_claims(used, NOW + minutes * MINUTE)
    assert code_of_claims(used, NOW + 120 * MINUTE) == "expired"
    accounts.account_of_claims(idle, NOW)
    assert code_of_claims(idle, NOW + 30 * MINUTE) == "expired"


def test_with_oidc_no_local_cookie_opens_anything(monkeypatch):
    token = signed_in(made())
    monkeypatch.setenv("TIENDO_OIDC_METADATA_URL", "https://dang-nhap.example/metadata")
    assert code_of_token(token, NOW) == "none"


@pytest.mark.parametrize(
    "text, why",
    [
        ("claim = ", "không đọc được tệp TOML"),
        ('claim = "groups"', "ít nhất một mục"),
        ('claim = "groups"\nroles = []', "ít nhất một mục"),
        (ROLES + '\n[other]\nx = "y"', "cần đúng claim"),
        (ROLES.replace('"753"', '"999"'), "thứ 1: Không có huyện mã “999”"),
        (ROLES.replace('"province"', '"boss"'), "thứ 2: Vai trò “boss” không có"),
        (ROLES.replace('unit = "753"', ""), "thứ 1: Vai trò district cần mã đơn vị"),
        (ROLES.replace('"753"', "753"), "thứ 1 cần value, role"),
        (ROLES.replace('value = "tat-ca"', ""), "thứ 2 cần value, role"),
    ],
)
def test_a_file_of_roles_that_is_wrong_is_refused_at_start(oidc, monkeypatch, text, why):
    oidc.write_text(text)
    monkeypatch.setenv("TIENDO_OIDC_CLIENT_ID", "tien-do")
    monkeypatch.setenv("TIENDO_OIDC_CLIENT_SECRET", "x")
    with pytest.raises(RefusedError, match=rf"roles\.toml: .*{why}"):
        start.check_start("127.0.0.1")


def test_a_sign_in_service_without_the_rest_is_refused_at_start(oidc, monkeypatch):
    with pytest.raises(RefusedError, match="TIENDO_OIDC_CLIENT_ID, TIENDO_OIDC_CLIENT_SECRET"):
        start.check_start("127.0.0.1")
    monkeypatch.setenv("TIENDO_OIDC_ROLES", "")
    monkeypatch.setenv("TIENDO_OIDC_CLIENT_ID", "tien-do")
    monkeypatch.setenv("TIENDO_OIDC_CLIENT_SECRET", "x")
    with pytest.raises(RefusedError, match="TIENDO_OIDC_ROLES"):
        start.check_start("127.0.0.1")


# Starting -----------------------------------------------------------------------------------


def test_on_this_machine_a_missing_secret_is_made_at_start(private):
    start.check_start("127.0.0.1")
    assert stat.S_IMODE((private / "secret").stat().st_mode) == 0o600
    assert keys.has_secret()


def test_another_address_needs_an_account_and_a_secret_that_was_there_before(monkeypatch, private):
    with pytest.raises(RefusedError, match="chưa có tài khoản nào"):
        start.check_start("0.0.0.0")
    accounts.add("xem-thu", "province", None, is_demo=True, password=OWN, now=NOW)
    with pytest.raises(RefusedError, match="chưa có tài khoản nào"):
        start.check_start("0.0.0.0")
    made()
    with pytest.raises(RefusedError, match="cần khóa bí mật"):
        start.check_start("0.0.0.0")
    assert not (private / "secret").exists()
    monkeypatch.setenv("TIENDO_SECRET", os.urandom(16).hex() + "ghiklmnopq")
    start.check_start("0.0.0.0")


@pytest.mark.parametrize("secret", ["changeme", "a" * 64, "secretsecretsecretsecretsecretsecret"])
def test_a_secret_that_can_be_guessed_is_refused_at_start(monkeypatch, secret):
    monkeypatch.setenv("TIENDO_SECRET", secret)
    with pytest.raises(RefusedError, match="TIENDO_SECRET: khóa bí mật") as refusal:
        start.check_start("127.0.0.1")
    assert secret not in str(refusal.value)


def test_a_secret_that_others_can_read_is_refused_at_start(private):
    start.check_start("127.0.0.1")
    (private / "secret").chmod(0o644)
    with pytest.raises(RefusedError, match="chmod 600"):
        start.check_start("127.0.0.1")


@pytest.fixture
def invented(tmp_path: Path) -> Path:
    """A store with the committed invented day."""
    folder = tmp_path / "store"
    assert run("publish", *SMALL, "--as-of", "2022-04-25T16:00", "--store", folder).status == 0
    return folder


def test_accounts_to_look_round_are_of_every_role_and_new_at_every_start(invented):
    assert start.why_no_demo(invented) is None
    first = start.make_demo(invented, NOW)
    assert [one.role for one, _ in first] == list(accounts.ROLES)
    assert all(one.is_demo for one, _ in first)
    name, password = first[0][0].name, first[0][1]
    token = accounts.check_password(name, password, NOW).session_token
    second = start.make_demo(invented, NOW)
    assert {word for _, word in first}.isdisjoint(word for _, word in second)
    assert code_of_token(token, NOW) == "disabled"
    assert not accounts.has_accounts()


def test_accounts_to_look_round_are_not_made_beside_real_ones_or_real_data(
    invented, store: Store, monkeypatch, tmp_path
):
    made()
    assert "Đã có tài khoản" in (start.why_no_demo(invented) or "")
    accounts.remove("can-bo")
    monkeypatch.setenv("TIENDO_OIDC_METADATA_URL", "https://dang-nhap.example/metadata")
    assert "OIDC" in (start.why_no_demo(invented) or "")
    monkeypatch.delenv("TIENDO_OIDC_METADATA_URL")
    assert "không chỉ gồm số liệu mô phỏng" in (start.why_no_demo(tmp_path / "none") or "")


def test_real_data_are_not_shown_to_accounts_to_look_round(store: Store):
    store.publish("Mã hồ sơ\nH1")
    assert "không chỉ gồm số liệu mô phỏng" in (start.why_no_demo(store.folder) or "")


# Commands -----------------------------------------------------------------------------------


def log(store: Path) -> str:
    return "".join(path.read_text() for path in sorted(store.rglob("*.jsonl")) if path.is_file())


def test_user_add_prints_a_one_time_password_once_and_writes_it_down_nowhere(tmp_path, private):
    store = tmp_path / "store"
    done = run("user", "add", "huyen-753", "--role", "district", "--unit", "753")
    assert done.status == 0
    password = done.out.split()[-1]
    assert accounts.check_password("huyen-753", password, dt.datetime.now(dt.UTC)).change_token
    files = [path for path in (*private.rglob("*"), *store.rglob("*")) if path.is_file()]
    assert not any(password in path.read_text() for path in files)
    assert "user_added" in log(store)


def test_user_list_and_remove(tmp_path):
    made("can-bo")
    made("kiem-tra", "auditor")
    names = [row["name"] for row in run("user", "list", "--json").document]
    assert names == ["can-bo", "kiem-tra"]
    assert "kiem-tra" in run("user", "list").out
    assert run("user", "remove", "can-bo").status == 0
    assert "user_removed" in log(tmp_path / "store")
    done = run("user", "remove", "can-bo")
    assert (done.status, done.out) == (1, "")
    assert "Không có tài khoản “can-bo”" in done.said


@pytest.mark.parametrize("name", ["add", "list", "remove"])
def test_every_command_about_accounts_explains_itself_in_vietnamese(name):
    done = run("user", name, "--help")
    assert done.status == 0
    assert not done.out.isascii()


def test_a_facility_is_one_of_the_newest_snapshot(invented):
    add = ("user", "add", "tram", "--role", "facility", "--unit")
    done = run(*add, "KHONG-CO", "--store", invented)
    assert (done.status, done.out) == (1, "")
    assert "không có cơ sở mã “KHONG-CO”" in done.said
    done = run(*add, "77-747-003", "--store", invented)
    assert (done.status, done.said.count("Chưa có kỳ")) == (0, 0)


def test_without_a_store_a_facility_is_taken_with_a_warning(tmp_path):
    done = run("user", "add", "tram", "--role", "facility", "--unit", "F1")
    assert done.status == 0
    assert "Chưa có kỳ số liệu nào để đối chiếu mã cơ sở “F1”" in done.said


def test_what_cannot_be_written_down_is_not_done(tmp_path, monkeypatch):
    (tmp_path / "no-folder").write_text("")
    monkeypatch.setenv("TIENDO_STORE", str(tmp_path / "no-folder"))
    done = run("user", "add", "can-bo", "--role", "province")
    assert (done.status, done.out) == (1, "")
    assert accounts.listed() == []


def test_serve_refuses_another_address_without_accounts(monkeypatch):
    monkeypatch.setenv("TIENDO_ADDRESS", "0.0.0.0")
    done = run("serve", "--demo")
    assert (done.status, done.out) == (1, "")
    assert "TIENDO_ADDRESS là 0.0.0.0" in done.said
