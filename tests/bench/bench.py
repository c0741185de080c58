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
from typing import NamedTuple

import duckdb

from data import snapshots
from queries.engine import open_store
from queries.questions import find_snapshot, measure, trend, unit_table
from queries.scope import Scope

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


def _rerun(store: Path) -> None:
    os.environ["TIENDO_STORE"] = str(store.resolve())
    from streamlit.testing.v1 import AppTest

    pages = ("", "pages/district.py", "pages/facility.py", "pages/snapshots.py")
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
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as folder:
        out = Path(folder)
        _process("cli.py", "sample", "--out", folder, "--days", "1")
        file = next(out.glob("records-*.csv"))
        reader = out / "read.py"
        reader.write_text("import sys, polars; polars.read_csv(sys.argv[1], infer_schema=False)")
        ours, yardstick = [], []
        for number in range(5):
            target = ("--store", str(out / f"store{number}"))
            ours.append(
                _process("cli.py", "publish", str(file), "--as-of", "2022-04-25T16:00", *target)
            )
            yardstick.append(_process(str(reader), str(file)))
    one = statistics.median(run.seconds for run in ours)
    other = statistics.median(run.seconds for run in yardstick)
    peak = max(run.peak_mb for run in ours)
    print(
        f"publish of one CSV ({one:.2f} s) / process that only reads it ({other:.2f} s): "
        f"{one / other:.1f}x (target <= 5x); peak memory {peak:.0f} MB (target < 2000 MB)"
    )


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
