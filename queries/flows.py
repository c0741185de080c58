"""What became of the records between any two snapshots, and why the ratio moved.

Neighbours come with their marts. Others are made when first asked for, from the lists of changed
records between them (`data/changes.py`), and held. All frames are small but the lists of records.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import polars as pl

from data import changes, marts, pairs
from data.errors import RefusedError
from data.schema import VERIFICATION_CODES
from queries.engine import Connection
from queries.measure import (
    Axis,
    Level,
    StalePairsError,
    axis_for,
    require_district,
    require_figures,
)
from queries.questions import verification_tree
from queries.run import run, sql_text
from queries.scope import Scope

Row = Mapping[str, Any]
#: What a record can be for cleaning, and that it is not there.
STANDINGS = ("valid", "invalid", "pending", "exempt")
#: The parts of a change of the ratio, in the order they are told.
PARTS = ("fixed", "regressed", "new", "removed", "moved", "reclassified")
#: Pairs held beside neighbours; the oldest goes first.
_MOST_HELD = 64
_MOST_ROWS = 1_000_000
#: From one standing to another in the same unit; the two that have names of their own first.
_BETWEEN = {
    ("invalid", "valid"): "fixed",
    ("valid", "invalid"): "regressed",
    **{
        (before, now): f"{before}_to_{now}"
        for before in STANDINGS
        for now in STANDINGS
        if before != now and {before, now} != {"valid", "invalid"}
    },
}


class BrokenIdentityError(RefusedError):
    """What came and went does not add up to what is there: never to be shown as figures."""


class Span(NamedTuple):
    """Two snapshots with records, the one compared with first."""

    before: str
    now: str


def flows(
    connection: Connection,
    *,
    scope: Scope,
    level: Level,
    axis: Axis | None = None,
    span: Span,
    district_code: str | None = None,
) -> pl.DataFrame:
    """What became of each unit's records between two snapshots, and of its ratio.

    Args:
        span: any two; the later may stand first, then what came has gone.

    Returns:
        The columns of `queries/flow_ends.sql` with what came and went (fixed, new_valid, …),
        district_code (null for the province), moved_in and moved_out (of any standing),
        to_pending, from_pending (pending or exempt, to or from valid or invalid), ratio_before,
        ratio, delta_ratio, its parts delta_fixed, delta_regressed,
        delta_new, delta_removed, delta_moved, delta_reclassified (they add up to it; all null where
        nothing was or is classified), delta_base (what the change of the base alone does to it:
        within the parts) and contribution (to the change of all the units listed; they add up to
        that of the level above).

    Raises:
        RefusedError: a snapshot holds no records, or the level has no such axis.
        StalePairsError: a comparison between neighbours is not made yet.
        BrokenIdentityError: a unit's figures do not add up.
    """
    along = axis_for(level, axis)
    for snapshot_id in span:
        require_figures(connection, "cleaning", snapshot_id=snapshot_id, needs_records=True)
    if span.before == span.now:
        raise RefusedError(f"Cần hai kỳ khác nhau để so, được cùng một kỳ {span.now}.")
    if district_code is not None:
        require_district(connection, district_code, scope=scope, snapshot_id=span.now)
    hold(connection, span)
    place = {
        "scope": scope,
        "level": level,
        "axis": along,
        "snapshot_before": span.before,
        "snapshot_id": span.now,
    }
    ends = run(connection, "flow_ends", district_code=district_code, **place)
    rows = _summed(run(connection, "flows", **place), ends)
    checked(rows)
    return with_ratio(_with_sums(rows))


def _summed(moves: pl.DataFrame, ends: pl.DataFrame) -> pl.DataFrame:
    """Rows of `queries/flow_ends.sql` with what came and went, of rows of `queries/flows.sql`.

    A record counts where it is now, and in its state before: one that has moved and was fixed has
    moved in as invalid, and was fixed by the unit it is in.
    """
    records = pl.col("records")
    was, now = pl.col("standing_before"), pl.col("standing")
    had, has = pl.col("had_signature"), pl.col("has_signature")
    moved, was_there = pl.col("has_moved"), was != "absent"
    here = {
        **{name: (was == one) & (now == other) for (one, other), name in _BETWEEN.items()},
        **{f"new_{one}": (was == "absent") & (now == one) for one in STANDINGS},
        **{f"moved_in_{one}": moved & (was == one) for one in STANDINGS},
        "returned": pl.col("is_returned"),
        "newly_signed": has & ~had & was_there,
        "unsigned_again": had & ~has,
        "new_signed": has & ~was_there,
        "moved_in_signed": had & moved,
    }
    gone = {
        **{f"removed_{one}": (now == "absent") & (was == one) for one in STANDINGS},
        **{f"moved_out_{one}": moved & (was == one) for one in STANDINGS},
        "removed_signed": (now == "absent") & had,
        "moved_out_signed": had & moved,
    }
    came = (
        moves.filter(now != "absent")
        .group_by("part")
        .agg(
            *(records.filter(condition).sum().alias(name) for name, condition in here.items()),
            pl.col("^changed_.*$").sum(),
        )
    )
    went = (
        moves.filter(was_there)
        .group_by(pl.col("part_before").alias("part"))
        .agg(records.filter(condition).sum().alias(name) for name, condition in gone.items())
    )
    told = ends.join(came, on="part", how="left", maintain_order="left").join(
        went, on="part", how="left", maintain_order="left"
    )
    counts = (*came.columns, *went.columns)
    return told.drop("part").with_columns(
        pl.col([name for name in counts if name != "part"]).fill_null(0)
    )


def transitions(
    connection: Connection, *, scope: Scope, level: Level, axis: Axis, span: Span, unit: Row
) -> pl.DataFrame:
    """One unit's records by their state before and their state now.

    Args:
        unit: its row of `flows` (unit_district and unit_code are read).

    Returns:
        verification_before (or 'absent'), verification (or 'absent', or 'moved_out'), records;
        those that stay as they are too. A record that has moved in stands by its state before.
    """
    hold(connection, span)
    place = {"level": level, "axis": axis, "snapshot_before": span.before, "snapshot_id": span.now}
    changed = run(
        connection,
        "flow_transitions",
        scope=scope,
        unit_district=unit["unit_district"],
        unit_code=unit["unit_code"],
        **place,
    )
    trees = verification_tree(
        connection,
        scope=scope,
        level=level,
        axis=axis,
        snapshot_id=span.before,
        unit_code=unit["unit_code"],
    ).filter(pl.col("district_code").fill_null("") == unit["unit_district"])
    opening = {state: trees[state].sum() for state in VERIFICATION_CODES}
    moved_in, gone = _by_state(changed, "moved_in"), _by_state(changed, "records")
    stayed = [
        (state, state, opening[state] + moved_in.get(state, 0) - gone.get(state, 0))
        for state in VERIFICATION_CODES
    ]
    moves = changed.filter(pl.col("verification_before") != pl.col("verification"))
    kept = pl.DataFrame(stayed, schema=moves.drop("moved_in").schema, orient="row")
    return pl.concat([moves.drop("moved_in"), kept]).filter(pl.col("records") != 0)


def _by_state(changed: pl.DataFrame, column: str) -> dict[str, int]:
    """What came from each state: of `records` only what is not in it any more."""
    rows = changed
    if column == "records":
        rows = rows.filter(pl.col("verification_before") != pl.col("verification"))
    sums = rows.group_by("verification_before").agg(pl.col(column).sum())
    return dict(sums.iter_rows())


def flow_records(
    connection: Connection,
    *,
    scope: Scope,
    level: Level,
    axis: Axis,
    span: Span,
    unit: Row,
    flow: str,
    cell: tuple[str, str] = ("", ""),
    row_limit: int = _MOST_ROWS,
) -> pl.DataFrame:
    """The records behind one number of `flows` (flow: its column), or of `transitions` (flow:
    "cell", and the two states): as many rows as it counts.

    Returns:
        record_id, verification_before, verification, had_signature, has_signature, changed (list
        of name, birth_date, …), unit_before, unit_code ('' where it is not, or is out of scope);
        no person's data.
    """
    rows = net_changes(connection, span).with_columns(
        pl.col(f"{axis}_district_before").alias("district_before"),
        pl.col(f"{axis}_unit_before").alias("unit_before"),
        pl.col(f"{axis}_district").alias("district_code"),
        pl.col(f"{axis}_unit").alias("unit_code"),
    )
    with connection.cursor(scope) as cursor:
        cursor.register("net_changes", rows)
        try:
            return cursor.sql(
                sql_text("flow_records"),
                params={
                    "level": level,
                    "unit_district": unit["unit_district"],
                    "unit_code": unit["unit_code"],
                    "flow": flow,
                    "verification_before": cell[0],
                    "verification": cell[1],
                    "row_limit": row_limit,
                },
            ).pl()
        finally:
            cursor.unregister("net_changes")


def record_timeline(
    connection: Connection, *, scope: Scope, record_id: str, snapshot_id: str
) -> pl.DataFrame:
    """How one record has come to what it is in a snapshot: see `queries/record_timeline.sql`.

    Not a row for a record that has not changed since the first snapshot, is not known, or is not
    in scope.
    """
    known = [one for one in connection.chain if one <= snapshot_id]
    if not connection.paired.issuperset(known):
        raise StalePairsError
    files = [str(pairs.changes_file(connection.store, one).resolve()) for one in known]
    return run(connection, "record_timeline", scope=scope, files=files, record_id=record_id)


# What the figures must hold -----------------------------------------------------------------


def _come(standing: str) -> list[str]:
    """Columns of what came to a standing."""
    within = [name for (_before, now), name in _BETWEEN.items() if now == standing]
    return [*within, f"new_{standing}", f"moved_in_{standing}"]


def _gone(standing: str) -> list[str]:
    within = [name for (before, _now), name in _BETWEEN.items() if before == standing]
    return [*within, f"removed_{standing}", f"moved_out_{standing}"]


_COME = {standing: _come(standing) for standing in STANDINGS} | {
    "signed": ["newly_signed", "new_signed", "moved_in_signed"]
}
_GONE = {standing: _gone(standing) for standing in STANDINGS} | {
    "signed": ["unsigned_again", "removed_signed", "moved_out_signed"]
}


def checked(rows: pl.DataFrame) -> None:
    """Raises BrokenIdentityError, naming unit and figure, unless what was before, with what came
    and without what went, is what is there now: of each unit and standing, and of signatures.
    """
    for standing, came in _COME.items():
        found = pl.col(f"{standing}_before") + _sum(came) - _sum(_GONE[standing])
        broken = rows.filter(found != pl.col(standing))
        if broken.height:
            unit = broken.row(0, named=True)
            before, now = unit[f"{standing}_before"], unit[standing]
            raise BrokenIdentityError(
                f"{unit['unit_name']} ({unit['unit_code']}): {standing} {before} cộng phần thêm, "
                f"trừ phần bớt không bằng {now}; chạy: python cli.py rebuild."
            )


def _sum(columns: Sequence[str]) -> pl.Expr:
    return pl.sum_horizontal(columns)


def _with_sums(rows: pl.DataFrame) -> pl.DataFrame:
    apart = ("pending", "exempt")
    classified = ("valid", "invalid")
    return rows.with_columns(
        pl.when(pl.col("unit_district") != "").then("unit_district").alias("district_code"),
        _sum([f"moved_in_{one}" for one in STANDINGS]).alias("moved_in"),
        _sum([f"moved_out_{one}" for one in STANDINGS]).alias("moved_out"),
        _sum([f"{a}_to_{b}" for a in classified for b in apart]).alias("to_pending"),
        _sum([f"{a}_to_{b}" for a in apart for b in classified]).alias("from_pending"),
        _sum(["valid_before", "invalid_before"]).alias("classified_before"),
        _sum(classified).alias("classified"),
    )


def with_ratio(rows: pl.DataFrame) -> pl.DataFrame:
    """With the ratios, the parts of their change, and each unit's part in that of all.

    A part that adds `valid` to the numerator and `base` to the base is (valid - ratio_before x
    base) / base now.
    """
    nothing = pl.lit(0, dtype=pl.Int64)
    came = {
        name: (pl.col(f"{name}_valid"), pl.col(f"{name}_invalid")) for name in ("new", "removed")
    }
    moved = tuple(pl.col(f"moved_in_{one}") - pl.col(f"moved_out_{one}") for one in STANDINGS[:2])
    apart = tuple(
        _sum([f"{one}_to_{into}" for one in ("pending", "exempt")])
        - _sum([f"{into}_to_{one}" for one in ("pending", "exempt")])
        for into in STANDINGS[:2]
    )
    #: Part -> what it adds to valid, to the base.
    parts = {
        "fixed": (pl.col("fixed"), nothing),
        "regressed": (-pl.col("regressed"), nothing),
        "new": (came["new"][0], sum(came["new"], nothing)),
        "removed": (-came["removed"][0], -sum(came["removed"], nothing)),
        "moved": (moved[0], moved[0] + moved[1]),
        "reclassified": (apart[0], apart[0] + apart[1]),
    }
    before = _ratio("valid_before", "classified_before")
    now = _ratio("valid", "classified")
    base = pl.col("classified")
    is_known = (pl.col("classified_before") > 0) & (base > 0)
    all_before = pl.col("valid_before").sum() / pl.col("classified_before").sum()
    more = pl.col("valid") - pl.col("valid_before")
    more_base = base - pl.col("classified_before")
    return rows.with_columns(
        before.alias("ratio_before"),
        now.alias("ratio"),
        (now - before).alias("delta_ratio"),
        *(
            pl.when(is_known).then((valid - before * of_base) / base).alias(f"delta_{part}")
            for part, (valid, of_base) in parts.items()
        ),
        pl.when(is_known).then(-before * more_base / base).alias("delta_base"),
        pl.when((pl.col("classified_before").sum() > 0) & (base.sum() > 0))
        .then((more - all_before * more_base) / base.sum())
        .alias("contribution"),
    )


def _ratio(numerator: str, denominator: str) -> pl.Expr:
    return pl.when(pl.col(denominator) > 0).then(pl.col(numerator) / pl.col(denominator))


# Pairs that are no neighbours ---------------------------------------------------------------


def lists_between(connection: Connection, span: Span) -> list[str]:
    """Ids of the snapshots whose lists tell what changed between two, the oldest first."""
    first, last = sorted(span)
    between = [one for one in connection.chain if first < one <= last]
    if not connection.paired.issuperset(between):
        raise StalePairsError
    return between


def hold(connection: Connection, span: Span) -> None:
    """Sees to it that the table `flows` has what became of the records between two snapshots."""
    if _are_neighbours(connection, span):
        return
    with connection.lock:
        if span in connection.held:
            # The one used longest ago goes first.
            connection.held.remove(span)
            connection.held.append(span)
            return
        rows = _between(connection, span)
        with connection.cursor(Scope.everything()) as cursor:
            cursor.register("incoming_flows", rows)
            ids = {"snapshot_before": span.before, "snapshot_id": span.now}
            cursor.execute(sql_text("hold_flows"), ids)
            cursor.unregister("incoming_flows")
            connection.held.append(span)
            if len(connection.held) > _MOST_HELD:
                cursor.execute(
                    "delete from flows where snapshot_before = ? and snapshot_id = ?",
                    list(connection.held[0]),
                )
                connection.held.popleft()


def _are_neighbours(connection: Connection, span: Span) -> bool:
    between = lists_between(connection, span)
    return span.before < span.now and len(between) == 1


def _between(connection: Connection, span: Span) -> pl.DataFrame:
    rows = changes.counted(net_changes(connection, span))
    with marts.connected() as database:
        database.register("net_changes", rows)
        return database.sql((pairs.ROLLUPS / "flow.sql").read_text(encoding="utf-8")).pl()


def net_changes(connection: Connection, span: Span) -> pl.DataFrame:
    """`data.changes.net` between two snapshots; from the later to the earlier, what is now was."""
    paths = [pairs.changes_file(connection.store, one) for one in lists_between(connection, span)]
    rows = changes.net(paths)
    if span.before <= span.now:
        return rows
    return changes.turned(rows)
