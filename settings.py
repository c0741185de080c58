"""Every setting of the program: its name, its default and what it is for.

A setting is read from the environment variable `TIENDO_<NAME>`; the command line's `--store`
goes before it. The manual's table of settings is checked against `SETTINGS`.
"""

import datetime as dt
import os
from pathlib import Path
from typing import NamedTuple


class Setting(NamedTuple):
    """One setting, read from the environment variable `TIENDO_<NAME>`."""

    #: Upper-case name, without the prefix.
    name: str
    #: The value when the variable is not set.
    default: str
    #: One Vietnamese sentence for the operator.
    help: str


SETTINGS = (
    Setting("STORE", "store", "Thư mục kho: các kỳ số liệu đã công bố và bảng tổng hợp của chúng."),
    Setting("PROVINCE_NAME", "Tỉnh Bà Rịa – Vũng Tàu", "Tên tỉnh in trên các trang và báo cáo."),
    Setting("ADDRESS", "127.0.0.1", "Địa chỉ máy chủ lắng nghe; chỉ mở ra ngoài khi có đăng nhập."),
    Setting("PORT", "8501", "Cổng của ứng dụng."),
    Setting(
        "PRIVATE",
        "private",
        "Thư mục tài khoản và khóa, nằm ngoài kho, chỉ người vận hành đọc được.",
    ),
    Setting(
        "SECRET",
        "",
        "Khóa bí mật từ 32 ký tự ngẫu nhiên; để trống thì dùng tệp secret trong TIENDO_PRIVATE.",
    ),
    Setting(
        "URL",
        "",
        "Địa chỉ công khai, ví dụ https://tien-do.tinh.gov.vn; https thì cookie chỉ đi qua TLS.",
    ),
    Setting(
        "OIDC_METADATA_URL",
        "",
        "Địa chỉ …/.well-known/openid-configuration của cơ quan; có nó thì chỉ đăng nhập tại đó.",
    ),
    Setting("OIDC_CLIENT_ID", "", "Mã của ứng dụng tại dịch vụ đăng nhập của cơ quan."),
    Setting("OIDC_CLIENT_SECRET", "", "Khóa của ứng dụng tại dịch vụ đăng nhập của cơ quan."),
    Setting("OIDC_ROLES", "", "Tệp TOML cho biết nhóm nào của cơ quan có vai trò nào."),
    Setting(
        "CAMPAIGN",
        "",
        "Thư mục đã có, gồm workstreams.toml, targets.csv, holidays.csv, annotations.toml, "
        "briefing.toml, briefing.docx, briefing.typ, recipients.csv của cơ quan; tệp nào không có "
        "thì dùng tệp của chương trình.",
    ),
    Setting("SMTP_HOST", "", "Tên hoặc địa chỉ máy chủ thư; để trống thì không gửi thư."),
    Setting("SMTP_PORT", "587", "Cổng của máy chủ thư."),
    Setting("SMTP_SECURITY", "starttls", "Cách mã hóa đường gửi: starttls, tls hoặc none."),
    Setting("SMTP_USER", "", "Tên đăng nhập máy chủ thư; để trống thì không đăng nhập."),
    Setting("SMTP_PASSWORD", "", "Mật khẩu đăng nhập máy chủ thư."),
    Setting("MAIL_FROM", "", "Địa chỉ thư đứng tên gửi."),
    Setting("STALE_HOURS", "72", "Kỳ số liệu cũ hơn chừng này giờ thì không gửi qua thư."),
)

#: Every instant of a snapshot is wall-clock time of Asia/Ho_Chi_Minh, which has no summer time.
VIETNAM = dt.timezone(dt.timedelta(hours=7))


def setting(name: str) -> str:
    """The value in force of the setting `name`; KeyError when there is no such setting."""
    defaults = {entry.name: entry.default for entry in SETTINGS}
    return os.environ.get(f"TIENDO_{name}") or defaults[name]


def store_folder(given: Path | None = None) -> Path:
    """The store's folder: what was given, else the setting STORE."""
    return given if given is not None else Path(setting("STORE"))
