"""Briefings by mail: who gets them, sending them, and what was sent.

The outbox is `store/outbox.jsonl`, chained and marked (`data.chain`). Of a mail it has a line
before it is handed over and another with what became of it; of one that never came so far, a line
with the reason.
"""

import contextlib
import datetime as dt
import hashlib
import itertools
import json
import re
import smtplib
import ssl
from collections.abc import Callable, Generator, Mapping, Sequence
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any, NamedTuple

import filelock

from data import chain
from data.audit import Actor
from data.entries import Entry, own_file, read_rows
from data.errors import RefusedError
from data.keys import private_folder
from data.reference import reference
from settings import setting

#: Results of an attempt; any other is the reason why not, in words.
SENT = "sent"
SENT_BEFORE = "đã gửi trước đó"
#: The server took it, but the outbox does not say so.
UNWRITTEN = "đã gửi, nhưng không ghi được vào sổ gửi"
#: It was to be handed over; what became of it was not written down.
UNKNOWN = "chưa rõ đã gửi hay chưa, hãy hỏi người nhận; chưa nhận được thì chạy lại với --again"

#: The line of a mail before it is handed over.
_HANDING_OVER = "đang gửi"

_OURS = Path(__file__).parent / "recipients.csv"
_SECONDS = 30
#: A server may look a mail through before it says that it has it.
_SECONDS_TO_TAKE = 300
_LONGEST_REASON = 120
_MOST_HOURS = 24 * 366 * 100
_MOST_PORT = 65535
_SECURITY = ("starttls", "tls", "none")
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_ADDRESS = re.compile(rf"{_ATOM}(\.{_ATOM})*@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_LONGEST_ADDRESS = 254
_OFFICE = "application/vnd.openxmlformats-officedocument"
_TYPES = {
    ".docx": f"{_OFFICE}.wordprocessingml.document",
    ".pdf": "application/pdf",
    ".xlsx": f"{_OFFICE}.spreadsheetml.sheet",
    ".txt": "text/plain",
}

#: Tells what time it is: aware, or wall clock +07.
Clock = Callable[[], dt.datetime]


class Mail(NamedTuple):
    """What the recipients of one unit get."""

    unit_code: str
    subject: str
    text: str
    #: File name and content, each; docx, pdf, xlsx or txt (UTF-8).
    attachments: Sequence[tuple[str, bytes]]
    #: Who sends it, in words beside the address; "" for the address alone.
    sender_name: str = ""


class Sent(NamedTuple):
    """An attempt to send a mail to one recipient."""

    #: When it was handed over, or could not be; with its offset, +07:00.
    at: dt.datetime
    user: str
    role: str
    unit_code: str
    recipient: str
    snapshot_id: str
    #: Hex sha256 of the figures.
    figures: str
    #: File name -> hex sha256.
    files: Mapping[str, str]
    #: SENT, SENT_BEFORE, UNWRITTEN, UNKNOWN, or why it was not sent.
    result: str


class ServerError(RefusedError):
    """The server does not answer, is not safe or refuses the sign-in: it got no mail."""


class _Connection(smtplib.SMTP):
    """A connection that knows whether the mail in hand has begun to go over."""

    has_begun = False

    def data(self, msg: Any) -> tuple[int, bytes]:
        self.has_begun = True
        if self.sock is not None:
            self.sock.settimeout(_SECONDS_TO_TAKE)
        return super().data(msg)


class _EncryptedConnection(_Connection, smtplib.SMTP_SSL):
    """The same, encrypted from its first word."""


class _Server(NamedTuple):
    """The mail server and how to speak to it, as set."""

    host: str
    port: int
    security: str
    user: str
    password: str
    sender: str

    def refuse(self, problem: str) -> ServerError:
        return ServerError(f"Máy chủ thư {self.host}:{self.port} {problem}.")


class _Order(NamedTuple):
    """What is sent, how, and where it is written down."""

    store: Path
    mail: Mail
    server: _Server
    clock: Clock
    again: bool


# Recipients ---------------------------------------------------------------------------------


def recipients() -> dict[str, list[str]]:
    """Unit code -> addresses, from `recipients.csv`: the office's own, else the program's, which
    has none.

    Raises:
        CampaignError: a row does not hold; names it, what was found and what is expected.
    """
    found: dict[str, list[str]] = {}
    file = own_file("recipients.csv") or _OURS
    for entry in read_rows(file, ("unit_code", "email")):
        code, address = _unit_code(entry), _email(entry)
        others = found.setdefault(code, [])
        if address.casefold() in map(str.casefold, others):
            raise entry.refuse(
                f"“{address}” có hai lần cho đơn vị {code}; mỗi địa chỉ một dòng, chữ hoa chữ "
                "thường như nhau"
            )
        others.append(address)
    return found


def _unit_code(entry: Entry) -> str:
    districts = reference("districts")
    known = [*districts["province_code"].unique(), *districts["code"]]
    code = entry.text("unit_code")
    if code not in known:
        raise entry.refuse(f"không có đơn vị mã {code!r}; các mã: {', '.join(known)}")
    return code


def _email(entry: Entry) -> str:
    address = entry.text("email")
    if not _is_address(address):
        raise entry.refuse(f"“email” là {address!r}; cần một địa chỉ, như ubnd@huyen.gov.vn")
    return address


def _is_address(text: str) -> bool:
    """Whether it is one plain address: a name, @ and a domain, of ASCII characters."""
    return len(text) <= _LONGEST_ADDRESS and _ADDRESS.fullmatch(text) is not None


def _once(addresses: Sequence[str]) -> list[str]:
    """Each mailbox once, as it was written first: large and small letters are one to servers."""
    found: dict[str, str] = {}
    for address in addresses:
        found.setdefault(address.casefold(), address)
    return [*found.values()]


# Sending ------------------------------------------------------------------------------------


def require_settings() -> None:
    """Raises RefusedError, which names them all, while settings of mail are missing or wrong."""
    wrong = [*_wrong_of_server(), _wrong_number("STALE_HOURS", _MOST_HOURS)]
    _require_none([problem for problem in wrong if problem])


def is_stale(as_of: dt.datetime, now: dt.datetime) -> bool:
    """Whether figures of `as_of` are older than STALE_HOURS; naive instants are wall clock +07.

    Raises:
        RefusedError: the setting is no number of hours.
    """
    hours = dt.timedelta(hours=_number("STALE_HOURS", _MOST_HOURS))
    return chain.local(now) - chain.local(as_of) > hours


def send(
    store: Path,
    mail: Mail,
    *,
    to: Sequence[str],
    snapshot_id: str,
    figures: str,
    clock: Clock,
    actor: Actor,
    again: bool = False,
) -> list[Sent]:
    """Sends a mail to each recipient alone, and writes every attempt down.

    What a recipient got before of the same unit, snapshot and figures, or may have got, is not sent
    to them again unless `again`; that is no attempt. Nothing is handed over that was not written
    down first: when the outbox fails, nobody who is left gets anything.

    Args:
        figures: hex sha256 of the figures the mail is about.
        clock: kept to the second.

    Returns:
        For each recipient what became of it, in the order given.

    Raises:
        RefusedError: nothing was sent: a setting or an address is missing or wrong, or another
            process is sending.
        LogError: nothing was sent: the outbox cannot be written.
    """
    order = _Order(store, _plain(mail), _server(), clock, again)
    files = {name: hashlib.sha256(content).hexdigest() for name, content in mail.attachments}
    draft = Sent(_moment(clock), *actor, mail.unit_code, "", snapshot_id, figures, files, "")
    drafts = [draft._replace(recipient=_checked(address)) for address in _once(to)]
    with _one_sender():
        chain.require_writable(path_of(store))
        before = {} if again else _before(store)
        waiting = [one for one in drafts if _subject_of(one) not in before]
        done = {one.recipient: one for one in _attempts(order, waiting)}
    return [
        done.get(one.recipient) or one._replace(result=before[_subject_of(one)]) for one in drafts
    ]


def path_of(store: Path) -> Path:
    """Where the outbox of a store lies."""
    return store / "outbox.jsonl"


def outbox(store: Path, *, last: int | None = None) -> list[Sent]:
    """The attempts, newest first; only the `last` ones when given. One whose result was not written
    down is UNKNOWN.

    Raises:
        LogError: the outbox cannot be read.
    """
    # An attempt is two lines at most.
    found = [_sent(row) for row in chain.rows(path_of(store), last=last and 2 * last)]
    attempts = [
        one._replace(result=UNKNOWN) if one.result == _HANDING_OVER else one
        for one, after in itertools.zip_longest(found, found[1:])
        if not _is_settled(one, after)
    ]
    return attempts[::-1][:last]


def _is_settled(one: Sent, after: Sent | None) -> bool:
    """Whether the line is one before a handing over, and the next one says what became of it."""
    return (
        one.result == _HANDING_OVER
        and after is not None
        and after.result != _HANDING_OVER
        and after == one._replace(result=after.result)
    )


def _sent(row: Mapping[str, Any]) -> Sent:
    at = dt.datetime.fromisoformat(row["at"])
    return Sent(at=at, **{name: row[name] for name in Sent._fields if name != "at"})


def _before(store: Path) -> dict[tuple[str, ...], str]:
    """The mails that were sent, or may have been: SENT_BEFORE or UNKNOWN."""
    attempts = outbox(store)
    unknown = {_subject_of(one): UNKNOWN for one in attempts if one.result == UNKNOWN}
    return unknown | {_subject_of(one): SENT_BEFORE for one in attempts if one.result == SENT}


def _subject_of(one: Sent) -> tuple[str, ...]:
    """What makes two mails the same to whoever gets them."""
    return (one.unit_code, one.snapshot_id, one.figures, one.recipient.casefold())


def _moment(clock: Clock) -> dt.datetime:
    return chain.local(clock()).replace(microsecond=0)


@contextlib.contextmanager
def _one_sender() -> Generator[None]:
    """Two that send at once would both find that nothing was sent yet."""
    lock = filelock.FileLock(private_folder() / ".post.lock", timeout=0)
    try:
        lock.acquire()
    except filelock.Timeout as error:
        raise RefusedError("Một lần gửi thư khác đang chạy; hãy đợi nó xong.") from error
    except OSError as error:
        raise RefusedError(f"{lock.lock_file}: không ghi được ({error.strerror}).") from error
    try:
        yield
    finally:
        lock.release()


def _attempts(order: _Order, waiting: Sequence[Sent]) -> list[Sent]:
    """What became of each mail, handed over one by one."""
    if not waiting:
        return []
    try:
        with _connected(order.server) as connection:
            return _each(waiting, lambda one: _attempt(order, connection, one))
    except ServerError as error:
        reason = str(error)
        return _each(waiting, lambda one: _written(order, _timed(order, one, reason)))


def _each(waiting: Sequence[Sent], attempt: Callable[[Sent], Sent]) -> list[Sent]:
    """What became of each; once the outbox fails, nothing more is attempted."""
    done: list[Sent] = []
    try:
        for one in waiting:
            done.append(attempt(one))
    except chain.LogError as error:
        left = waiting[len(done) :]
        return [*done, *(one._replace(result=f"chưa gửi: {error}") for one in left)]
    return done


def _attempt(order: _Order, connection: _Connection, one: Sent) -> Sent:
    """Hands a mail over, written down before and after.

    Raises:
        LogError: it could not be written down before, and was not handed over.
    """
    begun = _timed(order, one, _HANDING_OVER)
    message = _message(order.mail, begun, order.server.sender, again=order.again)
    _written(order, begun)
    done = begun._replace(result=_hand_over(connection, order.server, message, one.recipient))
    try:
        return _written(order, done)
    except chain.LogError:
        return done._replace(result=UNWRITTEN) if done.result == SENT else done


def _timed(order: _Order, one: Sent, result: str) -> Sent:
    return one._replace(at=_moment(order.clock), result=result)


def _written(order: _Order, one: Sent) -> Sent:
    """The attempt, once it is a line of the outbox."""
    chain.append(path_of(order.store), one._asdict() | {"at": one.at.isoformat()})
    return one


# The message --------------------------------------------------------------------------------


def _message(mail: Mail, one: Sent, sender: str, *, again: bool) -> EmailMessage:
    """The message for one recipient."""
    message = EmailMessage(policy=SMTP)
    _put_sender(message, mail.sender_name, sender)
    message["To"] = one.recipient
    # Folded by the library's older hand: the newer one loses spaces between encoded words.
    subject = Header(mail.subject, "utf-8", header_name="Subject")
    message.set_raw("Subject", subject.encode())
    message["Date"] = one.at
    message["Message-ID"] = f"<{_digest_of(one, again=again)}@{sender.partition('@')[2]}>"
    # No answers of machines: nobody reads them.
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text, cte="quoted-printable")
    for name, content in mail.attachments:
        main, _, sub = _TYPES[Path(name).suffix.lower()].partition("/")
        charset = {"charset": "utf-8"} if main == "text" else {}
        message.add_attachment(content, maintype=main, subtype=sub, filename=name, params=charset)
    return message


