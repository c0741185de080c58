"""Nhật ký: who signed in, listed, revealed, exported and published what, and whether the log is
whole.
"""

import logging

import streamlit as st

from access import require_viewer
from data import audit
from data.errors import RefusedError
from display.log import log_head, log_table
from display.notes import notice
from display.words import words
from pages.parts.blocks import card, show
from pages.parts.choices import choices_bar
from settings import store_folder

#: So many lines are shown, the newest first.
MOST_SHOWN = 200

viewer = require_viewer("log")
_ = words(viewer.language)
try:
    verdict = audit.verify(store_folder())
    lines = audit.lines(store_folder(), last=MOST_SHOWN)
except RefusedError as refusal:
    logging.getLogger("tien_do").error("log refused: %s", refusal)
    show(notice(_("Chưa đọc được nhật ký; hãy báo người vận hành."), viewer.language), key="why")
    st.stop()
head = log_head(verdict.problem, verdict.begun_anew, verdict.count, viewer.language)
show(head, key="head")
with choices_bar(viewer):
    pass
with card("lines"):
    show(log_table(lines, viewer.language), key="lines")
