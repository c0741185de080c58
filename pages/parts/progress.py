"""What pages ask and draw of progress to the deadlines."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import polars as pl
import streamlit as st

from data.workstreams import WORKSTREAMS, Annotation, Workstream, campaign, directive_on
from display import burn_up as drawn
from display import formats
from display import progress as told
from display.charts import CONFIG
from display.html import render
from display.labels import workstream_names
from display.notes import source_block
from display.progress import Standing
from display.words import words
from pages.parts.address import address, asked, choose
from pages.parts.blocks import card, show
from pages.parts.figures import View, source
from pages.parts.loading import keep, load
from queries import burn_up, progress, spikes, what_if
from queries.courses import METRICS, time_of

Row = Mapping[str, Any]
#: Asked of the what-if: so many days later, so much faster, so many facilities first.
_MOST_DAYS, _MOST_FASTER, _MOST_UNITS = 60, 300, 50
_SHARE = 100


class Stand(NamedTuple):
    """A view's own row of queries.progress in one workstream, and those of the units below."""

    unit: Row
    districts: Sequence[Row]


def stands_of(view: View) -> dict[Workstream, Stand]:
    """The stand of each workstream the snapshot has figures of; districts only of the province."""
    covered = [name for name in WORKSTREAMS if name in view.choice.snapshot["covers"]]
    found = {name: _stand(view, name) for name in covered}
    return {name: stand for name, stand in found.items() if stand is not None}


def _stand(view: View, workstream: Workstream) -> Stand | None:
    own = _rows(view, workstream, view.level).filter(pl.col("unit_code") == view.unit_code)
    if own.is_empty():
        return None
    below = _rows(view, workstream, "district").to_dicts() if view.level == "province" else []
    return Stand(own.row(0, named=True), below)


def _rows(view: View, workstream: Workstream, level: str) -> pl.DataFrame:
    return load(
        progress.progress,
        view.viewer.scope,
        workstream=workstream,
        level=level,
        axis=_axis(view, workstream),
        snapshot_id=view.choice.snapshot_id,
        district_code=view.district_code,
    )


def _axis(view: View, workstream: Workstream) -> str | None:
    return None if workstream == "complaints" else view.choice.axis


def standing(
    view: View, workstream: Workstream, stand: Stand, gross: tuple[float, float] | None
) -> Standing:
    """What the workstream's card says of its pace."""
    as_of = view.choice.snapshot["as_of"].date()
    return told.standing(
        stand.unit,
        time_of(workstream, as_of),
        directive_on(workstream, as_of),
        as_of=as_of,
        language=view.language,
        gross=gross,
    )


def answers(view: View, stands: Mapping[Workstream, Stand]) -> list[str]:
    """Whether the deadlines will be met, in whole sentences."""
    as_of = view.choice.snapshot["as_of"].date()
    return told.leaders_answer(
        {name: stand.unit for name, stand in stands.items()},
        {name: stand.districts for name, stand in stands.items()},
        {name: time_of(name, as_of) for name in stands},
        as_of=as_of,
        language=view.language,
    )


def changes_block(view: View) -> None:
    """Whose status has changed since the snapshot before, and where regressions rise beyond what is
    usual or no longer do; nothing where nothing of it has.
    """
    changes = load(
        progress.status_changes,
        view.viewer.scope,
        axis=view.choice.axis,
        snapshot_id=view.choice.snapshot_id,
    ).to_dicts()
    changed = _changed_spikes(view)
    if changes or changed:
        html = told.status_changes(
            changes,
            view.language,
            spikes=changed,
            link=lambda code: address("co-so", facility=code),
        )
        show(html, key="status_changes")


def _changed_spikes(view: View) -> list[Row]:
    """The facilities whose spike began or ended, the largest first; none of totals."""
    snapshot = view.choice.snapshot
    if "cleaning" not in snapshot["covers"] or not snapshot["is_by_unit"]:
        return []
    found = load(
        spikes.regression_spikes, view.viewer.scope, snapshot_id=view.choice.snapshot_id
    ).filter(pl.col("is_spiking") != pl.col("was_spiking"))
    order = ["is_spiking", "excess", "per_day"]
    return found.sort(order, descending=True, nulls_last=True, maintain_order=True).to_dicts()


def choose_stream(view: View, stands: Mapping[Workstream, Stand]) -> Workstream:
    """Which workstream the pictures below are of: the address's, else the one in most danger."""
    _ = words(view.language)
    names = {name: workstream_names(view.language)[name] for name in stands}
    worst = told.worst_of({name: stand.unit for name, stand in stands.items()})
    current = next((name for name in names if name == asked("stream")), worst or next(iter(names)))
    st.session_state["stream_choice"] = current
    st.segmented_control(
        _("Xem kỹ"),
        list(names),
        format_func=lambda name: names.get(name, name),
        required=True,
        key="stream_choice",
        on_change=lambda: choose("stream", st.session_state["stream_choice"]),
    )
    return current