def _put_sender(message: EmailMessage, name: str, address: str) -> None:
    """The head From; a name is folded as a subject is."""
    if not name:
        message["From"] = address
        return
    written = Header(name, "utf-8", header_name="From").encode()
    message.set_raw("From", f"{written}\n <{address}>")


def _digest_of(one: Sent, *, again: bool) -> str:
    """The same for the same mail: whoever gets it twice can tell, unless that was asked for."""
    told = [*_subject_of(one), *([str(one.at)] if again else [])]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:32]


def _plain(mail: Mail) -> Mail:
    """The mail; refuses one whose subject or names could begin a head of their own."""
    for text in (mail.subject, mail.sender_name, *(name for name, _content in mail.attachments)):
        if not text.isprintable():
            raise RefusedError(f"Thư không gửi được: {text!r} có ký tự điều khiển.")
    return mail


def _checked(address: str) -> str:
    if not _is_address(address):
        raise RefusedError(f"Không gửi được tới {address!r}: cần một địa chỉ thư.")
    return address


# The server ---------------------------------------------------------------------------------


def _server() -> _Server:
    """The server, as set.

    Raises:
        RefusedError: settings are missing or wrong; names them all.
    """
    _require_none(_wrong_of_server())
    return _Server(
        setting("SMTP_HOST"),
        _number("SMTP_PORT", _MOST_PORT),
        setting("SMTP_SECURITY"),
        setting("SMTP_USER"),
        setting("SMTP_PASSWORD"),
        setting("MAIL_FROM"),
    )


