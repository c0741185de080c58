"""The briefings released, as people read them: who, which figures, and whether they still hold."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from data.releases import Release
from display import formats
from display.briefing.release import Standing
from display.labels import role_names
from display.tables import Cell, Column, Row, table, titled
from display.words import words

#: So much of a hash tells one file from another.
_SHOWN_OF_HASH = 12


class Told(NamedTuple):
    """A release, and what its figures are now."""

    release: Release
    standing: Standing
    #: The headline's counts of the snapshot now in force; None: not asked, as nothing has changed.
    now: Mapping[str, int] | None


def release_table(told: Sequence[Told], language: str) -> str:
    """The releases, newest first."""
    _ = words(language)
    columns = [
        Column(_("Lúc"), "id", is_sortable=False),
        Column(_("Ai lập"), "text", room=2, is_sortable=False),
        Column(_("Báo cáo"), "text", is_sortable=False),
        Column(_("Hợp lệ"), "number", room=2, is_sortable=False),
        Column(_("Tồn, quá hạn"), "number", room=3, is_sortable=False),
        Column(_("Đã ký"), "number", room=3, is_sortable=False),
        Column(_("Tệp, mã băm"), "text", room=2, is_sortable=False),
        Column(_("Số liệu nay"), "text", is_sortable=False),
    ]
    title = _("Sổ báo cáo đã lập")
    sentence = _("Mỗi lần tải về hay lập từ dòng lệnh là một dòng; không xóa được.")
    if not told:
        sentence = _("Chưa có báo cáo nào được lập.")
    rows = [Row(_cells(one, language)) for one in told]
    shown = table("releases", title, columns, rows, language=language, is_scrolling=True)
    return titled(title, shown, source=None, language=language, sentence=sentence)


def _cells(told: Told, language: str) -> list[Cell]:
    one = told.release
    return [
        Cell(formats.moment(one.at, language)),
        Cell(one.user, note=role_names(language).get(one.role, one.role)),
        Cell(one.unit_name, note=_snapshot(one.snapshot_id, language)),
        *(
            Cell(_pair(one.headline, *columns, language))
            for columns in (("valid", "classified"), ("open", "overdue"), ("done", "signable"))
        ),
        Cell(
            ", ".join(one.files),
            note=" ".join(text[:_SHOWN_OF_HASH] for text in one.files.values()),
        ),
        _standing(told, language),
    ]


def _snapshot(snapshot_id: str, language: str) -> str:
    """ "2022-04-25T1600-r2" -> "25/4/2022 16:00, bản 2"."""
    _ = words(language)
    instant, _sign, revision = snapshot_id.rpartition("-r")
    as_of = dt.datetime.strptime(instant, "%Y-%m-%dT%H%M")  # noqa: DTZ007
    told = formats.moment(as_of, language)
    if revision == "1":
        return told
    return _("{moment}, bản {revision}").format(moment=told, revision=revision)


def _pair(headline: Mapping[str, int], first: str, second: str, language: str) -> str:
    if first not in headline:
        return formats.UNKNOWN
    return formats.fraction(headline[first], headline.get(second), language)


def _standing(told: Told, language: str) -> Cell:
    _ = words(language)
    state, now = told.standing.state, told.now
    names = {
        "same": (_("✓ Không đổi"), "good"),
        "revised": (_("▲ Đã đính chính"), "bad"),
        "redefined": (_("▲ Định nghĩa, chỉ tiêu, hạn hoặc kỳ trước đã đổi"), "bad"),
        "withdrawn": (_("■ Kỳ số liệu đã rút"), "bad"),
    }
    text, tone = names[state]
    changed = _changed(told.release.headline, now, language) if now is not None else ""
    return Cell(text, tone=tone, note=changed)


def _changed(then: Mapping[str, int], now: Mapping[str, int], language: str) -> str:
    """ "hợp lệ 731.214 → 731.900"; that the main figures are the same where they are."""
    _ = words(language)
    names = {
        "valid": _("hợp lệ"),
        "classified": _("đã phân loại"),
        "open": _("còn tồn"),
        "overdue": _("quá 48 giờ"),
        "done": _("đã ký"),
        "signable": _("đủ điều kiện"),
    }
    told = [
        f"{name} {formats.count(then.get(column), language)} → "
        f"{formats.count(now.get(column), language)}"
        for column, name in names.items()
        if then.get(column) != now.get(column)
    ]
    return "; ".join(told) or _("các số chính không đổi")
