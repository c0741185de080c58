"""Briefings that leave the program: written down first, in whose name, and whether they still hold;
and the mail that takes them to each unit's recipients.
"""

import datetime as dt
import hashlib
import json
import re
import shutil
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope

from access import Viewer
from data import audit, post, releases
from data.accounts import remove
from data.audit import HELD, Actor
from data.errors import RefusedError
from data.releases import Release
from display.briefing.build import build, figures_sha256
from display.briefing.deliver import mail_of, require_mailable
from display.briefing.files import FORMATS, write
from display.briefing.release import Standing, release, standing
from display.briefing.value import Briefing
from display.releases import Told, release_table
from pages.parts.briefings import taken_along
from queries.scope import Scope
from tests.accounts import session_of, show_cookie, sign_in
from tests.briefings import a_briefing
from tests.stores import NOON, Store
from tests.test_briefing import campaign_in, of, two_days
from tests.test_cli import run
from tests.test_pages import BRIEFING, NOW, blocks, visit
from tests.test_post import free_port

LAN = Actor("lan", "province")
AT = dt.datetime.fromisoformat("2022-04-25T17:00:00+07:00")
HOUR = dt.timedelta(hours=1)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Two snapshots a week apart, to be copied."""
    return two_days(Store.inside(tmp_path_factory.mktemp("releases")))


@pytest.fixture
def week(published: Store, store: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Store:
    """Two snapshots a week apart, in a store of its own."""
    shutil.copytree(published.folder, store.folder)
    monkeypatch.setenv("TIENDO_PRIVATE", str(tmp_path / "private"))
    monkeypatch.setenv("TIENDO_STORE", str(store.folder))
    st.cache_data.clear()
    st.cache_resource.clear()
    return store


def told(store: Store) -> list[tuple[str, str]]:
    """user and action of each line of the log."""
    return [(line.user, line.action) for line in audit.lines(store.folder)]


# The ledger ---------------------------------------------------------------------------------


def test_a_release_is_written_down_with_its_figures_and_files(week: Store) -> None:
    briefing = of(week)
    files = {"pdf": b"%PDF", "txt": b"abc"}
    made = release(week.folder, LAN, briefing, files, now=AT)
    assert releases.releases(week.folder) == [made]
    assert (made.user, made.unit_code, made.unit_name) == ("lan", "77", "Tỉnh Bà Rịa – Vũng Tàu")
    assert (made.snapshot_id, made.since_id) == ("2022-04-25T1200-r1", "2022-04-18T1200-r1")
    assert made.figures == figures_sha256(briefing)
    assert made.files["txt"] == hashlib.sha256(b"abc").hexdigest()
    # 3 of 5 valid; 3 open, 2 over 48 hours; 1 of 3 signed.
    assert made.headline == {
        "valid": 3,
        "classified": 5,
        "open": 3,
        "overdue": 2,
        "done": 1,
        "signable": 3,
    }
    assert told(week) == [("lan", "briefing")]


def test_nothing_leaves_that_cannot_be_written_down(week: Store) -> None:
    releases.path_of(week.folder).mkdir()
    with pytest.raises(RefusedError, match="briefings"):
        release(week.folder, LAN, of(week), {"txt": b"abc"}, now=AT)


def test_a_release_stands_until_its_snapshot_is_corrected_or_withdrawn(week: Store) -> None:
    made = release(week.folder, LAN, of(week), {"txt": b"abc"}, now=AT)
    first, now = "2022-04-18T1200-r1", "2022-04-25T1200-r1"
    assert standing(made, [first, now]) == Standing("same", now)
    assert standing(made, [first, "2022-04-25T1200-r2"]).state == "revised"
    assert standing(made, ["2022-04-18T1200-r2", now]).state == "revised"
    assert standing(made, [first]) == Standing("withdrawn", None)
    # An earlier snapshot has gone or come, on which pace and chance stand.
    assert standing(made, [first, "2022-04-21T1200-r1", now]).state == "redefined"


def test_a_release_does_not_stand_when_targets_have_changed(
    week: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    made = release(week.folder, LAN, of(week), {"txt": b"abc"}, now=AT)
    in_force = ["2022-04-18T1200-r1", "2022-04-25T1200-r1"]
    assert standing(made, in_force).state == "same"
    campaign_in(tmp_path, monkeypatch, "0.9")
    assert standing(made, in_force).state == "redefined"


def test_the_table_says_what_a_correction_has_changed(week: Store) -> None:
    made = release(week.folder, LAN, of(week), {"txt": b"abc"}, now=AT)
    now = {**made.headline, "valid": 4}
    revised = Standing("revised", "2022-04-25T1200-r2")
    html = release_table([Told(made, revised, now)], "vi")
    assert "Đã đính chính" in html
    assert "hợp lệ 3 → 4" in html
    same = release_table([Told(made, revised, dict(made.headline))], "vi")
    assert "các số chính không đổi" in same
    assert made.files["txt"][:12] in html
    assert "Chưa có báo cáo nào" in release_table([], "vi")


# The page -----------------------------------------------------------------------------------


def test_the_page_lists_what_was_released_and_what_has_changed_since(
    week: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(monkeypatch, "province")
    release(week.folder, LAN, of(week), {"txt": b"abc"}, now=AT)
    assert "✓ Không đổi" in blocks(visit(BRIEFING))
    week.publish(
        NOW.replace("F2            | 26506            | Không có số", "F2 | 26506 | Đúng"),
        reason_of_revision="sửa F2",
        is_confirmed=True,
    )
    html = blocks(visit(BRIEFING))
    assert "Đã đính chính" in html
    assert "hợp lệ 3 → 4" in html


def test_a_district_sees_the_releases_of_its_own_alone(
    week: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    for code in (None, "747", "755"):
        release(week.folder, LAN, of(week, code), {"txt": b"abc"}, now=AT)
    sign_in(monkeypatch, "district", "755")
    html = blocks(visit(BRIEFING, district="747"))
    assert "<h1>Huyện Côn Đảo</h1>" in html
    assert html.count("✓ Không đổi") == 1
    assert "Vũng Tàu" not in html.replace("Bà Rịa – Vũng Tàu", "")


def test_a_facility_has_no_briefing(week: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    sign_in(monkeypatch, "facility", "F1")
    viewer = Viewer("facility", Scope(("747",), ("F1",)), "vi", "facility-f1")
    assert not viewer.may("briefings")


def test_a_file_taken_from_the_page_is_written_down_in_the_viewers_name(
    week: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = session_of("ba-lan", "province", None)
    viewer = Viewer("province", Scope.everything(), "vi", "ba-lan")
    content = taken_along(viewer, token, of(week), "pdf")
    [made] = releases.releases(week.folder)
    assert made.user == "ba-lan"
    assert made.files == {"pdf": hashlib.sha256(content).hexdigest()}
    assert content == write(of(week), "pdf")


def test_who_has_signed_out_or_was_removed_takes_nothing_along(week: Store) -> None:
    token = session_of("ong-tu", "district", "747")
    viewer = Viewer("district", Scope(("747",)), "vi", "ong-tu")
    remove("ong-tu")
    for proof in (token, None):
        with pytest.raises(RefusedError, match="đăng nhập lại"):
            taken_along(viewer, proof, of(week, "747"), "pdf")
    assert releases.releases(week.folder) == []


def test_who_now_has_another_unit_takes_nothing_of_the_old_one_along(week: Store) -> None:
    viewer = Viewer("district", Scope(("747",)), "vi", "ong-tu")
    token = session_of("ong-tu", "district", "755")
    with pytest.raises(RefusedError, match="đăng nhập lại"):
        taken_along(viewer, token, of(week, "747"), "pdf")
    assert releases.releases(week.folder) == []


def test_who_looks_as_a_district_does_takes_its_briefing_along(week: Store) -> None:
    token = session_of("ba-lan", "province", None)
    viewer = Viewer("province", Scope(("747",)), "vi", "ba-lan", viewed_as="747")
    assert taken_along(viewer, token, of(week, "747"), "txt")


def test_a_visitor_takes_along_invented_figures_only(
    week: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    show_cookie(monkeypatch, None)
    visitor = Viewer("visitor", Scope.everything(), "vi")
    with pytest.raises(RefusedError, match="đăng nhập lại"):
        taken_along(visitor, None, of(week), "txt")


# The command --------------------------------------------------------------------------------


def test_the_command_writes_each_format_and_one_release(week: Store, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = run("briefing", "--store", week.folder, "--out", out, "--json")
    assert done.status == 0
    assert [row["format"] for row in done.document] == [*FORMATS]
    for row in done.document:
        path = Path(row["path"])
        assert path.parent == out
        assert path.name == f"bao-cao-77-2022-04-25-12h00.{row['format']}"
        assert hashlib.sha256(path.read_bytes()).hexdigest() == row["sha256"]
    [made] = releases.releases(week.folder)
    assert {row["figures"] for row in done.document} == {made.figures}
    assert (made.user, made.role) == ("cli", "operator")
    assert not list(out.glob(".*"))


def test_the_command_takes_a_day_a_day_to_compare_with_a_district_and_formats(
    week: Store, tmp_path: Path
) -> None:
    done = run(
        *("briefing", "--store", week.folder, "--out", tmp_path, "--at", "2022-04-25"),
        *("--since", "2022-04-18", "--district", "755", "--format", "txt,pdf"),
    )
    assert done.status == 0
    assert [Path(line).name for line in done.out.split()] == [
        "bao-cao-755-2022-04-25-12h00.txt",
        "bao-cao-755-2022-04-25-12h00.pdf",
    ]
    assert "HUYỆN CÔN ĐẢO" in (tmp_path / "bao-cao-755-2022-04-25-12h00.txt").read_text("utf-8")


def test_all_districts_have_a_file_each_that_tells_of_no_other(week: Store, tmp_path: Path) -> None:
    done = run(
        *("briefing", "--store", week.folder, "--out", tmp_path, "--all-districts"),
        *("--format", "txt"),
    )
    assert done.status == 0
    texts = {path.name[8:11]: path.read_text("utf-8") for path in tmp_path.glob("*.txt")}
    assert texts.keys() == {"747", "748", "750", "751", "752", "753", "754", "755"}
    assert "CÔN ĐẢO" in texts["755"]
    assert all("Côn Đảo" not in text for code, text in texts.items() if code != "755")


@pytest.mark.parametrize(
    "arguments, status, said",
    [
        (("--format", "odt"), 2, "odt"),
        (("--district", "747", "--all-districts"), 2, "--all-districts"),
        (("--district", "999"), 1, "999"),
        (("--at", "2022-04-24"), 1, "24/04/2022"),
        (("--since", "2022-04-25"), 1, "không trước kỳ"),
    ],
)
def test_the_command_refuses_what_it_cannot_do(
    week: Store, tmp_path: Path, arguments: tuple[str, ...], status: int, said: str
) -> None:
    done = run("briefing", "--store", week.folder, "--out", tmp_path / "out", *arguments)
    assert done.status == status
    assert said in done.said
    assert releases.releases(week.folder) == []


@pytest.mark.parametrize(
    "out, said",
    [
        ("a-file", "là một tệp, hoặc nằm trong một tệp"),
        ("a-file/out", "là một tệp, hoặc nằm trong một tệp"),
        ("a" * 300, "không tạo được"),
    ],
)
def test_what_cannot_be_the_folder_of_the_files_is_told_with_its_option(
    week: Store, tmp_path: Path, out: str, said: str
) -> None:
    (tmp_path / "a-file").touch()
    done = run("briefing", "--store", week.folder, "--out", tmp_path / out)
    assert (done.status, done.said) == (
        1,
        f"--out {tmp_path / out}: {said}; cần một thư mục ghi được, đã có hoặc để lệnh tạo.\n",
    )
    assert releases.releases(week.folder) == []


@pytest.mark.parametrize("option", ["--at", "--since"])
def test_a_day_without_a_snapshot_is_told_with_its_option(
    week: Store, tmp_path: Path, option: str
) -> None:
    done = run("briefing", "--store", week.folder, "--out", tmp_path, option, "2022-04-01")
    assert (done.status, done.said) == (
        1,
        f"{option} 2022-04-01: không có kỳ số liệu ngày 01/04/2022; đã công bố 2 kỳ từ 18/04/2022 "
        "đến 25/04/2022.\n",
    )


@pytest.mark.parametrize("option", ["--at", "--since"])
def test_a_day_written_the_vietnamese_way_is_refused_with_an_example(
    week: Store, tmp_path: Path, option: str
) -> None:
    done = run("briefing", "--store", week.folder, "--out", tmp_path, option, "25/4/2022")
    assert done.status == 2
    for said in (option, "25/4/2022", "năm-tháng-ngày, ví dụ 2022-04-25"):
        assert said in done.said


# Whether it may be mailed -------------------------------------------------------------------


def test_the_newest_snapshot_may_be_mailed_while_it_is_fresh(week: Store) -> None:
    connection, newest = week.open(), "2022-04-25T1200-r1"
    require_mailable(connection, newest, now=NOON + 72 * HOUR)
    with pytest.raises(RefusedError, match="đã cũ 3,0 ngày, quá mức 72 giờ"):
        require_mailable(connection, newest, now=NOON + 73 * HOUR)
    with pytest.raises(RefusedError, match="không phải kỳ mới nhất"):
        require_mailable(connection, "2022-04-18T1200-r1", now=NOON)


def hold(store: Store, as_of: str) -> None:
    audit.write(store.folder, Actor("cli", "operator"), HELD, now=AT, predicate={"as_of": as_of})


def write_published(store: Store, snapshot_id: str) -> None:
    operator = Actor("cli", "operator")
    audit.write(store.folder, operator, "publish", now=AT, snapshot_id=snapshot_id)


def test_nothing_is_mailed_while_a_snapshot_is_held(week: Store) -> None:
    hold(week, "2022-04-26T12:00")
    with pytest.raises(RefusedError, match="12 giờ ngày 26/4/2022 đang bị giữ lại"):
        require_mailable(week.open(), "2022-04-25T1200-r1", now=NOON + HOUR)


def test_a_correction_of_an_earlier_snapshot_does_not_end_a_hold(week: Store) -> None:
    hold(week, "2022-04-26T12:00")
    for earlier in ("2022-04-18T1200-r2", "2022-04-26T1159-r1"):
        write_published(week, earlier)
        with pytest.raises(RefusedError, match="26/4/2022 đang bị giữ lại"):
            require_mailable(week.open(), "2022-04-25T1200-r1", now=NOON + HOUR)


@pytest.mark.parametrize("snapshot_id", ["2022-04-26T1200-r1", "2022-04-27T0800-r1"])
def test_a_snapshot_of_its_instant_or_a_later_one_ends_a_hold(
    week: Store, snapshot_id: str
) -> None:
    hold(week, "2022-04-24T12:00")
    hold(week, "2022-04-26T12:00")
    write_published(week, snapshot_id)
    require_mailable(week.open(), "2022-04-25T1200-r1", now=NOON + HOUR)
    hold(week, "2022-04-26T12:00")
    with pytest.raises(RefusedError, match="đang bị giữ lại"):
        require_mailable(week.open(), "2022-04-25T1200-r1", now=NOON + HOUR)


def test_publishing_again_what_is_there_ends_a_hold_of_its_instant(
    store: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TIENDO_PRIVATE", str(tmp_path / "private"))
    rows = "Mã cơ sở nhập | Số mũi\n" + "F1 | 2\n" * 60
    store.publish(rows, as_of=NOON - 24 * HOUR)
    store.publish(f"{rows}F1 | 1\n", as_of=NOON)
    few = store.inbox / "few.csv"
    right = [store.inbox / name for name in ("records.csv", "facilities.csv")]
    few.write_text("\n".join(right[0].read_text("utf-8").splitlines()[:3]), encoding="utf-8")
    command = ("--as-of", "2022-04-25T12:00", "--store", store.folder)
    assert run("publish", few, *command, "--revise", "nhầm tệp").status == 1
    assert audit.held(store.folder) == [NOON]
    for _ in range(2):
        done = run("publish", *right, *command)
        assert (done.status, "không có gì thay đổi" in done.out) == (0, True)
    assert audit.held(store.folder) == []
    assert told(store) == [("cli", HELD), ("cli", "publish")]


def test_a_snapshot_held_by_mistake_can_be_given_up(published: Store, week: Store) -> None:
    command = ("--as-of", "2022-04-26T12:00", "--store", week.folder)
    assert run("publish", published.inbox / "records.csv", *command).status == 1
    assert audit.held(week.folder) == [NOON + 24 * HOUR]
    done = run("withdraw", "2022-04-26", "--why", "nhầm ngày", "--store", week.folder)
    assert (done.status, done.out) == (0, "Không chờ kỳ bị giữ lại 26/04/2022 12:00 nữa.\n")
    assert audit.held(week.folder) == []
    assert [line.reason for line in audit.lines(week.folder)] == [None, "nhầm ngày"]
    require_mailable(week.open(), "2022-04-25T1200-r1", now=NOON + HOUR)
    assert run("withdraw", "2022-04-26", "--why", "nhầm ngày", "--store", week.folder).status == 1


def test_a_snapshot_that_was_published_is_withdrawn_though_another_of_its_day_is_held(
    week: Store,
) -> None:
    hold(week, "2022-04-25T12:00")
    done = run("withdraw", "2022-04-25", "--why", "nhầm tệp", "--store", week.folder)
    assert "Đã rút 2022-04-25T1200-r1" in done.out
    assert audit.held(week.folder) == [NOON]


def test_a_snapshot_that_is_held_is_written_down_as_such(
    store: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TIENDO_PRIVATE", str(tmp_path / "private"))
    store.publish("Mã cơ sở nhập | Số mũi\n" + "F1 | 2\n" * 60, as_of=NOON)
    file = store.inbox / "few.csv"
    head, first, *_others = (store.inbox / "records.csv").read_text("utf-8").splitlines()
    file.write_text(f"{head}\n{first}\n", encoding="utf-8")
    done = run("publish", file, "--as-of", "2022-04-26T12:00", "--store", store.folder)
    assert done.status == 1
    [line] = audit.lines(store.folder)
    assert (line.action, line.predicate) == (HELD, {"as_of": "2022-04-26T12:00"})


def test_nothing_is_mailed_of_a_store_whose_pairs_are_not_made(week: Store) -> None:
    for file in (week.folder / "marts" / "2022-04-25T1200-r1" / "pair").iterdir():
        file.unlink()
    with pytest.raises(RefusedError, match="rebuild --stale"):
        require_mailable(week.open(), "2022-04-25T1200-r1", now=NOON)


# Mail ---------------------------------------------------------------------------------------


class Kept:
    """Keeps what the server is given."""

    def __init__(self) -> None:
        self.mails: list[tuple[list[str], EmailMessage]] = []
        #: What happens elsewhere while it takes a message.
        self.meanwhile: Callable[[], None] = lambda: None

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content
        assert isinstance(content, bytes)
        message = message_from_bytes(content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.mails.append((envelope.rcpt_tos, message))
        self.meanwhile()
        return "250 OK"


@pytest.fixture
def server(week: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Kept]:
    """A mail server, recipients of the province and two districts, and fresh figures."""
    kept, port = Kept(), free_port()
    controller = Controller(kept, hostname="127.0.0.1", port=port)
    controller.start()
    office = tmp_path / "office"
    office.mkdir()
    rows = ["77,tinh@tinh.gov.vn", "747,a@vungtau.gov.vn", "747,b@vungtau.gov.vn"]
    text = "\n".join(["unit_code,email", *rows, "755,condao@tinh.gov.vn", ""])
    (office / "recipients.csv").write_text(text, encoding="utf-8")
    settings = {
        "CAMPAIGN": office,
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": port,
        "SMTP_SECURITY": "none",
        "MAIL_FROM": "bao-cao@tinh.gov.vn",
        "STALE_HOURS": 8000 * 24,
    }
    for name, value in settings.items():
        monkeypatch.setenv(f"TIENDO_{name}", str(value))
    yield kept
    controller.stop()


def mailed(kept: Kept) -> dict[str, list[str]]:
    """Recipient -> names of the files they got."""
    return {
        to: [str(part.get_filename()) for part in message.iter_attachments()]
        for [to], message in kept.mails
    }


def test_each_recipient_gets_the_briefing_of_their_own_unit(
    server: Kept, week: Store, tmp_path: Path
) -> None:
    command = ("briefing", "--store", week.folder, "--out", tmp_path / "out", "--mail")
    done = run(*command, "--format", "txt,xlsx")
    assert (done.status, mailed(server).keys()) == (0, {"tinh@tinh.gov.vn"})
    done = run(*command, "--format", "txt,xlsx", "--all-districts")
    # The other six districts have nobody to send to, which is said, and the province has.
    assert done.status == 0
    assert "Đơn vị 748 chưa có người nhận" in done.said
    assert "recipients.csv còn người nhận của 77" in done.said
    got = mailed(server)
    assert got.keys() == {
        "tinh@tinh.gov.vn",
        "a@vungtau.gov.vn",
        "b@vungtau.gov.vn",
        "condao@tinh.gov.vn",
    }
    names = [f"bao-cao-747-2022-04-25-12h00.{one}" for one in ("txt", "xlsx")]
    assert got["a@vungtau.gov.vn"] == names
    for [to], message in server.mails:
        body = message.get_body(("plain",))
        assert body is not None
        assert ("CÔN ĐẢO" in body.get_content()) == (to == "condao@tinh.gov.vn")
        assert message["To"] == to


def test_what_was_mailed_is_not_mailed_again_and_is_in_the_outbox(
    server: Kept, week: Store, tmp_path: Path
) -> None:
    command = ("briefing", "--store", week.folder, "--out", tmp_path / "out", "--mail")
    assert run(*command).status == 0
    again = run(*command)
    assert again.status == 0
    assert "đã gửi trước đó" in again.said
    assert len(server.mails) == 1
    assert run(*command, "--again").status == 0
    assert len(server.mails) == 2
    sent = post.outbox(week.folder)
    assert [one.result for one in sent] == [post.SENT, post.SENT]
    assert sent[0].snapshot_id == "2022-04-25T1200-r1"
    [first, *_others] = releases.releases(week.folder)
    assert sent[0].files["bao-cao-77-2022-04-25-12h00.pdf"] == first.files["pdf"]
    assert ("cli", "mail") in told(week)
    done = run("audit", "verify", "--store", week.folder, "--json")
    assert done.document == {
        "lines": len(audit.lines(week.folder)),
        "briefings": 3,
        # A line before each mail and one after it.
        "outbox": 2 * 2,
        "ok": True,
        "problem": "",
        "begun_anew": [],
    }


def test_nothing_is_mailed_of_stale_figures(
    server: Kept, week: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TIENDO_STALE_HOURS", "48")
    done = run("briefing", "--store", week.folder, "--out", tmp_path / "out", "--mail")
    assert done.status == 1
    assert "chưa gửi" in done.said
    assert server.mails == []
    assert not (tmp_path / "out").exists()


def test_settings_of_the_mail_that_do_not_hold_stop_everything_before_anything_is_made(
    server: Kept, week: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TIENDO_SMTP_HOST", "")
    monkeypatch.setenv("TIENDO_MAIL_FROM", "bao-cao")
    done = run("briefing", "--store", week.folder, "--out", tmp_path / "out", "--mail")
    assert (done.status, done.said) == (
        1,
        "Chưa gửi thư được; chưa có máy chủ thư: đặt TIENDO_SMTP_HOST; TIENDO_MAIL_FROM là "
        "'bao-cao': cần một địa chỉ thư.\n",
    )
    assert not (tmp_path / "out").exists()
    assert releases.releases(week.folder) == []


def test_a_folder_of_the_office_that_is_not_there_is_told_and_not_that_nobody_gets_mail(
    server: Kept, week: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TIENDO_CAMPAIGN", str(tmp_path / "offce"))
    done = run("briefing", "--store", week.folder, "--out", tmp_path / "out", "--mail")
    assert (done.status, "recipients.csv" in done.said) == (1, False)
    assert f"TIENDO_CAMPAIGN là '{tmp_path / 'offce'}'" in done.said
    assert not (tmp_path / "out").exists()


def test_a_server_that_does_not_answer_stops_no_file_and_no_other_unit(
    server: Kept, week: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TIENDO_SMTP_PORT", str(free_port()))
    done = run(
        *("briefing", "--store", week.folder, "--out", tmp_path / "out", "--mail"),
        *("--all-districts", "--format", "txt"),
    )
    assert done.status == 1
    assert len(done.out.split()) == 8
    assert len(list((tmp_path / "out").iterdir())) == 8
    for recipient in ("a@vungtau.gov.vn", "b@vungtau.gov.vn", "condao@tinh.gov.vn"):
        assert f"{recipient}: Máy chủ thư 127.0.0.1" in done.said
    assert len(post.outbox(week.folder)) == 3
    mails = [line.predicate for line in audit.lines(week.folder) if line.action == "mail"]
    assert mails == [{"unit": "747", "sent": 0}, {"unit": "755", "sent": 0}]


def test_a_unit_whose_briefing_cannot_be_made_does_not_stop_the_others(
    server: Kept, week: Store, tmp_path: Path
) -> None:
    (tmp_path / "out" / "bao-cao-747-2022-04-25-12h00.txt").mkdir(parents=True)
    done = run(
        *("briefing", "--store", week.folder, "--out", tmp_path / "out", "--mail"),
        *("--all-districts", "--format", "txt"),
    )
    assert done.status == 1
    assert "Đơn vị 747: " in done.said
    assert "không ghi được tệp này" in done.said
    assert len(done.out.split()) == 8 - 1
    assert mailed(server).keys() == {"condao@tinh.gov.vn"}


def test_a_log_that_fails_while_mails_go_stops_the_next_unit_and_says_who_got_theirs(
    server: Kept, week: Store, tmp_path: Path
) -> None:
    log = audit.path_of(week.folder)

    def break_log() -> None:
        server.meanwhile = lambda: None
        log.rename(tmp_path / "kept")
        log.mkdir()

    server.meanwhile = break_log
    done = run(
        *("briefing", "--store", week.folder, "--out", tmp_path / "out", "--mail"),
        *("--all-districts", "--format", "txt"),
    )
    assert done.status == 1
    assert mailed(server).keys() == {"a@vungtau.gov.vn", "b@vungtau.gov.vn"}
    assert "a@vungtau.gov.vn: đã gửi" in done.said
    assert "Đơn vị 747: đã gửi 2 thư, nhưng" in done.said
    assert re.search(r"Đơn vị 755: .*audit\.jsonl: không ghi được nhật ký", done.said)


def test_a_mail_of_which_nobody_knows_whether_it_went_is_told_and_waits_for_a_person(
    server: Kept, week: Store, tmp_path: Path
) -> None:
    log = post.path_of(week.folder)

    def break_log() -> None:
        log.rename(tmp_path / "kept")
        log.mkdir()

    server.meanwhile = break_log
    command = ("briefing", "--store", week.folder, "--out", tmp_path / "out", "--mail")
    assert "đã gửi, nhưng không ghi được vào sổ gửi" in run(*command, "--format", "txt").said
    log.rmdir()
    (tmp_path / "kept").rename(log)
    server.meanwhile = lambda: None
    done = run(*command, "--format", "txt")
    assert done.status == 1
    assert "tinh@tinh.gov.vn: chưa rõ đã gửi hay chưa" in done.said
    assert len(server.mails) == 1
    assert run(*command, "--format", "txt", "--again").status == 0


def test_nobody_to_send_to_at_all_is_refused_before_anything_is_made(
    server: Kept, week: Store, tmp_path: Path
) -> None:
    done = run(
        *("briefing", "--store", week.folder, "--out", tmp_path / "out", "--mail"),
        *("--district", "748"),
    )
    assert done.status == 1
    assert "người nhận trong recipients.csv" in done.said
    assert not (tmp_path / "out").exists()


def test_the_page_says_that_its_ledger_was_touched(
    week: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(monkeypatch, "province")
    release(week.folder, LAN, of(week), {"txt": b"abc"}, now=AT)
    ledger = releases.path_of(week.folder)
    whole = ledger.read_text("utf-8")
    ledger.write_text(whole.replace('"valid": 3', '"valid": 4'), "utf-8")
    assert "Sổ báo cáo không còn nguyên vẹn: dòng 1" in blocks(visit(BRIEFING))
    ledger.write_text(whole.replace('"headline"', '"heading"'), "utf-8")
    assert "Chưa đọc được sổ báo cáo" in blocks(visit(BRIEFING))


def test_a_fault_in_the_offices_template_leaves_the_rest_of_the_page(
    week: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    sign_in(monkeypatch, "province")
    (tmp_path / "briefing.typ").write_text("#khong-co-lenh-nay()", encoding="utf-8")
    monkeypatch.setenv("TIENDO_CAMPAIGN", str(tmp_path))
    html = blocks(visit(BRIEFING))
    assert "Chưa xem trước được" in html
    assert "Sổ báo cáo đã lập" in html


def test_a_ledger_that_began_anew_is_told_though_every_line_holds(
    week: Store, tmp_path: Path
) -> None:
    release(week.folder, LAN, of(week), {"txt": b"abc"}, now=AT)
    verify = ("audit", "verify", "--store", week.folder)
    assert run(*verify).said == ""
    snapshots = week.folder / "snapshots"
    snapshots.rename(tmp_path / "snapshots")
    for log in week.folder.glob("*.jsonl"):
        log.unlink()
    audit.write(week.folder, LAN, "view_list", now=AT)
    (tmp_path / "snapshots").rename(snapshots)
    done = run(*verify)
    assert done.status == 0
    when = "(dòng đầu ghi lúc 17:00 25/04/2022)"
    assert f"audit.jsonl: đã bắt đầu lại từ đầu 1 lần, sau 1 dòng {when}" in done.said
    assert "briefings.jsonl: đã bắt đầu lại từ đầu 1 lần, sau 1 dòng;" in done.said
    told = run(*verify, "--json").document
    assert (told["ok"], len(told["begun_anew"])) == (True, 2)


def test_a_ledger_that_was_touched_is_named(week: Store) -> None:
    release(week.folder, LAN, of(week), {"txt": b"abc"}, now=AT)
    ledger = releases.path_of(week.folder)
    ledger.write_text(ledger.read_text("utf-8").replace('"valid": 3', '"valid": 4'), "utf-8")
    done = run("audit", "verify", "--store", week.folder)
    assert done.status == 1
    assert "briefings.jsonl: dòng 1: đã bị sửa." in done.said


def test_a_mail_says_who_sends_it_what_its_files_are_worth_and_how_to_ask(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TIENDO_MAIL_FROM", "bao-cao@tinh.gov.vn")
    briefing = a_briefing()
    unsigned = briefing._replace(letterhead=briefing.letterhead._replace(number="     /BC-SYT"))
    mail = mail_of(unsigned, {"txt": b"abc"})
    assert mail.sender_name == "SỞ Y TẾ – Bà Rịa – Vũng Tàu"
    assert mail.text.partition("Tệp kèm theo:\n")[2].splitlines() == [
        "- bao-cao-77-2022-04-25-16h00.txt",
        "",
        "Tệp kèm theo để theo dõi, chưa có số và chữ ký; bản chính do SỞ Y TẾ ban hành.",
        "Cần hỏi về số liệu (mã kỳ 2022-04-25T1600-r1), xin trả lời thư này, về địa chỉ "
        "bao-cao@tinh.gov.vn.",
        "",
        "SỞ Y TẾ – Bà Rịa – Vũng Tàu",
    ]
    assert "chưa có số và chữ ký" not in mail_of(briefing, {"txt": b"abc"}).text
    assert briefing.source not in mail.text


def test_an_agency_written_on_two_lines_is_one_name_of_a_sender() -> None:
    briefing = a_briefing()
    letterhead = briefing.letterhead._replace(agency="SỞ Y TẾ\r\nBcc: c@d.vn")
    mail = mail_of(briefing._replace(letterhead=letterhead), {})
    assert mail.sender_name == "SỞ Y TẾ Bcc: c@d.vn – Bà Rịa – Vũng Tàu"


def test_a_mail_says_what_it_is_and_marks_invented_data() -> None:
    briefing: Briefing = a_briefing(is_invented=True)
    mail = mail_of(briefing, {"txt": b"abc"})
    assert mail.subject == (
        "[DỮ LIỆU MÔ PHỎNG] Báo cáo tiến độ của tỉnh Bà Rịa – Vũng Tàu, số liệu đến 16 giờ ngày "
        "25/4/2022"
    )
    assert "- bao-cao-77-2022-04-25-16h00.txt" in mail.text
    assert not mail_of(briefing._replace(is_invented=False), {}).subject.startswith("[")


def test_a_release_is_one_json_line_without_a_person(week: Store) -> None:
    release(week.folder, LAN, of(week), {"txt": b"abc"}, now=AT)
    [line] = releases.path_of(week.folder).read_text("utf-8").splitlines()
    assert {*Release._fields} <= json.loads(line).keys()
    assert "Người Mô Phỏng" not in line


def test_a_briefing_is_built_the_same_by_command_and_page(week: Store, tmp_path: Path) -> None:
    run("briefing", "--store", week.folder, "--out", tmp_path, "--format", "xlsx")
    shown = build(week.open(), scope=Scope.everything())
    assert (tmp_path / "bao-cao-77-2022-04-25-12h00.xlsx").read_bytes() == write(shown, "xlsx")
