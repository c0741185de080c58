"""Where a briefing's figures come from: the last line of each block and of the whole."""

from display import formats
from display.briefing.facts import Facts, Row
from display.notes import source_of
from queries.metrics import metric_definition

#: Every metric a briefing tells.
METRICS = (
    "valid_ratio",
    "invalid_reasons",
    "overdue_complaint_ratio",
    "complaint_closed_ratio",
    "signing_progress",
)


def source_line(facts: Facts, metric: str) -> str:
    """Source, as-of instant, axis, base and version of the definition of one block's figures."""
    return source_of(facts.snapshot, metric_definition(metric), "vi").line


def source_of_all(facts: Facts) -> str:
    """Which snapshot, compared with which, by which definitions."""
    compared = "không có kỳ so sánh"
    if facts.compared is not None:
        compared = f"so với kỳ {_named(facts.compared)}"
    told = [metric_definition(name) for name in METRICS]
    defined = ", ".join(
        f"{one.title_vi.lower()} {one.definition_version}"
        for one in told
        if one.workstream in facts.streams
    )
    return f"Nguồn: kỳ số liệu {_named(facts.snapshot)}, {compared}; định nghĩa: {defined}."


def _named(snapshot: Row) -> str:
    return f"{formats.as_of(snapshot['as_of'], 'vi')} (mã {snapshot['snapshot_id']})"


def definitions() -> str:
    """The versions of all definitions a briefing stands on: "valid_ratio v1, …"."""
    return ", ".join(f"{name} {metric_definition(name).definition_version}" for name in METRICS)
