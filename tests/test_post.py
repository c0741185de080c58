"""Briefings by mail: who gets them, what they get, what is refused and what is written down."""

import datetime as dt
import hashlib
import ipaddress
import re
import socket
import ssl
from collections.abc import Callable, Iterator
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any, NamedTuple

import filelock
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from data import chain, post
from data.audit import Actor
from data.entries import CampaignError
from data.errors import RefusedError
from data.post import SENT, SENT_BEFORE, UNKNOWN, UNWRITTEN, Mail, Sent

AT = dt.datetime.fromisoformat("2022-04-25T07:00:00+07:00")
LAN = Actor("cli", "operator")
FIGURES = "ab" * 32
SNAPSHOT = "2022-04-24T1600-r1"
PASSWORD = "mat-khau-rieng"
FILES = [
    ("Báo cáo tuần – Đất Đỏ.docx", b"PK docx"),
    ("Báo cáo tuần – Đất Đỏ.pdf", b"%PDF-1.7"),
    ("Phụ lục ộ.xlsx", b"PK xlsx"),
    ("Tóm tắt.txt", "Đã ký 12 hồ sơ\r\n".encode()),
]
MAIL = Mail("753", "Báo cáo tuần: Huyện Đất Đỏ", "Kính gửi Ủy ban,\n\nBáo cáo đính kèm.\n", FILES)


class Kept(NamedTuple):
    """A message as the server got it."""

    sender: str
    recipients: list[str]
    message: EmailMessage


class Box:
    """The server's side: keeps what it is given, and refuses what it is told to."""

    def __init__(self) -> None:
        self.kept: list[Kept] = []
        #: The same, as the bytes that came.
        self.raw: list[bytes] = []
        #: What to answer instead of taking it; by recipient, or "" for every message.
        self.answers: dict[str, str] = {}
        #: At the first recipient it is told of.
        self.hangs_up = False
        #: When it has a message, before it says so.
        self.hangs_up_late = False
        #: What happens elsewhere while it takes a message.
        self.meanwhile: Callable[[], None] = lambda: None

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Any, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.hangs_up:
            server.transport.abort()
        if address not in self.answers:
            envelope.rcpt_tos.append(address)
        return self.answers.get(address, "250 OK")

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:  # noqa: N802
        if "" in self.answers:
            return self.answers[""]
        content = envelope.content
        assert isinstance(content, bytes)
        message = message_from_bytes(content, policy=SMTP)
        assert isinstance(message, EmailMessage)
        self.kept.append(Kept(str(envelope.mail_from), list(envelope.rcpt_tos), message))
        self.raw.append(content)
        if self.hangs_up_late:
            server.transport.abort()
        self.meanwhile()
        return "250 OK"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]