def _wrong_of_server() -> list[str]:
    """What is missing or wrong in the settings of the server, a clause each."""
    security, sender = setting("SMTP_SECURITY"), setting("MAIL_FROM")
    wrong = [
        "" if setting("SMTP_HOST") else "chưa có máy chủ thư: đặt TIENDO_SMTP_HOST",
        _wrong_number("SMTP_PORT", _MOST_PORT),
        "" if _is_address(sender) else f"TIENDO_MAIL_FROM là {sender!r}: cần một địa chỉ thư",
    ]
    if security not in _SECURITY:
        wrong.append(f"TIENDO_SMTP_SECURITY là {security!r}: chọn {', '.join(_SECURITY)}")
    if security == "none" and setting("SMTP_USER"):
        wrong.append(
            "TIENDO_SMTP_SECURITY là none thì không gửi mật khẩu: dùng starttls hoặc tls, hoặc bỏ "
            "TIENDO_SMTP_USER"
        )
    return [problem for problem in wrong if problem]


def _require_none(wrong: Sequence[str]) -> None:
    if wrong:
        raise RefusedError(f"Chưa gửi thư được; {'; '.join(wrong)}.")


def _number(name: str, most: int) -> int:
    """A setting that is a whole number from 1 to `most`."""
    problem = _wrong_number(name, most)
    if problem:
        raise RefusedError(f"{problem}.")
    return int(setting(name))


