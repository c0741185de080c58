"""A briefing for the chat group of the leadership: a few lines, 1,000 characters at most."""

from typing import Final

from display.briefing.phrases import day
from display.briefing.value import Briefing

#: What a chat shows without cutting it.
MOST_CHARACTERS: Final = 1000


def txt(briefing: Briefing) -> str:
    """As of when, each workstream, why the ratio moved, what to ask for and what is overdue.

    What does not fit is left out as a whole line, and a shorter one after it may still fit.
    """
    since = ""
    if briefing.since is not None:
        since = f", so với {briefing.since:%H:%M} ngày {day(briefing.since)}"
    lines = [
        *(["DỮ LIỆU MÔ PHỎNG, không phải số liệu thật"] if briefing.is_invented else []),
        f"{briefing.place.upper()}: đến {briefing.as_of:%H:%M} ngày {day(briefing.as_of)}{since}",
    ]
    said = [f"{one.title} – {one.status}: {one.short}." for one in briefing.statuses]
    for line in (*said, briefing.why, *(f"- {ask}" for ask in briefing.asks), *briefing.overdue):
        if line and len("\n".join([*lines, line, ""])) <= MOST_CHARACTERS:
            lines.append(line)
    return "\n".join([*lines, ""])
