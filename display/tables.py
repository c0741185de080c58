"""Tables: columns, rows and cells, drawn by `templates/table.html`.

A cell's text is already formatted; `value` is what the browser sorts by.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from markupsafe import Markup

from display.html import render
from display.notes import Source

#: The address of a unit's page, by its code; None where there is no page to open.
Link = Callable[[str], str | None]


class Column(NamedTuple):
    """One column of a table."""

    label: str
    #: name, id (a name that is not broken), bar, stack, number, change, spark or text: how its
    #: cells are drawn.
    kind: str
    #: 1 = also on a phone, 2 = from a tablet up, 3 = only where there is room.
    room: int = 1
    is_sortable: bool = True


class Segment(NamedTuple):
    """One part of a stacked bar."""

    #: Which colour it has: a class of the style sheet.
    tone: str
    #: Its width against the longest bar of the table, 0..1.
    width: float
    #: What it says of itself.
    text: str


class Cell(NamedTuple):
    """What stands in one cell."""

    text: str
    value: float | int | str | None = None
    #: Width of the bar, 0..1.
    share: float | None = None
    #: Sparkline: the points of its line.
    line: str = ""
    #: good, bad or empty.
    tone: str = ""
    #: A second, quieter line.
    note: str = ""
    #: The parts of a stacked bar.
    segments: Sequence[Segment] = ()
    #: Where what a number counts is listed.
    href: str | None = None


class Row(NamedTuple):
    """One row of a table."""

    cells: Sequence[Cell]
    #: The address of the row's own page; a click anywhere on the row opens it.
    href: str | None = None
    is_current: bool = False


class Sorting(NamedTuple):
    """The order in which a table is first shown (the rows already stand so)."""

    column: int
    is_descending: bool = True


def table(
    name: str,
    caption: str,
    columns: Sequence[Column],
    rows: Sequence[Row],
    *,
    language: str,
    sorting: Sorting | None = None,
    total: Row | None = None,
    is_scrolling: bool = False,
) -> Markup:
    """Any table as HTML; `name` is what the browser remembers its order under."""
    html = render(
        "table.html",
        language,
        name=name,
        caption=caption,
        columns=columns,
        rows=rows,
        sorting=sorting,
        total=total,
        is_scrolling=is_scrolling,
    )
    return Markup(html)  # noqa: S704  (made by our own template, every value escaped there)


def change_cell(value: float | None, text: str, *, more_is_better: bool = True) -> Cell:
    """A change with the tone of its direction."""
    tone = "" if not value else "good" if (value > 0) == more_is_better else "bad"
    return Cell(text, value, tone=tone)


def titled(
    title: str,
    shown: Markup,
    *,
    source: Source | None,
    language: str,
    legend: Sequence[tuple[str, str]] = (),
    rule: str = "",
    sentence: str = "",
) -> str:
    """A table under its title, with its source.

    Args:
        legend: colour and name of each part of the table's stacked bars.
        rule: by what rule they are parted.
        sentence: what is to say under the table.
    """
    return render(
        "titled_table.html",
        language,
        title=title,
        table=shown,
        source=source,
        legend=legend,
        rule=rule,
        sentence=sentence,
    )
