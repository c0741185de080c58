"""What codes are called on screen, and the short names of places."""

import re
from typing import Final

from data.reference import reference
from data.schema import FACILITY_KIND_WORDS, REASONS
from display.words import words
from queries.engine import NO_DISTRICT_NAME, UNMAPPED_NAME, UNROUTED_NAME

UNMAPPED: Final = "unmapped"
#: What lies in a district, without a facility or commune.
_REST_OF = re.compile(r"(.+) \((chưa rõ cơ sở|chưa rõ xã, phường)\)")
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
        "unspecified_invalid": _("Không hợp lệ, chưa tách loại"),
        "unspecified_pending": _("Chưa phân loại, chưa tách"),
        "exempt": _("Người nước ngoài, hộ chiếu"),
    }


def role_names(language: str) -> dict[str, str]:
    """Role of an account -> its name."""
    _ = words(language)
    return {
        "visitor": _("Khách, chưa đăng nhập"),
        "operator": _("Người vận hành"),
        "province": _("Lãnh đạo tỉnh"),
        "district": _("Cán bộ huyện"),
        "facility": _("Cán bộ cơ sở"),
        "steward": _("Người nhập liệu"),
        "auditor": _("Người kiểm tra nhật ký"),
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
        "unspecified_invalid": _("Không hợp lệ, chưa tách loại"),
    }


def layout_name(layout: str, language: str) -> str:
    """What the rows of an incoming file are."""
    _ = words(language)
    named = {
        "records": _("hồ sơ"),
        "complaints": _("phản ánh"),
        "facilities": _("cơ sở"),
        "totals": _("bảng tổng theo huyện"),
    }
    return named.get(layout, layout)


def workstream_names(language: str) -> dict[str, str]:
    """Workstream -> its name."""
    _ = words(language)
    return {
        "cleaning": _("Làm sạch dữ liệu"),
        "complaints": _("Phản ánh của người dân"),
        "signing": _("Ký số Hộ chiếu vắc xin"),
    }


def axis_name(axis: str, language: str) -> str:
    """By which of its owners a record or complaint is counted."""
    _ = words(language)
    named = {
        "residence": _("theo nơi thường trú"),
        "facility": _("theo cơ sở nhập"),
        "complaint": _("theo nơi xử lý"),
    }
    return named[axis]


def complaint_status_names(language: str) -> dict[str, str]:
    """Status of a complaint -> its name, the open ones first."""
    _ = words(language)
    return {
        "new": _("Mới ghi nhận"),
        "unassigned": _("Chưa phân công"),
        "in_progress": _("Đang xử lý"),
        "more_information": _("Yêu cầu bổ sung"),
        "approved": _("Đã duyệt"),
        "rejected": _("Từ chối"),
    }


def complaint_type(name: str, language: str) -> str:
    """A type of complaint; the office's own words stay as they are."""
    _ = words(language)
    known = {
        "Thiếu mũi tiêm": _("Thiếu mũi tiêm"),
        "Sai thông tin cá nhân": _("Sai thông tin cá nhân"),
        "Sai thông tin mũi tiêm": _("Sai thông tin mũi tiêm"),
        "Không hiện chứng nhận": _("Không hiện chứng nhận"),
        "Không tìm thấy nơi tiêm": _("Không tìm thấy nơi tiêm"),
    }
    return known.get(name, name)


def reject_reason(code: str, language: str) -> str:
    """One of the 13 official reasons of rejection: "8. Ảnh giấy xác nhận bị mờ"."""
    _ = words(language)
    if not code:
        return _("Không ghi lý do")
    rows = reference("reject_reasons").rows_by_key("code", named=True, unique=True)
    return f"{code}. {rows[code][f'name_{language}']}"


def age_bucket_names(language: str) -> dict[str, str]:
    """Age of an open complaint -> its name, youngest first."""
    _ = words(language)
    return {
        "up_to_48_hours": _("đến 48 giờ"),
        "days_2_to_7": _("trên 48 giờ đến 7 ngày"),
        "days_8_to_30": _("trên 7 đến 30 ngày"),
        "over_30_days": _("trên 30 ngày"),
    }


def waiting_bucket_names(language: str) -> dict[str, str]:
    """How long a record has waited for its signature -> its name, youngest first."""
    _ = words(language)
    return {
        "waiting_0_2": _("0–2 ngày"),
        "waiting_3_7": _("3–7 ngày"),
        "waiting_8_30": _("8–30 ngày"),
        "waiting_over_30": _("trên 30 ngày"),
        "waiting_from_start": _("từ trước kỳ đầu: ít nhất {days} ngày"),
    }


def signing_names(language: str) -> dict[str, str]:
    """State of signing -> its name."""
    _ = words(language)
    return {
        "not_started": _("Chưa bắt đầu"),
        "in_process": _("Đang xử lý ký"),
        "signed": _("Đã ký, chờ Bộ cấp"),
        "issued": _("Bộ đã cấp"),
        "done": _("Đã ký (kể cả đã cấp)"),
    }


def quarantine_reason(reason: str, language: str) -> str:
    """A reason of quarantine in plain words."""
    _ = words(language)
    return _(REASONS[reason]) if reason in REASONS else reason


def facility_kind(kind: str, language: str) -> str:
    """A kind of facility in plain words."""
    _ = words(language)
    named = {code: name for name, code in FACILITY_KIND_WORDS.items()}
    return _(named[kind]) if kind in named else kind


def unit_name(name: str, language: str) -> str:
    """A unit's name on screen; what belongs to no known unit has a name of its own."""
    _ = words(language)
    said = {
        "": _("Chưa xác định đơn vị"),
        UNMAPPED_NAME: _("Chưa xác định đơn vị"),
        NO_DISTRICT_NAME: _("Chưa rõ huyện"),
        UNROUTED_NAME: _("Chưa rõ huyện (chờ tỉnh giao)"),
    }
    rest = _REST_OF.fullmatch(name)
    if rest is None:
        return said.get(name, name)
    named = {
        "chưa rõ cơ sở": _("{district} (chưa rõ cơ sở)"),
        "chưa rõ xã, phường": _("{district} (chưa rõ xã, phường)"),
    }
    return named[rest[2]].format(district=rest[1])


def short_name(name: str) -> str:
    """A place without its rank: "Thành phố Vũng Tàu" -> "Vũng Tàu"; "Phường 1" stays."""
    return _RANK_WORD.sub("", name)
