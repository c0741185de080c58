"""Tables of what came and went: by unit, from state to state, by record, and beside the ratio."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from data.changes import FIELDS
from data.schema import VERIFICATION_CODES
from display import formats
from display.flows import (
    DECIMALS,
    FlowLink,
    Unit,
    flow_column,
    flow_names,
    printed_contributions,
)
from display.html import render
from display.labels import UNMAPPED, signing_names, state_names, unit_name
from display.listings import Listing, above_list
from display.notes import Source
from display.tables import Cell, Column, Link, Row, Sorting, change_cell, table, titled
from display.tree import GROUPS
from display.words import words

_MOST_UNITS: Final = 12


# Units --------------------------------------------------------------------------------------


def units_table(
    name: str,
    caption: str,
    units: Sequence[Unit],
    *,
    total: Unit,
    chosen: str,
    unit_heading: str,
    link: Link,
    source: Source,
    language: str,
) -> str:
    """Units by the flow chosen, else by how far they moved the ratio of them all.

    Args:
        units: rows of queries.flows; total: what they add up to.
    """
    _ = words(language)
    shown = [unit for unit in units if unit["records"] or unit["records_before"]]
    if chosen in _OF_UNITS:
        ordered = sorted(shown, key=lambda unit: (-unit[chosen], unit["unit_code"]))
    else:
        ordered = sorted(shown, key=lambda unit: (-(unit["contribution"] or 0), unit["unit_code"]))
    columns = [
        Column(unit_heading, "name"),
        Column(_("Thay đổi, điểm"), "change"),
        Column(_("Đóng góp, điểm"), "change", room=2),
        Column(_("Tỷ lệ nay"), "number", room=2),
        *([Column(flow_column(chosen, language), "number")] if chosen in _MORE else []),
        Column(_("Sửa được"), "number"),
        Column(_("Hỏng lại"), "number"),
        Column(_("Mới"), "number", room=2),
        Column(_("Xóa"), "number", room=2),
        Column(_("Chuyển đến"), "number", room=3),
        Column(_("Chuyển đi"), "number", room=3),
        Column(_("Mẫu số đổi"), "number", room=3),
    ]
    contributions = printed_contributions(ordered, total)
    rows = [
        Row(
            _unit_cells(unit, contribution, chosen, language),
            None if unit["unit_code"] == UNMAPPED else link(unit["unit_code"]),
        )
        for unit, contribution in zip(ordered, contributions, strict=True)
    ]
    sorting = Sorting(_column_of(chosen))
    made = table(
        name,
        caption,
        columns,
        rows,
        language=language,
        sorting=sorting,
        total=Row(_unit_cells(total, _change(total), chosen, language)),
    )
    sentence = _(
        "Đóng góp: đơn vị ấy làm tỷ lệ của cả bảng đổi bao nhiêu điểm; cộng các dòng bằng thay đổi "
        "của dòng cuối."
    )
    return titled(caption, made, source=source, language=language, sentence=sentence)


#: Flows that a column of the table of units always shows.
_ALWAYS: Final = ("fixed", "regressed", "moved_in", "moved_out")
_MORE: Final = (
    "from_pending",
    "to_pending",
    "new_valid",
    "new_invalid",
    "new_pending",
    "new_exempt",
    "returned",
    "removed_valid",
    "removed_invalid",
    "removed_pending",
    "removed_exempt",
    "newly_signed",
    "unsigned_again",
    *(f"changed_{field}" for field in FIELDS),
)
_OF_UNITS: Final = (*_ALWAYS, *_MORE)
#: Flows of records of any standing, of which the account tells the valid.
MIXED: Final = ("from_pending", "to_pending", "moved_in", "moved_out")


def _column_of(chosen: str) -> int:
    places = {"fixed": 4, "regressed": 5, "moved_in": 8, "moved_out": 9}
    return 4 if chosen in _MORE else places.get(chosen, 2)


def _change(unit: Unit) -> float | None:
    return formats.printed_change(unit["ratio_before"], unit["ratio"])


def _unit_cells(unit: Unit, contribution: float | None, chosen: str, language: str) -> list[Cell]:
    new = sum(unit[f"new_{one}"] for one in ("valid", "invalid", "pending", "exempt"))
    removed = sum(unit[f"removed_{one}"] for one in ("valid", "invalid", "pending", "exempt"))
    counts = [
        *([unit[chosen]] if chosen in _MORE else []),
        unit["fixed"],
        unit["regressed"],
        new,
        removed,
        unit["moved_in"],
        unit["moved_out"],
    ]
    base = unit["classified"] - unit["classified_before"]
    return [
        Cell(unit_name(unit["unit_name"], language), unit["unit_name"]),
        *(
            change_cell(value, formats.signed_points(value, language, DECIMALS))
            for value in (_change(unit), contribution)
        ),
        Cell(formats.ratio(unit["ratio"], language), unit["ratio"]),
        *(Cell(formats.count(count, language), count) for count in counts),
        Cell(formats.signed_count(base, language), base),
    ]


# From which state to which ------------------------------------------------------------------


class Shade(NamedTuple):
    """One cell of the transitions."""

    text: str
    href: str
    #: good, bad or empty; how strong, 0..1.
    tone: str
    strength: float
    is_current: bool


def transition_table(
    rows: Sequence[Mapping[str, Any]], chosen: str, *, link: FlowLink, source: Source, language: str
) -> str:
    """States before down, states now across; what stayed is plain, what changed is shaded.

    Args:
        rows: of queries.flows.transitions.
    """
    _ = words(language)
    names = {
        **state_names(language),
        "absent": _("Mới"),
        "moved_out": _("Chuyển đi"),
    }
    counts = {(row["verification_before"], row["verification"]): row["records"] for row in rows}
    states = (*VERIFICATION_CODES, "absent")
    before = [one for one in states if any(key[0] == one for key in counts)]
    now = [one for one in (*states, "moved_out") if any(key[1] == one for key in counts)]
    most = max((count for (a, b), count in counts.items() if a != b), default=0)
    lines = [
        (
            names[a],
            [
                _shade(a, b, counts.get((a, b), 0), most, chosen, link=link, language=language)
                for b in now
            ],
            formats.count(sum(counts.get((a, b), 0) for b in now), language),
        )
        for a in before
    ]
    return render(
        "transitions.html",
        language,
        heads=[names[b] if b != "absent" else _("Đã xóa") for b in now],
        lines=lines,
        source=source,
    )


def _shade(
    before: str,
    now: str,
    count: int,
    most: int,
    chosen: str,
    *,
    link: FlowLink,
    language: str,
) -> Shade:
    cell = f"{before}.{now}"
    if not count:
        return Shade("", "", "", 0.0, is_current=False)
    if before == now:
        return Shade(formats.count(count, language), "", "same", 0.0, is_current=False)
    # By the root: few large cells would leave all others white.
    strength = (count / most) ** 0.5 if most else 0.0
    tone = "bad" if now in _INVALID and before not in _INVALID else ""
    tone = "good" if now == "matched" else "bad" if before == "matched" else tone
    return Shade(
        formats.count(count, language), link(cell), tone, strength, is_current=cell == chosen
    )


_INVALID: Final = GROUPS["invalid"]


# Records ------------------------------------------------------------------------------------


def flow_title(chosen: str, language: str) -> str:
    """What the chosen flow or cell is called."""
    _ = words(language)
    before, dot, now = chosen.partition(".")
    if not dot:
        return flow_names(language)[chosen]
    names = {**state_names(language), "absent": _("Mới"), "moved_out": _("Chuyển đi")}
    return f"{names[before]} → {names[now] if now != 'absent' else _('Đã xóa')}"


def field_names(language: str) -> dict[str, str]:
    """Field of a person -> its name in a sentence."""
    _ = words(language)
    return {
        "name": _("họ tên"),
        "birth_date": _("ngày sinh"),
        "sex": _("giới tính"),
        "id": _("số giấy tờ"),
        "phone": _("điện thoại"),
        "commune": _("nơi thường trú"),
        "facility": _("cơ sở nhập"),
    }


def records_card(
    title: str,
    listing: Listing,
    total: int,
    *,
    link: FlowLink,
    units: Mapping[str, str],
    source: Source,
    language: str,
    is_mixed: bool = False,
) -> str:
    """The records behind the flow chosen, by their ids; a click opens what became of one.

    Args:
        is_mixed: they are of any standing, where the account tells of the valid only.
        units: code of a facility -> its name.
    """
    _ = words(language)
    names = {
        **state_names(language),
        "absent": formats.UNKNOWN,
        "moved_out": _("ở đơn vị khác"),
    }
    fields = field_names(language)
    rows = [
        Row(
            [
                Cell(row["record_id"], row["record_id"]),
                Cell(names[row["verification_before"]], row["verification_before"]),
                Cell(names[row["verification"]], row["verification"]),
                Cell(", ".join(fields[one] for one in row["changed"]) or formats.UNKNOWN, ""),
                Cell(_unit_of(row["unit_code"] or row["unit_before"], units), ""),
            ],
            link(row["record_id"]),
        )
        for row in listing.rows
    ]
    said = [
        above_list(listing, total, language),
        _("Kể cả hồ sơ không hợp lệ hoặc chưa phân loại.") if is_mixed and total else "",
    ]
    columns = [
        Column(_("Mã hồ sơ"), "id"),
        Column(_("Trước"), "text"),
        Column(_("Nay"), "text"),
        Column(_("Trường đã đổi"), "text", room=2),
        Column(_("Đơn vị"), "text", room=2),
    ]
    return render(
        "listed.html",
        language,
        title=title,
        total=total,
        said=" ".join(filter(None, said)),
        rows=len(rows),
        table=table("flow_records", title, columns, rows, language=language, is_scrolling=True),
        nothing=_("Không có hồ sơ nào."),
        source=source,
    )


def _unit_of(code: str, units: Mapping[str, str]) -> str:
    """A unit's name, else its code; a dash where it is not told."""
    return units.get(code, code) or formats.UNKNOWN


