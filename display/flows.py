"""Why the valid ratio moved: the sentence, the waterfall, and the tables of what came and went."""

import itertools
from collections.abc import Callable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final, NamedTuple

import plotly.graph_objects as go

from display import formats
from display.charts import HEIGHT, look
from display.line_labels import plain
from display.notes import Source
from display.palette import palette
from display.tables import Cell, Column, Row, change_cell, table, titled
from display.words import words
from queries.flows import PARTS

Unit = Mapping[str, Any]
#: The address of the same page with a flow (or a cell of the transitions) chosen.
FlowLink = Callable[[str], str]
DECIMALS: Final = 2


class Term(NamedTuple):
    """One line of the account: what it adds to the valid records, and to the base."""

    flow: str
    name: str
    valid: int
    base: int


def part_names(language: str) -> dict[str, str]:
    """Part of the change of the ratio -> its name."""
    _ = words(language)
    return {
        "fixed": _("sửa được"),
        "regressed": _("hỏng lại"),
        "new": _("hồ sơ mới"),
        "removed": _("xóa"),
        "moved": _("chuyển đơn vị"),
        "reclassified": _("phân loại lại"),
    }


def flow_names(language: str) -> dict[str, str]:
    """Flow one can choose -> its name; what it means follows a colon."""
    _ = words(language)
    return {
        "fixed": _("Sửa được: không hợp lệ thành hợp lệ"),
        "regressed": _("Hỏng lại: hợp lệ thành không hợp lệ"),
        "from_pending": _("Có kết quả: từ chờ hoặc miễn thành hợp lệ hay không hợp lệ"),
        "to_pending": _("Trở lại chờ: từ hợp lệ hay không hợp lệ thành chờ hoặc miễn"),
        "new_valid": _("Mới, hợp lệ"),
        "new_invalid": _("Mới, không hợp lệ"),
        "new_pending": _("Mới, chưa phân loại"),
        "new_exempt": _("Mới, miễn xác thực"),
        "returned": _("Trở lại: trong số mới, đã có trước đây rồi vắng"),
        "removed_valid": _("Xóa, đang hợp lệ"),
        "removed_invalid": _("Xóa, đang không hợp lệ"),
        "removed_pending": _("Xóa, chưa phân loại"),
        "removed_exempt": _("Xóa, miễn xác thực"),
        "moved_in": _("Chuyển đến"),
        "moved_out": _("Chuyển đi"),
        "newly_signed": _("Mới ký"),
        "unsigned_again": _("Mất chữ ký"),
        "changed_name": _("Đổi họ tên"),
        "changed_birth_date": _("Đổi ngày sinh"),
        "changed_sex": _("Đổi giới tính"),
        "changed_id": _("Đổi số giấy tờ"),
        "changed_phone": _("Đổi số điện thoại"),
        "changed_commune": _("Đổi nơi thường trú"),
        "changed_facility": _("Đổi cơ sở nhập"),
    }


def flow_column(flow: str, language: str) -> str:
    """What a column of a flow is headed with."""
    return flow_names(language)[flow].partition(":")[0]


# The sentence -------------------------------------------------------------------------------


def printed_parts(unit: Unit) -> tuple[int, dict[str, int]] | None:
    """The change of the ratio and its parts in hundredths of a point, as they are printed: the
    parts add up to the whole. None where there is no ratio on either side.

    """
    change = formats.printed_change(unit["ratio_before"], unit["ratio"])
    if change is None:
        return None
    whole = formats.hundredths(change)
    parts = [unit[f"delta_{part}"] for part in PARTS]
    return whole, dict(zip(PARTS, _shared(parts, whole), strict=True))


def printed_contributions(units: Sequence[Unit], total: Unit) -> list[float | None]:
    """What each unit contributes to the change of the ratio of `total`, as it is printed: together
    they are the printed change. None where that is not known.
    """
    change = formats.printed_change(total["ratio_before"], total["ratio"])
    if change is None:
        return [None] * len(units)
    # By code: in whatever order they are listed, each has the same.
    known = sorted(
        (at for at, unit in enumerate(units) if unit["contribution"] is not None),
        key=lambda at: units[at]["unit_code"],
    )
    steps = _shared([units[at]["contribution"] for at in known], formats.hundredths(change))
    shared = dict(zip(known, steps, strict=True))
    return [
        shared[at] / formats.HUNDREDTHS if at in shared else None for at, _unit in enumerate(units)
    ]


