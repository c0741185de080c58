"""What codes are called on screen, and the short names of places."""

import re
from typing import Final

from data.schema import FACILITY_KIND_WORDS, REASONS
from display.words import words

UNMAPPED: Final = "unmapped"
_RANK_WORD = re.compile(r"^(Thành phố|Thị xã|Thị trấn|Huyện|Tỉnh|Phường|Xã) (?=\D)")


def state_names(language: str) -> dict[str, str]:
    """Verification state -> its name."""
    _ = words(language)
    return {
        "matched": _("Đúng, hợp lệ"),
        "mismatched": _("Sai thông tin"),
        "not_found": _("Không xác minh được"),
        "no_id": _("Không có số định danh"),
        "bad_id": _("Số sai định dạng"),
        "not_sent": _("Chưa gửi xác thực"),
        "awaiting": _("Chờ kết quả"),
        "exempt": _("Người nước ngoài, hộ chiếu"),
    }


def group_names(language: str) -> dict[str, str]:
    """Group of verification states -> its name."""
    _ = words(language)
    return {
        "valid": _("Hợp lệ"),
        "invalid": _("Không hợp lệ"),
        "pending": _("Chưa phân loại"),
        "exempt": _("Miễn xác thực"),
    }


def reason_names(language: str) -> dict[str, str]:
    """Reason of invalidity -> its name."""
    _ = words(language)
    return {
        "no_id": _("Không có số định danh"),
        "bad_id": _("Số sai định dạng"),
        "not_found": _("Không xác minh được"),
        "wrong_name": _("Sai họ tên"),
        "wrong_birth_date": _("Sai ngày sinh"),
        "wrong_sex": _("Sai giới tính"),
        "wrong_id": _("Sai số định danh"),
        "unspecified": _("Sai, chưa rõ lý do"),
    }


def layout_name(layout: str, language: str) -> str:
    """What the rows of an incoming file are."""
    _ = words(language)
    named = {"records": _("hồ sơ"), "complaints": _("phản ánh"), "facilities": _("cơ sở")}
    return named.get(layout, layout)


def axis_name(axis: str, language: str) -> str:
    """By which of a record's two owners something is counted."""
    _ = words(language)
    return _("theo nơi thường trú") if axis == "residence" else _("theo cơ sở nhập")


def quarantine_reason(reason: str, language: str) -> str:
    """A reason of quarantine in plain words."""
    _ = words(language)
    return _(REASONS[reason]) if reason in REASONS else reason


def facility_kind(kind: str, language: str) -> str:
    """A kind of facility in plain words."""
    _ = words(language)
    named = {code: name for name, code in FACILITY_KIND_WORDS.items()}
    return _(named[kind]) if kind in named else kind


def unit_name(code: str, name: str, language: str) -> str:
    """A unit's name on screen; records of no known unit have a name of their own."""
    _ = words(language)
    return _("Chưa xác định đơn vị") if code == UNMAPPED else name


def short_name(name: str) -> str:
    """A place without its rank: "Thành phố Vũng Tàu" -> "Vũng Tàu"; "Phường 1" stays."""
    return _RANK_WORD.sub("", name)
