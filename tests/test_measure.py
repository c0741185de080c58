"""Every metric recomputed in plain Python over random records, at every level, on both axes."""

import datetime as dt
import itertools
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import hypothesis.strategies as st
import polars as pl
import pytest
from hypothesis import Phase, given, settings

from data import marts
from data.reference import in_force, reference
from queries.engine import Connection
from queries.measure import Axis, Level, measure, trend
from queries.metrics import metric_definition, metric_names
from queries.questions import find_snapshot, unit_table, verification_tree
from queries.scope import Scope
from tests.stores import NOON, RECORD, Store

EVERYTHING = Scope.everything()
GRAINS: list[tuple[Level, Axis]] = [
    ("province", "facility"),
    ("province", "residence"),
    ("district", "facility"),
    ("district", "residence"),
    ("facility", "facility"),
    ("commune", "residence"),
]
STATES = {
    "Đúng": "matched",
    "Sai": "mismatched",
    "Không xác minh được": "not_found",
    "Không có số": "no_id",
    "Sai định dạng": "bad_id",
    "Chưa gửi": "not_sent",
    "Chờ xác thực": "awaiting",
    "Miễn xác thực": "exempt",
}
REASONS = {
    "SAI_HO_TEN": "wrong_name",
    "SAI_NGAY_SINH": "wrong_birth_date",
    "SAI_GIOI_TINH": "wrong_sex",
    "SAI_SO": "wrong_id",
}
FACILITIES = """
    Mã cơ sở | Tên cơ sở | Mã huyện
    F1       | Một       | 747
    F2       | Hai       | 747
    F3       | Ba        | 748
    F4       | Bốn       | 755
    F5       | Năm       | 999
"""
DISTRICT_OF = {"F1": "747", "F2": "747", "F3": "748", "F4": "755", "F5": "unmapped"}
DISTRICTS = ["747", "748", "750", "751", "752", "753", "754", "755"]
COMMUNES = dict(
    in_force(reference("communes"), NOON.date()).select("code", "district_code").iter_rows()
)

# The definitions once more, in plain Python -------------------------------------------------

INVALID = {"mismatched", "not_found", "no_id", "bad_id"}


class Person(NamedTuple):
    """One record, by what the metrics ask of it."""

    facility: str
    commune: str
    district: str
    word: str
    reasons: tuple[str, ...]
    id_number: str

    @property
    def state(self) -> str:
        return STATES[self.word]

    def unit(self, axis: Axis) -> tuple[str, str]:
        """(finest unit, district) on an axis."""
        if axis == "facility":
            known = self.facility in DISTRICT_OF
            return (
                self.facility if known else "unmapped",
                DISTRICT_OF.get(self.facility, "unmapped"),
            )
        if self.commune in COMMUNES:
            return self.commune, COMMUNES[self.commune]
        code = self.district if self.district in DISTRICTS else "unmapped"
        return code, code

    def part_of(self, level: Level, axis: Axis) -> str:
        unit, district = self.unit(axis)
        return {"province": "77", "district": district}.get(level, unit)


Rule = Callable[[Person, "Counter[str]"], bool]


def in_states(*states: str) -> Rule:
    return lambda person, numbers: person.state in states


RATIOS: dict[str, tuple[Rule, Rule]] = {
    "valid_ratio": (in_states("matched"), in_states("matched", *INVALID)),
    "invalid_ratio": (in_states(*INVALID), in_states("matched", *INVALID)),
    "valid_ratio_with_id": (
        in_states("matched"),
        in_states("matched", "mismatched", "not_found"),
    ),
    "valid_ratio_compared": (in_states("matched"), in_states("matched", "mismatched")),
    "suspected_duplicates": (
        lambda person, numbers: bool(person.id_number) and numbers[person.id_number] > 1,
        lambda person, numbers: True,
    ),
}


def has_reason(person: Person, reason: str) -> bool:
    if person.state != "mismatched":
        return person.state == reason
    named = {REASONS[word] for word in person.reasons}
    return reason in named if named else reason == "unspecified"


