"""Where suddenly more records regress than usual: a cumulative sum (CUSUM) for every unit.

The rule is explained to people in docs/metrics.md.

Source: OpenPrescribing's alerts on measures (window 12, sensitivity 5), upwards only; the floors of
the deviation and the least excess are ours, for small counts.
"""

from collections.abc import Sequence
from typing import Final, Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from queries.engine import Connection
from queries.forecast import Floats
from queries.measure import Level, axis_for, covering, require_district, require_figures, units
from queries.run import run
from queries.scope import Scope

Size = Literal["slight", "clear", "strong"]

#: So many intervals say what is usual; with fewer there is no spike.
WINDOW: Final = 12
#: A sum beyond so many deviations is a spike.
SENSITIVITY: Final = 5
#: What lies above the mean by less than so many deviations adds nothing.
SLACK: Final = 0.5
#: Records a day: the deviation of a unit in which nothing ever regressed.
LEAST_DEVIATION: Final = 0.5
#: Fewer records above what is usual are no spike, however unusual.
LEAST_EXCESS: Final = 10
#: From so many times the threshold on a spike is clear, or strong.
CLEAR_FROM: Final = 2
STRONG_FROM: Final = 4
#: The interval of a spike that there is not.
NONE: Final = -1


class Sums(NamedTuple):
    """Where the sums stand: units x (intervals + 1), the first before any interval.

    nan where fewer than 12 intervals are known. What an interval is left out of stays as it was.
    """

    #: What has gathered above what is usual, and beyond what it is a spike; both a day.
    total: Floats
    threshold: Floats
    #: The mean a day when the sum began to rise, or now where it is 0.
    usual: Floats
    #: Records above it since then.
    excess: Floats
    #: The number of the interval in which the sum began to rise, or NONE.
    started: npt.NDArray[np.intp]

    @property
    def is_spiking(self) -> npt.NDArray[np.bool_]:
        """Whether there is a spike: far from what is usual, and in records worth a word."""
        return (self.total > self.threshold) & (self.excess >= LEAST_EXCESS)


def regression_spikes(
    connection: Connection,
    *,
    scope: Scope,
    snapshot_id: str,
    level: Level = "facility",
    district_code: str | None = None,
) -> pl.DataFrame:
    """In which units more records regress than usual, by the days with records up to a snapshot's.

    Returns:
        One row a unit, by code, unmapped last: unit_code, unit_name, unit_kind, district_code,
        district_name, is_spiking, was_spiking (on the day with records before), before_on (that
        day; null without one), started_on (day of the snapshot in which the spike began; null
        without a spike), regressed (records, since the day before), per_day (the same a calendar
        day; both null where the pair marts do not tell), usual_per_day (mean before the spike
        began; null with fewer than 12 intervals), excess (records above that since it began; null
        without a spike), size ("slight", "clear", "strong"; likewise).

    Raises:
        RefusedError: the snapshot tells of no records, or there is no such level.
        UnknownUnitError: no such district in the snapshot, or not in scope.
    """
    require_figures(connection, "cleaning", snapshot_id=snapshot_id, needs_records=True)
    if district_code is not None:
        require_district(connection, district_code, scope=scope, snapshot_id=snapshot_id)
    listed = units(
        connection,
        scope=scope,
        level=level,
        snapshot_id=snapshot_id,
        district_code=district_code,
    )
    known = covering(connection, "cleaning", needs_records=True)["snapshot_id"]
    rows = run(
        connection,
        "regressed_history",
        scope=scope,
        level=level,
        axis=axis_for(level),
        snapshot_ids=known.filter(known <= snapshot_id).to_list(),
    ).with_columns((pl.col("regressed") / pl.col("days")).alias("per_day"))
    days = rows["day"].unique().sort()
    sums = cusum(
        _matrix(rows, listed["unit_code"], "per_day"), _matrix(rows, listed["unit_code"], "days")
    )
    latest = rows.filter(pl.col("day") == pl.col("day").max()).select(
        "unit_code", "regressed", "per_day"
    )
    return (
        listed.join(latest, on="unit_code", how="left", maintain_order="left")
        .with_columns(_standing(sums, days.to_list()))
        .select(*listed.columns, *_COLUMNS)
    )


_COLUMNS: Final = (
    "is_spiking",
    "was_spiking",
    "before_on",
    "started_on",
    "regressed",
    "per_day",
    "usual_per_day",
    "excess",
    "size",
)


def _matrix(rows: pl.DataFrame, unit_codes: pl.Series, column: str) -> Floats:
    """units x days, nan where a unit's value is not known."""
    wide = rows.pivot("day", index="unit_code", values=column, sort_columns=True)
    ordered = unit_codes.to_frame().join(wide, on="unit_code", how="left", maintain_order="left")
    return ordered.drop("unit_code").cast(pl.Float64).to_numpy().astype(float)


