"""Blocks of the pages as HTML, from the templates beside this file."""

from functools import cache, partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from display import formats
from display.words import words

_TEMPLATES = Path(__file__).parent / "templates"
_FORMATS = ("count", "signed_count", "fraction", "ratio", "rate", "age", "day", "as_of")


def render(template: str, language: str, **values: Any) -> str:
    """The template as HTML, every value escaped; `_` and the formats speak `language`."""
    return _environment(language).get_template(template).render(values)


@cache
def _environment(language: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    spoken = {name: partial(getattr(formats, name), language=language) for name in _FORMATS}
    globals_: dict[str, Any] = {"_": words(language), "language": language, **spoken}
    environment.globals.update(globals_)
    return environment