def timeline(
    record_id: str,
    listing: Listing,
    *,
    units: Mapping[str, str],
    source: Source,
    language: str,
) -> str:
    """What became of one record, snapshot by snapshot; rows of queries.flows.record_timeline."""
    _ = words(language)
    lines = [
        (formats.as_of(step["as_of"], language), _step(step, units, language))
        for step in listing.rows
    ]
    return render(
        "timeline.html",
        language,
        record_id=record_id,
        lines=list(reversed(lines)),
        refused=above_list(listing, 0, language),
        source=source,
    )


def _step(step: Mapping[str, Any], units: Mapping[str, str], language: str) -> list[str]:
    """What happened to a record at one snapshot, a few words each."""
    _ = words(language)
    states = state_names(language)
    before, now = step["verification_before"], step["verification"]
    if now == "absent":
        return [_("không còn trong hồ sơ gửi lên (trước đó: {state})").format(state=states[before])]
    told = []
    place = _unit_of(step["unit_code"], units)
    if before == "absent":
        came = _("trở lại ở {unit}: {state}") if step["is_returned"] else _("mới ở {unit}: {state}")
        told.append(came.format(unit=place, state=states[now]))
    elif before != now:
        told.append(_("từ “{before}” sang “{now}”").format(before=states[before], now=states[now]))
    if before != "absent" and step["unit_before"] != step["unit_code"]:
        was = _unit_of(step["unit_before"], units)
        told.append(_("chuyển từ {before} sang {now}").format(before=was, now=place))
    if step["signing"] != step["signing_before"]:
        state = "not_started" if step["signing"] == "unsigned" else step["signing"]
        told.append(_("ký: “{state}”").format(state=signing_names(language)[state]))
    if step["changed"]:
        fields = field_names(language)
        told.append(
            _("sửa {fields}").format(fields=", ".join(fields[one] for one in step["changed"]))
        )
    return told or [_("đơn vị thuộc huyện khác")]


