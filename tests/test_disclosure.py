"""What leaves the province: no small number is told, and none can be worked out."""

import itertools
import json
from collections.abc import Mapping
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as some

from queries.disclosure import is_small, protected, public_measure
from queries.measure import Level
from tests.stores import FACILITIES, RECORD, Store, complaints

Pair = tuple[int, int]


def table(*pairs: tuple[int, int]) -> pl.DataFrame:
    """One unit a pair of numerator and denominator."""
    rows = pl.DataFrame(pairs, schema=["numerator", "denominator"], orient="row")
    return rows.with_columns(
        pl.int_range(pl.len()).cast(pl.String).alias("unit_code"),
        (pl.col("numerator") / pl.col("denominator")).alias("ratio"),
    )


def total_of(rows: pl.DataFrame) -> dict[str, int]:
    return {name: int(rows[name].sum()) for name in ("numerator", "denominator")}


def told(
    rows: pl.DataFrame, **of: Mapping[str, int | None] | None
) -> list[tuple[int | None, int | None]]:
    found = protected(rows, total=of.get("total", total_of(rows)))
    return list(found.select("numerator", "denominator").iter_rows())


def test_counts_that_are_not_small_are_told_and_so_is_zero() -> None:
    assert told(table((20, 40), (0, 30), (50, 90))) == [(20, 40), (0, 30), (50, 90)]


def test_a_small_count_is_not_told_nor_another_from_which_it_follows() -> None:
    # 3 would follow from 73 - 20 - 50: the next smallest, 20, is not told either.
    assert told(table((3, 40), (20, 40), (50, 90))) == [(None, 40), (None, 40), (50, 90)]


def test_a_count_of_which_the_base_leaves_few_is_not_told() -> None:
    # 38 of 40 leaves 2.
    assert told(table((38, 40), (20, 40), (50, 90))) == [(None, 40), (None, 40), (50, 90)]


def test_a_small_base_is_not_told_nor_what_it_is_the_base_of() -> None:
    assert told(table((2, 5), (20, 40), (50, 90))) == [(None, None), (None, None), (50, 90)]


def test_what_is_kept_back_of_the_total_does_not_follow_from_the_rows() -> None:
    # A district not told (its 70 is): nothing is told that adds up to it.
    rows, district = table((20, 30), (20, 40), (0, 0)), {"numerator": None, "denominator": 70}
    assert told(rows, total=district) == [(None, 30), (None, 40), (0, 0)]


def test_without_a_total_nothing_follows() -> None:
    assert told(table((3, 40), (20, 40)), total=None) == [(None, 40), (20, 40)]


@given(
    some.lists(
        some.integers(0, 24).flatmap(
            lambda base: some.tuples(some.integers(0, base), some.just(base))
        ),
        min_size=2,
        max_size=3,
    )
)
def test_whoever_knows_the_table_and_its_total_can_work_out_no_small_count(
    pairs: list[tuple[int, int]],
) -> None:
    rows = table(*pairs)
    total = total_of(rows)
    if any(is_small(total[name]) for name in total) or is_small(
        total["denominator"] - total["numerator"]
    ):
        return  # such a total is not told
    seen = told(rows)
    for (count, base), (told_count, told_base) in zip(pairs, seen, strict=True):
        if is_small(count) or is_small(base - count) or is_small(base):
            assert told_count is None
        if is_small(base):
            assert told_base is None
    possible = list(worlds(seen, total))
    assert pairs in possible
    for at, (told_count, told_base) in enumerate(seen):
        # Not of one can it be said that it is small.
        if told_count is None:
            assert not all(is_small(world[at][0]) for world in possible)
        if told_base is None:
            assert not all(is_small(world[at][1]) for world in possible)


