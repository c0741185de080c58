"""Which pages exist and who sees them, and the frame round every page."""

import streamlit as st

from access import Area, require_viewer
from display.words import words
from pages.parts.address import PAGES
from pages.parts.frame import draw_frame

st.set_page_config(page_title="Tiến độ", page_icon="static/icon.png", layout="wide")
viewer = require_viewer(None)
_ = words(viewer.language)
titles: dict[str, tuple[Area, str]] = {
    "": ("figures", _("Tổng quan")),
    "huyen": ("figures", _("Huyện")),
    "co-so": ("figures", _("Cơ sở")),
    "phan-anh": ("figures", _("Phản ánh")),
    "ky-so": ("figures", _("Ký số")),
    "bien-dong": ("figures", _("Biến động")),
    "bao-cao": ("briefings", _("Báo cáo")),
    "danh-sach": ("lists", _("Danh sách xử lý")),
    "du-lieu": ("data", _("Dữ liệu")),
    "nhat-ky": ("log", _("Nhật ký")),
}
mine = {path: title for path, (area, title) in titles.items() if viewer.may(area)}
pages = [
    st.Page(PAGES[path], title=title, url_path=path or None, default=not path)
    for path, title in mine.items()
]
if "" not in mine:
    # The framework gives its default page no address but "/": whoever has no Tổng quan goes on to
    # their first page, which keeps its own.
    first = pages[0]
    pages = [
        st.Page(
            lambda: st.switch_page(first), title=first.title, default=True, visibility="hidden"
        ),
        *pages,
    ]
page = st.navigation(pages, position="top")
draw_frame(viewer)
page.run()
