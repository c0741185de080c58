"""Where a briefing's figures come from: the last line of each block and of the whole."""

from display import formats
from display.briefing.facts import Facts
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
        compared = f"so với kỳ {facts.compared['snapshot_id']}"
    return (
        f"Nguồn: kỳ số liệu {facts.snapshot['snapshot_id']} "
        f"({formats.as_of(facts.as_of, 'vi')}), {compared}; định nghĩa: {definitions()}."
    )


def definitions() -> str:
    """The versions of the definitions: "valid_ratio 1, …"."""
    return ", ".join(f"{name} {metric_definition(name).definition_version}" for name in METRICS)
