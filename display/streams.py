"""The three workstreams as cards side by side: cleaning, complaints, signing."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from display import formats
from display.html import render
from display.labels import workstream_names
from display.notes import Source
from display.progress import Standing
from display.summary import Base, Crumb, change_words
from display.words import words

Row = Mapping[str, Any]


class StreamCard(NamedTuple):
    """What one card says."""

    title: str
    #: On what the headline stands.
    base: str
    headline: str
    #: What the headline counts, where it is a count.
    counted: str
    fraction: str
    #: Width of the bar, 0..1; None: there is nothing to divide by.
    share: float | None
    #: "" for what is done, "left" for what is left.
    track: str
    change: str
    #: good, bad or empty.
    tone: str
    compared: dt.datetime | None
    facts: Sequence[str]
    #: The stream's own page.
    link: Crumb | None
    source: Source
    #: Pace and deadline; None: not told here.
    standing: Standing | None = None


def stream_card(card: StreamCard, language: str) -> str:
    """A card as HTML."""
    return render("stream_card.html", language, card=card)


def absent_card(workstream: str, language: str, *, is_covered: bool = False) -> str:
    """The card of a workstream of which there are no figures: of all the snapshot, or (is_covered)
    only of the unit.
    """
    _ = words(language)
    text = {
        "cleaning": _("Kỳ này không có số liệu làm sạch."),
        "complaints": _("Kỳ này không có tệp phản ánh."),
        "signing": _("Kỳ này không có số liệu ký."),
    }[workstream]
    title = workstream_names(language)[workstream]
    if is_covered:
        text = _("Đơn vị này không có số liệu nào của phần này trong kỳ.")
    return render("absent_card.html", language, title=title, text=text)


def cleaning_card(
    unit: Row,
    base: Base,
    *,
    compared: Row | None,
    link: Crumb | None,
    source: Source,
    language: str,
    standing: Standing | None = None,
) -> str:
    """How much is valid; `unit` is a row of queries.unit_table, `base` its headline ratio."""
    _ = words(language)
    change = change_words(unit, compared, language)
    card = StreamCard(
        title=workstream_names(language)["cleaning"],
        base=base.base,
        headline=formats.ratio(base.ratio, language),
        counted=_("hợp lệ"),
        fraction=_("{fraction} hồ sơ đã phân loại").format(
            fraction=formats.fraction(base.numerator, base.denominator, language)
        ),
        share=base.ratio,
        track="",
        change=change[0] if change else "",
        tone=_tone(unit["ratio_change"]),
        compared=compared["as_of"] if compared else None,
        facts=change[1:],
        link=link,
        source=source,
        standing=standing,
    )
    return stream_card(card, language)


def complaints_card(
    unit: Row,
    flow: Row | None,
    *,
    compared: Row | None,
    link: Crumb | None,
    source: Source,
    language: str,
    standing: Standing | None = None,
) -> str:
    """What is open and overdue, what came in and went out; `unit` is a row of
    queries.complaints.complaint_table, `flow` of complaint_flow (None: not known).
    """
    _ = words(language)
    change = unit["open_change"] if compared else None
    card = StreamCard(
        title=workstream_names(language)["complaints"],
        base=_("quá hạn là chờ hơn 48 giờ"),
        headline=formats.count(unit["open"], language),
        counted=_("còn tồn"),
        fraction=overdue_words(unit, language),
        share=unit["overdue_ratio"],
        track="left",
        change="" if change is None else open_change_words(change, language),
        tone=_tone(change, more_is_better=False),
        compared=compared["as_of"] if compared else None,
        facts=[]
        if flow is None
        else [
            _("{count} tiếp nhận").format(count=formats.count(flow["received"], language)),
            _("{count} xử lý xong").format(count=formats.count(flow["closed"], language)),
        ],
        link=link,
        source=source,
        standing=standing,
    )
    return stream_card(card, language)


def signing_card(
    unit: Row,
    *,
    compared: Row | None,
    link: Crumb | None,
    source: Source,
    language: str,
    standing: Standing | None = None,
) -> str:
    """How much of what can be signed is; `unit` is a row of queries.signing.signing_table."""
    _ = words(language)
    change = unit["ratio_change"] if compared else None
    card = StreamCard(
        title=workstream_names(language)["signing"],
        base=_("trên số đủ điều kiện ký"),
        headline=formats.ratio(unit["ratio"], language),
        counted=_("đã ký"),
        fraction=_("{fraction} hồ sơ đủ điều kiện").format(
            fraction=formats.fraction(unit["done"], unit["signable"], language)
        ),
        share=unit["ratio"],
        track="",
        change="" if change is None else formats.points(change, language),
        tone=_tone(change),
        compared=compared["as_of"] if compared else None,
        facts=[
            _("{count} đang xử lý").format(count=formats.count(unit["in_process"], language)),
            _("{count} chưa bắt đầu").format(count=formats.count(unit["not_started"], language)),
        ],
        link=link,
        source=source,
        standing=standing,
    )
    return stream_card(card, language)


def overdue_words(unit: Row, language: str) -> str:
    """The overdue of the open with their share: "1.095/1.767 đã quá 48 giờ (62,0 %)"."""
    _ = words(language)
    if not unit["open"]:
        return _("Không có phản ánh nào còn tồn")
    return _("{fraction} đã quá 48 giờ ({ratio})").format(
        fraction=formats.fraction(unit["overdue"], unit["open"], language),
        ratio=formats.ratio(unit["overdue_ratio"], language),
    )


def open_change_words(change: int, language: str) -> str:
    """The change of the open as an arrow and a number: a falling backlog points down."""
    arrow = "↓" if change < 0 else "↑" if change > 0 else "="
    return f"{arrow}{formats.NO_BREAK_SPACE}{formats.count(abs(change), language)}"


def _tone(change: float | None, *, more_is_better: bool = True) -> str:
    if not change:
        return ""
    return "good" if (change > 0) == more_is_better else "bad"