def _standing(sums: Sums, days: Sequence[object]) -> list[pl.Series]:
    """The columns of the table that the sums tell; `days` are those of the intervals."""
    before = max(0, len(days) - 1)
    is_spiking = sums.is_spiking
    now = is_spiking[:, -1]
    started, excess = sums.started[:, -1], sums.excess[:, -1]
    times = sums.total[:, -1] / sums.threshold[:, -1]
    before_on = days[-2] if before else None
    return [
        pl.Series("is_spiking", now, dtype=pl.Boolean),
        pl.Series("was_spiking", is_spiking[:, before], dtype=pl.Boolean),
        pl.Series("before_on", [before_on] * now.size, dtype=pl.Date),
        pl.Series("started_on", _where(now, [days[n] for n in started]), dtype=pl.Date),
        pl.Series("usual_per_day", sums.usual[:, -1]).fill_nan(None),
        pl.Series("excess", _where(now, np.rint(excess).astype(int).tolist()), dtype=pl.Int64),
        pl.Series("size", _where(now, [size_of(number) for number in times]), dtype=pl.String),
    ]


def _where(is_told: npt.NDArray[np.bool_], values: Sequence[object]) -> list[object]:
    """The values, None where nothing is to be told."""
    return [value if told else None for told, value in zip(is_told, values, strict=True)]


def size_of(times: float) -> Size:
    """How large a spike is, by how many times the threshold the sum is."""
    if times >= STRONG_FROM:
        return "strong"
    return "clear" if times >= CLEAR_FROM else "slight"


# The sums -----------------------------------------------------------------------------------


class _State(NamedTuple):
    """Where each unit stands after so many of its own intervals."""

    total: Floats
    mean: Floats
    deviation: Floats
    usual: Floats
    excess: Floats
    started: npt.NDArray[np.intp]


def cusum(per_day: Floats, days: Floats) -> Sums:
    """The sums of what lies above the mean, as each interval comes.

    The mean and the deviation are those of the first 12 intervals until a sum is beyond the
    threshold. Then each interval is held against the mean of the 12 before it: while it is above
    (by the slack), sum and threshold are kept; else the deviation is renewed too, and the sum
    starts again.

    Args:
        per_day: units x intervals, oldest first: records a day; nan: the interval is left out.
        days: how long each interval is.
    """
    is_known = ~np.isnan(per_day)
    # Each unit's known intervals side by side: the others are of no account.
    order = np.argsort(~is_known, axis=1, kind="stable")
    values, lengths = (_first_in(matrix, order) for matrix in (per_day, days))
    states = [_before_any(values[:, :WINDOW])]
    for number in range(per_day.shape[1]):
        window = values[:, max(0, number - WINDOW) : max(WINDOW, number)]
        states.append(_next(states[-1], window, values[:, number], lengths[:, number], number))
    none = np.zeros((len(per_day), 1), dtype=np.intp)
    counts = np.concatenate([none, np.cumsum(is_known, axis=1)], axis=1)

    def after(name: str) -> npt.NDArray:
        told = np.stack([getattr(state, name) for state in states], axis=1)
        return np.take_along_axis(told, counts, axis=1)

    # The last is for NONE.
    intervals = np.pad(order, ((0, 0), (0, 1)), constant_values=NONE)
    started = np.take_along_axis(intervals, after("started"), axis=1)
    threshold = SENSITIVITY * after("deviation")
    return Sums(after("total"), threshold, after("usual"), after("excess"), started)


def _first_in(matrix: Floats, order: npt.NDArray[np.intp]) -> Floats:
    """The rows in an order of their own, filled with nan to the length of a window."""
    ordered = np.take_along_axis(matrix, order, axis=1)
    missing = max(0, WINDOW - matrix.shape[1])
    return np.pad(ordered, ((0, 0), (0, missing)), constant_values=np.nan)


def _before_any(window: Floats) -> _State:
    mean, nothing = window.mean(axis=1), np.zeros(len(window))
    none = np.full(len(window), NONE)
    return _State(nothing, mean, _deviation(window), mean, nothing, none)


def _deviation(window: Floats) -> Floats:
    """The standard deviation, at least that of counts of this mean (Poisson)."""
    least = np.maximum(LEAST_DEVIATION, np.sqrt(window.mean(axis=1)))
    return np.maximum(window.std(axis=1), least)


def _next(state: _State, window: Floats, value: Floats, days: Floats, number: int) -> _State:
    """After one interval more; `window` are the 12 before it (at the start the first 12)."""
    is_beyond = state.total > SENSITIVITY * state.deviation
    mean = np.where(is_beyond, window.mean(axis=1), state.mean)
    goes_on = is_beyond & (value > mean + SLACK * state.deviation)
    restarts = is_beyond & ~goes_on
    deviation = np.where(restarts, _deviation(window), state.deviation)
    carried = np.where(restarts, 0, state.total)
    total = np.maximum(0, carried + value - mean - SLACK * deviation)
    # During a spike the mean is renewed, but what was usual is what was so before it.
    usual = np.where(goes_on, state.usual, mean)
    excess = np.where(carried > 0, state.excess, 0) + (value - usual) * days
    started = np.where(carried > 0, state.started, number)
    is_rising = total > 0
    return _State(
        total,
        mean,
        deviation,
        usual,
        np.where(is_rising, excess, 0),
        np.where(is_rising, started, NONE),
    )