def worlds(
    seen: list[tuple[int | None, int | None]], total: dict[str, int]
) -> "itertools.chain[list[tuple[int, int]]]":
    """Every table that fits what is told."""
    choices = [
        [
            (count, base)
            for base in ([told_base] if told_base is not None else range(total["denominator"] + 1))
            for count in ([told_count] if told_count is not None else range(base + 1))
            if count <= base
        ]
        for told_count, told_base in seen[:-1]
    ]
    last_count, last_base = seen[-1]
    found = []
    for world in itertools.product(*choices):
        count = total["numerator"] - sum(pair[0] for pair in world)
        base = total["denominator"] - sum(pair[1] for pair in world)
        fits = last_count in (None, count) and last_base in (None, base)
        if fits and 0 <= count <= base:
            found.append([*world, (count, base)])
    return itertools.chain(found)


@pytest.fixture
def published(store: Store) -> Store:
    """F1: 20 of 30 valid, F2: 3 of 40, F3 in another district: 25 of 60."""
    counts = {"F1": (20, 30), "F2": (3, 40), "F3": (25, 60)}
    rows = [
        RECORD | {"Mã cơ sở nhập": code, "Trạng thái xác thực": "Đúng" if at < valid else "Sai"}
        for code, (valid, classified) in counts.items()
        for at in range(classified)
    ]
    store.publish([{"Mã hồ sơ": f"H{at}", **row} for at, row in enumerate(rows)])
    return store


def public(
    store: Store, level: Level, district_code: str | None = None
) -> dict[str, tuple[int | None, int | None]]:
    asked = store.ask()
    rows = public_measure(
        asked.connection,
        "valid_ratio",
        level=level,
        snapshot_id=asked.snapshot_id,
        district_code=district_code,
    )
    return {row["unit_code"]: (row["numerator"], row["denominator"]) for row in rows.to_dicts()}


def test_a_unit_is_protected_against_its_districts_total(published: Store) -> None:
    # 747: 23 of 70, told with the districts; F2's 3 would follow from F1's 20.
    assert public(published, "district")["747"] == (23, 70)
    units = public(published, "facility")
    assert (units["F1"], units["F2"], units["F3"]) == ((None, 30), (None, 40), (25, 60))
    assert public(published, "province")["77"] == (48, 130)


@pytest.fixture
def kept_back(store: Store) -> Store:
    """747: 20 of 40 valid, 755: 3 of 40, 750: 50 of 90; one facility each."""
    counts = {"F1": (20, 40), "F3": (3, 40), "F9": (50, 90)}
    rows = [
        RECORD | {"Mã cơ sở nhập": code, "Trạng thái xác thực": "Đúng" if at < valid else "Sai"}
        for code, (valid, classified) in counts.items()
        for at in range(classified)
    ]
    numbered = [{"Mã hồ sơ": f"H{at}", **row} for at, row in enumerate(rows)]
    store.publish(numbered, with_facilities=FACILITIES + "F9 | Trạm Y tế | Trạm Y tế | 750 |\n")
    return store


def test_a_district_not_told_does_not_follow_from_its_facilities(kept_back: Store) -> None:
    # 20 of F1 would give 747, and so 755's 3: 73 - 50 - 20.
    districts, units = public(kept_back, "district"), public(kept_back, "facility")
    assert (districts["747"], districts["755"]) == ((None, 40), (None, 40))
    assert (units["F1"], units["F3"], units["F9"]) == ((None, 40), (None, 40), (50, 90))


def test_a_district_asked_for_alone_tells_what_it_tells_among_all(kept_back: Store) -> None:
    for level in ("district", "facility"):
        whole = public(kept_back, level)
        for code in ("747", "750", "755"):
            alone = public(kept_back, level, code)
            assert alone
            assert alone.items() <= whole.items()


def test_complaints_are_told_by_facility_too(store: Store) -> None:
    # Two wait with a facility, one with its district itself.
    given = complaints("Mã cơ sở | Mã huyện\nF1 | 747\nF1 | 747\n | 747")
    store.publish("Mã hồ sơ\nH1", with_complaints=given)
    asked = store.ask()
    rows = public_measure(
        asked.connection, "complaint_backlog", level="facility", snapshot_id=asked.snapshot_id
    )
    own = {row["unit_code"]: row["numerator"] for row in rows.to_dicts()}
    assert (own["F1"], own["747"], own["F3"]) == (None, None, 0)


