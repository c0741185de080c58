"""Measures what the product promises about speed; ratios of interleaved rounds in one run.

    make bench STORE=store          (a store of 60 full days: make full)

Prints one line a figure: what, median of this, median of the yardstick, their ratio, the target.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from data import snapshots
from display.briefing.build import build
from display.briefing.files import FORMATS, written
from queries import complaints, flows, forecast, signing, work_lists
from queries.burn_up import burn_up, track_record
from queries.engine import open_store
from queries.measure import Axis, Level
from queries.progress import progress
from queries.questions import (
    find_snapshot,
    measure,
    trend,
    unit_table,
    units,
    verification_tree,
)
from queries.scope import Scope
from queries.work_lists import WorkList

ROOT = Path(__file__).parent.parent.parent
ROUNDS = 7
EVERYTHING = Scope.everything()

#: The counts the overview page shows, computed anew from all full snapshots: every verification
#: state of every district in every snapshot. (Ratios, changes and names would still be to do.)
FROM_RECORDS = """
select
    records.filename,
    facilities.district_code,
    records.verification,
    count(*) as records
from read_parquet($records, filename = true) as records
left join facilities on records.facility_code = facilities.facility_code
group by records.filename, facilities.district_code, records.verification
order by records.filename, facilities.district_code, records.verification
"""


class Run(NamedTuple):
    """One finished process: wall seconds and peak resident memory in MB."""

    seconds: float
    peak_mb: float


def main(store: Path) -> None:
    """Prints every figure; `store` should hold 60 snapshots of 1.1 million records."""
    manifests = snapshots.in_force(store)
    records = manifests[-1].rows("records.parquet")
    print(f"{len(manifests)} snapshots, newest of {records} records; {os.cpu_count()} cores")
    _overview(store)
    _streams(store)
    _lists(store)
    _forecasts(store)
    _flows(store)
    _work_lists(store)
    _briefings(store)
    _rerun(store)
    _publish(store)


def _overview(store: Path) -> None:
    connection = open_store(store)
    files = [
        str(snapshots.snapshots_folder(store) / m.snapshot_id / "records.parquet")
        for m in snapshots.in_force(store)
    ]
    database = duckdb.connect()
    facilities = snapshots.read_table(
        store, snapshots.in_force(store)[-1].snapshot_id, "facilities"
    )
    database.register("facilities", facilities)

    def from_marts() -> None:
        at = find_snapshot(connection)
        unit_table(connection, scope=EVERYTHING, level="district", snapshot_id=at, with_total=True)
        trend(connection, "valid_ratio", scope=EVERYTHING, level="province")
        for metric in ("valid_ratio", "valid_ratio_with_id", "valid_ratio_compared"):
            measure(connection, metric, scope=EVERYTHING, level="province", snapshot_id=at)

    def one_trend() -> None:
        trend(connection, "valid_ratio", scope=EVERYTHING, level="district")

    def from_records() -> None:
        database.sql(FROM_RECORDS, params={"records": files}).fetchall()

    marts, single, full = _interleaved(from_marts, one_trend, from_records)
    _say(
        "overview page data, all its questions", marts, "from full Parquet", full, ">= 100x faster"
    )
    _say("valid ratio, districts x snapshots", single, "from full Parquet", full, ">= 100x faster")
    began = time.perf_counter()
    open_store(store)
    print(f"opening the store: {time.perf_counter() - began:.3f} s")


def _streams(store: Path) -> None:
    """What the pages of complaints and signing ask, against what the cleaning page asks."""
    connection = open_store(store)
    at = find_snapshot(connection)
    known: dict[str, Any] = {"scope": EVERYTHING, "snapshot_id": at}

    def of_cleaning() -> None:
        unit_table(connection, level="district", with_total=True, **known)
        trend(connection, "valid_ratio", scope=EVERYTHING, level="province")
        for metric in ("valid_ratio", "valid_ratio_with_id", "valid_ratio_compared"):
            measure(connection, metric, level="province", **known)

    def of_complaints() -> None:
        complaints.complaint_table(connection, level="district", with_total=True, **known)
        trend(connection, "complaint_backlog", scope=EVERYTHING, level="province")
        complaints.complaint_flow(connection, level="province", **known)
        complaints.complaint_kinds(connection, **known)

    def of_signing() -> None:
        signing.signing_table(connection, level="district", with_total=True, **known)
        signing.signing_idleness(connection, **known)
        signing.signing_course(connection, level="province", unit_code="77", **known)
        verification_tree(connection, level="province", **known)

    cleaning, of_page, of_other = _interleaved(of_cleaning, of_complaints, of_signing)
    for name, ours in (("complaints", of_page), ("signing", of_other)):
        print(
            f"page data of {name}: {1000 * ours:.1f} ms, of cleaning: {1000 * cleaning:.1f} ms; "
            f"{ours / cleaning:.2f}x (target <= 1x)"
        )


def _lists(store: Path) -> None:
    """The first 50 rows of each list, read from records and complaints."""
    connection = open_store(store)
    known: dict[str, Any] = {"scope": EVERYTHING, "snapshot_id": find_snapshot(connection)}
    known["row_limit"] = 50
    asked: dict[str, Callable[[], None]] = {
        "open_complaints": _asking(complaints.open_complaints, connection, **known),
        "resolved_still_invalid": _asking(complaints.still_invalid_complaints, connection, **known),
    }
    for which in signing.CONTRADICTIONS:
        asked[which] = _asking(signing.signing_contradictions, connection, which=which, **known)
    for name, seconds in zip(asked, _interleaved(*asked.values()), strict=True):
        print(f"list {name}, first 50 of the province: {1000 * seconds:.0f} ms")


def _asking(question: Callable[..., object], *given: object, **known: object) -> Callable[[], None]:
    def ask() -> None:
        question(*given, **known)

    return ask


def _forecasts(store: Path) -> None:
    """Forecasts of every district and facility, and what the leader's page asks of one workstream,
    with nothing kept from before.
    """
    connection = open_store(store)
    at = find_snapshot(connection)
    known: dict[str, Any] = {"scope": EVERYTHING, "snapshot_id": at, "workstream": "cleaning"}
    place: dict[str, Any] = {"level": "province", "unit_code": "77"}

    def of_all_units() -> None:
        forecast._walked.cache_clear()
        for level in ("district", "facility"):
            progress(connection, level=level, **known)

    def of_the_leader() -> None:
        forecast._walked.cache_clear()
        progress(connection, level="province", **known)
        progress(connection, level="district", **known)
        burn_up(connection, **place, **known)
        track_record(connection, **place, **known)

    districts, facilities = (
        progress(connection, level=level, **known).height for level in ("district", "facility")
    )
    units = f"{districts} districts and {facilities} facilities"
    print(f"forecast of {units}: {_median(of_all_units):.2f} s (target < 1 s)")
    print(f"pace, burn-up and track record of one workstream: {_median(of_the_leader):.2f} s")


def _flows(store: Path) -> None:
    """What became of records between two snapshots, with nothing held, against a plain join."""
    connection = open_store(store)
    ids = connection.dates.filter("is_by_unit")["snapshot_id"].to_list()
    database = duckdb.connect()
    for days in (1, 7, 30, len(ids) - 1):
        span = flows.Span(ids[-1 - days], ids[-1])
        folder = snapshots.snapshots_folder(store)
        before, now = (str(folder / one / "records.parquet") for one in span)

        def joined(before: str = before, now: str = now) -> None:
            database.sql(JOINED, params={"before": before, "now": now}).fetchall()

        def asked(span: flows.Span = span) -> None:
            connection.held.clear()
            connection.database.execute("delete from flows where snapshot_id = ?", [span.now])
            flows.flows(connection, scope=EVERYTHING, level="district", span=span)

        known = _asking(flows.flows, connection, scope=EVERYTHING, level="district", span=span)
        if days == 1:
            ours, theirs = _interleaved(known, joined)
        else:
            ours, theirs = _interleaved(asked, joined)
        _say(f"flows over {days} snapshots", ours, "plain join", theirs, "<= 300 ms, >= 1x")
        if days > 1:
            print(f"the same again: {1000 * _median(known):.0f} ms")


def _work_lists(store: Path) -> None:
    """50 records of a work list, once held, against a plain look into the file of records."""
    connection = open_store(store)
    snapshot_id = find_snapshot(connection)
    rows = units(connection, scope=EVERYTHING, level="facility", snapshot_id=snapshot_id)
    facility = rows.filter(district_code="747", unit_kind="commune_station").row(0, named=True)
    district, code = facility["district_code"], facility["unit_code"]
    file = str(snapshots.snapshots_folder(store) / snapshot_id / "records.parquet")
    database = duckdb.connect()

    def looked() -> None:
        database.sql(LOOKED, params={"file": file, "facility": code}).fetchall()

    began = time.perf_counter()
    places: tuple[tuple[str, Axis, Level, str | None], ...] = (
        ("facility", "facility", "facility", code),
        ("district", "facility", "district", None),
        ("district by residence", "residence", "district", None),
    )
    for name, axis, level, unit in places:
        work_list = WorkList("invalid", level, axis, district, unit, snapshot_id)
        known = {"scope": Scope((district,)), "work_list": work_list, "row_limit": 50}
        ask = _asking(work_lists.records, connection, **known)
        ask()
        if name == "facility":
            print(f"first list of a snapshot: {time.perf_counter() - began:.1f} s")
        ours, theirs = _interleaved(ask, looked)
        _say(f"50 records of a {name}", ours, "plain look", theirs, "<= 50 ms")
        sought = _asking(work_lists.records, connection, search="nguyen van", **known)
        print(f"the same with a search: {1000 * _median(sought):.0f} ms")


LOOKED = """
    select record_id, full_name, verified_date
    from read_parquet($file)
    where
        facility_code = $facility
        and verification in ('mismatched', 'not_found', 'no_id', 'bad_id')
    order by verified_date, record_id
    limit 50
