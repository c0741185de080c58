"""What a briefing is: everything its files say, ready to be laid out. Writers only lay it out.

A briefing is an official document (Nghị định 30/2020/NĐ-CP) and is always in Vietnamese.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Final, Literal, NamedTuple

from data.letterheads import Letterhead

#: index: the number of a row · name, text: words · count, change: whole numbers, a change with its
#: sign · ratio: 0..1, of two other columns · points: a difference of ratios · rate, needed, chance,
#: age: see display.formats · day: a date.
Kind = Literal[
    "index",
    "name",
    "text",
    "count",
    "change",
    "ratio",
    "points",
    "rate",
    "needed",
    "chance",
    "age",
    "day",
]


#: The headings of the document, the same in every file.
SUMMARY: Final = "I. TÓM TẮT"
WHY: Final = "Nguyên nhân thay đổi tỷ lệ"
OVERDUE: Final = "Đã quá hạn"
ASKS: Final = "Đề nghị lãnh đạo chỉ đạo"
RESULTS: Final = "II. KẾT QUẢ VÀ ĐÁNH GIÁ"
TASKS: Final = "III. NHIỆM VỤ TRONG TUẦN TỚI"
NOTES: Final = "IV. GHI CHÚ"
INVENTED: Final = "DỮ LIỆU MÔ PHỎNG: không phải số liệu thật"


class Column(NamedTuple):
    """One column of a table."""

    heading: str
    kind: Kind
    #: Of a ratio: the places of its numerator and its denominator among the columns.
    of: tuple[int, int] | None = None
    #: The last row is the sum of those above.
    adds_up: bool = False
    #: Of a ratio (in per cent) or of points.
    decimals: int = 2


class Cell(NamedTuple):
    """One cell: as it is printed, and the value it is printed from (None: not known)."""

    text: str
    value: str | int | float | dt.date | None


class Table(NamedTuple):
    """A table; its last row apart."""

    #: Short and unlike the others': a sheet's name.
    name: str
    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    total: Sequence[Cell] | None
    #: The last line: where its figures come from.
    source: str
    #: What is to be said under the title.
    note: str = ""

    @property
    def is_wide(self) -> bool:
        """Whether it needs a page across."""
        return len(self.columns) > WIDEST_UPRIGHT


#: A table of more columns is laid across.
WIDEST_UPRIGHT = 8


class Line(NamedTuple):
    """One line of a chart."""

    name: str
    #: done (thick, blue), wanted (thin, ink) or plan (thin, grey, dashed).
    style: Literal["done", "wanted", "plan"]
    points: Sequence[tuple[dt.date, float]]


class Chart(NamedTuple):
    """A chart of lines over days, from 0 up."""

    title: str
    #: What it shows, for whoever cannot see it.
    alt: str
    lines: Sequence[Line]
    #: The deadline's last day and its words; None without one.
    deadline: tuple[dt.date, str] | None
    source: str


class Status(NamedTuple):
    """How one workstream stands, in a few sentences."""

    #: cleaning, complaints, signing.
    workstream: str
    title: str
    #: "Chậm", "Đúng tiến độ", …
    status: str
    #: good, warn, bad, late or quiet: the colour of the status.
    tone: str
    text: str
    #: The same in a line, for a chat.
    short: str = ""


class Section(NamedTuple):
    """One workstream: what was achieved and what was not, with its picture."""

    title: str
    paragraphs: Sequence[str]
    chart: Chart | None


class Briefing(NamedTuple):
    """One unit's report of one period."""

    letterhead: Letterhead
    #: The province's or the district's name.
    place: str
    #: The province's code, or the district's.
    unit_code: str
    #: None: the province's.
    district_code: str | None
    as_of: dt.datetime
    #: The instant compared with; None: there is no snapshot of it.
    since: dt.datetime | None
    snapshot_id: str
    since_id: str | None
    #: Nobody in it is real.
    is_invented: bool
    #: "từ 16 giờ ngày 18/4/2022 đến 16 giờ ngày 25/4/2022".
    period: str
    #: "Kết quả làm sạch …", the line under "BÁO CÁO".
    subject: str
    #: As of when, and after which documents.
    basis: str
    statuses: Sequence[Status]
    #: Why the valid ratio moved; why that is not known.
    why: str
    #: Who moved it most, up and down; None where that is not known.
    movers: Table | None
    overdue: Sequence[str]
    #: What the leadership should ask for.
    asks: Sequence[str]
    #: The same in the same order, in fewer words.
    short_asks: Sequence[str]
    sections: Sequence[Section]
    #: What is to be done in the days ahead.
    tasks: Sequence[str]
    #: What happened, and what must be known of the figures.
    notes: Sequence[str]
    annexes: Sequence[Table]
    #: The lines that tell where all figures come from: snapshot, definitions.
    source: str
    #: What the ledger keeps of it: name -> count.
    headline: Mapping[str, int]
    #: `display.briefing.build.inputs_sha256`.
    inputs: str

    @property
    def identity(self) -> tuple[str, str, str | None]:
        """What tells it from other briefings of the same store."""
        return (self.unit_code, self.snapshot_id, self.since_id)

    @property
    def tables(self) -> list[Table]:
        """Every table, in the order of the document."""
        return [*([self.movers] if self.movers else []), *self.annexes]


def annexed(briefing: Briefing) -> str:
    """Where the body sends its reader on: "Số liệu chi tiết tại các Phụ lục I–VII kèm theo."."""
    count = len(briefing.annexes)
    if not count:
        return ""
    which = "Phụ lục I" if count == 1 else f"các Phụ lục I–{roman(count)}"
    return f"Số liệu chi tiết tại {which} kèm theo."


def roman(number: int) -> str:
    """4 -> "IV"."""
    text = ""
    for value, letters in ((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")):
        text += letters * (number // value)
        number %= value
    return text


def long_day(day: dt.date) -> str:
    """As official papers write it: "ngày 05 tháng 02 năm 2022", "ngày 25 tháng 4 năm 2022"."""
    month = f"{day.month:02}" if day.month < 3 else f"{day.month}"
    return f"ngày {day.day:02} tháng {month} năm {day.year}"


def place_and_date(briefing: Briefing) -> str:
    """ "Bà Rịa – Vũng Tàu, ngày 05 tháng 02 năm 2022"."""
    return f"{briefing.letterhead.place}, {long_day(briefing.as_of)}"


def attached_to(briefing: Briefing) -> str:
    """What stands under the title of an annex."""
    number, agency = briefing.letterhead.number, briefing.letterhead.agency
    return f"(Kèm theo Báo cáo số {number} {long_day(briefing.as_of)} của {agency})"
