"""The verification tree: all records in one bar, its parts named and adding up to all of them."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from display import formats
from display.html import render
from display.labels import STATES, group_names, state_names
from display.notes import Source
from display.summary import Base

_GROUPS = {
    "valid": ("matched",),
    "invalid": ("mismatched", "not_found", "no_id", "bad_id"),
    "pending": ("not_sent", "awaiting"),
    "exempt": ("exempt",),
}


class Part(NamedTuple):
    """One state or one group of states."""

    code: str
    name: str
    records: int
    #: Its share of all records: as width 0..1 and in words.
    width: float
    share: str


def tree_bar(
    tree: Mapping[str, Any], bases: Sequence[Base], *, source: Source, language: str
) -> str:
    """The tree as HTML.

    Args:
        tree: one row of queries.verification_tree.
        bases: the ratios whose base is a run of the bar's first parts, drawn under it.
        source: the block's last line.
    """
    states = _parts(tree, STATES, state_names(language), language)
    groups = _parts(tree, tuple(_GROUPS), group_names(language), language)
    by_code = {state.code: state for state in states}
    return render(
        "tree.html",
        language,
        records=tree["records"],
        states=states,
        groups=[(group, [by_code[code] for code in _GROUPS[group.code]]) for group in groups],
        bases=[(base, base.denominator / (tree["records"] or 1)) for base in bases],
        source=source,
    )


def _parts(
    tree: Mapping[str, Any], codes: Sequence[str], names: Mapping[str, str], language: str
) -> list[Part]:
    shares = formats.adding_up([tree[code] for code in codes], language)
    whole = tree["records"] or 1
    return [
        Part(code, names[code], tree[code], tree[code] / whole, share)
        for code, share in zip(codes, shares, strict=True)
    ]
