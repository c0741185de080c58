"""The verification tree: all records in one bar, its parts named and adding up to all of them."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from display import formats
from display.html import render
from display.labels import group_names, state_names
from display.listings import ToList, no_list
from display.notes import Source
from display.summary import Base

#: Groups and their states in the order of the bar: the bases of the three ratios (compared, with
#: an id, classified) are its first 2, 3 and 5 states.
GROUPS = {
    "valid": ("matched",),
    "invalid": ("mismatched", "not_found", "no_id", "bad_id", "unspecified_invalid"),
    "pending": ("not_sent", "awaiting", "unspecified_pending"),
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
    tree: Mapping[str, Any],
    bases: Sequence[Base],
    *,
    source: Source,
    language: str,
    to_list: ToList = no_list,
) -> str:
    """The tree as HTML.

    Args:
        tree: one row of queries.verification_tree.
        bases: the ratios whose base is a run of the bar's first parts, drawn under it.
        source: the block's last line.
        to_list: where a group or state has its records listed.
    """
    whole = tree["records"] or 1
    names = {**state_names(language), **group_names(language)}

    def part(code: str, share: str) -> Part:
        return Part(code, names[code], tree[code], tree[code] / whole, share)

    named = {group: _members(tree, members) for group, members in GROUPS.items()}
    counts = [[tree[code] for code in members] for members in named.values()]
    printed = formats.adding_up_within(counts, language)
    groups = [
        (part(group, share), [part(*pair) for pair in zip(members, shares, strict=True)])
        for (group, members), (share, shares) in zip(named.items(), printed, strict=True)
    ]
    return render(
        "tree.html",
        language,
        records=tree["records"],
        states=[state for _, members in groups for state in members],
        groups=groups,
        bases=[(base, base.denominator / whole) for base in bases],
        to_list=to_list,
        source=source,
    )


def _members(tree: Mapping[str, Any], members: Sequence[str]) -> list[str]:
    """The states of a group that are named: of totals by district, only those they tell."""
    is_total = tree["unspecified_invalid"] or tree["unspecified_pending"]
    if is_total and len(members) > 1:
        return [code for code in members if tree[code]]
    return [code for code in members if not code.startswith("unspecified")]
