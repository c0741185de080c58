"""A list of records or complaints by their ids under its number, or why it is not shown."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from display import formats
from display.words import words

#: closed: to this viewer; damaged: its file; unlogged: who sees it could not be written down.
Refusal = Literal["", "closed", "damaged", "unlogged"]
#: The address of the list of what a count counts, by the count's name; None: not for this viewer.
ToList = Callable[[str], str | None]


def no_list(_what: str) -> None:
    """No number has a list."""


#: … of a row of a table of units.
UnitLists = Callable[[Mapping[str, Any]], ToList]


def no_lists(_unit: Mapping[str, Any]) -> ToList:
    """No number of a table has a list."""
    return no_list


class Listing(NamedTuple):
    """The first rows of a list, or why there are none."""

    rows: Sequence[Mapping[str, Any]] = ()
    refusal: Refusal = ""


def above_list(listing: Listing, total: int, language: str) -> str:
    """The sentence over the rows: why there are none, or that they are not all; "" for neither."""
    _ = words(language)
    if total and listing.refusal == "closed":
        return _("Danh sách chỉ mở cho tài khoản được giao.")
    if listing.refusal == "damaged":
        return _("Chưa đọc được danh sách; lý do ghi trong nhật ký máy chủ.")
    if listing.refusal == "unlogged":
        return _("Chưa ghi được nhật ký nên danh sách không mở; hãy báo người vận hành.")
    if len(listing.rows) < total:
        return _("Hiện {shown} dòng đầu.").format(shown=formats.count(len(listing.rows), language))
    return ""
