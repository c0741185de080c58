"""The words of the screens: Vietnamese stands in the code, other languages in catalogs.

A sentence is written `_("…")` with named blanks, where `_ = words(language)`. The catalogs are
`locale/<language>/LC_MESSAGES/messages.po`, compiled in memory when first asked for.
"""

import io
from collections.abc import Callable
from functools import cache
from gettext import GNUTranslations
from pathlib import Path
from typing import Final

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

SOURCE_LANGUAGE: Final = "vi"
LANGUAGES: Final = (SOURCE_LANGUAGE, "en")
CATALOGS: Final = Path(__file__).parent / "locale"


@cache
def words(language: str) -> Callable[[str], str]:
    """The function that says a Vietnamese sentence in `language`; KeyError for an unknown one."""
    if language not in LANGUAGES:
        raise KeyError(f"language {language!r}: expected one of {LANGUAGES}")
    if language == SOURCE_LANGUAGE:
        return str
    return GNUTranslations(_compiled(language)).gettext


def _compiled(language: str) -> io.BytesIO:
    with (CATALOGS / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        catalog = read_po(file, locale=language)
    compiled = io.BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return compiled
