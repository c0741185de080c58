"""A briefing as a mail, and whether its figures may be mailed at all."""

import datetime as dt
from collections.abc import Mapping

from data import audit
from data.errors import RefusedError
from data.post import Mail, is_stale
from display import formats
from display.briefing.files import file_name
from display.briefing.phrases import day
from display.briefing.value import Briefing
from display.briefing.write_txt import txt
from queries.engine import Connection
from queries.measure import StalePairsError
from queries.questions import find_snapshot

#: What the log calls a snapshot that was held back.
HELD = "publish_held"


def mail_of(briefing: Briefing, files: Mapping[str, bytes]) -> Mail:
    """The mail of one unit; `files` are by format."""
    marked = "[DỮ LIỆU MÔ PHỎNG] " if briefing.is_invented else ""
    subject = f"{marked}Báo cáo tiến độ {briefing.place} đến ngày {day(briefing.as_of)}"
    names = [(file_name(briefing, one), content) for one, content in files.items()]
    listed = "\n".join(f"- {name}" for name, _content in names)
    return Mail(
        briefing.unit_code,
        subject,
        f"{txt(briefing)}\nTệp kèm theo:\n{listed}\n\n{briefing.source}\n",
        names,
    )


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
        raise RefusedError(
            f"Kỳ mới nhất tính đến {written}, đã quá TIENDO_STALE_HOURS giờ; chưa gửi."
        )
    newer = [one for one in connection.left_out if one > newest]
    if newer:
        raise RefusedError(f"Kỳ {newer[0]} bị hỏng; chạy: python cli.py verify; chưa gửi.")
    if row["is_by_unit"] and not row["is_paired"]:
        raise StalePairsError
    _require_none_held(connection, row["as_of"])


def _require_none_held(connection: Connection, as_of: dt.datetime) -> None:
    held = [
        dt.datetime.fromisoformat(line.predicate["as_of"])
        for line in audit.lines(connection.store)
        if line.action == HELD
    ]
    later = [one for one in held if one > as_of]
    if later:
        raise RefusedError(
            f"Kỳ {formats.as_of(later[-1], 'vi')} đang bị giữ lại chờ xác nhận; chưa gửi."
        )
