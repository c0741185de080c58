"""The briefing's DOCX and XLSX open in an office suite, letters and all.

LibreOffice reads them and prints them to PDF; whatever letter the font did not have would be taken
from another font, or be missing.
"""

import re
import subprocess
from pathlib import Path
from typing import Any

import pypdf
import pytest

from display.briefing.files import file_name, write
from display.briefing.value import Briefing
from tests.stores import Store
from tests.test_briefing import joined, of, plain, two_days

#: Every Vietnamese letter, and the signs a briefing prints.
LETTERS = (
    "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ"
    "ÀÁẢÃẠĂẰẮẲẴẶÂẦẤẨẪẬĐÈÉẺẼẸÊỀẾỂỄỆÌÍỈĨỊÒÓỎÕỌÔỒỐỔỖỘƠỜỚỞỠỢÙÚỦŨỤƯỪỨỬỮỰỲÝỶỸỴ"
)


@pytest.fixture(scope="module")
def briefing(tmp_path_factory: pytest.TempPathFactory) -> Briefing:
    store = two_days(Store.inside(tmp_path_factory.mktemp("office")))
    return of(store)._replace(asks=[LETTERS, "−1,5 điểm – “67,6 %” <1 %"])


def printed(briefing: Briefing, file_format: str, folder: Path) -> pypdf.PdfReader:
    """A file as LibreOffice prints it."""
    path = folder / file_name(briefing, file_format)
    path.write_bytes(write(briefing, file_format))
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder)]
    subprocess.run([*command, str(path)], check=True, capture_output=True, timeout=120)
    return pypdf.PdfReader(path.with_suffix(".pdf"))


def fonts(reader: pypdf.PdfReader) -> set[str]:
    """Names of the fonts used, each of which must lie in the file."""
    found = {}
    for page in reader.pages:
        resources: Any = page["/Resources"]
        for font in resources.get_object().get("/Font", {}).values():
            found[font["/BaseFont"]] = font
    assert all("/FontFile2" in font["/FontDescriptor"] for font in found.values())
    return {re.sub(r"^/[A-Z]{6}\+|-.*$", "", name) for name in found}


@pytest.mark.parametrize("file_format", ["docx", "xlsx"])
def test_libreoffice_prints_it_without_a_missing_letter(
    briefing: Briefing, file_format: str, tmp_path: Path
) -> None:
    reader = printed(briefing, file_format, tmp_path)
    text = plain(joined([page.extract_text() for page in reader.pages]))
    assert fonts(reader) == {"LiberationSerif"}
    assert LETTERS in re.sub(r"\s", "", text)
    for status in briefing.statuses:
        assert plain(status.text)[:60] in text
    for table in briefing.tables:
        for line in table.rows:
            assert plain(line[0].text) in text
