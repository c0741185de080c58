"""A briefing as PDF (tagged, PDF/UA-1, PDF/A), and its pages as pictures for the preview."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from data.errors import RefusedError
from display.briefing.chart import svg
from display.briefing.typeset import TypesetError, typeset
from display.briefing.value import (
    ASKS,
    INVENTED,
    NOTES,
    OVERDUE,
    RESULTS,
    SUMMARY,
    TASKS,
    WHY,
    Briefing,
    Cell,
    Chart,
    Kind,
    Table,
    annexed,
    attached_to,
    place_and_date,
)

TEMPLATE: Final = Path(__file__).parents[1] / "templates" / "briefing.typ"
#: PDF/A for the archive, PDF/UA for whoever has it read aloud.
_STANDARDS: Final = ["a-2a", "ua-1"]
_SCREEN_PIXELS_PER_INCH: Final = 110
_HEADINGS: Final = {
    "summary": SUMMARY,
    "why": WHY,
    "overdue": OVERDUE,
    "asks": ASKS,
    "results": RESULTS,
    "tasks": TASKS,
    "notes": NOTES,
    "invented": INVENTED,
}
#: How wide the columns of a kind are, against each other.
_WIDTHS: Final[Mapping[Kind, float]] = {
    "index": 0.5,
    "name": 3.2,
    "text": 1.5,
    "day": 1.3,
    "age": 1.2,
}
_WIDTH: Final = 1.15
#: Of so few columns those of figures leave more to the names.
_FEW: Final = 4
_NARROW: Final = 0.75


def pdf(briefing: Briefing, template: Path | None = None) -> bytes:
    """The whole briefing.

    Raises:
        RefusedError: the office's template does not hold; says what the typesetter said.
    """
    [document] = _set(briefing, template, format="pdf", pdf_standards=_STANDARDS)
    return document


def pages(briefing: Briefing, template: Path | None = None) -> list[bytes]:
    """Each page as PNG, for a screen."""
    return _set(briefing, template, format="png", ppi=_SCREEN_PIXELS_PER_INCH)


def _set(briefing: Briefing, template: Path | None, **output: Any) -> list[bytes]:
    path = template or TEMPLATE
    inputs = {"data": json.dumps(_data(briefing), ensure_ascii=False)}
    try:
        text = path.read_text(encoding="utf-8")
        return typeset(text, inputs, at=briefing.as_of, **output)
    except (OSError, UnicodeDecodeError) as error:
        raise RefusedError(f"{path.name}: không đọc được mẫu báo cáo này.") from error
    except TypesetError as error:
        raise RefusedError(f"{path.name}: mẫu báo cáo không dàn trang được ({error}).") from error


def _data(briefing: Briefing) -> dict[str, Any]:
    """All that the template reads."""
    return {
        "title": briefing.subject,
        "headings": _HEADINGS,
        "letterhead": briefing.letterhead._asdict(),
        "place_and_date": place_and_date(briefing),
        "attached_to": attached_to(briefing),
        "subject": briefing.subject,
        "is_invented": briefing.is_invented,
        "basis": briefing.basis,
        "statuses": [status._asdict() for status in briefing.statuses],
        "why": briefing.why,
        "movers": _table(briefing.movers) if briefing.movers else None,
        "overdue": list(briefing.overdue),
        "asks": list(briefing.asks),
        "annexed": annexed(briefing),
        "sections": [
            {**section._asdict(), "chart": _chart(section.chart)} for section in briefing.sections
        ],
        "tasks": list(briefing.tasks),
        "notes": list(briefing.notes),
        "source": briefing.source,
        "annexes": [_table(table) for table in briefing.annexes],
    }


def _table(table: Table) -> dict[str, Any]:
    figures = _NARROW if len(table.columns) <= _FEW else _WIDTH
    return {
        "title": table.title,
        "note": table.note,
        "source": table.source,
        "is_wide": table.is_wide,
        "headings": [column.heading for column in table.columns],
        "kinds": [column.kind for column in table.columns],
        "widths": [_WIDTHS.get(column.kind, figures) for column in table.columns],
        "rows": [_texts(row) for row in table.rows],
        "total": _texts(table.total) if table.total else None,
    }


def _texts(row: Any) -> list[str]:
    cells: list[Cell] = list(row)
    return [cell.text for cell in cells]


def _chart(chart: Chart | None) -> dict[str, str] | None:
    if chart is None:
        return None
    return {"title": chart.title, "alt": chart.alt, "source": chart.source, "svg": svg(chart)}