def _shared(exact: Sequence[float], whole: int) -> list[int]:
    """Each rounded to hundredths of a point; what is then missing of the whole goes to those that
    rounding changed most.
    """
    steps = [Decimal(repr(value)) * formats.HUNDREDTHS for value in exact]
    rounded = [int(value.quantize(Decimal(1), ROUND_HALF_UP)) for value in steps]
    missing = whole - sum(rounded)
    step = 1 if missing > 0 else -1
    by_error = sorted(range(len(steps)), key=lambda at: (rounded[at] - steps[at]) * step)
    # What is nothing stays nothing: it would be a change nobody can find.
    for at in [at for at in by_error if steps[at]][: abs(missing)]:
        rounded[at] += step
    return rounded


def why_sentence(unit: Unit, language: str) -> str:
    """ "+3,12 điểm = sửa được +3,60; hỏng lại −0,21; …"; "" where there is no ratio."""
    _ = words(language)
    printed = printed_parts(unit)
    if printed is None:
        return ""
    whole, parts = printed
    names = part_names(language)
    told = [
        f"{names[part]} {_hundredths(parts[part], language)}" for part in PARTS if _has(unit, part)
    ]
    if not told:
        return _("Không có gì làm tỷ lệ hợp lệ thay đổi.")
    return _("{change} điểm = {parts}.").format(
        change=_hundredths(whole, language), parts="; ".join(told)
    )


def _has(unit: Unit, part: str) -> bool:
    """Whether anything happened that is told as this part of the change."""
    return any(term.valid or term.base for term in _terms_of(unit, part))


def _hundredths(steps: int, language: str) -> str:
    return formats.signed_points(steps / formats.HUNDREDTHS, language, DECIMALS)


def answer(unit: Unit, before: Mapping[str, Any], language: str) -> str:
    """How the ratio and the valid records moved since the snapshot `before`."""
    _ = words(language)
    known = {
        "since": formats.as_of(before["as_of"], language),
        "valid": formats.signed_count(unit["valid"] - unit["valid_before"], language),
        "fixed": formats.count(unit["fixed"], language),
        "regressed": formats.count(unit["regressed"], language),
    }
    if unit["delta_ratio"] is None:
        return _(
            "Từ {since}: {valid} hồ sơ hợp lệ; sửa được {fixed}, hỏng lại {regressed}."
        ).format(**known)
    sentence = _(
        "Từ {since}, tỷ lệ hợp lệ từ {before} thành {now}: {valid} hồ sơ hợp lệ; "
        "sửa được {fixed}, hỏng lại {regressed}."
    )
    return sentence.format(
        before=formats.ratio(unit["ratio_before"], language, DECIMALS),
        now=formats.ratio(unit["ratio"], language, DECIMALS),
        **known,
    )


# The account --------------------------------------------------------------------------------


def terms(unit: Unit, language: str) -> list[Term]:
    """What leads from the valid records before to those now, the parts of no account left out."""
    return [
        term._replace(name=flow_column(term.flow, language))
        for part in PARTS
        for term in _terms_of(unit, part)
        if term.valid or term.base
    ]


def _terms_of(unit: Unit, part: str) -> list[Term]:
    if part in ("fixed", "regressed"):
        return [Term(part, part, unit[part] if part == "fixed" else -unit[part], 0)]
    if part in ("new", "removed"):
        sign = 1 if part == "new" else -1
        return [
            Term(f"{part}_valid", part, sign * unit[f"{part}_valid"], sign * unit[f"{part}_valid"]),
            Term(f"{part}_invalid", part, 0, sign * unit[f"{part}_invalid"]),
        ]
    if part == "moved":
        return [
            Term(
                f"moved_{way}",
                part,
                sign * unit[f"moved_{way}_valid"],
                sign * (unit[f"moved_{way}_valid"] + unit[f"moved_{way}_invalid"]),
            )
            for way, sign in (("in", 1), ("out", -1))
        ]
    apart = ("pending", "exempt")
    into = {one: sum(unit[f"{state}_to_{one}"] for state in apart) for one in ("valid", "invalid")}
    out = {one: sum(unit[f"{one}_to_{state}"] for state in apart) for one in ("valid", "invalid")}
    return [
        Term("from_pending", part, into["valid"], into["valid"] + into["invalid"]),
        Term("to_pending", part, -out["valid"], -out["valid"] - out["invalid"]),
    ]