def burn_up_card(view: View, workstream: Workstream) -> None:
    """The burn-up of the workstream, what its marks stand for, and how good forecasts have been."""
    _ = words(view.language)
    place = _place(view, workstream)
    found = load(burn_up.burn_up, view.viewer.scope, **place)
    said = drawn.in_words(found, view.language)
    theme = st.context.theme.type or "light"
    marks = _annotations(view, workstream)
    with card("burn_up"):
        title = _("{name}: thực hiện, lộ trình và dự báo").format(
            name=workstream_names(view.language)[workstream]
        )
        show(render("heading.html", view.language, title=title, detail=said), key="burn_up_heading")
        st.plotly_chart(
            keep(
                "burn_up",
                lambda: drawn.burn_up_chart(found, marks, language=view.language, theme=theme),
                *view.identity,
                workstream,
                theme,
            ),
            theme=None,
            config=CONFIG,
            key="burn_up_chart",
            alt=said,
        )
        record = load(burn_up.track_record, view.viewer.scope, **place).to_dicts()
        html = drawn.legend(found, marks, view.language) + told.record_table(record, view.language)
        show(html, key="burn_up_record")
        show(
            source_block(source(view, METRICS[workstream]), view.language),
            key="burn_up_source",
        )


def _annotations(view: View, workstream: Workstream) -> list[Annotation]:
    return [
        one
        for one in campaign().annotations
        if one.workstream in (None, workstream) and one.district in (None, view.unit_code)
    ]


def _place(view: View, workstream: Workstream) -> dict[str, Any]:
    return {
        "workstream": workstream,
        "level": view.level,
        "unit_code": view.unit_code,
        "axis": _axis(view, workstream),
        "snapshot_id": view.choice.snapshot_id,
        "district_code": view.district_code,
    }


def what_if_card(view: View, workstream: Workstream) -> None:
    """What would change with a later deadline, a faster pace, the largest facilities first."""
    _ = words(view.language)
    with card("what_if"):
        title, detail = _("Nếu … thì sao"), workstream_names(view.language)[workstream]
        show(render("heading.html", view.language, title=title, detail=detail), key="what_if_head")
        _what_if(view, workstream)


@st.fragment
def _what_if(view: View, workstream: Workstream) -> None:
    _ = words(view.language)
    later = st.slider(_("Hạn lùi thêm, ngày"), 0, _MOST_DAYS, 0, key="what_if_later")
    faster = st.slider(_("Nhịp nhanh hơn, %"), 0, _MOST_FASTER, 0, 10, key="what_if_faster")
    first = 0
    if view.choice.snapshot["is_by_unit"] or workstream == "complaints":
        label = _("Giải quyết xong trước bao nhiêu cơ sở còn nhiều nhất")
        if _axis(view, workstream) == "residence":
            label = _("Giải quyết xong trước bao nhiêu xã, phường còn nhiều nhất")
        first = st.slider(label, 0, _MOST_UNITS, 0, key="what_if_first")
    change = what_if.Change(later, faster / _SHARE, first)
    rows = load(
        what_if.what_if, view.viewer.scope, **_place(view, workstream), change=change
    ).to_dicts()
    html = told.what_if_table(rows, view.language, is_asked=change != what_if.Change())
    show(html, key="what_if_table")


def districts_card(view: View, workstream: Workstream, stand: Stand) -> None:
    """The districts that decide the outcome."""
    _ = words(view.language)
    with card("districts"):
        caption = _("Các huyện quyết định kết quả: {name}, xếp theo số còn phải làm").format(
            name=workstream_names(view.language)[workstream]
        )
        table = told.progress_table(
            "districts",
            caption,
            stand.districts,
            total=stand.unit,
            link=lambda code: address(_PAGE_OF[workstream], district=code),
            source=source(view, METRICS[workstream]),
            language=view.language,
        )
        show(table, key="districts")


_PAGE_OF = {"cleaning": "huyen", "complaints": "phan-anh", "signing": "ky-so"}


def formulas(view: View) -> None:
    """How pace, chance and status are worked out, behind a question mark."""
    campaign_days = campaign().pace_days
    html = render(
        "formulas.html",
        view.language,
        is_working=campaign_days == "working",
        least=formats.ratio(told.AT_RISK, view.language, 0),
        enough=formats.ratio(told.ON_TRACK, view.language, 0),
    )
    show(html, key="formulas")
