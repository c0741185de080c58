"""What a briefing can be written in: the letters its fonts and files have.

Names come from files as they were typed or copied. A sign the fonts lack would stop the typesetter,
and a control character the office file; each becomes what it stands for (ﬁ -> fi), else a box.
"""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any, Final

#: Written for what cannot be shown.
BOX: Final = "□"
#: Letters of European languages with every mark, and the signs a text uses; all of them are in the
#: fonts of `display/fonts`.
_SHOWN: Final = (
    "\n -~\u00a0-\u017f\u0192\u01a0\u01a1\u01af\u01b0\u01fc-\u01ff\u0218-\u021b\u02c6\u02c7"
    "\u02d8-\u02dd\u0300\u0301\u0303\u0309\u0323\u0384-\u038a\u038c\u038e-\u03a1\u03a3-\u03ce\u0400-\u045f\u1e80-\u1e85"
    "\u1ea0-\u1ef9\u2010-\u2015\u2017-\u201e\u2020-\u2022\u2026\u2030\u2032\u2033\u2039\u203a\u203c"
    "\u2044\u207f\u20ab\u20ac\u2116\u2122\u2190-\u2195\u2202\u2206\u220f\u2211\u2212\u221a\u221e"
    "\u2248\u2260\u2264\u2265\u25a0\u25a1\u25cf\u25b2\u25bc\u25cb"
)
_OTHERS: Final = re.compile(f"[^{_SHOWN}]")


def shown(value: Any) -> Any:
    """The same value, whatever it is made of, with every text in letters that can be shown."""
    if isinstance(value, str):
        return _OTHERS.sub(_stand_in, unicodedata.normalize("NFC", value))
    if isinstance(value, tuple):
        parts = map(shown, value)
        return type(value)(*parts) if hasattr(value, "_fields") else tuple(parts)
    if isinstance(value, list):
        return [shown(part) for part in value]
    if isinstance(value, Mapping):
        return {name: shown(part) for name, part in value.items()}
    return value


def _stand_in(found: re.Match[str]) -> str:
    plain = unicodedata.normalize("NFKC", found.group())
    return BOX if _OTHERS.search(plain) else plain
