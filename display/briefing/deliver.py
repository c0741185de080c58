"""Delivers briefings: as files in a folder, and by mail to each unit's recipients."""

import datetime as dt
import os
import tempfile
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from data import audit, post
from data.audit import Actor
from data.errors import RefusedError
from data.post import Clock, Mail, is_stale
from data.reference import reference
from display import formats
from display.briefing.build import build
from display.briefing.files import file_name, written
from display.briefing.release import release
from display.briefing.value import Briefing
from display.briefing.write_txt import txt
from queries.engine import Connection
from queries.measure import StalePairsError, require_district
from queries.questions import find_snapshot, units
from queries.scope import Scope
from settings import setting

HOUR = dt.timedelta(hours=1)
#: The unit code of the province.
PROVINCE = reference("districts")["province_code"][0]


class Delivery(NamedTuple):
    """What is to be delivered, by whom, and where to."""

    actor: Actor
    formats: tuple[str, ...]
    folder: Path
    #: Each line that is written down tells its own moment.
    clock: Clock


class Delivered(NamedTuple):
    """A briefing whose files were written."""

    briefing: Briefing
    #: Hex sha256 of its figures.
    figures: str
    #: Format -> file.
    files: Mapping[str, bytes]
    #: A file a row: unit_code, format, path, sha256, snapshot_id, since_id, figures.
    rows: list[dict[str, Any]]


class Sent(NamedTuple):
    """What became of the mails of one unit, a line a recipient."""

    done: list[str]
    refused: list[str]


# Files --------------------------------------------------------------------------------------


def deliver(
    connection: Connection, order: Delivery, *, district_code: str | None, **ask: str | None
) -> Delivered:
    """Makes the files, writes the release down, and only then leaves them in the folder.

    Args:
        ask: snapshot_id and since_id, as `build` takes them.

    Raises:
        RefusedError: there is no such briefing, or nothing could be written down or written.
    """
    everything = Scope.everything()
    if district_code is not None:
        at = ask["snapshot_id"] or find_snapshot(connection)
        require_district(connection, district_code, scope=everything, snapshot_id=at)
    scope = Scope((district_code,)) if district_code else everything
    made = build(connection, scope=scope, district_code=district_code, **ask)
    files = written(made, order.formats)
    told = release(connection.store, order.actor, made, files, now=order.clock())
    common = {
        "unit_code": made.unit_code,
        "snapshot_id": made.snapshot_id,
        "since_id": made.since_id,
        "figures": told.figures,
    }
    rows = []
    for one, content in files.items():
        path = order.folder / file_name(made, one)
        _put(path, content)
        rows.append({**common, "format": one, "path": str(path), "sha256": told.files[one]})
    return Delivered(made, told.figures, files, rows)


def deliver_each(
    connection: Connection,
    order: Delivery,
    codes: Sequence[str | None],
    *,
    step: Callable[[str], None],
    **ask: str | None,
) -> tuple[list[Delivered], list[str]]:
    """Delivers the briefing of each district (None: of the province); one that cannot be made does
    not stop the others.

    Args:
        step: called with a unit's code before it.
        ask: as `deliver` takes it.

    Returns:
        Those delivered, and of each that was not, why.

    Raises:
        RefusedError: the only one was not delivered.
    """
    made, problems = [], []
    for code in codes:
        step(code or PROVINCE)
        try:
            made.append(deliver(connection, order, district_code=code, **ask))
        except RefusedError as refusal:
            if len(codes) == 1:
                raise
            problems.append(f"Đơn vị {code or PROVINCE}: {refusal}")
    return made, problems


def districts(connection: Connection, snapshot_id: str) -> list[str]:
    """The codes of all districts of a snapshot's day."""
    everything = Scope.everything()
    listed = units(connection, scope=everything, level="district", snapshot_id=snapshot_id)
    return listed.filter(listed["unit_kind"] != "unmapped")["unit_code"].to_list()


def require_folder(folder: Path) -> None:
    """Makes the folder of --out where it is not there yet.

    Raises:
        RefusedError: it is none, or cannot be made or written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        raise _no_folder(folder, "là một tệp, hoặc nằm trong một tệp") from error
    except OSError as error:
        raise _no_folder(folder, "không tạo được") from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise _no_folder(folder, "không ghi được vào đó")


def _no_folder(folder: Path, found: str) -> RefusedError:
    wanted = "cần một thư mục ghi được, đã có hoặc để lệnh tạo"
    return RefusedError(f"--out {folder}: {found}; {wanted}.")


def _put(path: Path, content: bytes) -> None:
    """Writes a file whole or not at all."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".") as folder:
            unfinished = Path(folder) / path.name
            unfinished.write_bytes(content)
            unfinished.replace(path)
    except OSError as error:
        raise RefusedError(f"{path}: không ghi được tệp này ({error.strerror}).") from error


# Mail ---------------------------------------------------------------------------------------


def send(store: Path, order: Delivery, delivered: Delivered, *, again: bool) -> Sent:
    """Sends a briefing to the recipients of its unit.

    Args:
        again: also to those who have got these figures before.
    """
    unit = delivered.briefing.unit_code
    to = post.recipients().get(unit, [])
    if not to:
        return Sent([f"Đơn vị {unit} chưa có người nhận nào trong recipients.csv."], [])
    try:
        audit.require_writable(store)
        sent = post.send(
            store,
            mail_of(delivered.briefing, delivered.files),
            to=to,
            snapshot_id=delivered.briefing.snapshot_id,
            figures=delivered.figures,
            clock=order.clock,
            actor=order.actor,
            again=again,
        )
    except RefusedError as refusal:
        return Sent([], [f"Đơn vị {unit}: {refusal}"])
    return _told(sent, _written_down(store, order, delivered.briefing, sent))