def units(people: list[Person], level: Level, axis: Axis) -> set[str]:
    """The units a table of this level lists: all known ones, and others that have records."""
    known = {
        "province": ["77"],
        "district": DISTRICTS,
        "facility": DISTRICT_OF,
        "commune": [*COMMUNES, "755"],
    }[level]
    return {*known, *(person.part_of(level, axis) for person in people)}


def recomputed(people: list[Person], metric: str, level: Level, axis: Axis) -> dict[str, Any]:
    """Unit -> (numerator, denominator, ratio)."""
    numbers = Counter(person.id_number for person in people)
    upper, lower = RATIOS[metric]
    counts = {unit: [0, 0] for unit in units(people, level, axis)}
    for person in people:
        counts[person.part_of(level, axis)][0] += upper(person, numbers)
        counts[person.part_of(level, axis)][1] += lower(person, numbers)
    return {unit: (n, d, n / d if d else None) for unit, (n, d) in counts.items()}


# Random records, published for real ---------------------------------------------------------

PEOPLE = st.lists(
    st.builds(
        Person,
        facility=st.sampled_from([*DISTRICT_OF, "F9"]),
        commune=st.sampled_from(["26506", "26508", "26548", "99999", ""]),
        district=st.sampled_from(["747", "748", "755", "888", ""]),
        word=st.sampled_from(list(STATES)),
        reasons=st.sampled_from([(), *itertools.combinations(REASONS, 1), tuple(REASONS)]),
        id_number=st.sampled_from(["", "077190000001", "077190000002", "77190000001"]),
    ),
    min_size=1,
    max_size=25,
)


def rows_of(people: Iterable[Person]) -> list[dict[str, str]]:
    return [
        RECORD
        | {
            "Mã hồ sơ": f"H{number}",
            "Mã cơ sở nhập": person.facility,
            "Mã xã thường trú": person.commune,
            "Mã huyện thường trú": person.district,
            "Trạng thái xác thực": person.word,
            "Lý do không hợp lệ": ";".join(person.reasons),
            "Số CCCD/CMND": person.id_number,
        }
        for number, person in enumerate(people)
    ]


WEEK = dt.timedelta(days=7)
#: Each example is published, so there are few, and a failing one is shown as it was found.
published_for_real = settings(max_examples=10, phases=[Phase.explicit, Phase.generate])


def published(folder: Any, *snapshots: list[Person]) -> Connection:
    """A store of its own with one snapshot a week, the last at NOON."""
    store = Store(folder / "store", folder / "inbox")
    for weeks, people in enumerate(reversed(snapshots)):
        store.publish(
            rows_of(people),
            as_of=NOON - weeks * WEEK,
            with_facilities=FACILITIES,
            is_confirmed=True,
        )
    return store.open()


def by_unit(rows: pl.DataFrame) -> dict[str, tuple[Any, ...]]:
    columns = rows.select("unit_code", "numerator", "denominator", "ratio")
    return {row[0]: row[1:] for row in columns.iter_rows()}


@given(before=PEOPLE, now=PEOPLE)
@published_for_real
def test_every_metric_at_every_level_and_axis_is_what_plain_python_counts(
    tmp_path_factory, before, now
):
    connection = published(tmp_path_factory.mktemp("random"), before, now)
    for people, day in ((before, (NOON - WEEK).date()), (now, NOON.date())):
        snapshot_id = find_snapshot(connection, day)
        for metric, (level, axis) in itertools.product(RATIOS, GRAINS):
            rows = measure(
                connection,
                metric,
                scope=EVERYTHING,
                level=level,
                axis=axis,
                snapshot_id=snapshot_id,
            )
            assert by_unit(rows) == recomputed(people, metric, level, axis)
            assert rows["unit_code"].is_unique().all()
        for level, axis in GRAINS:
            check_tree(connection, people, level, axis, snapshot_id)
            check_reasons(connection, people, level, axis, snapshot_id)
    for level, axis in GRAINS:
        check_change(connection, before, now, level, axis)
        check_trend(connection, before, now, level, axis)


