"""A deadline in words: when, the pace it asks for, the pace there is, the chance of meeting it."""

import datetime as dt
import math
from decimal import Decimal

from data.workstreams import Directive, Workstream
from display import formats
from display.briefing.facts import Facts, Row, Stream
from display.briefing.phrases import LANGUAGE, count, day, sentence
from display.progress import late_days
from queries.deadlines import Time

#: What a pace counts.
_DONE: dict[Workstream, str] = {
    "cleaning": "số hồ sơ hợp lệ",
    "complaints": "số phản ánh đã xử lý xong",
    "signing": "số hồ sơ đã ký",
}
#: A pace that would have to be so many times as fast is not asked for.
_HOPELESS = 10
#: What keeps coming is told from this share of the required pace on.
_MATERIAL = Decimal("0.05")
#: What more there is to do.
_NEW: dict[Workstream, str] = {
    "cleaning": "hồ sơ mới phân loại",
    "complaints": "phản ánh mới",
    "signing": "hồ sơ mới đủ điều kiện",
}
#: What is counted in each workstream.
UNITS: dict[Workstream, str] = {
    "cleaning": "hồ sơ",
    "complaints": "phản ánh",
    "signing": "hồ sơ",
}


def deadline(facts: Facts, name: Workstream, stream: Stream) -> str:
    """The deadline with the pace it asks for, the pace there is, and the chance, as a sentence."""
    unit, directive, time = stream.unit, stream.directive, stream.time
    if unit["status"] == "achieved":
        return sentence(f"Đã đạt chỉ tiêu{_target(unit)}")
    if directive is None:
        # That there is no deadline is the status, and stands before.
        return sentence(_reached(name, unit, "")) if _reached(name, unit, "") else ""
    if time is None:
        return sentence(f"Thời hạn: {directive.text}{_reached(name, unit, '; ')}")
    if time.is_over:
        late = f"{late_words(time, facts.as_of.date())}{_no_day(directive)}"
        return sentence(f"Hạn {late}{_reached(name, unit, '; ')}{_finish(unit)}")
    if not unit["remaining"]:
        return sentence(f"Hạn {_ahead(time)}")
    goal = f"; chỉ tiêu{_target(unit)}" if unit["target"] < 1 else ""
    return sentence(f"Hạn {_ahead(time)}{goal}; {_needed(name, unit, time)}{_chance(unit)}")


def _no_day(directive: Directive) -> str:
    """ ", nay "trong thời gian sớm nhất"": what a document in force asks for that names no day."""
    return "" if directive.date else f", nay yêu cầu “{directive.text}” ({directive.document})"


def _target(unit: Row) -> str:
    """ " 90 %"; "" where all of it is wanted."""
    return "" if unit["target"] == 1 else f" {formats.ratio(unit['target'], LANGUAGE, 0)}"


def left_words(name: Workstream, unit: Row) -> str:
    """ "còn 2.489 hồ sơ"; of a target below all, how many are missing to it."""
    left = f"{count(unit['remaining'])} {UNITS[name]}"
    if unit["target"] == 1:
        return f"còn {left}"
    return f"còn thiếu {left} để đạt chỉ tiêu{_target(unit)}"


def short_deadline(facts: Facts, stream: Stream) -> str:
    """The same in a few words, for a chat; "" where that there is none is the status already."""
    unit, time = stream.unit, stream.time
    if unit["status"] == "achieved":
        return "đã đạt chỉ tiêu"
    if time is None:
        return ""
    if time.is_over:
        return f"hạn {late_words(time, facts.as_of.date())}"
    if not unit["remaining"]:
        return f"hạn {_written(time)}"
    parts = [f"cần {formats.needed(unit['required_per_day'], LANGUAGE)}/ngày"]
    if unit["actual_per_day"] is not None:
        more = ""
        if is_outrun(unit):
            more = f" nhưng thêm {_more(unit)}/ngày"
        parts.append(f"đang {formats.rate(unit['actual_per_day'], LANGUAGE)}/ngày{more}")
    if unit["p_meet"] is not None:
        parts.append(f"khả năng {formats.chance(unit['p_meet'], LANGUAGE)}")
    return f"hạn {_written(time)}: {', '.join(parts)}"


def late_words(time: Time, as_of: dt.date) -> str:
    """ "trước ngày 15/4/2022 đã qua 10 ngày"."""
    if as_of <= time.deadline.date:
        return f"{_written(time)} vừa hết"
    return f"{_written(time)} đã qua {late_days(time, as_of, LANGUAGE)} ngày"


def is_outrun(unit: Row) -> bool:
    """Whether the pace asked for is too little, as more to do keeps coming."""
    required, actual = unit["required_per_day"], unit["actual_per_day"]
    if required is None or actual is None or actual <= 0:
        return False
    more = formats.rounded_rate(unit["arrivals_per_day"])
    return more > 0 and more >= _MATERIAL * Decimal(required)


