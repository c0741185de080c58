"""A list of records or complaints by their ids under its number, or why it is not shown."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

from display import formats
from display.words import words


class Listing(NamedTuple):
    """The first rows of a list, or why there are none."""

    rows: Sequence[Mapping[str, Any]] = ()
    #: closed: to this viewer; damaged: its file.
    refusal: Literal["", "closed", "damaged"] = ""


def above_list(listing: Listing, total: int, language: str) -> str:
    """The sentence over the rows: why there are none, or that they are not all; "" for neither."""
    _ = words(language)
    if total and listing.refusal == "closed":
        return _("Danh sách chỉ mở cho tài khoản được giao.")
    if listing.refusal == "damaged":
        return _("Chưa đọc được danh sách; lý do ghi trong nhật ký máy chủ.")
    if len(listing.rows) < total:
        return _("Hiện {shown} dòng đầu.").format(shown=formats.count(len(listing.rows), language))
    return ""