#: Facilities of two or three districts; some have next to nothing, or nearly all done.
BASES = some.one_of(some.integers(8, 14), some.integers(8, 14), some.integers(0, 7))
FACILITY = BASES.flatmap(
    lambda base: some.tuples(
        some.one_of(
            some.integers(0, base), some.sampled_from([0, base, min(2, base), max(0, base - 2)])
        ),
        some.just(base),
    )
)
DISTRICTS = some.lists(some.lists(FACILITY, min_size=1, max_size=2), min_size=2, max_size=3)


@given(DISTRICTS)
def test_whoever_knows_the_tables_of_all_levels_can_work_out_no_small_count(
    districts: list[list[Pair]],
) -> None:
    own = [sum_of(facilities) for facilities in districts]
    total = sum_of(own)
    if any(map(is_small, (*total, total[1] - total[0]))):
        return  # such a total is not told
    above = told(table(*own), total=named(total))
    below = [
        told(table(*facilities), total=named(seen))
        for facilities, seen in zip(districts, above, strict=True)
    ]
    choices = [[fitting(seen) for seen in facilities] for facilities in below]
    for at, facilities in enumerate(districts):
        others = elsewhere(choices, above, at)
        possible = {
            pair
            for pair in sums(choices[at])
            if matches(above[at], pair) and (total[0] - pair[0], total[1] - pair[1]) in others
        }
        assert_open(own[at], possible)
        for place, facility in enumerate(facilities):
            beside = sums([*choices[at][:place], *choices[at][place + 1 :]])
            left = {
                pair
                for pair in choices[at][place]
                if any((pair[0] + n, pair[1] + base) in possible for n, base in beside)
            }
            assert_open(facility, left)


def named(pair: tuple[int | None, int | None]) -> dict[str, Any]:
    return dict(zip(("numerator", "denominator"), pair, strict=True))


def sum_of(pairs: list[Pair]) -> Pair:
    return sum(pair[0] for pair in pairs), sum(pair[1] for pair in pairs)


def matches(seen: tuple[int | None, int | None], pair: Pair) -> bool:
    return seen[0] in (None, pair[0]) and seen[1] in (None, pair[1])


def fitting(seen: tuple[int | None, int | None]) -> set[Pair]:
    """What a facility may have; of bases not told only those up to 16, which makes it harder."""
    return {(n, base) for base in range(17) for n in range(base + 1) if matches(seen, (n, base))}


def sums(choices: list[set[Pair]]) -> set[Pair]:
    found = {(0, 0)}
    for choice in choices:
        found = {(a + n, b + base) for a, b in found for n, base in choice}
    return found


def elsewhere(
    choices: list[list[set[Pair]]], above: list[tuple[int | None, int | None]], at: int
) -> set[Pair]:
    """What all districts but one may have together."""
    return sums(
        [
            {pair for pair in sums(own) if matches(seen, pair)}
            for place, (own, seen) in enumerate(zip(choices, above, strict=True))
            if place != at
        ]
    )


def assert_open(true: Pair, possible: set[Pair]) -> None:
    """Of no small numerator, denominator or rest can it be said that it is small."""
    assert true in possible
    for value in (lambda pair: pair[0], lambda pair: pair[1], lambda pair: pair[1] - pair[0]):
        if is_small(value(true)):
            assert not all(is_small(value(pair)) for pair in possible)


def test_every_metric_at_every_level_tells_no_small_count(published: Store) -> None:
    asked = published.ask()
    for metric in ("valid_ratio", "invalid_reasons", "signing_progress", "suspected_duplicates"):
        for level in ("province", "district", "facility"):
            rows = public_measure(
                asked.connection, metric, level=level, snapshot_id=asked.snapshot_id
            )
            assert not [n for n in rows["numerator"].drop_nulls() if is_small(n)]
            assert json.dumps(rows.to_dicts())
