"""The work list: which records to work on, what is wrong with each, and what to do next."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from display import formats
from display.html import render
from display.labels import (
    UNMAPPED,
    group_names,
    reason_names,
    signing_names,
    state_names,
    waiting_bucket_names,
)
from display.tables import Cell, Column, Row, table
from display.words import words

Record = Mapping[str, Any]


class Known(NamedTuple):
    """What the words about a record depend on."""

    #: Code -> name of the units the viewer sees.
    names: Mapping[str, str]
    #: So many doses a record needs to be signed.
    min_doses: int
    language: str


class Shown(NamedTuple):
    """The part of a list that is on the page."""

    #: Number of the first row, from 1; of the last; of all.
    first: int
    last: int
    total: int


def list_title(what: str, language: str) -> str:
    """What the records of a list have in common."""
    _ = words(language)
    own = {
        "records": _("Toàn bộ hồ sơ"),
        "duplicate": _("Nghi trùng số định danh"),
        "carried_forward": _("Giữ nguyên trạng thái kỳ trước"),
        "verified": _("Đã xác thực: đúng hoặc miễn"),
        "signable": _("Đủ điều kiện ký"),
        "waiting": _("Chờ ký"),
        "too_few_doses": _("Đã xác thực, chưa đủ mũi để ký"),
        "signed_not_verified": _("Đã ký nhưng không còn đúng"),
        "signed_too_few_doses": _("Đã ký mà nay chưa đủ mũi"),
        "with_signature": _("Có chữ ký"),
        "changed_after_signing": _("Thay đổi sau khi ký"),
        "in_process_long": _("Đang xử lý ký quá lâu"),
    }
    waits = {
        name: _("Chờ ký {days}").format(days=text.lower())
        for name, text in waiting_bucket_names(language).items()
        if name != "waiting_from_start"
    }
    waits["waiting_from_start"] = _("Chờ ký từ trước khi theo dõi")
    names = signing_names(language) | reason_names(language) | state_names(language)
    return (names | group_names(language) | waits | own)[what]


def suspicion_names(language: str) -> dict[str, str]:
    """What looks wrong to us, beside the platform's answer -> its name."""
    _ = words(language)
    return {
        "sex_differs_from_id": _("Giới tính khác CCCD"),
        "birth_year_differs_from_id": _("Năm sinh khác CCCD"),
        "same_id": _("Trùng số giấy tờ"),
        "same_person": _("Trùng tên, ngày sinh, điện thoại"),
        "stale_verification": _("Sửa sau khi xác thực"),
    }


def reveal_reasons(language: str) -> dict[str, str]:
    """Why somebody needs a field in the clear, as the audit log keeps it -> in words."""
    _ = words(language)
    return {
        "contact": _("Liên hệ người dân để đối chiếu"),
        "papers": _("Đối chiếu với giấy tờ gốc"),
        "police": _("Lập danh sách gửi công an xã xác minh"),
        "platform": _("Tìm và sửa trên nền tảng tiêm chủng"),
    }


def next_step(record: Record, known: Known) -> str:
    """What to do with a record next."""
    _ = words(known.language)
    steps = {
        "no_id": _("Xin số CCCD qua thôn, ấp, nhập tệp"),
        "bad_id": _("Hỏi lại số CCCD qua thôn, ấp, nhập tệp"),
        "not_found": _("Gửi công an xã xác minh"),
        "mismatched": _("Đối chiếu giấy tờ, sửa, gửi lại"),
        "not_sent": _("Gửi xác thực"),
        "awaiting": _("Chờ kết quả; lâu quá thì gửi lại"),
    }
    if record["verification"] in steps:
        return steps[record["verification"]]
    if record["dose_count"] < known.min_doses or record["signing"] in {"signed", "issued"}:
        return _("Không còn việc")
    if record["signing"] == "in_process":
        return _("Chờ hệ thống trả chữ ký")
    return _("Ký số")


def reasons_of(record: Record, language: str) -> str:
    """What is wrong with a record, as the platform says."""
    names, states = reason_names(language), state_names(language)
    if record["verification"] == "mismatched" and record["reasons"]:
        return ", ".join(names[reason] for reason in record["reasons"])
    return states[record["verification"]]


