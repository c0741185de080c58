"""The typesetter: our own fonts and no others, and whatever it warns of is an error."""

import datetime as dt
import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typst

from settings import VIETNAM

FONTS = Path(__file__).parents[1] / "fonts"


class TypesetError(Exception):
    """A document could not be set as it should be."""


def typeset(text: str, inputs: Mapping[str, str], *, at: dt.datetime, **output: Any) -> list[bytes]:
    """A document's text with its inputs (`sys.inputs`), as PDF or as one PNG a page.

    Args:
        at: the instant the file names as its own, wall clock +07.
        output: format, ppi, pdf_standards, as the typesetter takes them.

    Raises:
        TypesetError: the text does not hold, or something in it could not be set as asked.
    """
    compiler = typst.Compiler(text.encode(), root=str(FONTS), font_paths=_fonts())
    try:
        made, warnings = compiler.compile_with_warnings(
            sys_inputs=dict(inputs), timestamp=at.replace(tzinfo=VIETNAM), **output
        )
    except typst.TypstError as error:
        raise TypesetError(f"{error.message} {' '.join(error.hints)}") from error
    if warnings:
        raise TypesetError("; ".join(warning.message for warning in warnings))
    return [page for page in (made if isinstance(made, list) else [made]) if page]


@functools.cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)]
    )
