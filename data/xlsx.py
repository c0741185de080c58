"""Turns a workbook into one Arrow file of text a sheet; run as a process of its own.

`python -m data.xlsx BOOK.xlsx FOLDER`. Memory is limited, so that a workbook made to exhaust it
ends this process and nothing else. Exit status 0 when every sheet was written.
"""

import resource
import sys
from pathlib import Path

import polars as pl

MEMORY_BYTES = 6 * 1024**3
_MIDNIGHT = r"^(\d{4})-(\d{2})-(\d{2}) 00:00:00$"
_INSTANT = r"^(\d{4})-(\d{2})-(\d{2}) (\d{2}:\d{2}):\d{2}$"
_WHOLE = r"^(-?\d+)\.0$"


def main(book: Path, folder: Path) -> None:
    """Writes `<nn>-<sheet>.arrow` for each sheet of the workbook that has cells."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    sheets = pl.read_excel(
        book,
        sheet_id=0,
        engine="calamine",
        has_header=False,
        infer_schema_length=0,
        raise_if_empty=False,
        drop_empty_rows=False,
    )
    for number, (name, cells) in enumerate(sheets.items()):
        if cells.width:
            safe = name.replace("/", "_")[:60]
            _as_written(cells).write_ipc(folder / f"{number:02d}-{safe}.arrow")


def _as_written(cells: pl.DataFrame) -> pl.DataFrame:
    """Cells as a Vietnamese office writes them: dates dd/mm/yyyy, whole numbers without ".0"."""
    text = pl.all().cast(pl.String)
    return cells.select(
        text.str.replace(_MIDNIGHT, "$3/$2/$1")
        .str.replace(_INSTANT, "$3/$2/$1 $4")
        .str.replace(_WHOLE, "$1")
        .str.normalize("NFC")
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
