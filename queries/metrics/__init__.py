"""Metrics: one pair of files each, `<name>.sql` (numerator and denominator per unit) and
`<name>.toml` (what it is called, its base, who answers for it, when it was last reviewed)."""

import datetime as dt
import functools
import tomllib
from pathlib import Path
from typing import NamedTuple

from data.errors import RefusedError

FOLDER = Path(__file__).parent


class Metric(NamedTuple):
    """One metric's definition in words, from its `.toml`."""

    name: str
    title_vi: str
    title_en: str
    numerator_vi: str
    numerator_en: str
    denominator_vi: str
    denominator_en: str
    base_vi: str
    base_en: str
    #: What is counted: persons' records, doses, complaints.
    unit: str
    #: Of which figures it is: cleaning, signing, issuing, complaints.
    workstream: str
    #: The axes it can be counted on.
    axes: list[str]
    #: A table of totals by district does not tell it.
    needs_records: bool
    higher_is_better: bool
    owner: str
    source: str
    version: int
    reviewed_on: dt.date
    review_by: dt.date

    @property
    def definition_version(self) -> str:
        """As printed under a figure: "v1"."""
        return f"v{self.version}"


@functools.cache
def metric_names() -> tuple[str, ...]:
    """Every metric there is."""
    return tuple(path.stem for path in sorted(FOLDER.glob("*.toml")))


@functools.cache
def metric_definition(name: str) -> Metric:
    """The definition of one metric; RefusedError names the metrics there are."""
    if name not in metric_names():
        raise RefusedError(f"Không có chỉ số “{name}”; các chỉ số: {', '.join(metric_names())}.")
    text = tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    return Metric(name=name, **text)
