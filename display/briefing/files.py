"""A briefing as files: one writer a format, the office's own templates where it has them."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from data.entries import own_file
from display.briefing.value import Briefing
from display.briefing.write_docx import docx
from display.briefing.write_pdf import pages, pdf
from display.briefing.write_txt import txt
from display.briefing.write_xlsx import xlsx

#: Format -> what writes it, in the order they are offered.
_WRITERS: Final[Mapping[str, Callable[[Briefing], bytes]]] = {
    "docx": lambda briefing: docx(briefing, own_file("briefing.docx")),
    "pdf": lambda briefing: pdf(briefing, own_file("briefing.typ")),
    "xlsx": xlsx,
    "txt": lambda briefing: txt(briefing).encode(),
}
FORMATS: Final = tuple(_WRITERS)
_WEEK: Final = 7
MIME_TYPES: Final = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "txt": "text/plain",
}


def write(briefing: Briefing, file_format: str) -> bytes:
    """The briefing as a file of one of FORMATS.

    Raises:
        RefusedError: the office's own template does not hold.
    """
    return _WRITERS[file_format](briefing)


def preview(briefing: Briefing) -> list[bytes]:
    """The pages of the PDF as PNG."""
    return pages(briefing, own_file("briefing.typ"))


def template_stamp() -> int:
    """Another number whenever the office's own template of the PDF is another: 0 without one."""
    own = own_file("briefing.typ")
    return own.stat().st_mtime_ns if own else 0


def file_name(briefing: Briefing, file_format: str) -> str:
    """ "bao-cao-77-2022-04-25-16h00.docx"; a revision, or another period than a week, adds what
    tells it from the first: "bao-cao-77-2022-04-25-16h00-ban-2-tu-2022-04-11.docx".
    """
    name = f"bao-cao-{briefing.unit_code}-{briefing.as_of:%Y-%m-%d-%Hh%M}"
    revision = briefing.snapshot_id.rpartition("-r")[2]
    name += f"-ban-{revision}" if revision != "1" else ""
    since = briefing.since
    if since is not None and (briefing.as_of.date() - since.date()).days != _WEEK:
        name += f"-tu-{since:%Y-%m-%d}"
    return f"{name}.{file_format}"


def sums(files: Mapping[str, bytes]) -> dict[str, str]:
    """Format (or name) -> hex sha256 of the file."""
    return {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}


def written(briefing: Briefing, formats: Sequence[str]) -> dict[str, bytes]:
    """Format -> file."""
    return {one: write(briefing, one) for one in formats}