# Beside cleaning ----------------------------------------------------------------------------


def others_card(unit: Unit, chosen: str, *, link: FlowLink, source: Source, language: str) -> str:
    """Signatures that came and went, fields that changed, records that came back or stayed."""
    _ = words(language)
    flows = [
        "newly_signed",
        "unsigned_again",
        "returned",
        *(f"changed_{field}" for field in FIELDS),
    ]
    names = flow_names(language)
    rows = [
        Row(
            [
                Cell(flow_column(flow, language), flow, note=names[flow].partition(": ")[2]),
                Cell(formats.count(unit[flow], language), unit[flow]),
            ],
            link(flow) if unit[flow] else None,
            is_current=flow == chosen,
        )
        for flow in flows
    ]
    columns = [Column(_("Ngoài tỷ lệ hợp lệ"), "name"), Column(_("Hồ sơ"), "number")]
    caption = _("Chữ ký và trường đã đổi")
    sentence = ""
    if unit["carried_forward"]:
        sentence = _(
            "{count} hồ sơ giữ trạng thái kỳ trước vì dòng mới bị để riêng: không tính là xóa."
        ).format(count=formats.count(unit["carried_forward"], language))
    shown = table("flow_others", caption, columns, rows, language=language)
    return titled(caption, shown, source=source, language=language, sentence=sentence)


def regressed_table(
    facilities: Sequence[Unit], *, link: Callable[[Unit], str | None], source: Source, language: str
) -> str:
    """Facilities with most records that fell back."""
    _ = words(language)
    fallen = sorted(
        (one for one in facilities if one["regressed"]),
        key=lambda one: (-one["regressed"], one["unit_code"]),
    )
    most = max((one["regressed"] for one in fallen), default=1)
    rows = [
        Row(
            [
                Cell(
                    unit_name(one["unit_name"], language),
                    one["unit_name"],
                    note=one["district_name"] or "",
                ),
                Cell(
                    formats.count(one["regressed"], language),
                    one["regressed"],
                    share=one["regressed"] / most,
                ),
                Cell(formats.count(one["fixed"], language), one["fixed"]),
            ],
            link(one),
        )
        for one in fallen[:_MOST_UNITS]
    ]
    columns = [
        Column(_("Cơ sở"), "name"),
        Column(_("Hỏng lại"), "bar"),
        Column(_("Sửa được"), "number", room=2),
    ]
    caption = _("Hỏng lại nhiều nhất, theo cơ sở")
    shown = table("flow_regressed", caption, columns, rows, language=language)
    sentence = "" if fallen else _("Không cơ sở nào có hồ sơ hỏng lại.")
    if len(fallen) > _MOST_UNITS:
        sentence = _("Hiện {shown} trong {count} cơ sở có hồ sơ hỏng lại.").format(
            shown=formats.count(_MOST_UNITS, language), count=formats.count(len(fallen), language)
        )
    return titled(caption, shown, source=source, language=language, sentence=sentence)
