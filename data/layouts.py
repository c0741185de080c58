"""Which layout a file has, told by the text of its headings, in any order."""

import difflib
import functools
import re
import tomllib
import unicodedata
from pathlib import Path
from typing import NamedTuple

from data.errors import RefusedError

SOURCES = Path(__file__).parent / "sources"


class Layout(NamedTuple):
    """One layout of incoming file, from `data/sources/<name>.toml`."""

    name: str
    #: What a row is, in Vietnamese ("hồ sơ").
    title: str
    #: Canonical column -> accepted headings, as written.
    required: dict[str, list[str]]
    optional: dict[str, list[str]]

    def columns(self) -> dict[str, str]:
        """Normalised heading -> canonical column."""
        accepted = {**self.required, **self.optional}
        return {normal(text): column for column, texts in accepted.items() for text in texts}


class Recognised(NamedTuple):
    """A file's headings matched to a layout."""

    layout: Layout
    #: Position of a column in the file -> canonical column.
    columns: dict[int, str]
    #: Headings no layout column claims; they are left out and named to the operator.
    unknown: list[str]


def normal(heading: str) -> str:
    """A heading as it is compared: NFC, case-folded, spaces collapsed, hints and (*) dropped."""
    text = unicodedata.normalize("NFC", heading).replace("\ufeff", "")
    text = re.sub(r"\([^)]*\)|\*", " ", text)
    return " ".join(text.casefold().split())


@functools.cache
def layouts() -> tuple[Layout, ...]:
    """All layouts a snapshot may be made of."""
    return tuple(_load(path) for path in sorted(SOURCES.glob("*.toml")))


def heading_of(layout: str, column: str) -> str:
    """The heading by which people know a column of a layout."""
    [named] = [one for one in layouts() if one.name == layout]
    return {**named.required, **named.optional}[column][0]


def _load(path: Path) -> Layout:
    text = tomllib.loads(path.read_text(encoding="utf-8"))
    return Layout(path.stem, text["title"], text["required"], text["optional"])


def recognise(headings: list[str], *, source: str, only: str | None = None) -> Recognised:
    """The layout whose required headings are all in `headings`; `only` admits no other layout.

    Raises:
        RefusedError: names the nearest layout, what is missing, stands twice or is unknown.
    """
    admitted = [layout for layout in layouts() if only in (None, layout.name)]
    if not admitted:
        names = ", ".join(layout.name for layout in layouts())
        raise RefusedError(f"Không có bố cục “{only}”; các bố cục: {names}.")
    found = [_match(layout, headings) for layout in admitted]
    complete = [match for match in found if not _missing(match)]
    best = max(complete or found, key=lambda match: len(match.columns))
    if not complete:
        raise RefusedError(_incomplete(best, source))
    repeated = _repeated(best, headings)
    if repeated:
        raise RefusedError(f"{source}: đề mục “{repeated}” có nhiều hơn một cột; chỉ được có một.")
    return best


def _match(layout: Layout, headings: list[str]) -> Recognised:
    by_heading = layout.columns()
    names = [by_heading.get(normal(text)) for text in headings]
    columns = {position: name for position, name in enumerate(names) if name}
    unknown = [
        text for text, name in zip(headings, names, strict=True) if not name and text.strip()
    ]
    return Recognised(layout, columns, unknown)


def _missing(match: Recognised) -> list[str]:
    present = set(match.columns.values())
    return [texts[0] for column, texts in match.layout.required.items() if column not in present]


def _repeated(match: Recognised, headings: list[str]) -> str | None:
    names = list(match.columns.values())
    twice = (at for at, name in match.columns.items() if names.count(name) > 1)
    return next((headings[at] for at in twice), None)


def _incomplete(best: Recognised, source: str) -> str:
    missing = ", ".join(f"“{text}”" for text in _missing(best))
    parts = [f"{source}: không nhận ra bố cục; gần nhất là “{best.layout.title}”, thiếu {missing}"]
    if best.unknown:
        shown = ", ".join(f"“{text[:40]}”{_hint(text, best.layout)}" for text in best.unknown[:8])
        parts.append(f"không rõ {shown}" + (" …" if len(best.unknown) > 8 else ""))
    return "; ".join(parts) + "."


def _hint(heading: str, layout: Layout) -> str:
    near = difflib.get_close_matches(normal(heading), layout.columns(), n=1, cutoff=0.75)
    if not near:
        return ""
    accepted = {
        normal(text): text
        for texts in (*layout.required.values(), *layout.optional.values())
        for text in texts
    }
    return f" (có phải “{accepted[near[0]]}”?)"