def check_tree(
    connection: Connection, people: list[Person], level: Level, axis: Axis, snapshot_id: str
) -> None:
    rows = verification_tree(
        connection, scope=EVERYTHING, level=level, axis=axis, snapshot_id=snapshot_id
    )
    counts = Counter((person.part_of(level, axis), person.state) for person in people)
    assert set(rows["unit_code"]) == units(people, level, axis)
    for row in rows.to_dicts():
        assert {s: row[s] for s in STATES.values()} == {
            s: counts[row["unit_code"], s] for s in STATES.values()
        }
        assert row["valid"] + row["invalid"] + row["pending"] + row["exempt"] == row["records"]
    assert rows["records"].sum() == len(people)


def check_reasons(
    connection: Connection, people: list[Person], level: Level, axis: Axis, snapshot_id: str
) -> None:
    rows = measure(
        connection,
        "invalid_reasons",
        scope=EVERYTHING,
        level=level,
        axis=axis,
        snapshot_id=snapshot_id,
    )
    names = {*REASONS.values(), "no_id", "bad_id", "not_found", "unspecified"}
    assert rows.height == len(names) * len(units(people, level, axis))
    for unit, reason, numerator, denominator in rows.select(
        "unit_code", "reason", "numerator", "denominator"
    ).iter_rows():
        own = [person for person in people if person.part_of(level, axis) == unit]
        assert numerator == sum(has_reason(person, reason) for person in own)
        assert denominator == sum(person.state in INVALID for person in own)


def check_change(
    connection: Connection, before: list[Person], now: list[Person], level: Level, axis: Axis
) -> None:
    """The change in seven days of each unit that both snapshots list."""
    rows = unit_table(
        connection, scope=EVERYTHING, level=level, axis=axis, snapshot_id=find_snapshot(connection)
    )
    old = recomputed(before, "valid_ratio", level, axis)
    new = recomputed(now, "valid_ratio", level, axis)
    left = sum(lower - valid for valid, lower, _ in new.values())
    for row in rows.to_dicts():
        valid, classified, ratio = new[row["unit_code"]]
        assert row["remaining_share"] == ((classified - valid) / left if left else None)
        if row["unit_code"] not in old:
            continue
        old_valid, old_classified, old_ratio = old[row["unit_code"]]
        both = ratio is not None and old_ratio is not None
        assert row["ratio_change"] == (ratio - old_ratio if both else None)
        assert row["valid_change"] == valid - old_valid
        assert row["invalid_change"] == (classified - valid) - (old_classified - old_valid)
        assert row["history"] == [old_ratio, ratio]


def check_trend(
    connection: Connection, before: list[Person], now: list[Person], level: Level, axis: Axis
) -> None:
    rows = trend(connection, "valid_ratio", scope=EVERYTHING, level=level, axis=axis)
    assert rows["as_of"].is_sorted()
    for people, as_of in ((before, NOON - WEEK), (now, NOON)):
        part = by_unit(rows.filter(as_of=as_of))
        assert part == recomputed(people, "valid_ratio", level, axis)


def test_every_metric_but_those_of_signing_and_complaints_is_recomputed_here():
    elsewhere = ("signing", "issuing", "complaints")  # tests/test_streams_recomputed.py
    own = {name for name in metric_names() if metric_definition(name).workstream not in elsewhere}
    assert {*RATIOS, "invalid_reasons"} == own


@given(people=PEOPLE)
@published_for_real
def test_a_province_is_the_sum_of_its_parts_and_its_parts_are_disjoint(tmp_path_factory, people):
    connection = published(tmp_path_factory.mktemp("random"), people)
    snapshot_id = find_snapshot(connection)
    for metric, (level, axis) in itertools.product(RATIOS, GRAINS):
        parts = measure(
            connection,
            metric,
            scope=EVERYTHING,
            level=level,
            axis=axis,
            snapshot_id=snapshot_id,
        )
        whole = recomputed(people, metric, "province", axis)["77"]
        assert (parts["numerator"].sum(), parts["denominator"].sum()) == whole[:2]