def faster(name: Workstream, stream: Stream, *, is_short: bool = False) -> str:
    """From which pace to which: ": từ 2.837 lên 39.019 hồ sơ/ngày"; how many times as fast where no
    office could, and unless it `is_short` what is left to do then.
    """
    unit, time, counted = stream.unit, stream.time, UNITS[name]
    if time is None or time.is_over or unit["required_per_day"] is None:
        return f": {left_words(name, unit)}"
    actual = unit["actual_per_day"]
    if actual is None or actual <= 0:
        return f": cần {formats.needed(unit['required_per_day'], LANGUAGE)} {counted}/ngày"
    rate = formats.rate(actual, LANGUAGE)
    if is_fast_enough(unit):
        return f": {rate} {counted}/ngày"
    effort, whole = unit["effort_ratio"], ""
    if is_outrun(unit):
        effort = (unit["required_per_day"] + unit["arrivals_per_day"]) / actual
        whole = f", kể cả {_NEW[name]}"
    if effort >= _HOPELESS:
        times = formats.times(effort, LANGUAGE)
        resort = "" if is_short else ", cần bổ sung nhân lực hoặc xin điều chỉnh hạn"
        return f": phải nhanh gấp {times} mới kịp hạn{resort}"
    return f": từ {rate} lên {count(_needed_a_day(unit))} {counted}/ngày{whole}"


def is_fast_enough(unit: Row) -> bool:
    """Whether last week's pace would do, what keeps coming counted too."""
    required, actual = unit["required_per_day"], unit["actual_per_day"]
    return required is not None and actual is not None and 0 < _needed_a_day(unit) <= actual


def _written(time: Time) -> str:
    return formats.deadline(time.deadline.date, LANGUAGE, exclusive=time.deadline.exclusive)


def _ahead(time: Time) -> str:
    """ "trước ngày 5/5/2022, còn 9 ngày (5 ngày làm việc)"."""
    left = f"{_written(time)}, còn {count(time.calendar_days)} ngày"
    if time.working_days == time.calendar_days:
        return left
    return f"{left} ({count(time.working_days)} ngày làm việc)"


def _needed(name: Workstream, unit: Row, time: Time) -> str:
    """ "cần bình quân 39.019 hồ sơ/ngày, tuần qua đạt 2.837 hồ sơ/ngày"; where more to do keeps
    coming, what that leaves of the pace.
    """
    needed = formats.needed(unit["required_per_day"], LANGUAGE)
    days = "ngày làm việc" if time.kind == "working" else "ngày"
    told = f"cần bình quân {needed} {UNITS[name]}/{days}"
    if not is_outrun(unit):
        return f"{told}{_reached(name, unit, ', ')}"
    rate = formats.rate(unit["actual_per_day"], LANGUAGE)
    return f"{told}; tuần qua đạt {rate} nhưng có thêm {_more(unit)} {_NEW[name]}/{days}"


def _needed_a_day(unit: Row) -> int:
    """What is needed a day, what keeps coming counted too where that is much: large numbers as
    they are printed, so that 442 and 451 make 893.
    """
    required, arrivals = unit["required_per_day"], unit["arrivals_per_day"]
    if not is_outrun(unit):
        return math.ceil(required)
    if arrivals >= formats.LEAST_WHOLE_RATE:
        return math.ceil(required) + int(formats.rounded_rate(arrivals))
    return math.ceil(required + arrivals)


def _more(unit: Row) -> str:
    """What more comes in a day, of which the target's share has to be done."""
    return formats.rate(unit["arrivals_per_day"] / unit["target"], LANGUAGE)


def _reached(name: Workstream, unit: Row, before: str) -> str:
    """What the last week brought a day; "" where that is not known or nothing is left to do."""
    actual = unit["actual_per_day"]
    if actual is None or not unit["remaining"]:
        return ""
    rate = formats.rate(abs(actual), LANGUAGE)
    if actual > 0:
        return f"{before}tuần qua đạt {rate} {UNITS[name]}/ngày"
    if actual < 0:
        return f"{before}tuần qua {_DONE[name]} giảm {rate}/ngày"
    return f"{before}tuần qua không tiến thêm"


def _chance(unit: Row) -> str:
    if unit["p_meet"] is None:
        return "; chưa đủ kỳ số liệu để tính khả năng đúng hạn"
    return f"; khả năng đúng hạn {formats.chance(unit['p_meet'], LANGUAGE)}"


def _finish(unit: Row) -> str:
    if unit["p_meet"] is None or not unit["remaining"]:
        return ""
    if unit["expected_finish"] is None:
        return "; với nhịp này chưa xong trong 12 tuần tới"
    return f"; với nhịp này dự kiến xong ngày {day(unit['expected_finish'])}"