def _wrong_number(name: str, most: int) -> str:
    """What is wrong with a setting that is to be such a number; "" when it is one."""
    text = setting(name)
    if text.isascii() and text.isdecimal() and 1 <= int(text[:9]) <= most:
        return ""
    return f"TIENDO_{name} là {text!r}: cần một số nguyên từ 1 đến {most}"


@contextlib.contextmanager
def _connected(server: _Server) -> Generator[_Connection]:
    """A connection that is encrypted and signed in to, as set."""
    connection = _opened(server)
    try:
        _secure(connection, server)
        _sign_in(connection, server)
        yield connection
    finally:
        # What was taken was taken, whatever the server says to the good-bye.
        with contextlib.suppress(OSError):
            connection.quit()
        connection.close()


def _opened(server: _Server) -> _Connection:
    try:
        if server.security != "tls":
            return _Connection(server.host, server.port, timeout=_SECONDS)
        return _EncryptedConnection(
            server.host, server.port, timeout=_SECONDS, context=ssl.create_default_context()
        )
    except ssl.SSLCertVerificationError as error:
        raise server.refuse(_unsafe(error)) from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "không trả lời đúng"
        raise server.refuse(f"không kết nối được ({reason})") from error


def _secure(connection: smtplib.SMTP, server: _Server) -> None:
    if server.security != "starttls":
        return
    try:
        connection.starttls(context=ssl.create_default_context())
    except ssl.SSLCertVerificationError as error:
        raise server.refuse(_unsafe(error)) from error
    except (OSError, ValueError) as error:
        raise server.refuse("không nhận STARTTLS, nên không gửi") from error


