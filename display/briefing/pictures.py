"""What the chart of each workstream draws: its course to the target."""

import datetime as dt
from collections.abc import Sequence

from data.workstreams import Workstream
from display import formats
from display.briefing.facts import Facts, Stream
from display.briefing.phrases import LANGUAGE, count, day
from display.briefing.sources import source_line
from display.briefing.value import Chart, Line
from display.labels import workstream_names
from queries.burn_up import BurnUp
from queries.courses import METRICS

#: What the chart of each workstream draws.
_DONE = {
    "cleaning": "hồ sơ hợp lệ",
    "complaints": "phản ánh còn tồn",
    "signing": "hồ sơ đã ký",
}


def chart(facts: Facts, name: Workstream, stream: Stream) -> Chart | None:
    """A workstream's chart; None where there are fewer than two days, or nothing to draw."""
    course = stream.course
    if len(course.days) < 2 or not any(course.wanted):
        return None
    lines = _left(course) if name == "complaints" else _towards(course)
    if not any(value for line in lines for _day, value in line.points):
        return None
    return Chart(
        f"{workstream_names(LANGUAGE)[name]}: {_DONE[name]} qua các kỳ số liệu",
        _in_words(name, lines),
        lines,
        _deadline(course),
        source_line(facts, METRICS[name]),
    )


def _towards(course: BurnUp) -> list[Line]:
    """What was done, what has to be, and the plan."""
    lines = [
        Line("đã đạt", "done", _points(course.days, course.done)),
        Line("phải đạt", "wanted", _points(course.days, course.wanted)),
    ]
    plan = [point for point in course.plan if point[0] >= course.days[0]]
    return [*lines, *([Line("lộ trình", "plan", plan)] if len(plan) > 1 else [])]


def _left(course: BurnUp) -> list[Line]:
    """What is open: few beside all that came, so that only they are drawn."""
    left = [base - done for base, done in zip(course.base, course.done, strict=True)]
    return [Line("còn tồn", "done", _points(course.days, left))]


def _points(days: Sequence[dt.date], values: Sequence[float]) -> list[tuple[dt.date, float]]:
    return list(zip(days, values, strict=True))


def _deadline(course: BurnUp) -> tuple[dt.date, str] | None:
    if course.time is None:
        return None
    deadline = course.time.deadline
    words = formats.deadline(deadline.date, LANGUAGE, exclusive=deadline.exclusive)
    return deadline.last_day, f"hạn {words}"


def _in_words(name: Workstream, lines: Sequence[Line]) -> str:
    points = lines[0].points
    first, last = (f"{count(round(value))} ngày {day(on)}" for on, value in (points[0], points[-1]))
    told = f"Số {_DONE[name]} từ {first} đến {last}"
    wanted = [line for line in lines if line.style == "wanted"]
    if wanted:
        told += f"; phải đạt {count(round(wanted[0].points[-1][1]))}"
    return f"{told}."
