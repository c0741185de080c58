"""A briefing for the chat group of the leadership: a few lines, 1,000 characters at most."""

from typing import Final

from display.briefing.phrases import day
from display.briefing.value import Briefing

#: What a chat shows without cutting it.
MOST_CHARACTERS: Final = 1000


def txt(briefing: Briefing) -> str:
    """As of when, each workstream, what to ask for, why the ratio moved and what is overdue.

    What does not fit is left out as a whole line, a shorter one after it may still fit, and the
    last line says how much more to ask for the briefing has.
    """
    since = ""
    if briefing.since is not None:
        since = f", so với {briefing.since:%H:%M} ngày {day(briefing.since)}"
    lines = [
        *(["DỮ LIỆU MÔ PHỎNG, không phải số liệu thật"] if briefing.is_invented else []),
        f"{briefing.place.upper()}: đến {briefing.as_of:%H:%M} ngày {day(briefing.as_of)}{since}",
    ]
    said = [f"{one.title} – {one.status}: {one.short}." for one in briefing.statuses]
    asked = [f"- {ask}" for ask in briefing.short_asks]
    room = MOST_CHARACTERS - len(_more(len(asked)))
    for line in (*said, *asked, briefing.why, *briefing.overdue):
        if line and len("\n".join([*lines, line, ""])) <= room:
            lines.append(line)
    left_out = len(asked) - len({*asked} & {*lines})
    return "\n".join([*lines, ""]) + (_more(left_out) if left_out else "")


def _more(left_out: int) -> str:
    return f"Còn {left_out} đề nghị khác trong báo cáo.\n"