def certificate(folder: Path) -> Path:
    """A certificate of 127.0.0.1 that nobody but itself vouches for, with its key."""
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(hours=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]),
            critical=False,
        )
        .sign(private, hashes.SHA256())
    )
    path = folder / "server.pem"
    path.write_bytes(
        private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


Serve = Callable[..., Box]


@pytest.fixture
def serve(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Serve]:
    """Starts a mail server (with options of aiosmtpd's) and sets the program to it."""
    running: list[Controller] = []

    def start(security: str = "none", **options: Any) -> Box:
        box, port = Box(), free_port()
        running.append(Controller(box, hostname="127.0.0.1", port=port, **options))
        running[-1].start()
        set_to(monkeypatch, SMTP_PORT=str(port), SMTP_SECURITY=security)
        return box

    monkeypatch.setenv("TIENDO_PRIVATE", str(tmp_path / "private"))
    set_to(monkeypatch, SMTP_HOST="127.0.0.1", MAIL_FROM="bao-cao@tinh.gov.vn")
    yield start
    for controller in running:
        controller.stop()


def set_to(monkeypatch: pytest.MonkeyPatch, **values: str) -> None:
    for name, value in values.items():
        monkeypatch.setenv(f"TIENDO_{name}", value)


def tls_of(path: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


def send(store: Path, *to: str, mail: Mail = MAIL, **other: Any) -> list[Sent]:
    told: dict[str, Any] = {
        "snapshot_id": SNAPSHOT,
        "figures": FIGURES,
        "clock": lambda: AT,
        "actor": LAN,
    }
    return post.send(store, mail, to=to, **(told | other))


def results(sent: list[Sent]) -> dict[str, str]:
    return {one.recipient: one.result for one in sent}


# What arrives -------------------------------------------------------------------------------


def test_subject_text_and_files_arrive_as_they_were(serve: Serve, tmp_path: Path) -> None:
    box = serve()
    send(tmp_path, "ubnd@datdo.gov.vn")
    [(sender, _, message)] = box.kept
    assert (sender, message["From"]) == ("bao-cao@tinh.gov.vn", "bao-cao@tinh.gov.vn")
    assert (message["Subject"], message["Date"].datetime) == (MAIL.subject, AT)
    body = message.get_body()
    assert body is not None
    assert body.get_content().replace("\r\n", "\n") == MAIL.text
    parts = list(message.iter_attachments())
    found = [(part.get_filename(), part.get_payload(decode=True)) for part in parts]
    assert found == FILES
    assert [part.get_content_type() for part in parts] == [
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "application/pdf",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "text/plain",
    ]
    assert parts[3].get_content() == "Đã ký 12 hồ sơ\r\n"


def test_no_space_of_a_subject_is_lost_wherever_its_lines_are_broken(
    serve: Serve, tmp_path: Path
) -> None:
    box = serve()
    said = "Báo cáo tiến độ của thành phố Vũng Tàu đến 16 giờ ngày 25/4/2022 (bản đính chính)"
    subjects = [said[:length].strip() for length in range(20, len(said), 3)]
    for number, subject in enumerate(subjects):
        mail = MAIL._replace(subject=subject)
        send(tmp_path, "a@b.vn", mail=mail, figures=f"{number:064x}")
    for raw, subject in zip(box.raw, subjects, strict=True):
        head = re.search(rb"^Subject: (.*?)\r\n(?! )", raw, re.S | re.M)
        assert head is not None
        unfolded = head[1].replace(b"\r\n", b"").decode("ascii")
        assert str(make_header(decode_header(unfolded))) == subject


def test_the_message_goes_as_plain_ascii_and_asks_machines_not_to_answer(
    serve: Serve, tmp_path: Path
) -> None:
    box = serve()
    send(tmp_path, "ubnd@datdo.gov.vn")
    assert box.kept[0].message.as_bytes().isascii()
    assert box.kept[0].message["Auto-Submitted"] == "auto-generated"


def test_each_recipient_gets_a_message_of_their_own(serve: Serve, tmp_path: Path) -> None:
    box = serve()
    sent = send(tmp_path, "a@datdo.gov.vn", "b@datdo.gov.vn", "a@datdo.gov.vn")
    assert results(sent) == {"a@datdo.gov.vn": SENT, "b@datdo.gov.vn": SENT}
    assert [(kept.recipients, kept.message["To"]) for kept in box.kept] == [
        (["a@datdo.gov.vn"], "a@datdo.gov.vn"),
        (["b@datdo.gov.vn"], "b@datdo.gov.vn"),
    ]
    assert "b@datdo" not in box.kept[0].message.as_string()


def test_a_message_id_says_which_mail_it_is(serve: Serve, tmp_path: Path) -> None:
    box = serve()
    send(tmp_path / "1", "a@datdo.gov.vn")
    send(tmp_path / "2", "a@datdo.gov.vn")
    send(tmp_path / "3", "a@datdo.gov.vn", figures="cd" * 32)
    send(tmp_path / "4", "a@datdo.gov.vn", snapshot_id="2022-04-24T1600-r2")
    send(tmp_path / "5", "a@datdo.gov.vn", mail=MAIL._replace(unit_code="77"))
    send(tmp_path / "6", "b@datdo.gov.vn")
    same, again, *others = [kept.message["Message-ID"] for kept in box.kept]
    assert same == again
    assert len({same, *others}) == 1 + 4
    assert same.endswith("@tinh.gov.vn>")


def test_a_mail_says_in_words_who_sends_it_however_long_that_is(
    serve: Serve, tmp_path: Path
) -> None:
    box = serve()
    said = 'Trung tâm Y tế "dự phòng", kiểm soát bệnh tật <liên huyện> – Long Điền - Đất Đỏ (77)'
    names = [said[:length].strip() for length in range(3, len(said), 4)]
    for number, name in enumerate(names):
        mail = MAIL._replace(sender_name=name)
        send(tmp_path, "a@b.vn", mail=mail, figures=f"{number:064x}")
    for kept, raw, name in zip(box.kept, box.raw, names, strict=True):
        assert kept.sender == "bao-cao@tinh.gov.vn"
        [sender] = kept.message["From"].addresses
        assert sender.addr_spec == "bao-cao@tinh.gov.vn"
        head = re.search(rb"^From: (.*?) <bao-cao@tinh\.gov\.vn>\r\nTo: ", raw, re.S | re.M)
        assert head is not None
        assert max(map(len, head[0].splitlines())) <= 78
        unfolded = head[1].replace(b"\r\n", b"").decode("ascii")
        assert str(make_header(decode_header(unfolded))) == name


# What is written down -----------------------------------------------------------------------


def test_a_mail_sent_is_a_line_of_the_outbox(serve: Serve, tmp_path: Path) -> None:
    serve()
    sent = send(tmp_path, "ubnd@datdo.gov.vn")
    files = {name: hashlib.sha256(content).hexdigest() for name, content in FILES}
    assert sent == [
        Sent(AT, "cli", "operator", "753", "ubnd@datdo.gov.vn", SNAPSHOT, FIGURES, files, "sent")
    ]
    assert post.outbox(tmp_path) == sent
    # One line before it was handed over, one after.
    assert chain.verify(post.path_of(tmp_path)) == (1 + 1, "", "")


def test_what_was_sent_is_not_sent_again(serve: Serve, tmp_path: Path) -> None:
    box = serve()
    send(tmp_path, "a@datdo.gov.vn")
    sent = send(tmp_path, "b@datdo.gov.vn", "a@datdo.gov.vn")
    assert results(sent) == {"b@datdo.gov.vn": SENT, "a@datdo.gov.vn": SENT_BEFORE}
    assert [one.recipient for one in sent] == ["b@datdo.gov.vn", "a@datdo.gov.vn"]
    assert [kept.recipients for kept in box.kept] == [["a@datdo.gov.vn"], ["b@datdo.gov.vn"]]
    assert [one.recipient for one in post.outbox(tmp_path)] == ["b@datdo.gov.vn", "a@datdo.gov.vn"]


def test_what_was_sent_needs_no_server_to_stay_sent(
    serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve()
    send(tmp_path, "a@datdo.gov.vn")
    set_to(monkeypatch, SMTP_PORT=str(free_port()))
    assert results(send(tmp_path, "a@datdo.gov.vn")) == {"a@datdo.gov.vn": SENT_BEFORE}


def test_other_figures_another_snapshot_or_unit_is_another_mail(
    serve: Serve, tmp_path: Path
) -> None:
    box = serve()
    send(tmp_path, "a@datdo.gov.vn")
    send(tmp_path, "a@datdo.gov.vn", figures="cd" * 32)
    send(tmp_path, "a@datdo.gov.vn", snapshot_id="2022-04-24T1600-r2")
    send(tmp_path, "a@datdo.gov.vn", mail=MAIL._replace(unit_code="77"))
    assert len(box.kept) == 4


def test_a_mail_is_sent_again_when_that_is_asked_for(serve: Serve, tmp_path: Path) -> None:
    box = serve()
    for _ in range(2):
        assert results(send(tmp_path, "a@datdo.gov.vn", again=True)) == {"a@datdo.gov.vn": SENT}
    assert (len(box.kept), len(post.outbox(tmp_path))) == (2, 2)


def test_a_recipient_who_is_refused_does_not_stop_the_others(serve: Serve, tmp_path: Path) -> None:
    box = serve()
    box.answers = {"b@datdo.gov.vn": "550 5.1.1 No such user"}
    refused = "máy chủ từ chối người nhận: 550 5.1.1 No such user"
    to = ("a@datdo.gov.vn", "b@datdo.gov.vn", "c@datdo.gov.vn")
    assert results(send(tmp_path, *to)) == dict(zip(to, (SENT, refused, SENT), strict=True))
    assert [one.result for one in post.outbox(tmp_path)] == [SENT, refused, SENT]
    box.answers = {}
    assert results(send(tmp_path, *to)) == dict(
        zip(to, (SENT_BEFORE, SENT, SENT_BEFORE), strict=True)
    )


def test_a_message_that_is_refused_is_written_down_with_what_the_server_said(
    serve: Serve, tmp_path: Path
) -> None:
    box = serve()
    box.answers = {"": "554 5.7.1 " + "Spam " * 80}
    [sent] = send(tmp_path, "a@datdo.gov.vn")
    assert sent.result.startswith("máy chủ từ chối thư: 554 5.7.1 Spam Spam")
    assert len(sent.result) <= 120
    assert post.outbox(tmp_path) == [sent]


def test_a_server_that_hangs_up_leaves_a_line_for_each_who_got_nothing(
    serve: Serve, tmp_path: Path
) -> None:
    box = serve()
    box.hangs_up = True
    lost = "mất kết nối với máy chủ thư"
    sent = send(tmp_path, "a@datdo.gov.vn", "b@datdo.gov.vn")
    assert results(sent) == {"a@datdo.gov.vn": lost, "b@datdo.gov.vn": lost}
    assert len(post.outbox(tmp_path)) == 2


def test_a_server_lost_while_it_takes_a_mail_may_have_it_and_gets_no_second_one(
    serve: Serve, tmp_path: Path
) -> None:
    box = serve()
    box.hangs_up_late = True
    sent = send(tmp_path, "a@datdo.gov.vn", "b@datdo.gov.vn")
    lost = "mất kết nối với máy chủ thư"
    assert results(sent) == {"a@datdo.gov.vn": UNKNOWN, "b@datdo.gov.vn": lost}
    box.hangs_up_late = False
    sent = send(tmp_path, "a@datdo.gov.vn", "b@datdo.gov.vn")
    assert results(sent) == {"a@datdo.gov.vn": UNKNOWN, "b@datdo.gov.vn": SENT}
    assert [kept.message["To"] for kept in box.kept] == ["a@datdo.gov.vn", "b@datdo.gov.vn"]
    send(tmp_path, "a@datdo.gov.vn", again=True)
    assert len(box.kept) == 3


def test_nothing_is_sent_that_cannot_be_written_down(serve: Serve, tmp_path: Path) -> None:
    box = serve()
    post.path_of(tmp_path).mkdir()
    with pytest.raises(RefusedError, match=r"outbox\.jsonl: không ghi được"):
        send(tmp_path, "a@datdo.gov.vn")
    assert box.kept == []


def taken_away(log: Path) -> None:
    """Makes a log that cannot be written; `put_back` undoes it."""
    log.rename(log.with_suffix(".kept"))
    log.mkdir()


def put_back(log: Path) -> None:
    log.rmdir()
    log.with_suffix(".kept").rename(log)


def test_an_outbox_that_fails_stops_the_rest_and_says_who_got_it(
    serve: Serve, tmp_path: Path
) -> None:
    box, log = serve(), post.path_of(tmp_path)
    box.meanwhile = lambda: taken_away(log)
    first, second, third = send(tmp_path, "a@datdo.gov.vn", "b@datdo.gov.vn", "c@datdo.gov.vn")
    assert first.result == UNWRITTEN
    assert re.match(r"chưa gửi: .*outbox\.jsonl: không ghi được nhật ký", second.result)
    assert third.result == second.result
    assert [kept.recipients for kept in box.kept] == [["a@datdo.gov.vn"]]


def test_a_mail_that_was_taken_but_not_written_down_is_not_sent_again_by_itself(
    serve: Serve, tmp_path: Path
) -> None:
    box, log = serve(), post.path_of(tmp_path)
    box.meanwhile = lambda: taken_away(log)
    send(tmp_path, "a@datdo.gov.vn")
    put_back(log)
    box.meanwhile = lambda: None
    to = ("a@datdo.gov.vn", "b@datdo.gov.vn")
    assert results(send(tmp_path, *to)) == dict(zip(to, (UNKNOWN, SENT), strict=True))
    assert len(box.kept) == 1 + 1
    assert [one.result for one in post.outbox(tmp_path)] == [SENT, UNKNOWN]
    assert results(send(tmp_path, "a@datdo.gov.vn", again=True)) == {"a@datdo.gov.vn": SENT}
    assert results(send(tmp_path, "a@datdo.gov.vn")) == {"a@datdo.gov.vn": SENT_BEFORE}
    assert [one.result for one in post.outbox(tmp_path)] == [SENT, SENT, UNKNOWN]
    assert [one.result for one in post.outbox(tmp_path, last=2)] == [SENT, SENT]
    assert chain.verify(log) == (1 + 2 + 2, "", "")


def test_a_process_killed_while_it_hands_a_mail_over_does_not_send_it_again(
    serve: Serve, tmp_path: Path
) -> None:
    box, log = serve(), post.path_of(tmp_path)
    send(tmp_path, "a@datdo.gov.vn")
    intent, _result = chain.rows(log)
    killed = {name: intent[name] for name in intent if name not in {"seq", "mac", "previous"}}
    chain.append(log, killed | {"recipient": "b@datdo.gov.vn"})
    assert results(send(tmp_path, "b@datdo.gov.vn")) == {"b@datdo.gov.vn": UNKNOWN}
    assert len(box.kept) == 1


def test_an_outbox_of_one_line_a_mail_is_still_understood(serve: Serve, tmp_path: Path) -> None:
    box = serve()
    given = Sent(AT, "cli", "operator", "753", "a@datdo.gov.vn", SNAPSHOT, FIGURES, {}, SENT)
    chain.append(post.path_of(tmp_path), given._asdict() | {"at": AT.isoformat()})
    assert post.outbox(tmp_path) == [given]
    assert results(send(tmp_path, "a@datdo.gov.vn")) == {"a@datdo.gov.vn": SENT_BEFORE}
    assert box.kept == []


def test_each_mail_says_when_it_went(serve: Serve, tmp_path: Path) -> None:
    box = serve()
    # One look for the draft, then one a mail.
    moments = (AT + dt.timedelta(minutes=number) for number in range(3))
    sent = send(tmp_path, "a@datdo.gov.vn", "b@datdo.gov.vn", clock=lambda: next(moments))
    minutes = [AT + dt.timedelta(minutes=1), AT + dt.timedelta(minutes=2)]
    assert [one.at for one in sent] == minutes
    assert [one.at for one in reversed(post.outbox(tmp_path))] == minutes
    assert [kept.message["Date"].datetime for kept in box.kept] == minutes


def test_a_mailbox_written_with_large_letters_is_the_same_one(serve: Serve, tmp_path: Path) -> None:
    box = serve()
    assert results(send(tmp_path, "A@b.vn", "a@B.VN")) == {"A@b.vn": SENT}
    assert results(send(tmp_path, "a@b.vn")) == {"a@b.vn": SENT_BEFORE}
    assert len(box.kept) == 1


def test_nothing_is_sent_while_another_process_is_sending(serve: Serve, tmp_path: Path) -> None:
    box = serve()
    send(tmp_path, "a@datdo.gov.vn")
    with (
        filelock.FileLock(tmp_path / "private" / ".post.lock"),
        pytest.raises(RefusedError, match="đang chạy"),
    ):
        send(tmp_path, "b@datdo.gov.vn")
    assert len(box.kept) == 1


# The server ---------------------------------------------------------------------------------


def refused(store: Path) -> str:
    """Why a server got none of two mails; each has a line of the outbox that says so."""
    one, other = send(store, "a@datdo.gov.vn", "b@datdo.gov.vn")
    assert post.outbox(store) == [other, one]
    assert chain.verify(post.path_of(store)) == (2, "", "")
    assert one.result == other.result
    return one.result


def test_a_server_that_does_not_answer_is_named(
    serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve()
    port = free_port()
    set_to(monkeypatch, SMTP_PORT=str(port))
    reason = refused(tmp_path)
    assert reason.startswith(f"Máy chủ thư 127.0.0.1:{port} không kết nối được")


def test_a_mail_for_a_server_that_did_not_answer_is_sent_the_next_time(
    serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_to(monkeypatch, SMTP_PORT=str(free_port()), SMTP_SECURITY="none")
    refused(tmp_path)
    box = serve()
    assert results(send(tmp_path, "a@datdo.gov.vn")) == {"a@datdo.gov.vn": SENT}
    assert len(box.kept) == 1


def test_an_outbox_that_fails_while_no_server_answers_says_so(
    serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_to(monkeypatch, SMTP_PORT=str(free_port()), SMTP_SECURITY="none")
    post.path_of(tmp_path).symlink_to("/dev/full")
    [sent] = send(tmp_path, "a@datdo.gov.vn")
    assert re.match(r"chưa gửi: .*outbox\.jsonl: không ghi được nhật ký", sent.result)


def test_nothing_goes_to_a_server_without_starttls(serve: Serve, tmp_path: Path) -> None:
    box = serve("starttls")
    reason = refused(tmp_path)
    assert re.match(r"Máy chủ thư 127\.0\.0\.1:\d+ không nhận STARTTLS", reason)
    assert box.kept == []


def test_nothing_goes_to_a_server_nobody_vouches_for(serve: Serve, tmp_path: Path) -> None:
    box = serve("starttls", tls_context=tls_of(certificate(tmp_path)), require_starttls=True)
    assert "không chứng minh được mình là ai" in refused(tmp_path)
    assert box.kept == []


def test_tls_from_the_first_byte_takes_a_server_that_is_vouched_for(
    serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = certificate(tmp_path)
    box = serve("tls", ssl_context=tls_of(made))
    assert "không chứng minh được mình là ai" in refused(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(made))
    assert results(send(tmp_path, "a@datdo.gov.vn")) == {"a@datdo.gov.vn": SENT}
    assert len(box.kept) == 1


def test_nothing_goes_to_a_server_that_does_not_speak_tls(serve: Serve, tmp_path: Path) -> None:
    box = serve("tls")
    assert "không kết nối được" in refused(tmp_path)
    assert box.kept == []


def signed_in(seen: list[str]) -> dict[str, Any]:
    """Options of a server that takes one password, and says who came."""

    def check(server: Any, session: Any, envelope: Any, kind: str, given: Any) -> AuthResult:
        seen.append(given.login.decode())
        return AuthResult(success=given.password.decode() == PASSWORD, handled=False)

    return {"authenticator": check, "auth_required": True, "require_starttls": True}


def test_a_server_that_is_vouched_for_is_signed_in_to_and_gets_the_mail(
    serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, seen = certificate(tmp_path), []
    monkeypatch.setenv("SSL_CERT_FILE", str(made))
    set_to(monkeypatch, SMTP_USER="bao-cao", SMTP_PASSWORD=PASSWORD)
    box = serve("starttls", tls_context=tls_of(made), **signed_in(seen))
    assert results(send(tmp_path, "a@datdo.gov.vn")) == {"a@datdo.gov.vn": SENT}
    assert (len(box.kept), set(seen)) == (1, {"bao-cao"})


@pytest.mark.parametrize("password", ["sai-mat-khau", "mật-khẩu"])
def test_a_sign_in_that_is_refused_is_told_without_the_password(
    serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, password: str
) -> None:
    made = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(made))
    set_to(monkeypatch, SMTP_USER="bao-cao", SMTP_PASSWORD=password)
    box = serve("starttls", tls_context=tls_of(made), **signed_in([]))
    reason = refused(tmp_path)
    assert re.search(r"127\.0\.0\.1:\d+ không nhận tên hoặc mật", reason)
    assert password not in post.path_of(tmp_path).read_text("utf-8")
    assert box.kept == []


@pytest.mark.parametrize(
    "name, value, told",
    [
        ("SMTP_HOST", "", "TIENDO_SMTP_HOST"),
        ("SMTP_PORT", "mail", "TIENDO_SMTP_PORT là 'mail'"),
        ("SMTP_PORT", "65536", "TIENDO_SMTP_PORT là '65536'"),
        ("SMTP_SECURITY", "ssl", "TIENDO_SMTP_SECURITY là 'ssl'"),
        ("SMTP_USER", "lan", "TIENDO_SMTP_SECURITY là none"),
        ("MAIL_FROM", "", "TIENDO_MAIL_FROM là ''"),
        ("MAIL_FROM", "a@tinh.gov.vn\nBcc: b@c.vn", "TIENDO_MAIL_FROM là"),
    ],
)
def test_a_setting_that_does_not_hold_is_named_and_nothing_is_sent(
    serve: Serve,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    value: str,
    told: str,
) -> None:
    box = serve()
    set_to(monkeypatch, **{name: value})
    with pytest.raises(RefusedError, match=told):
        send(tmp_path, "a@datdo.gov.vn")
    assert box.kept == []


def test_all_settings_that_do_not_hold_are_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TIENDO_SMTP_HOST", raising=False)
    set_to(monkeypatch, SMTP_PORT="mail", SMTP_SECURITY="ssl", STALE_HOURS="ba ngày")
    monkeypatch.delenv("TIENDO_MAIL_FROM", raising=False)
    with pytest.raises(RefusedError) as refused:
        post.require_settings()
    assert str(refused.value) == (
        "Chưa gửi thư được; chưa có máy chủ thư: đặt TIENDO_SMTP_HOST; "
        "TIENDO_SMTP_PORT là 'mail': cần một số nguyên từ 1 đến 65535; "
        "TIENDO_MAIL_FROM là '': cần một địa chỉ thư; "
        "TIENDO_SMTP_SECURITY là 'ssl': chọn starttls, tls, none; "
        "TIENDO_STALE_HOURS là 'ba ngày': cần một số nguyên từ 1 đến 878400."
    )


def test_settings_that_hold_are_not_refused(serve: Serve) -> None:
    serve()
    post.require_settings()


# Recipients ---------------------------------------------------------------------------------


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Writes the office's recipients."""
    set_to(monkeypatch, CAMPAIGN=str(tmp_path))

    def write(rows: str) -> None:
        text = f"unit_code,email\n{rows}"
        (tmp_path / "recipients.csv").write_text(text, encoding="utf-8")

    return write


def test_the_program_itself_knows_no_recipients(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TIENDO_CAMPAIGN", raising=False)
    assert post.recipients() == {}


def test_recipients_are_told_by_unit(office: Callable[[str], None]) -> None:
    office("77,vp@tinh.gov.vn\n753,ubnd@datdo.gov.vn\n77,syt@tinh.gov.vn\n")
    assert post.recipients() == {
        "77": ["vp@tinh.gov.vn", "syt@tinh.gov.vn"],
        "753": ["ubnd@datdo.gov.vn"],
    }


def test_a_setting_that_names_no_folder_is_refused_and_nobody_is_taken_for_nobody(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    set_to(monkeypatch, CAMPAIGN=str(tmp_path / "khong-co"))
    with pytest.raises(CampaignError, match=r"^TIENDO_CAMPAIGN là '.*khong-co'"):
        post.recipients()


@pytest.mark.parametrize(
    "row, told",
    [
        ("79,a@b.vn", "dòng 2: không có đơn vị mã '79'; các mã: 77, 747"),
        ("753,", "dòng 2: “email” là ''"),
        ("753", "dòng 2: “email” là None"),
        ("753,Lan Trần", "dòng 2: “email” là 'Lan Trần'; cần một địa chỉ"),
        ("753,a@b@c.vn", "dòng 2: “email” là"),
        ("753,a b@c.vn", "dòng 2: “email” là"),
        ("753,a@b.vn ", "dòng 2: “email” là"),
        ('753,"a@b.vn, c@d.vn"', "dòng 2: “email” là"),
        ("753,Lan <a@b.vn>", "dòng 2: “email” là"),
        ("753,ấ@b.vn", "dòng 2: “email” là"),
        ("753,a@b", "dòng 2: “email” là"),
        (f"753,{'a' * 250}@b.vn", "dòng 2: “email” là"),
        ('753,"a@b.vn\nBcc: c@d.vn"', r"dòng 3: “email” là 'a@b\.vn\\nBcc"),
        ("753,a@b.vn,c@d.vn", "dòng 2: thừa ô"),
        ("753,a@b.vn\n753,a@b.vn", "dòng 3: “a@b.vn” có hai lần cho đơn vị 753"),
        ("753,A@b.vn\n753,a@B.VN", "dòng 3: “a@B.VN” có hai lần cho đơn vị 753"),
    ],
)
def test_a_row_that_does_not_hold_is_named(
    office: Callable[[str], None], row: str, told: str
) -> None:
    office(row)
    with pytest.raises(CampaignError, match=rf"^recipients\.csv: {told}"):
        post.recipients()


@pytest.mark.parametrize("address", ["a@b.vn\r\nBcc: c@d.vn", "a@b.vn, c@d.vn", "<a@b.vn>", ""])
def test_an_address_that_is_more_than_one_is_refused(
    serve: Serve, tmp_path: Path, address: str
) -> None:
    box = serve()
    with pytest.raises(RefusedError, match="cần một địa chỉ thư"):
        send(tmp_path, "ubnd@datdo.gov.vn", address)
    assert box.kept == []


@pytest.mark.parametrize(
    "mail",
    [
        MAIL._replace(subject="Báo cáo\r\nBcc: c@d.vn"),
        MAIL._replace(attachments=[("a\nBcc: c@d.vn.pdf", b"")]),
        MAIL._replace(sender_name="Sở Y tế\r\nBcc: c@d.vn"),
    ],
)
def test_a_subject_or_a_name_that_begins_a_head_of_its_own_is_refused(
    serve: Serve, tmp_path: Path, mail: Mail
) -> None:
    box = serve()
    with pytest.raises(RefusedError, match="ký tự điều khiển"):
        send(tmp_path, "ubnd@datdo.gov.vn", mail=mail)
    assert box.kept == []


# Staleness ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "as_of, is_stale",
    [
        ("2022-04-22T07:00:00+07:00", False),
        ("2022-04-22T06:59:00+07:00", True),
        ("2022-04-22T07:00", False),
        ("2022-04-22T06:59", True),
        ("2022-04-23T00:00:00+00:00", False),
        ("2022-04-26T07:00", False),
    ],
)
def test_figures_are_stale_after_72_hours(as_of: str, is_stale: bool) -> None:
    assert post.is_stale(dt.datetime.fromisoformat(as_of), AT) == is_stale


def test_the_office_says_when_figures_are_stale(monkeypatch: pytest.MonkeyPatch) -> None:
    set_to(monkeypatch, STALE_HOURS="1")
    assert post.is_stale(AT - dt.timedelta(minutes=61), AT)


@pytest.mark.parametrize("hours", ["hai ngày", "0", "-1", "1.5", "9" * 40])
def test_hours_that_are_none_are_refused(monkeypatch: pytest.MonkeyPatch, hours: str) -> None:
    set_to(monkeypatch, STALE_HOURS=hours)
    with pytest.raises(RefusedError, match="TIENDO_STALE_HOURS"):
        post.is_stale(AT, AT)
