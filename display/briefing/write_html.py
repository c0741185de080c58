"""The first page of a briefing in words, for a screen too narrow for its picture."""

from display.briefing.phrases import LANGUAGE
from display.briefing.value import ASKS, OVERDUE, SUMMARY, WHY, Briefing
from display.html import render


def first_page(briefing: Briefing) -> str:
    """Statuses, why the ratio moved, what is overdue, what to ask for; shown on a phone only."""
    lists = [(OVERDUE, briefing.overdue), (ASKS, briefing.asks)]
    return render(
        "briefing_words.html",
        LANGUAGE,
        title=SUMMARY,
        basis=briefing.basis,
        statuses=briefing.statuses,
        why_heading=WHY,
        why=briefing.why,
        lists=[(heading, lines) for heading, lines in lists if lines],
    )
