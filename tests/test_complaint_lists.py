"""Lists of complaints: as many as the number says, for every number, and nobody else's."""

import itertools
import random
from typing import Any

import pytest

from data.errors import RefusedError
from queries.complaint_lists import (
    COMPLAINT_WHATS,
    ComplaintList,
    complaint_count,
    complaint_number,
    complaints_of,
)
from queries.measure import Level
from queries.run import UnknownUnitError
from queries.scope import Scope
from tests.stores import COMPLAINT, RECORD, Asked, Store, publish_totals

EVERYTHING = Scope.everything()
#: Level, district, unit.
Where = tuple[Level, str | None, str | None]
#: So long before noon of 25/4, to the minute: 48 hours, 7 and 30 days are not yet more.
RECEIVED = [
    "25/04/2022 11:00",
    "23/04/2022 12:00",
    "23/04/2022 11:59",
    "18/04/2022 12:00",
    "18/04/2022 11:59",
    "26/03/2022 12:00",
    "26/03/2022 11:59",
]


def random_complaints() -> list[dict[str, str]]:
    rng = random.Random(4)
    statuses = ["Mới ghi nhận", "Chưa phân công", "Đang xử lý", "Yêu cầu bổ sung"]
    statuses += ["Đã duyệt", "Từ chối"]
    return [
        COMPLAINT
        | {
            "Mã phản ánh": f"P{at}",
            "Mã hồ sơ": rng.choice(["H0", "H1", "H2", "H3", ""]),
            "Thời điểm tiếp nhận": RECEIVED[at % 7],
            "Trạng thái": rng.choice(statuses),
            "Mã cơ sở": rng.choice(["F1", "F2", "F3", "F9", ""]),
            "Mã huyện": rng.choice(["747", "755", "999", ""]),
            "Mã phản ánh gốc": rng.choice(["", "", f"P{max(0, at - 1)}"]) if at else "",
        }
        for at in range(90)
    ]


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Asked:
    """Complaints of every status, age and place; H0 and H1 are invalid."""
    store = Store.inside(tmp_path_factory.mktemp("complaint_lists"))
    states = ["Sai", "Không có số", "Đúng", "Chờ xác thực"]
    people = [
        RECORD | {"Mã hồ sơ": f"H{at}", "Trạng thái xác thực": state}
        for at, state in enumerate(states)
    ]
    store.publish(people, with_complaints=random_complaints(), is_confirmed=True)
    return store.ask()


@pytest.fixture(scope="module")
def units(asked: Asked) -> list[Where]:
    found: list[Where] = [("province", None, None)]
    levels: tuple[Level, Level] = ("district", "facility")
    for level in levels:
        for row in asked.complaints(level).values():
            unit = row["unit_code"] if level == "facility" else None
            found.append((level, row["district_code"], unit))
    return found


def a_list(asked: Asked, what: str, where: Where = ("province", None, None)) -> ComplaintList:
    return ComplaintList(what, *where, asked.snapshot_id)


@pytest.mark.parametrize("what", COMPLAINT_WHATS)
def test_a_list_has_as_many_complaints_as_its_number_at_every_place(
    asked: Asked, units: list[Where], what: str
) -> None:
    seen = 0
    for where in units:
        asked_for: dict[str, Any] = {"scope": EVERYTHING, "listed": a_list(asked, what, where)}
        told = complaint_number(asked.connection, **asked_for)
        rows = complaints_of(asked.connection, **asked_for)
        assert rows.height == rows["complaint_id"].n_unique() == told, where
        seen += told
    assert seen


@pytest.mark.parametrize("scope", [Scope(("747",)), Scope(("747",), ("F1",)), Scope(())], ids=str)
def test_the_number_of_a_place_seen_in_part_is_that_of_what_is_seen(
    asked: Asked, units: list[Where], scope: Scope
) -> None:
    for where in units:
        asked_for: dict[str, Any] = {"scope": scope, "listed": a_list(asked, "open", where)}
        found = complaint_count(asked.connection, **asked_for)
        try:
            assert complaint_number(asked.connection, **asked_for) == found
        except UnknownUnitError:
            listed = asked_for["listed"]
            assert not scope.holds(listed.district_code, listed.unit_code)
            assert found == 0


def test_the_pages_of_a_list_are_the_list_oldest_first(asked: Asked) -> None:
    asked_for: dict[str, Any] = {"scope": EVERYTHING, "listed": a_list(asked, "received")}
    whole = complaints_of(asked.connection, **asked_for)
    pages = [
        complaints_of(asked.connection, **asked_for, row_limit=7, row_offset=at)["complaint_id"]
        for at in range(0, whole.height, 7)
    ]
    assert list(itertools.chain(*pages)) == whole["complaint_id"].to_list()
    assert whole["received_at"].is_sorted()
    # 30 days and a minute.
    assert whole["age_minutes"][0] == 30 * 24 * 60 + 1


def test_a_search_finds_whole_ids_only(asked: Asked) -> None:
    asked_for: dict[str, Any] = {"scope": EVERYTHING, "listed": a_list(asked, "received")}
    rows = complaints_of(asked.connection, **asked_for, search=" P7 ")
    assert rows["complaint_id"].to_list() == ["P7"]
    of_one = complaints_of(asked.connection, **asked_for, search="H1")
    assert set(of_one["record_id"]) == {"H1"}
    assert complaint_count(asked.connection, **asked_for, search="P") == 0


def test_a_list_tells_no_persons_data(asked: Asked) -> None:
    rows = complaints_of(asked.connection, scope=EVERYTHING, listed=a_list(asked, "open"))
    assert set(rows.columns) == {
        "complaint_id",
        "record_id",
        "complaint_type",
        "received_at",
        "age_minutes",
        "status",
        "reject_reason",
        "district_code",
        "unit_code",
        "unit_name",
    }


def test_there_is_no_list_of_what_nobody_counts(asked: Asked) -> None:
    known: dict[str, Any] = {"scope": EVERYTHING}
    with pytest.raises(RefusedError, match="Không có danh sách phản ánh “median”"):
        complaints_of(asked.connection, **known, listed=a_list(asked, "median"))
    with pytest.raises(RefusedError, match="không có cấp commune"):
        complaints_of(
            asked.connection, **known, listed=a_list(asked, "open", ("commune", "747", "26506"))
        )


def test_beside_totals_only_what_needs_no_records_is_listed(store: Store) -> None:
    publish_totals(store, "Mã huyện | Hợp lệ\n747 | 3", with_complaints=random_complaints())
    asked = store.ask()
    known: dict[str, Any] = {"scope": EVERYTHING}
    assert complaint_number(asked.connection, **known, listed=a_list(asked, "received")) == 90
    assert complaint_count(asked.connection, **known, listed=a_list(asked, "received")) == 90
    with pytest.raises(RefusedError, match="chỉ có bảng tổng theo huyện"):
        complaint_number(asked.connection, **known, listed=a_list(asked, "still_invalid"))