"""


JOINED = """
    select before.verification, now.verification, count(*)
    from read_parquet($before) as before
    full outer join read_parquet($now) as now on before.record_id = now.record_id
    group by all
"""


def _median(work: Callable[[], None]) -> float:
    seconds = []
    for _round in range(ROUNDS):
        began = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - began)
    return statistics.median(seconds)


def _briefings(store: Path) -> None:
    """All four files of the province, and of all districts; nothing is released."""
    connection = open_store(store)
    at = find_snapshot(connection)
    listed = units(connection, scope=EVERYTHING, level="district", snapshot_id=at)
    codes = listed.filter(listed["unit_kind"] != "unmapped")["unit_code"].to_list()

    def of_province() -> None:
        written(build(connection, scope=EVERYTHING), FORMATS)

    def of_districts() -> None:
        for code in codes:
            written(build(connection, scope=Scope((code,)), district_code=code), FORMATS)

    def looked() -> None:
        unit_table(connection, scope=EVERYTHING, level="facility", snapshot_id=at)

    province, districts, table = _interleaved(of_province, of_districts, looked)
    for what, seconds, target in [
        ("briefing of the province", province, 5),
        (f"briefings of {len(codes)} districts", districts, 20),
    ]:
        print(
            f"{what}, four files: {seconds:.2f} s (target < {target} s); "
            f"{seconds / table:.0f}x the table of all facilities ({1000 * table:.0f} ms)"
        )


def _rerun(store: Path) -> None:
    os.environ["TIENDO_STORE"] = str(store.resolve())
    from streamlit.testing.v1 import AppTest

    pages = (
        "",
        "pages/district.py",
        "pages/facility.py",
        "pages/complaints.py",
        "pages/signing.py",
        "pages/briefing.py",
        "pages/snapshots.py",
    )
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    for page in pages:
        if page:
            app.switch_page(page).run()
        times = [_timed(lambda: app.run()) for _ in range(ROUNDS)]
        print(
            f"warm rerun of {page or 'pages/overview.py'}: "
            f"{1000 * statistics.median(times):.0f} ms (target < 150 ms)"
        )


def _publish(store: Path) -> None:
    """One day after another, each against a process that only reads its records."""
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as folder:
        out = Path(folder)
        _process("cli.py", "sample", "--out", folder, "--days", "2")
        days = ("2022-04-24", "2022-04-25")
        reader = out / "read.py"
        reader.write_text("import sys, polars; polars.read_csv(sys.argv[1], infer_schema=False)")
        runs: dict[str, list[Run]] = {"read": [], "records": [], "all": [], "next": []}
        for number in range(5):
            file, next_file = (str(out / f"records-{day}.csv") for day in days)
            told, next_told = (str(out / f"complaints-{day}.csv") for day in days)
            alone, whole = (str(out / f"{name}{number}") for name in ("alone", "whole"))
            runs["read"].append(_process(str(reader), file))
            runs["records"].append(_publish_day(days[0], alone, file))
            runs["all"].append(_publish_day(days[0], whole, file, told))
            runs["next"].append(_publish_day(days[1], whole, next_file, next_told))
    seconds = {name: statistics.median(run.seconds for run in of) for name, of in runs.items()}
    names = {"records": "records alone", "all": "with complaints", "next": "a day after another"}
    for name, what in names.items():
        peak = max(run.peak_mb for run in runs[name])
        print(
            f"publish, {what} ({seconds[name]:.2f} s) / process that only reads the records "
            f"({seconds['read']:.2f} s): {seconds[name] / seconds['read']:.1f}x (target <= 5x); "
            f"peak memory {peak:.0f} MB (target < 2000 MB)"
        )


def _publish_day(day: str, store: str, *files: str) -> Run:
    return _process("cli.py", "publish", *files, "--as-of", f"{day}T16:00", "--store", store)


def _process(*command: str) -> Run:
    began = time.perf_counter()
    process = subprocess.Popen([sys.executable, *command], cwd=ROOT, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command} ended with {process.returncode}")
    return Run(time.perf_counter() - began, usage.ru_maxrss / 1024)


def _interleaved(*works: Callable[[], None]) -> list[float]:
    for work in works:
        work()
    times: list[list[float]] = [[] for _ in works]
    for _ in range(ROUNDS):
        for work, own in zip(works, times, strict=True):
            own.append(_timed(work))
    return [statistics.median(own) for own in times]


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _say(what: str, ours: float, yardstick: str, theirs: float, target: str) -> None:
    print(
        f"{what}: {1000 * ours:.1f} ms; {yardstick}: {1000 * theirs:.0f} ms; "
        f"{theirs / ours:.0f}x faster (target {target})"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "store"))