@given(people=PEOPLE, district=st.sampled_from(["747", "748", "755"]))
@published_for_real
def test_a_district_sees_its_own_units_and_the_provinces_total_and_nothing_else(
    tmp_path_factory, people, district
):
    connection = published(tmp_path_factory.mktemp("random"), people)
    snapshot_id = find_snapshot(connection)
    for metric, (level, axis) in itertools.product(RATIOS, GRAINS):
        seen = measure(
            connection,
            metric,
            scope=Scope((district,)),
            level=level,
            axis=axis,
            snapshot_id=snapshot_id,
        )
        everything = recomputed(people, metric, level, axis)
        own = {
            "province": {"77"},
            "district": {district},
            "facility": {code for code, of in DISTRICT_OF.items() if of == district},
            "commune": {code for code, of in COMMUNES.items() if of == district} | {district},
        }[level]
        assert by_unit(seen) == {unit: everything[unit] for unit in own & set(everything)}


# Published figures (domain: national funnel of 2022, the province on 25/4/2022) --------------


@pytest.fixture
def counted(store):
    """A store whose one facility has the counts given, as if that many records were published."""

    def count(**counts: int) -> Store:
        store.publish("Mã hồ sơ\nH1")
        (path,) = store.folder.glob("marts/*/cleaning.parquet")
        mart = pl.read_parquet(path)
        states = {state: counts.get(state, 0) for state in STATES.values()}
        columns = states | {"records": sum(states.values())}
        changed = [pl.lit(n, dtype=pl.Int64).alias(name) for name, n in columns.items()]
        mart.with_columns(changed).write_parquet(path)
        marts.seal(path.parent, snapshot_id=path.parent.name)
        return store

    return count


def percent(store: Store, metric: str, level: Level = "province") -> float:
    ratios = store.ask().ratios(metric, level)
    (ratio,) = [ratio for _, _, ratio in ratios.values() if ratio is not None]
    return round(100 * ratio, 2)


def test_the_national_figures_of_march_2022_reconcile_to_the_unit_and_give_three_ratios(counted):
    store = counted(matched=51_493_286, mismatched=19_039_997, not_found=2_579_540, no_id=3_513_000)
    tree = store.ask().tree("province")["77"]
    with_id = tree["matched"] + tree["mismatched"] + tree["not_found"]
    assert with_id == 73_112_823
    assert with_id + tree["no_id"] + tree["bad_id"] == tree["records"] == 76_625_823
    assert percent(store, "valid_ratio") == 67.20
    assert percent(store, "valid_ratio_with_id") == 70.43
    assert percent(store, "valid_ratio_compared") == 73.01


@pytest.mark.parametrize(
    "with_id, without, not_sent, sent, on_platform",
    [
        pytest.param(72_398_969, 9_900_043, 658_955, 82_299_012, 82_957_967, id="persons"),
        pytest.param(174_585_279, 22_140_022, 1_949_647, 196_725_301, 198_674_948, id="doses"),
    ],
)
def test_the_national_figures_of_april_2022_reconcile_to_the_unit(
    counted, with_id, without, not_sent, sent, on_platform
):
    store = counted(awaiting=with_id, no_id=without, not_sent=not_sent)
    tree = store.ask().tree("province")["77"]
    assert tree["records"] - tree["not_sent"] == sent
    assert tree["records"] == on_platform
    assert (tree["invalid"], tree["pending"]) == (without, with_id + not_sent)


def test_the_share_without_a_usable_number_in_april_2022_is_12_03_percent(counted):
    tree = counted(awaiting=72_398_969, no_id=9_900_043).ask().tree("province")["77"]
    assert round(100 * tree["invalid"] / tree["records"], 2) == 12.03


def test_the_provinces_731000_and_351000_are_67_56_and_32_44_percent_and_not_72_and_28(counted):
    store = counted(matched=731_000, mismatched=351_000)
    assert percent(store, "valid_ratio") == 67.56
    assert percent(store, "invalid_ratio") == 32.44
    assert percent(store, "valid_ratio", "district") == 67.56