def _unsafe(error: ssl.SSLCertVerificationError) -> str:
    return f"không chứng minh được mình là ai, nên không gửi ({error.verify_message})"


def _sign_in(connection: smtplib.SMTP, server: _Server) -> None:
    if not server.user:
        return
    try:
        connection.login(server.user, server.password)
    except (OSError, ValueError):
        # Nothing of the error is kept: it may hold what was sent.
        raise server.refuse("không nhận tên hoặc mật khẩu đăng nhập") from None


def _hand_over(
    connection: _Connection, server: _Server, message: EmailMessage, recipient: str
) -> str:
    """SENT when the server took the message, UNKNOWN when it was lost while taking it, else why
    not.
    """
    connection.has_begun = False
    try:
        connection.send_message(message, server.sender, [recipient])
    except smtplib.SMTPRecipientsRefused as error:
        return _told("máy chủ từ chối người nhận", *error.recipients[recipient])
    except smtplib.SMTPResponseException as error:
        return _told("máy chủ từ chối thư", error.smtp_code, error.smtp_error)
    except OSError:
        return UNKNOWN if connection.has_begun else "mất kết nối với máy chủ thư"
    return SENT


def _told(reason: str, code: int, answer: bytes | str) -> str:
    """A reason with what the server said, cut short."""
    text = answer.decode(errors="replace") if isinstance(answer, bytes) else answer
    plain = "".join(character if character.isprintable() else " " for character in text)
    return f"{reason}: {code} {plain}"[:_LONGEST_REASON].strip()