def suspicions_of(record: Record, language: str) -> str:
    """What looks wrong to us."""
    names = suspicion_names(language)
    return "; ".join(names[one] for one in record["suspicions"])


def since_words(record: Record, language: str) -> str:
    """For how many days a record has been in its state."""
    _ = words(language)
    if record["state_days"] is None:
        return _("từ trước")
    return _("{days} ngày").format(days=formats.count(record["state_days"], language))


def columns_of(language: str) -> list[str]:
    """The headings of a list, as on the page and in a download."""
    _ = words(language)
    return [
        _("Mã hồ sơ"),
        _("Họ và tên"),
        _("Năm sinh"),
        _("Số giấy tờ"),
        _("Kết quả xác thực"),
        _("Nghi vấn"),
        _("Việc cần làm"),
        _("Ở trạng thái này"),
        _("Thay đổi gần nhất"),
        _("Cơ sở nhập"),
        _("Nơi thường trú"),
    ]


def cells_of(record: Record, known: Known) -> list[str]:
    """One record under `columns_of`."""
    language = known.language
    changed: dt.date | None = record["last_change"]
    return [
        record["record_id"],
        record["full_name"],
        str(record["birth_year"]),
        record["masked_id"] or formats.UNKNOWN,
        reasons_of(record, language),
        suspicions_of(record, language),
        next_step(record, known),
        since_words(record, language),
        formats.day(changed, language) if changed else formats.UNKNOWN,
        _unit(record["unit_code"], known),
        _unit(record["residence_unit"], known),
    ]


def _unit(code: str, known: Known) -> str:
    """A unit by its name; by its code where it is not the viewer's."""
    return formats.UNKNOWN if code == UNMAPPED else known.names.get(code, code)


def page_title(title: str, language: str) -> str:
    """The title of a list, on its page and in a file."""
    _ = words(language)
    return _("Danh sách xử lý: {title}").format(title=title)


def list_head(
    title: str, place: str, counted: str, snapshot: Mapping[str, Any], language: str
) -> str:
    """Whose records or complaints, which, and how many: the number the list was opened from."""
    return render(
        "work_list_head.html",
        language,
        title=title,
        place=place,
        counted=counted,
        snapshot=snapshot,
    )


def work_list(
    records: Sequence[Record],
    shown: Shown,
    *,
    chosen: str | None,
    link: Callable[[str], str],
    known: Known,
) -> str:
    """One page of a list.

    Args:
        chosen: id of the record looked at.
        link: the address of the page with a record looked at, by its id.
    """
    language = known.language
    _ = words(language)
    headings = columns_of(language)
    kinds = ["id", "text", "number", "text", "text", "text", "text", "number", "number"]
    rooms = [1, 1, 2, 2, 1, 3, 2, 3, 3]
    columns = [
        Column(heading, kind, room=room)
        for heading, kind, room in zip(headings, kinds, rooms, strict=False)
    ]
    rows = [
        Row(
            [Cell(text) for text in cells_of(record, known)],
            link(record["record_id"]),
            is_current=record["record_id"] == chosen,
        )
        for record in records
    ]
    drawn = table("work_list", _("Danh sách xử lý"), columns, rows, language=language)
    return render("work_list.html", language, table=drawn, shown=shown)


def record_card(record: Record, known: Known) -> str:
    """One record, its fields that identify the person masked."""
    headings = columns_of(known.language)
    return _card(dict(zip(headings, cells_of(record, known), strict=True)), known.language)


def revealed(record: Record, language: str) -> str:
    """The fields that are masked elsewhere, in the clear."""
    _ = words(language)
    birth = record["birth_date"]
    return _card(
        {
            _("Họ và tên"): record["full_name"],
            _("Ngày sinh"): formats.day(birth, language) if birth else str(record["birth_year"]),
            _("Số CCCD/CMND"): record["id_number"] or formats.UNKNOWN,
            _("Số hộ chiếu"): record["passport_number"] or formats.UNKNOWN,
            _("Điện thoại"): record["phone"] or formats.UNKNOWN,
        },
        language,
    )


def _card(facts: Mapping[str, str], language: str) -> str:
    told = {name: text for name, text in facts.items() if text}
    return render("record.html", language, facts=told)