def account(unit: Unit, chosen: str, *, link: FlowLink, source: Source, language: str) -> str:
    """The account as a table: each term with records, base and points; and what the base did."""
    _ = words(language)
    printed = printed_parts(unit)
    lines = [
        Row(
            [
                Cell(term.name, term.flow),
                change_cell(term.valid, formats.signed_count(term.valid, language)),
                Cell(formats.signed_count(term.base, language), term.base),
            ],
            link(term.flow),
            is_current=term.flow == chosen,
        )
        for term in terms(unit, language)
    ]
    more = unit["valid"] - unit["valid_before"]
    base = unit["classified"] - unit["classified_before"]
    total = Row(
        [
            Cell(_("Cộng"), ""),
            change_cell(more, formats.signed_count(more, language)),
            Cell(formats.signed_count(base, language), base),
        ]
    )
    columns = [
        Column(_("Vì sao"), "name"),
        Column(_("Hợp lệ"), "change"),
        Column(_("Mẫu số"), "number"),
    ]
    shown = table("flow_terms", _("Vì sao đổi"), columns, lines, language=language, total=total)
    return titled(
        _("Vì sao đổi"),
        shown,
        source=source,
        language=language,
        sentence="" if printed is None else _base_sentence(unit, language),
    )


def _base_sentence(unit: Unit, language: str) -> str:
    _ = words(language)
    before, now = unit["classified_before"], unit["classified"]
    if before == now:
        return _("Mẫu số không đổi: {count} hồ sơ đã phân loại.").format(
            count=formats.count(now, language)
        )
    return _(
        "Mẫu số đổi từ {before} thành {now} hồ sơ đã phân loại; riêng việc đó làm tỷ lệ đổi "
        "{points} điểm (đã nằm trong các phần trên)."
    ).format(
        before=formats.count(before, language),
        now=formats.count(now, language),
        points=formats.signed_points(unit["delta_base"], language, DECIMALS),
    )


def waterfall(unit: Unit, *, language: str, theme: str) -> go.Figure:
    """From the valid records before to those now, a bar a term; the ends are cut off, as they are
    far longer than what lies between them.
    """
    _ = words(language)
    colours = palette(theme)
    steps = [term for term in terms(unit, language) if term.valid]
    ends = unit["valid_before"], unit["valid"]
    levels = [ends[0]]
    for term in steps:
        levels.append(levels[-1] + term.valid)
    lowest, highest = min(levels), max(levels)
    floor = max(0, lowest - max(1, (highest - lowest)) * 0.35)
    names = [_("Đầu kỳ"), *(_short(term.flow, language) for term in steps), _("Cuối kỳ")]
    bases = [floor, *(min(a, b) for a, b in itertools.pairwise(levels)), floor]
    heights = [ends[0] - floor, *(abs(term.valid) for term in steps), ends[1] - floor]
    tones = [
        colours.gray,
        *(colours.blue if term.valid > 0 else colours.orange for term in steps),
        colours.gray,
    ]
    texts = [
        formats.count(ends[0], language),
        *(formats.signed_count(term.valid, language) for term in steps),
        formats.count(ends[1], language),
    ]
    bars = go.Bar(
        x=names,
        y=heights,
        base=bases,
        marker={"color": tones, "line": {"width": 0}},
        text=[plain(text) for text in texts],
        textposition="outside",
        textfont={"color": colours.ink, "size": 13},
        cliponaxis=False,
        customdata=["", *(term.flow for term in steps), ""],
        hovertemplate="%{x}: <b>%{text}</b><extra></extra>",
        width=0.62,
        showlegend=False,
    )
    return go.Figure(
        [bars],
        {
            **look(colours),
            "height": HEIGHT + 70,
            "hovermode": "closest",
            "margin": {"l": 8, "r": 8, "t": 26, "b": 54},
            "xaxis": {
                "tickangle": 0,
                "showgrid": False,
                "linecolor": colours.line,
                "fixedrange": True,
            },
            "yaxis": {
                "visible": False,
                "range": [floor, highest + max(1, highest - floor) * 0.04],
                "fixedrange": True,
            },
        },
    )


def _short(flow: str, language: str) -> str:
    _ = words(language)
    named = {
        "fixed": _("Sửa<br>được"),
        "regressed": _("Hỏng<br>lại"),
        "from_pending": _("Có kết<br>quả"),
        "to_pending": _("Trở lại<br>chờ"),
        "new_valid": _("Mới"),
        "removed_valid": _("Xóa"),
        "moved_in": _("Chuyển<br>đến"),
        "moved_out": _("Chuyển<br>đi"),
    }
    return named[flow]


def waterfall_in_words(unit: Unit, language: str) -> str:
    """What the waterfall shows, for whoever cannot see it."""
    _ = words(language)
    told = [
        f"{term.name} {formats.signed_count(term.valid, language)}"
        for term in terms(unit, language)
        if term.valid
    ]
    ends = (
        _("Đầu kỳ {count} hợp lệ").format(count=formats.count(unit["valid_before"], language)),
        _("cuối kỳ {count} hợp lệ").format(count=formats.count(unit["valid"], language)),
    )
    return "; ".join((ends[0], *told, ends[1])) + "."