def _written_down(
    store: Path, order: Delivery, briefing: Briefing, sent: Sequence[post.Sent]
) -> list[str]:
    """Writes down how many were sent; answers why not when it cannot be, as they were all the
    same.
    """
    count = sum(one.result in (post.SENT, post.UNWRITTEN) for one in sent)
    told = {"unit": briefing.unit_code, "sent": count}
    now, snapshot_id = order.clock(), briefing.snapshot_id
    try:
        audit.write(store, order.actor, "mail", now=now, predicate=told, snapshot_id=snapshot_id)
    except audit.AuditError as error:
        return [f"Đơn vị {briefing.unit_code}: đã gửi {count} thư, nhưng {error}"]
    return []


def _told(sent: Sequence[post.Sent], problems: list[str]) -> Sent:
    words = {post.SENT: "đã gửi", post.SENT_BEFORE: post.SENT_BEFORE}
    return Sent(
        [f"{one.recipient}: {words[one.result]}" for one in sent if one.result in words],
        [f"{one.recipient}: {one.result}" for one in sent if one.result not in words] + problems,
    )


def mail_of(briefing: Briefing, files: Mapping[str, bytes]) -> Mail:
    """The mail of one unit; `files` are by format."""
    marked = "[DỮ LIỆU MÔ PHỎNG] " if briefing.is_invented else ""
    place = f"{briefing.place[:1].lower()}{briefing.place[1:]}"
    instant = formats.as_of(briefing.as_of, "vi")
    subject = f"{marked}Báo cáo tiến độ của {place}, số liệu đến {instant}"
    names = [(file_name(briefing, one), content) for one, content in files.items()]
    listed = "\n".join(f"- {name}" for name, _content in names)
    text = f"{txt(briefing)}\nTệp kèm theo:\n{listed}\n\n{_signed(briefing)}"
    return Mail(briefing.unit_code, subject, text, names, _sender_name(briefing))


def _sender_name(briefing: Briefing) -> str:
    """Agency and place of the letterhead, in one line: "Sở Y tế – Bà Rịa - Vũng Tàu"."""
    letterhead = briefing.letterhead
    return " ".join(f"{letterhead.agency} – {letterhead.place}".split())


def _signed(briefing: Briefing) -> str:
    """The end of the mail: what the files are worth, how to ask, and who sends it."""
    agency = " ".join(briefing.letterhead.agency.split())
    unsigned = "Tệp kèm theo để theo dõi, chưa có số và chữ ký; bản chính do"
    lines = [
        *([] if briefing.letterhead.is_numbered else [f"{unsigned} {agency} ban hành."]),
        f"Cần hỏi về số liệu (mã kỳ {briefing.snapshot_id}), xin trả lời thư này, về địa chỉ "
        f"{setting('MAIL_FROM')}.",
        *("", _sender_name(briefing), ""),
    ]
    return "\n".join(lines)


def require_recipients(unit_codes: Collection[str]) -> list[str]:
    """Units that have recipients but no briefing this time, a sentence if there are any.

    Raises:
        RefusedError: not one of the units has a recipient.
    """
    known = post.recipients()
    if not known.keys() & {*unit_codes}:
        raise RefusedError("Chưa đơn vị nào của lần này có người nhận trong recipients.csv.")
    others = sorted(known.keys() - {*unit_codes})
    if not others:
        return []
    return [
        f"recipients.csv còn người nhận của {', '.join(others)}; lần này không lập báo cáo ấy "
        "(các huyện: --all-districts; tỉnh: không có --all-districts)."
    ]


def require_mailable(connection: Connection, snapshot_id: str, *, now: dt.datetime) -> None:
    """Raises RefusedError unless the snapshot is the newest, whole and not too old, and none waits
    for confirmation.

    Args:
        now: wall clock +07.
    """
    newest = find_snapshot(connection)
    if snapshot_id != newest:
        raise RefusedError(f"Kỳ {snapshot_id} không phải kỳ mới nhất ({newest}); chưa gửi.")
    row = connection.dates.row(-1, named=True)
    written = formats.as_of(row["as_of"], "vi")
    if is_stale(row["as_of"], now):
        old, most = formats.age((now - row["as_of"]) / HOUR, "vi"), setting("STALE_HOURS")
        raise RefusedError(
            f"Kỳ mới nhất tính đến {written}, đã cũ {old}, quá mức {most} giờ "
            "(TIENDO_STALE_HOURS); chưa gửi."
        )
    newer = [one for one in connection.left_out if one > newest]
    if newer:
        raise RefusedError(f"Kỳ {newer[0]} bị hỏng; chạy: python cli.py verify; chưa gửi.")
    if row["is_by_unit"] and not row["is_paired"]:
        raise StalePairsError
    _require_none_held(connection.store)


def _require_none_held(store: Path) -> None:
    waiting = [formats.as_of(as_of, "vi") for as_of in audit.held(store)]
    if waiting:
        raise RefusedError(f"Kỳ {waiting[0]} đang bị giữ lại chờ xác nhận; chưa gửi.")
