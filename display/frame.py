"""What stands round the blocks: who looks, the document's language, Streamlit's own words."""

from pathlib import Path
from typing import Final

from display.html import render
from display.labels import role_names

_HERE = Path(__file__).parent

#: Streamlit's built-in English words, which it has in no other language.
BUILT_IN_WORDS: Final = {
    "Running...": "Đang tính…",
    "Running…": "Đang tính…",
    "Connecting": "Đang kết nối",
    "Connection error": "Mất kết nối",
    "Stop": "Dừng",
    "Rerun": "Tính lại",
    "Settings": "Cài đặt",
    "Print": "In",
    "Main menu": "Trình đơn",
    "Light": "Sáng",
    "Dark": "Tối",
    "System": "Theo máy",
    "Use system setting": "Theo máy",
    "Choose app theme": "Chọn nền sáng hay tối",
    "No results": "Không tìm thấy",
    "Choose an option": "Chọn",
    "Fullscreen": "Toàn màn hình",
    "Close fullscreen": "Thoát toàn màn hình",
    "Close": "Đóng",
    "Open": "Mở",
    "Dismiss": "Bỏ qua",
    "App pages": "Các trang",
    "Skip to main content": "Đi tới nội dung chính",
    "Clear value": "Xóa",
    "Page not found": "Không có trang này",
    "The page that you have requested does not seem to exist. Running the app's main page.": (
        "Địa chỉ này không có trang nào; đang mở trang Tổng quan."
    ),
    "Expand sidebar": "Mở danh sách trang",
    "Collapse sidebar": "Đóng danh sách trang",
    "Sidebar": "Danh sách trang",
}


def asset(name: str) -> str:
    """The text of a stylesheet or script of this folder."""
    return (_HERE / name).read_text(encoding="utf-8")


def account_card(role: str, user: str, unit: str, *, viewed_as: str | None, language: str) -> str:
    """Whose account it is, and the way in or out.

    Args:
        unit: name of the unit the account sees.
        viewed_as: the district whose official's view is taken on.
    """
    return render(
        "account.html",
        language,
        role=role_names(language)[role],
        user=user,
        unit=unit,
        viewed_as=viewed_as,
    )
