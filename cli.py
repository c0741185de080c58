"""The operator's door: `python cli.py COMMAND --help`.

Exit status: 0 done; 1 refused, with the reason in one sentence on stderr; 2 wrong usage.
With --json a command prints exactly one JSON document on stdout and nothing else.
"""

import datetime as dt
import functools
import json
import sys
import tempfile
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from data.errors import HeldError, RefusedError
from settings import VIETNAM, setting, store_folder

app = typer.Typer(
    help="Tiến độ: công bố kỳ số liệu và hỏi số liệu từ dòng lệnh.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
errors = Console(stderr=True, soft_wrap=True, highlight=False)
output = Console(soft_wrap=True, highlight=False)

StoreOption = Annotated[
    Path | None, typer.Option("--store", help="Thư mục kho; mặc định TIENDO_STORE, rồi store/.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="In đúng một tài liệu JSON ra stdout.")]
AtOption = Annotated[
    str | None,
    typer.Option(
        "--at", help="Ngày (kỳ mới nhất của ngày đó) hoặc thời điểm ISO; mặc định mới nhất."
    ),
]
FilesArgument = Annotated[list[Path], typer.Argument(help="Các tệp CSV hoặc XLSX của cùng một kỳ.")]
EncodingOption = Annotated[
    str | None, typer.Option(help="Bảng mã của CSV không phải UTF-8, ví dụ windows-1258.")
]
LayoutOption = Annotated[
    str | None, typer.Option(help="Bố cục bắt buộc: records, complaints, facilities hoặc totals.")
]
DistrictOption = Annotated[str | None, typer.Option("--district", help="Chỉ một huyện, theo mã.")]

#: The lists behind numbers: complaints or records by their ids.
LISTS = (
    "open_complaints",
    "resolved_still_invalid",
    "signed_not_verified",
    "changed_after_signing",
    "in_process_long",
)


def refusing(command: Callable[..., None]) -> Callable[..., None]:
    """A command whose refusals are one sentence on stderr and exit status 1."""

    @functools.wraps(command)
    def guarded(*args: Any, **kwargs: Any) -> None:
        try:
            command(*args, **kwargs)
        except RefusedError as error:
            errors.print(str(error), style="red", markup=False)
            raise typer.Exit(1) from error

    return guarded


# Data in ------------------------------------------------------------------------------------


@app.command()
@refusing
def sample(
    out: Annotated[Path | None, typer.Option(help="Thư mục ghi các tệp.")] = None,
    records: Annotated[
        int | None, typer.Option(min=1, help="Số hồ sơ ngày 25/4/2022, từ 500.")
    ] = None,
    days: Annotated[int, typer.Option(min=1, max=91, help="Số ngày liên tiếp.")] = 1,
    end: Annotated[str | None, typer.Option(help="Ngày cuối (ISO); mặc định 2022-04-25.")] = None,
    seed: Annotated[int, typer.Option(help="Hạt giống: cùng số, cùng tệp.")] = 77,
    publish: Annotated[
        bool, typer.Option("--publish", help="Công bố từng ngày vào kho thay vì chỉ ghi tệp.")
    ] = False,
    if_empty: Annotated[
        bool, typer.Option("--if-empty", help="Không làm gì khi kho đã có số liệu.")
    ] = False,
    store: StoreOption = None,
) -> None:
    """Ghi tỉnh mô phỏng thành tệp theo đúng bố cục; mọi người và con số đều bịa ra."""
    folder = store_folder(store)
    if if_empty and _is_filled(folder, days):
        return
    if out is None and not publish:
        raise typer.BadParameter("cần --out THƯ_MỤC (ghi tệp) hoặc --publish (công bố vào kho).")
    if out is not None:
        _sample(out, folder if publish else None, records, days, _day(end), seed)
        return
    with tempfile.TemporaryDirectory(prefix="tien-do-") as temporary:
        _sample(Path(temporary), folder, records, days, _day(end), seed)


def _is_filled(store: Path, days: int) -> bool:
    """Whether the store needs no invented days (more): it has real data, or as many as asked."""
    from data.snapshots import in_force

    published = in_force(store)
    return len(published) >= days or any(not manifest.is_invented for manifest in published)


def _sample(
    out: Path, store: Path | None, records: int | None, days: int, end: dt.date | None, seed: int
) -> None:
    from data.sample import AS_OF_HOUR, build_province, days_of, write_day, write_facilities

    try:
        dates = days_of(days, end)
        province = build_province(seed=seed) if records is None else build_province(records, seed)
    except ValueError as error:
        raise RefusedError(str(error)) from error
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RefusedError(f"{out}: không tạo được thư mục này ({error.strerror}).") from error
    with progress_bar(len(dates)) as step:
        facilities = write_facilities(province, out)
        for date in dates:
            step(f"Ngày {date:%d/%m/%Y}")
            written = write_day(province, date, out)
            if store is not None:
                as_of = dt.datetime.combine(date, dt.time(AS_OF_HOUR))
                _publish(store, [facilities, *written], as_of)
                for path in written:
                    path.unlink()
    errors.print(f"Đã xong {len(dates)} ngày mô phỏng: {store or out}", markup=False)


def _publish(store: Path, files: list[Path], as_of: dt.datetime) -> None:
    from data.publish import Order
    from data.publish import publish as publish_snapshot

    order = Order(files, as_of=as_of, now=_now())
    _require_log(store)
    outcome = publish_snapshot(store, order, progress=lambda stage: None)
    if not outcome.already_published:
        told = {"invented": True}
        _write_down(store, "publish", told, snapshot_id=outcome.snapshot_id, rows=outcome.accepted)


@app.command()
@refusing
def publish(
    files: FilesArgument,
    as_of: Annotated[
        str,
        typer.Option(help="Thời điểm của số liệu, ISO, giờ Việt Nam; chỉ có ngày là hết ngày đó."),
    ],
    layout: LayoutOption = None,
    encoding: EncodingOption = None,
    confirm: Annotated[
        bool, typer.Option("--confirm", help="Vẫn công bố một kỳ bị giữ lại vì đáng ngờ.")
    ] = False,
    revise: Annotated[str | None, typer.Option(help="Lý do đính chính một kỳ đã công bố.")] = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Kiểm tra rồi công bố một kỳ số liệu từ tất cả các tệp của nó."""
    from data.audit import HELD, held
    from data.publish import Order
    from data.publish import publish as publish_snapshot

    order = Order(
        files=files,
        as_of=_as_of(as_of),
        now=_now(),
        encoding=encoding,
        layout=layout,
        is_confirmed=confirm,
        reason_of_revision=revise,
    )
    _require_log(store_folder(store))
    try:
        with progress_bar(4) as step:
            outcome = publish_snapshot(store_folder(store), order, progress=step)
    except HeldError:
        # No briefing is mailed while a snapshot waits for a person.
        told = {"as_of": order.as_of.isoformat(timespec="minutes")}
        _write_down(store_folder(store), HELD, told)
        raise
    # That files are there already is an answer too, when others of their instant wait.
    if not outcome.already_published or order.as_of in held(store_folder(store)):
        _write_down(
            store_folder(store),
            "publish",
            {"revised": revise is not None and not outcome.already_published},
            snapshot_id=outcome.snapshot_id,
            rows=outcome.accepted,
            reason=revise[:200] if revise else None,
        )
    _warn(outcome.warnings)
    if as_json:
        _print_json(_outcome_row(outcome))
        return
    if outcome.already_published:
        output.print(
            "Các tệp này đã được công bố, không có gì thay đổi "
            f"(already published as {outcome.snapshot_id}).",
            markup=False,
        )
        return
    output.print(f"Đã công bố {outcome.snapshot_id} sau {_decimal(outcome.seconds)} giây.")
    _print_counts(outcome)


@app.command()
@refusing
def check(
    files: FilesArgument,
    as_of: Annotated[
        str | None, typer.Option(help="Thời điểm của số liệu; mặc định bây giờ.")
    ] = None,
    layout: LayoutOption = None,
    encoding: EncodingOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Kiểm tra các tệp đúng như khi công bố, không công bố gì."""
    from data.publish import Order
    from data.publish import check as check_files

    instant = _as_of(as_of) if as_of else _now()
    order = Order(files, as_of=instant, now=_now(), encoding=encoding, layout=layout)
    with progress_bar(2) as step:
        outcome = check_files(store_folder(store), order, is_dated=as_of is not None, progress=step)
    if as_json:
        _print_json(_outcome_row(outcome))
    else:
        _print_counts(outcome)


def _outcome_row(outcome: Any) -> dict[str, Any]:
    return {
        "as_of": outcome.as_of.isoformat(timespec="minutes"),
        "snapshot_id": outcome.snapshot_id,
        "already_published": outcome.already_published,
        "rows_read": outcome.rows_read,
        "accepted": outcome.accepted,
        "quarantined": outcome.quarantined,
        "by_reason": outcome.by_reason,
        "carried_forward": outcome.carried_forward,
        "files": [
            {
                "name": source.name,
                "layout": source.layout,
                "rows_read": source.rows_read,
                "accepted": source.accepted,
                "quarantined": source.quarantined,
                "unknown_headings": source.unknown_headings,
            }
            for source in outcome.sources
        ],
        "warnings": outcome.warnings,
        "seconds": round(outcome.seconds, 3),
    }


def _warn(problems: list[str]) -> None:
    """What was done all the same, on stderr."""
    for problem in problems:
        errors.print(problem, style="yellow", markup=False)


def _print_counts(outcome: Any) -> None:
    from data.schema import REASONS

    for source in outcome.sources:
        output.print(
            f"{source.name}: đọc {_count(source.rows_read)} = nhận {_count(source.accepted)} "
            f"+ để riêng {_count(source.quarantined)}",
            markup=False,
        )
        if source.unknown_headings:
            headings = ", ".join(f"“{text}”" for text in source.unknown_headings)
            output.print(f"  đề mục không dùng đến: {headings}", markup=False)
    if "complaints" not in {source.layout for source in outcome.sources}:
        output.print("Kỳ này không có tệp phản ánh.")
    for reason, count in outcome.by_reason.items():
        output.print(f"  để riêng vì {REASONS[reason]}: {_count(count)}", markup=False)
    if outcome.carried_forward:
        kept = _count(outcome.carried_forward)
        output.print(f"  giữ nguyên trạng thái kỳ trước: {kept} hồ sơ, phản ánh", markup=False)


# The store ----------------------------------------------------------------------------------


@app.command()
@refusing
def snapshots(store: StoreOption = None, as_json: JsonOption = False) -> None:
    """Liệt kê các kỳ số liệu đã công bố, cũ trước."""
    from data.snapshots import in_force

    rows: list[dict[str, Any]] = [
        {
            "snapshot_id": manifest.snapshot_id,
            "as_of": manifest.as_of_local.isoformat(timespec="minutes"),
            "revision": manifest.revision,
            "is_invented": manifest.is_invented,
            "rows_read": manifest.total("rows_read"),
            "accepted": manifest.total("accepted"),
            "quarantined": manifest.total("quarantined"),
            "carried_forward": manifest.carried_forward,
            "records": manifest.rows("records.parquet"),
            "published_at": manifest.published_at,
        }
        for manifest in in_force(store_folder(store))
    ]
    if as_json:
        _print_json(rows)
        return
    _print_table(
        ["Mã kỳ", "Hồ sơ", "Đọc", "Nhận", "Để riêng"],
        [
            [
                row["snapshot_id"],
                *(_count(row[key]) for key in ("records", "rows_read", "accepted", "quarantined")),
            ]
            for row in rows
        ],
    )


@app.command()
@refusing
def verify(store: StoreOption = None, as_json: JsonOption = False) -> None:
    """Đối chiếu từng tệp trong kho với bản kê khai của nó."""
    from data.snapshots import all_snapshots, problems, without_manifest

    folder = store_folder(store)
    manifests = all_snapshots(folder)
    rows: list[dict[str, Any]] = []
    with progress_bar(len(manifests)) as step:
        for manifest in manifests:
            step(manifest.snapshot_id)
            found = problems(folder, manifest)
            rows.append({"snapshot_id": manifest.snapshot_id, "ok": not found, "problems": found})
    for name in without_manifest(folder):
        problem = "manifest.json: mất hoặc không đọc được"
        rows.append({"snapshot_id": name, "ok": False, "problems": [problem]})
    broken = [f"{row['snapshot_id']}: {problem}" for row in rows for problem in row["problems"]]
    if as_json:
        _print_json(rows)
    if broken:
        raise RefusedError("\n".join(broken))
    if not as_json:
        output.print(f"{len(rows)} kỳ số liệu đều đúng với bản kê khai.")


@app.command()
@refusing
def withdraw(
    date: Annotated[
        str, typer.Argument(help="Ngày hoặc thời điểm ISO của kỳ cần rút; mã kỳ nếu kỳ bị hỏng.")
    ],
    why: Annotated[str, typer.Option(help="Lý do rút.")],
    store: StoreOption = None,
) -> None:
    """Rút một kỳ số liệu khỏi các trang, tệp vẫn được giữ trong kho; hoặc thôi chờ một kỳ bị giữ
    lại mà không công bố.
    """
    from data import snapshots as kept
    from data.publish import withdraw as take_out

    folder = store_folder(store)
    damaged = date in kept.without_manifest(folder)
    held = None if damaged else _only_held(folder, _at(date))
    if held is not None:
        told = {"as_of": held.isoformat(timespec="minutes")}
        _write_down(folder, "withdraw", told, reason=why[:200])
        output.print(f"Không chờ kỳ bị giữ lại {held:%d/%m/%Y %H:%M} nữa.", markup=False)
        return
    snapshot_id = date if damaged else kept.at(folder, _at(date)).snapshot_id
    _require_log(folder)
    with progress_bar(1) as step:
        problems = take_out(folder, snapshot_id, why=why, progress=step)
    _write_down(folder, "withdraw", {}, snapshot_id=snapshot_id, reason=why[:200])
    _warn(problems)
    output.print(f"Đã rút {snapshot_id}; tệp giữ ở {folder / 'withdrawn'}.", markup=False)
    stem = snapshot_id.rpartition("-r")[0]
    for manifest in kept.in_force(folder):
        if manifest.snapshot_id.startswith(stem):
            output.print(f"Bản có hiệu lực bây giờ là {manifest.snapshot_id}.", markup=False)


def _only_held(store: Path, when: dt.date | dt.datetime) -> dt.datetime | None:
    """The instant of a snapshot that was held back, when none of that day or instant is there."""
    from data import audit, snapshots

    published = [manifest.as_of_local for manifest in snapshots.in_force(store)]
    if any(when in (one, one.date()) for one in published):
        return None
    return next((one for one in audit.held(store) if when in (one, one.date())), None)


@app.command()
@refusing
def rebuild(
    store: StoreOption = None,
    stale: Annotated[
        bool, typer.Option("--stale", help="Chỉ những kỳ có bảng tổng hợp thiếu hoặc cũ.")
    ] = False,
) -> None:
    """Tính lại bảng tổng hợp của mọi kỳ từ hồ sơ."""
    from data import marts
    from data import snapshots as kept
    from data.publish import rebuild as rebuild_marts
    from data.publish import refresh

    folder = store_folder(store)
    manifests = [
        manifest
        for manifest in kept.all_snapshots(folder)
        if not (stale and marts.is_current(kept.marts_folder(folder, manifest.snapshot_id)))
    ]
    with progress_bar(len(manifests)) as step:
        for manifest in manifests:
            step(manifest.snapshot_id)
            rebuild_marts(folder, manifest)
        is_empty = not kept.in_force(folder)
        made, problems = (0, []) if is_empty else refresh(folder, progress=step)
    if manifests or not stale:
        output.print(f"Đã tính lại bảng tổng hợp của {len(manifests)} kỳ số liệu.")
    if made:
        output.print(f"Đã đối chiếu lại {made} kỳ số liệu với kỳ trước.")
    if problems:
        raise RefusedError("\n".join(problems))


# Questions ----------------------------------------------------------------------------------


@app.command()
@refusing
def measure(
    metric: Annotated[str, typer.Argument(help="Chỉ số, ví dụ valid_ratio.")],
    level: Annotated[
        str | None, typer.Option(help="province, district, facility hoặc commune.")
    ] = None,
    at: AtOption = None,
    district: DistrictOption = None,
    axis: Annotated[str | None, typer.Option(help="facility hoặc residence.")] = None,
    public: Annotated[
        bool, typer.Option("--public", help="Bảng gửi ra ngoài tỉnh: số từ 1 đến 7 được ẩn.")
    ] = False,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Một chỉ số theo đơn vị: tử số, mẫu số, tỷ lệ; đúng như trên các trang."""
    from queries.disclosure import public_measure
    from queries.engine import open_store
    from queries.measure import AXES, LEVELS
    from queries.questions import find_snapshot
    from queries.questions import measure as ask
    from queries.scope import Scope

    chosen = _choice("--level", level or ("district" if district else "province"), LEVELS)
    along = _choice("--axis", axis, AXES) if axis else None
    if district is not None and chosen == "province":
        raise typer.BadParameter("--district không đi cùng --level province.")
    connection = open_store(store_folder(store))
    snapshot_id = find_snapshot(connection, _at(at) if at else None)
    place: dict[str, Any] = {
        "level": chosen,
        "axis": along,
        "snapshot_id": snapshot_id,
        "district_code": district,
    }
    if public:
        rows = public_measure(connection, metric, **place)
    else:
        rows = ask(connection, metric, scope=Scope.everything(), **place)
    if as_json:
        _print_json(rows.to_dicts())
        return
    is_hidden = rows["is_suppressed"].to_list() if public else [False] * rows.height
    rows = rows.drop("is_suppressed", strict=False)
    headings = [
        "Mã",
        "Đơn vị",
        *(["Lý do"] if "reason" in rows.columns else []),
        "Tử số",
        "Mẫu số",
        "Tỷ lệ",
    ]
    _print_table(
        headings,
        [
            [*row[:-3], "ẩn" if hidden else _count(row[-3]), _count(row[-2]), _percent(row[-1])]
            for row, hidden in zip(rows.rows(), is_hidden, strict=True)
        ],
    )


@app.command()
@refusing
def complaints(
    level: Annotated[str | None, typer.Option(help="province, district hoặc facility.")] = None,
    at: AtOption = None,
    since: Annotated[
        str | None,
        typer.Option(help="Chỉ đếm tiếp nhận và xử lý từ sau kỳ của ngày hoặc thời điểm ISO này."),
    ] = None,
    district: DistrictOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Phản ánh còn tồn theo đơn vị phải xử lý: quá 48 giờ, tuổi tồn, tiếp nhận, xử lý."""
    from queries import complaints as asked
    from queries.engine import open_store
    from queries.questions import find_snapshot
    from queries.scope import Scope

    levels = ("province", "district", "facility")
    chosen = _choice("--level", level or ("facility" if district else "province"), levels)
    if district is not None and chosen == "province":
        raise typer.BadParameter("--district không đi cùng --level province.")
    connection = open_store(store_folder(store))
    place: dict[str, Any] = {
        "scope": Scope.everything(),
        "level": chosen,
        "snapshot_id": find_snapshot(connection, _at(at) if at else None),
        "district_code": district,
    }
    rows = asked.complaint_table(connection, **place).to_dicts()
    flows: dict[str, dict[str, Any]] = {}
    if since is not None:
        earlier = find_snapshot(connection, _at(since))
        flow = asked.complaint_flow(connection, since=earlier, **place)
        flows = {row["unit_code"]: row for row in flow.to_dicts()}
    documents = [_complaint_row(row, flows.pop(row["unit_code"], None)) for row in rows]
    # Units that nothing is listed under any more have still lost what was.
    documents += [_complaint_row(_nothing_listed(flow), flow) for flow in flows.values()]
    if as_json:
        _print_json(documents)
        return
    _print_table(
        ["Mã", "Đơn vị", "Còn tồn", "Quá 48 giờ", "Cũ nhất, giờ", "Tiếp nhận", "Xử lý"],
        [
            [
                row["unit_code"],
                row["unit_name"],
                *(_count(row[key]) for key in ("open", "overdue")),
                "–" if row["oldest_hours"] is None else _decimal(row["oldest_hours"]),
                *(_count(row[key]) for key in ("received", "closed")),
            ]
            for row in documents
        ],
    )


_BUCKETS = ("up_to_48_hours", "days_2_to_7", "days_8_to_30", "over_30_days")
_COMPLAINT_KEYS = (
    "unit_code",
    "unit_name",
    "open",
    "overdue",
    "overdue_ratio",
    "median_hours",
    "p90_hours",
    "oldest_hours",
    "received",
    "closed",
    "received_7_days",
    "closed_7_days",
    "approved",
    "rejected",
    "new",
    "unassigned",
    "in_progress",
    "more_information",
    "reopened",
    "still_invalid",
)


def _nothing_listed(unit: dict[str, Any]) -> dict[str, Any]:
    """The row of a unit that the list has no complaint of."""
    nothing = dict.fromkeys((*_BUCKETS, *_COMPLAINT_KEYS), 0)
    unknown = dict.fromkeys(("overdue_ratio", "median_hours", "p90_hours", "oldest_hours"))
    return nothing | unknown | {key: unit[key] for key in ("unit_code", "unit_name")}


def _complaint_row(row: dict[str, Any], flow: dict[str, Any] | None) -> dict[str, Any]:
    """One unit as JSON; received and closed are of the whole list, or of the time since."""
    document = {key: row[key] for key in _COMPLAINT_KEYS}
    document["buckets"] = {name: row[name] for name in _BUCKETS}
    told = (
        "opening",
        "received",
        "closed",
        "opened_again",
        "moved_in",
        "moved_out",
        "late",
        "removed",
        "difference",
        "closing",
    )
    if flow is not None:
        document |= {key: flow[key] for key in told}
    return document


@app.command()
@refusing
def progress(
    at: AtOption = None,
    district: DistrictOption = None,
    level: Annotated[str | None, typer.Option(help="province hoặc district.")] = None,
    axis: Annotated[str | None, typer.Option(help="facility hoặc residence.")] = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Ba việc so với thời hạn: còn lại, nhịp cần và nhịp đang có, khả năng đúng hạn, tình trạng."""
    from data.workstreams import WORKSTREAMS
    from queries.engine import open_store
    from queries.measure import AXES
    from queries.questions import find_snapshot

    chosen = _choice("--level", level or ("district" if district else "province"), _LEVELS)
    if district is not None and chosen == "province":
        raise typer.BadParameter("--district không đi cùng --level province.")
    if axis is not None:
        _choice("--axis", axis, AXES)
    connection = open_store(store_folder(store))
    place: dict[str, Any] = {
        "snapshot_id": find_snapshot(connection, _at(at) if at else None),
        "level": chosen,
        "axis": axis,
        "district_code": district,
    }
    rows = [
        row for workstream in WORKSTREAMS for row in _progress_rows(connection, workstream, **place)
    ]
    if as_json:
        _print_json(rows)
        return
    _print_progress(rows)


_LEVELS = ("province", "district")
_PROGRESS_KEYS = (
    "unit_code",
    "unit_name",
    "numerator",
    "denominator",
    "ratio",
    "target",
    "remaining",
    "required_per_day",
    "required_per_calendar_day",
    "required_per_working_day",
    "actual_per_day",
    "arrivals_per_day",
    "effort_ratio",
    "planned",
    "pace_gap",
    "p_meet",
    "expected_finish",
    "finish_p85",
    "finish_p95",
    "status",
)


def _progress_rows(
    connection: Any,
    workstream: Any,
    *,
    snapshot_id: str,
    level: Any,
    axis: Any,
    district_code: str | None,
) -> list[dict[str, Any]]:
    """One workstream as JSON, one object a unit; without figures one that says so."""
    from data.workstreams import directive_on
    from queries.courses import time_of
    from queries.measure import as_of_instant, covering, require_district
    from queries.progress import progress as standing
    from queries.scope import Scope

    day = as_of_instant(connection, snapshot_id).date()
    time, directive = time_of(workstream, day), directive_on(workstream, day)
    known = {
        "deadline": directive.date if directive else None,
        "deadline_text": directive.text if directive else None,
        "document": directive.document if directive else None,
        "overdue_since": time.deadline.date if time and day >= time.deadline.date else None,
        "usable_days": time.calendar_days if time else None,
        "working_days": time.working_days if time else None,
    }
    scope = Scope.everything()
    if district_code is not None:
        require_district(connection, district_code, scope=scope, snapshot_id=snapshot_id)
    if snapshot_id not in covering(connection, workstream)["snapshot_id"]:
        nothing = {**dict.fromkeys(_PROGRESS_KEYS), "status": "too_little_data"}
        return [{"workstream": workstream, **nothing, **known}]
    rows = standing(
        connection,
        scope=scope,
        workstream=workstream,
        level=level,
        axis=None if workstream == "complaints" else axis,
        snapshot_id=snapshot_id,
        district_code=district_code,
    ).to_dicts()
    return [
        {"workstream": workstream, **{key: row[key] for key in _PROGRESS_KEYS}, **known}
        for row in rows
    ]


def _print_progress(rows: list[dict[str, Any]]) -> None:
    from display import formats
    from display.labels import workstream_names
    from display.progress import chance_words, status_words

    _print_table(
        [
            "Việc",
            "Đơn vị",
            "Đạt",
            "Còn lại",
            "Hạn",
            "Cần/ngày",
            "Đang/ngày",
            "Gấp",
            "Khả năng",
            "Tình trạng",
        ],
        [
            [
                workstream_names("vi")[row["workstream"]],
                row["unit_name"] or "",
                _percent(row["ratio"]),
                _count(row["remaining"]),
                formats.day(row["deadline"], "vi") if row["deadline"] else formats.UNKNOWN,
                formats.needed(row["required_per_day"], "vi"),
                formats.rate(row["actual_per_day"], "vi"),
                formats.multiple(row["effort_ratio"], "vi"),
                chance_words(row["p_meet"], row["status"], "vi"),
                status_words(row["status"], "vi").text,
            ]
            for row in rows
        ],
    )


@app.command()
@refusing
def flows(
    earlier: Annotated[str, typer.Option("--from", help="Kỳ so sánh: ngày hoặc thời điểm ISO.")],
    later: Annotated[
        str | None, typer.Option("--to", help="Kỳ được so; mặc định kỳ hồ sơ mới nhất.")
    ] = None,
    level: Annotated[
        str | None, typer.Option(help="province, district, facility hoặc commune.")
    ] = None,
    district: DistrictOption = None,
    axis: Annotated[str | None, typer.Option(help="facility hoặc residence.")] = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Hồ sơ giữa hai kỳ: sửa được, hỏng lại, mới, xóa, chuyển đơn vị, và vì sao tỷ lệ đổi."""
    from display import formats
    from display.flows import why_sentence
    from queries import flows as asked
    from queries.engine import open_store
    from queries.measure import AXES, LEVELS
    from queries.questions import find_snapshot
    from queries.scope import Scope

    chosen = _choice("--level", level or ("district" if district else "province"), LEVELS)
    along = _choice("--axis", axis, AXES) if axis else None
    if district is not None and chosen == "province":
        raise typer.BadParameter("--district không đi cùng --level province.")
    connection = open_store(store_folder(store))
    people = connection.dates.filter("is_by_unit")["snapshot_id"].to_list()
    newest = people[-1] if people else find_snapshot(connection)
    span = asked.Span(
        find_snapshot(connection, _at(earlier)),
        find_snapshot(connection, _at(later)) if later else newest,
    )
    rows = asked.flows(
        connection,
        scope=Scope.everything(),
        level=chosen,
        axis=along,
        span=span,
        district_code=district,
    ).to_dicts()
    if as_json:
        _print_json([{key: row[key] for key in _FLOW_KEYS} for row in rows])
        return
    _print_table(
        [
            "Mã",
            "Đơn vị",
            "Hợp lệ",
            "Sửa được",
            "Hỏng lại",
            "Mới",
            "Xóa",
            "Chuyển",
            "Tỷ lệ, điểm",
        ],
        [
            [
                row["unit_code"],
                row["unit_name"],
                formats.signed_count(row["valid"] - row["valid_before"], "vi"),
                *(_count(row[key]) for key in ("fixed", "regressed")),
                *(
                    _count(sum(row[f"{way}_{one}"] for one in asked.STANDINGS))
                    for way in ("new", "removed")
                ),
                formats.signed_count(row["moved_in"] - row["moved_out"], "vi"),
                formats.signed_points(
                    formats.printed_change(row["ratio_before"], row["ratio"]), "vi", 2
                ),
            ]
            for row in rows
        ],
    )
    for row in rows if len(rows) == 1 else []:
        output.print(why_sentence(row, "vi"), markup=False)


_FLOW_KEYS = (
    "unit_code",
    "unit_name",
    "district_code",
    *(
        f"{name}_before"
        for name in ("records", "valid", "invalid", "pending", "exempt", "signed", "classified")
    ),
    *("records", "valid", "invalid", "pending", "exempt", "signed", "classified"),
    "fixed",
    "regressed",
    *(f"new_{name}" for name in ("valid", "invalid", "pending", "exempt")),
    *(f"removed_{name}" for name in ("valid", "invalid", "pending", "exempt")),
    "moved_in",
    "moved_out",
    *(
        f"moved_{way}_{name}"
        for way in ("in", "out")
        for name in ("valid", "invalid", "pending", "exempt")
    ),
    "to_pending",
    "from_pending",
    *(
        f"{name}_to_{other}"
        for name in ("valid", "invalid", "pending", "exempt")
        for other in ("valid", "invalid", "pending", "exempt")
        if name != other and {name, other} != {"valid", "invalid"}
    ),
    "returned",
    "carried_forward",
    "newly_signed",
    "unsigned_again",
    "new_signed",
    "removed_signed",
    "moved_in_signed",
    "moved_out_signed",
    *(
        f"changed_{name}"
        for name in ("name", "birth_date", "sex", "id", "phone", "commune", "facility")
    ),
    "ratio_before",
    "ratio",
    "delta_ratio",
    "delta_fixed",
    "delta_regressed",
    "delta_new",
    "delta_removed",
    "delta_moved",
    "delta_reclassified",
    "delta_base",
    "contribution",
)


@app.command(name="list")
@refusing
def list_rows(
    name: Annotated[str, typer.Argument(help=", ".join(LISTS) + ".")],
    at: AtOption = None,
    district: DistrictOption = None,
    unit: Annotated[str | None, typer.Option(help="Chỉ một cơ sở, theo mã.")] = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Các phản ánh hoặc hồ sơ sau một con số, theo mã; không có dữ liệu cá nhân nào khác."""
    from queries import complaints as about_complaints
    from queries import signing as about_signing
    from queries.engine import open_store
    from queries.measure import require_district, require_unit
    from queries.questions import find_snapshot
    from queries.scope import Scope

    which = _choice("NAME", name, LISTS)
    connection = open_store(store_folder(store))
    snapshot_id = find_snapshot(connection, _at(at) if at else None)
    place: dict[str, Any] = {
        "scope": Scope.everything(),
        "snapshot_id": snapshot_id,
        "district_code": district,
        "unit_code": unit,
    }
    if district is not None:
        require_district(
            connection, district, scope=place["scope"], snapshot_id=place["snapshot_id"]
        )
    if unit is not None:
        require_unit(connection, unit, scope=place["scope"], snapshot_id=place["snapshot_id"])
    if which == "open_complaints":
        rows = about_complaints.open_complaints(connection, **place)
    elif which == "resolved_still_invalid":
        rows = about_complaints.still_invalid_complaints(connection, **place)
    else:
        rows = about_signing.signing_contradictions(connection, which=which, **place)
    if as_json:
        _print_json(rows.to_dicts())
        return
    for line in (rows.columns, *rows.rows()):
        sys.stdout.write("\t".join("" if cell is None else str(cell) for cell in line) + "\n")


@app.command()
@refusing
def serve(
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="Cổng; mặc định TIENDO_PORT.")
    ] = None,
    demo: Annotated[
        bool,
        typer.Option("--demo", help="Tạo lại tài khoản xem thử khi kho chỉ có số liệu mô phỏng."),
    ] = False,
    store: StoreOption = None,
) -> None:
    """Mở ứng dụng với cấu hình vận hành (.streamlit/config.toml)."""
    import os

    from data.start import check_start

    address, number = setting("ADDRESS"), str(port or setting("PORT"))
    check_start(address)
    if _is_taken(address, int(number)):
        raise RefusedError(
            f"Cổng {number} đã có chương trình khác dùng; chọn cổng khác bằng --port."
        )
    _demo(store_folder(store), is_wanted=demo)
    os.environ["TIENDO_STORE"] = str(store_folder(store).resolve())
    for name in ("PRIVATE", "OIDC_ROLES", "CAMPAIGN"):
        if setting(name):
            os.environ[f"TIENDO_{name}"] = str(Path(setting(name)).resolve())
    os.chdir(Path(__file__).parent)
    output.print(f"Tiến độ: http://{address}:{number}  (Ctrl+C để dừng)", markup=False)
    sys.stdout.flush()
    options = ["--server.address", address, "--server.port", number]
    os.execv(sys.executable, [sys.executable, "-m", "pages.parts.serve", *options])  # noqa: S606


def _demo(store: Path, *, is_wanted: bool) -> None:
    """Makes the accounts for looking round and prints them; those of an earlier start end."""
    from data import accounts, start

    why_not = start.why_no_demo(store) if is_wanted else None
    if not is_wanted or why_not:
        accounts.remove_demo()
        _warn([why_not] if why_not else [])
        return
    made = start.make_demo(store, dt.datetime.now(dt.UTC))
    output.print("Tài khoản xem thử của lần chạy này:")
    _print_table(
        ["Tên đăng nhập", "Mật khẩu", "Vai trò", "Đơn vị"],
        [[one.name, password, one.role, one.unit_code or ""] for one, password in made],
    )


def _is_taken(address: str, port: int) -> bool:
    import socket

    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError:
            return True
    return False


# The weekly briefing ------------------------------------------------------------------------


@app.command()
@refusing
def briefing(
    out: Annotated[Path, typer.Option(help="Thư mục ghi các tệp.")],
    at: AtOption = None,
    since: Annotated[
        str | None, typer.Option(help="Ngày hoặc thời điểm để so; mặc định kỳ trước đó 7–10 ngày.")
    ] = None,
    district: DistrictOption = None,
    all_districts: Annotated[
        bool, typer.Option("--all-districts", help="Mỗi huyện một báo cáo, chỉ gồm huyện ấy.")
    ] = False,
    file_format: Annotated[
        str, typer.Option("--format", help="Các dạng tệp, cách nhau dấu phẩy.")
    ] = "docx,pdf,xlsx,txt",
    mail: Annotated[
        bool, typer.Option("--mail", help="Gửi qua thư cho người nhận của từng đơn vị.")
    ] = False,
    again: Annotated[
        bool, typer.Option("--again", help="Gửi cả cho người đã nhận đúng số liệu này.")
    ] = False,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Báo cáo tuần của tỉnh hoặc của huyện: DOCX, PDF, XLSX và tin nhắn, cùng một bộ số."""
    from data.audit import Actor
    from data.post import require_settings
    from display.briefing.deliver import (
        PROVINCE,
        Delivery,
        deliver_each,
        districts,
        require_folder,
        require_mailable,
        require_recipients,
        send,
    )
    from display.briefing.files import FORMATS
    from queries.engine import open_store

    if district is not None and all_districts:
        raise typer.BadParameter("--district không đi cùng --all-districts.")
    formats = [_choice("--format", one.strip(), FORMATS) for one in file_format.split(",")]
    _require_log(store_folder(store))
    if mail:
        require_settings()
    connection = open_store(store_folder(store))
    snapshot_id = _snapshot_of(connection, "--at", at)
    since_id = _snapshot_of(connection, "--since", since) if since else None
    codes = districts(connection, snapshot_id) if all_districts else [district]
    if mail:
        require_mailable(connection, snapshot_id, now=_now())
        _warn(require_recipients([code or PROVINCE for code in codes]))
    require_folder(out)
    order = Delivery(Actor("cli", "operator"), tuple(dict.fromkeys(formats)), out, _now)
    with progress_bar(len(codes)) as step:
        ask = {"snapshot_id": snapshot_id, "since_id": since_id}
        made, problems = deliver_each(connection, order, codes, step=step, **ask)
    rows = [row for one in made for row in one.rows]
    if as_json:
        _print_json(rows)
    else:
        for row in rows:
            output.print(row["path"], markup=False)
    # The files are there whatever becomes of the mails.
    sent = [send(connection.store, order, one, again=again) for one in made if mail]
    _warn([line for one in sent for line in one.done])
    refused = [*problems, *(line for one in sent for line in one.refused)]
    if refused:
        raise RefusedError("\n".join(refused))


def _snapshot_of(connection: Any, option: str, text: str | None) -> str:
    """The id of the snapshot an option asks for, of the newest one without; refusals name it."""
    from queries.questions import find_snapshot

    when = _at(text, option) if text else None
    try:
        return find_snapshot(connection, when)
    except RefusedError as refusal:
        told = str(refusal)
        raise RefusedError(f"{option} {text}: {told[:1].lower()}{told[1:]}") from refusal


# Accounts -----------------------------------------------------------------------------------

user = typer.Typer(help="Tài khoản đăng nhập của ứng dụng.", no_args_is_help=True)
app.add_typer(user, name="user")
NameArgument = Annotated[str, typer.Argument(help="Tên đăng nhập: chữ thường, số, dấu chấm.")]


@user.command(name="add")
@refusing
def user_add(
    name: NameArgument,
    role: Annotated[str, typer.Option(help="province, district, facility, steward hoặc auditor.")],
    unit: Annotated[str | None, typer.Option(help="Mã huyện hoặc mã cơ sở.")] = None,
    store: StoreOption = None,
) -> None:
    """Tạo tài khoản hoặc cấp lại mật khẩu; in ra mật khẩu dùng một lần, có hạn 7 ngày."""
    from data import accounts, start

    folder = store_folder(store)
    accounts.check(name, role, unit)
    if role == "facility" and unit is not None:
        is_known = start.facility_exists(folder, unit)
        if is_known is False:
            raise RefusedError(f"Kỳ số liệu mới nhất không có cơ sở mã “{unit}”.")
        _warn([] if is_known else [f"Chưa có kỳ số liệu nào để đối chiếu mã cơ sở “{unit}”."])
    _write_down(folder, "user_added", {"user": name, "role": role, "unit": unit})
    password = accounts.add(name, role, unit, now=dt.datetime.now(dt.UTC))
    output.print(f"Mật khẩu dùng một lần của {name}: {password}", markup=False)
    errors.print("Phải đổi khi đăng nhập lần đầu, trong 7 ngày; không xem lại được.")


@user.command(name="list")
@refusing
def user_list(as_json: JsonOption = False) -> None:
    """Các tài khoản, vai trò và đơn vị của từng tài khoản."""
    from data import accounts

    rows = [account._asdict() for account in accounts.listed()]
    if as_json:
        _print_json(rows)
        return
    _print_table(
        ["Tên đăng nhập", "Vai trò", "Đơn vị", ""],
        [
            [row["name"], row["role"], row["unit_code"] or "", "xem thử" if row["is_demo"] else ""]
            for row in rows
        ],
    )


@user.command(name="remove")
@refusing
def user_remove(name: NameArgument, store: StoreOption = None) -> None:
    """Xóa tài khoản; phiên làm việc đang mở của nó hết hiệu lực ở thao tác kế tiếp."""
    from data import accounts

    if not accounts.exists(name):
        raise RefusedError(f"Không có tài khoản “{name}”.")
    _write_down(store_folder(store), "user_removed", {"user": name})
    accounts.remove(name)
    errors.print(f"Đã xóa tài khoản {name}.", markup=False)


# The audit log ------------------------------------------------------------------------------

log = typer.Typer(help="Nhật ký: ai đã làm gì, với gì, lúc nào.", no_args_is_help=True)
app.add_typer(log, name="audit")


@log.command(name="show")
@refusing
def audit_show(
    last: Annotated[int, typer.Option(min=1, help="Số dòng mới nhất.")] = 50,
    user_name: Annotated[str | None, typer.Option("--user", help="Chỉ một tài khoản.")] = None,
    action: Annotated[str | None, typer.Option(help="Chỉ một việc, ví dụ reveal.")] = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Các dòng nhật ký, mới nhất ở cuối."""
    from data import audit
    from display.log import log_cells, log_headings

    found = [
        line
        for line in audit.lines(store_folder(store))
        if user_name in (None, line.user) and action in (None, line.action)
    ][-last:]
    if as_json:
        _print_json([line._asdict() for line in found])
        return
    _print_table(log_headings("vi"), [log_cells(line, "vi") for line in found])


@log.command(name="verify")
@refusing
def audit_verify(store: StoreOption = None, as_json: JsonOption = False) -> None:
    """Đối chiếu từng dòng của nhật ký, sổ báo cáo và sổ gửi với dòng trước nó; nêu dòng đầu tiên
    bị sửa, mất hay đổi chỗ, và sổ đã bắt đầu lại từ đầu.
    """
    from data import audit, chain, post, releases

    folder = store_folder(store)
    paths = [module.path_of(folder) for module in (audit, releases, post)]
    verdicts = {path.name: chain.verify(path) for path in paths}
    broken = {name: one.problem for name, one in verdicts.items() if one.problem}
    begun_anew = [f"{name}: {one.begun_anew}" for name, one in verdicts.items() if one.begun_anew]
    _warn(begun_anew)
    if as_json:
        counts = {Path(name).stem: one.count for name, one in verdicts.items()}
        first = next(iter(broken.values()), "")
        told = {"lines": counts.pop("audit"), **counts, "ok": not broken, "problem": first}
        _print_json({**told, "begun_anew": begun_anew})
    if broken:
        named = "\n".join(f"{name}: {problem}" for name, problem in broken.items())
        raise RefusedError(f"Nhật ký không còn nguyên vẹn; {named}")
    if not as_json:
        for name, one in verdicts.items():
            output.print(f"{name}: {_count(one.count)} dòng đều nguyên vẹn.", markup=False)


def _write_down(store: Path, action: str, predicate: dict[str, Any], **what: Any) -> None:
    """A line of the audit log; refused when it cannot be written."""
    from data import audit

    actor = audit.Actor("cli", "operator")
    now = dt.datetime.now(VIETNAM)
    audit.write(store, actor, action, now=now, predicate=predicate, **what)


def _require_log(store: Path) -> None:
    """Refuses what could not be written down, before it is done."""
    from data import audit

    audit.require_writable(store)


# Words in and out ---------------------------------------------------------------------------


@contextmanager
def progress_bar(total: int) -> Generator[Callable[[str], None]]:
    """A bar of `total` steps on stderr when it is a terminal; call the step with its name."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=errors, transient=True, disable=not errors.is_terminal) as bar:
        task = bar.add_task("", total=total)

        def step(name: str) -> None:
            bar.update(task, description=name, advance=1)

        yield step


def _now() -> dt.datetime:
    return dt.datetime.now(VIETNAM).replace(tzinfo=None)


def _instant(text: str, option: str | None = None) -> dt.datetime:
    """An ISO instant as wall clock +07; a wrong one is wrong usage, of the option."""
    try:
        instant = dt.datetime.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(
            f"“{text}” không phải ngày, thời điểm ISO; cần năm-tháng-ngày, ví dụ 2022-04-25 hoặc "
            "2022-04-25T16:00.",
            param_hint=option,
        ) from error
    return instant.astimezone(VIETNAM).replace(tzinfo=None) if instant.tzinfo else instant


def _as_of(text: str) -> dt.datetime:
    """A snapshot's instant, to the minute; a day alone is its last minute: the day is over."""
    instant = _instant(text)
    if "T" not in text and " " not in text.strip():
        return instant.replace(hour=23, minute=59)
    if instant.second or instant.microsecond:
        raise typer.BadParameter(f"“{text}”: thời điểm số liệu tính đến phút, không có giây.")
    return instant


def _day(text: str | None) -> dt.date | None:
    return _instant(text).date() if text else None


def _at(text: str, option: str | None = None) -> dt.date | dt.datetime:
    """A day, or an instant when a time is given."""
    instant = _instant(text, option)
    return instant if "T" in text or " " in text else instant.date()


def _choice(option: str, value: str, allowed: tuple[str, ...]) -> Any:
    if value not in allowed:
        raise typer.BadParameter(f"{option}: “{value}” không có; chọn {', '.join(allowed)}.")
    return value


def _print_json(document: object) -> None:
    sys.stdout.write(json.dumps(document, ensure_ascii=False, default=_json_value) + "\n")


def _json_value(value: object) -> str:
    """A day or an instant in ISO 8601, anything else in its own words."""
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def _print_table(headings: list[str], rows: list[list[Any]]) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table(*headings, box=None)
    for row in rows:
        table.add_row(*(Text(str(cell)) for cell in row))
    output.print(table)


def _count(number: int) -> str:
    from display.formats import count

    return count(number, "vi")


def _decimal(number: float) -> str:
    return f"{number:.1f}".replace(".", ",")


def _percent(ratio: float | None) -> str:
    from display.formats import ratio as written

    return written(ratio, "vi")


if __name__ == "__main__":
    app()
