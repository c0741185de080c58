"""Which pages exist, and the frame round every page."""

import streamlit as st

from access import require_viewer
from display.words import words
from pages.parts.address import PAGES
from pages.parts.frame import draw_frame

viewer = require_viewer()
_ = words(viewer.language)
st.set_page_config(page_title="Tiến độ", page_icon="static/icon.png", layout="wide")
titles = {
    "": _("Tổng quan"),
    "huyen": _("Huyện"),
    "co-so": _("Cơ sở"),
    "phan-anh": _("Phản ánh"),
    "ky-so": _("Ký số"),
    "bien-dong": _("Biến động"),
    "du-lieu": _("Dữ liệu"),
}
page = st.navigation(
    [
        st.Page(PAGES[path], title=title, url_path=path or None, default=not path)
        for path, title in titles.items()
    ],
    position="top",
)
draw_frame(viewer)
page.run()
