"""Work lists: as many records as the number says, for every number, and nobody else's."""

import itertools
import random
from collections.abc import Iterator
from typing import Any

import pytest

from data.errors import RefusedError
from data.schema import REASON_COLUMNS
from queries import work_lists
from queries.measure import Axis, Level, StalePairsError
from queries.run import UnknownUnitError
from queries.scope import Scope
from queries.work_lists import (
    WHATS,
    WorkList,
    count,
    folded,
    is_on_axis,
    number,
    records,
    reveal,
)
from tests.stores import NOON, RECORD, Asked, Store

EVERYTHING = Scope.everything()
#: Level, axis, district, unit.
Where = tuple[Level, Axis, str | None, str | None]
PLACES: list[tuple[Axis, Level]] = [("facility", "facility"), ("residence", "commune")]
PEOPLE = """
    Họ và tên      | Ngày sinh  | Giới tính | Số CCCD/CMND | Số điện thoại | Mã cơ sở nhập | Trạng thái xác thực | Lý do không hợp lệ      | Ngày xác thực | Cập nhật lúc
    Nguyễn Văn Đức | 02/01/1990 | Nam       | 077090000001 | 0901000001    | F1            | Sai                 | SAI_HO_TEN; SAI_NGAY_SINH | 01/04/2022  | 02/04/2022 08:00
    Nguyễn Văn Đạt | 02/01/1991 | Nữ        | 077090000002 | 0901000002    | F1            | Sai                 |                         | 01/04/2022    | 01/04/2022 08:00
    Lê Thị Ánh     | 05/05/2003 | Nữ        | 077303000003 | 0901000003    | F2            | Đúng                |                         | 01/04/2022    |
    LÊ THỊ ÁNH     | 05/05/2003 | Nữ        |              | 0901000003    | F3            | Không có số         |                         |               |
    Trần Văn A     | 1990       | Nam       | 077090000005 |               | F3            | Đúng                |                         |               |
    Trần Văn B     | 1990       | Nam       | 077090000005 |               | F9            | Chờ xác thực        |                         |               |
"""  # noqa: E501


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Asked:
    """The people above, H1 to H6."""
    store = Store.inside(tmp_path_factory.mktemp("work_lists"))
    store.publish(PEOPLE)
    return store.ask()


def listed(asked: Asked, what: str = "records", **filters: Any) -> list[str]:
    """Ids of the list of the whole province, or of the place and scope given."""
    place: dict[str, Any] = {
        "level": "province",
        "axis": "facility",
        "district_code": None,
        "unit_code": None,
    } | {name: filters.pop(name) for name in WorkList._fields if name in filters}
    work_list = WorkList(what=what, snapshot_id=asked.snapshot_id, **place)
    scope = filters.pop("scope", EVERYTHING)
    rows = records(asked.connection, scope=scope, work_list=work_list, **filters)
    filters.pop("row_limit", None)
    filters.pop("row_offset", None)
    found = count(asked.connection, scope=scope, work_list=work_list, **filters)
    assert found >= rows.height
    return sorted(rows["record_id"])


# The number ---------------------------------------------------------------------------------


REASONS = ["", "SAI_HO_TEN", "SAI_NGAY_SINH; SAI_SO", "SAI_GIOI_TINH"]


def random_records(seed: int) -> list[dict[str, str]]:
    """Records of every state, signature, reason and place: half of them others every day."""
    at_random = random.Random(seed)
    verification = ["Đúng", "Sai", "Không xác minh được", "Không có số", "Sai định dạng"]
    verification += ["Chưa gửi", "Chờ xác thực", "Miễn xác thực", "Đúng", "Đúng", "Sai", "Sai"]
    # Every second record is the same on all days.
    generators = [random.Random(at) if at % 2 else at_random for at in range(90)]
    return [
        RECORD
        | {
            "Mã hồ sơ": f"H{at}",
            "Trạng thái xác thực": rng.choice(verification),
            "Trạng thái ký": rng.choice(["Chưa ký", "Đang xử lý", "Đã ký", "Đã cấp"]),
            "Lý do không hợp lệ": rng.choice(REASONS),
            "Mã cơ sở nhập": rng.choice(["F1", "F2", "F3", "F9"]),
            "Mã xã thường trú": rng.choice(["26506", "26509", "", "99999"]),
            "Mã huyện thường trú": rng.choice(["747", "755", ""]),
            "Số mũi": rng.choice("0123"),
            "Số CCCD/CMND": rng.choice(["", "077090000001", f"0770900{at:05}"]),
        }
        for at, rng in enumerate(generators)
    ]  # fmt: skip


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Asked:
    """Three days of random records, of which some go, come and come again."""
    store = Store.inside(tmp_path_factory.mktemp("followed"))
    for seed, day in enumerate((10, 12, 25)):
        rows = random_records(seed)[seed * 5 : 85 + seed]
        store.publish(rows, as_of=NOON.replace(day=day), is_confirmed=True)
    return store.ask()


@pytest.fixture(scope="module")
def units(followed: Asked) -> list[Where]:
    """Every unit with records, of every level and axis."""
    return list(places(followed))


def places(asked: Asked) -> Iterator[Where]:
    for axis, finest in PLACES:
        yield "province", axis, None, None
        levels: tuple[Level, Level] = ("district", finest)
        for level in levels:
            for row in asked.tree(level, axis=axis).values():
                if row["records"]:
                    unit = row["unit_code"] if level == finest else None
                    yield level, axis, row["district_code"], unit


@pytest.mark.parametrize("what", WHATS)
def test_a_list_has_as_many_records_as_its_number_at_every_place(
    followed: Asked, units: list[Where], what: str
) -> None:
    seen = 0
    for level, axis, district, unit in units:
        if not is_on_axis(what, axis):
            continue
        work_list = WorkList(what, level, axis, district, unit, followed.snapshot_id)
        asked_for: dict[str, Any] = {"scope": EVERYTHING, "work_list": work_list}
        told = number(followed.connection, **asked_for)
        rows = records(followed.connection, **asked_for)
        assert rows.height == rows["record_id"].n_unique() == told, work_list
        seen += told
    # Nothing was carried forward; who was seen verified was so on 12/4 or is today.
    assert seen or what in {"carried_forward", "waiting_0_2", "waiting_3_7", "waiting_over_30"}


@pytest.mark.parametrize(
    "scope",
    [Scope(("747",)), Scope(("747", "755")), Scope(("747",), ("F1",)), Scope(())],
    ids=str,
)
def test_the_number_of_a_place_seen_in_part_is_that_of_what_is_seen(
    followed: Asked, units: list[Where], scope: Scope
) -> None:
    for level, axis, district, unit in units:
        work_list = WorkList("invalid", level, axis, district, unit, followed.snapshot_id)
        asked_for: dict[str, Any] = {"scope": scope, "work_list": work_list}
        rows = records(followed.connection, **asked_for)
        try:
            told = number(followed.connection, **asked_for)
        except UnknownUnitError:
            # Of a unit that has no row in a scope, records are seen only by their other axis.
            assert not scope.holds(district, unit if axis == "facility" else None)
        else:
            assert rows.height == count(followed.connection, **asked_for) == told, work_list


def test_of_a_district_a_facility_sees_its_own_records_only(followed: Asked) -> None:
    scope = Scope(("747",), ("F1",))
    for level, axis, unit in (("district", "facility", None), ("facility", "facility", "F1")):
        place: dict[str, Any] = {"level": level, "axis": axis, "district_code": "747"}
        work_list = WorkList("records", unit_code=unit, snapshot_id=followed.snapshot_id, **place)
        assert scope.holds("747", unit) == (level == "facility")
        rows = records(followed.connection, scope=scope, work_list=work_list)
        assert set(rows["unit_code"]) == {"F1"}


def test_the_days_are_answered_in_turn_whatever_is_held(followed: Asked) -> None:
    days = followed.connection.dates["snapshot_id"].to_list()
    for snapshot_id in [*days, *days]:
        work_list = WorkList("invalid", "province", "facility", None, None, snapshot_id)
        asked_for: dict[str, Any] = {"scope": EVERYTHING, "work_list": work_list}
        told = number(followed.connection, **asked_for)
        assert count(followed.connection, **asked_for) == told > 0


def test_a_unit_without_records_has_an_empty_list(followed: Asked) -> None:
    work_list = WorkList("records", "commune", "residence", "747", "26533", followed.snapshot_id)
    asked_for: dict[str, Any] = {"scope": EVERYTHING, "work_list": work_list}
    assert number(followed.connection, **asked_for) == 0
    assert count(followed.connection, **asked_for) == 0


def test_the_pages_of_a_list_are_the_list(followed: Asked) -> None:
    work_list = WorkList("records", "province", "facility", None, None, followed.snapshot_id)
    asked_for: dict[str, Any] = {"scope": EVERYTHING, "work_list": work_list}
    whole = records(followed.connection, **asked_for)["record_id"].to_list()
    pages = [
        records(followed.connection, **asked_for, row_limit=7, row_offset=at)["record_id"].to_list()
        for at in range(0, len(whole), 7)
    ]
    assert list(itertools.chain(*pages)) == whole


def test_there_is_no_list_of_what_nobody_counts(followed: Asked) -> None:
    lists: list[tuple[str, Axis]] = [("nothing", "facility"), ("waiting_0_2", "residence")]
    for what, axis in lists:
        work_list = WorkList(what, "province", axis, None, None, followed.snapshot_id)
        with pytest.raises(RefusedError, match=f"Không có danh sách “{what}”"):
            number(followed.connection, scope=EVERYTHING, work_list=work_list)


# Filters ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "search, found",
    [
        ("nguyen van", ["H1", "H2"]),
        ("NGUYỄN  VĂN đ", ["H1", "H2"]),
        ("duc", ["H1"]),
        ("le thi anh", ["H3", "H4"]),
        ("h5", ["H5"]),
        ("077090000001", ["H1"]),
        ("07709", []),
        ("%", []),
        ("' or 1=1 --", []),
    ],
)
def test_a_search_finds_names_without_their_marks_and_whole_ids(
    asked: Asked, search: str, found: list[str]
) -> None:
    assert listed(asked, search=search) == found


def test_a_name_is_folded_alike_by_the_program_and_by_the_query(asked: Asked) -> None:
    name = "Nguyễn Thị Đặng Ấu Ở Ỹ"
    assert folded(name) == "nguyen thi dang au o y"
    with asked.connection.cursor(EVERYTHING) as cursor:
        [(by_query,)] = cursor.sql("select folded($name)", params={"name": name}).fetchall()
    assert by_query == folded(name)


def test_a_reason_is_one_of_mismatched_records_as_it_is_counted(followed: Asked) -> None:
    place: dict[str, Any] = {"level": "province", "axis": "facility", "district_code": None}
    known: dict[str, Any] = {"unit_code": None, "snapshot_id": followed.snapshot_id}
    for reason in REASON_COLUMNS:
        everybody = WorkList(what="records", **place, **known)
        rows = records(followed.connection, scope=EVERYTHING, work_list=everybody, reason=reason)
        told = number(
            followed.connection, scope=EVERYTHING, work_list=everybody._replace(what=reason)
        )
        assert rows.height == told > 0
        assert set(rows["verification"]) == {"mismatched"}
        assert all(reason in reasons for reasons in rows["reasons"])


def test_a_reason_leaves_the_records_that_have_it(asked: Asked) -> None:
    assert listed(asked, "invalid") == ["H1", "H2", "H4"]
    assert listed(asked, "invalid", reason="wrong_birth_date") == ["H1"]


# Suspicions ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "suspicion, found",
    [
        # 077 0 90…: male, born 1990; H2 is a woman born in 1991.
        ("sex_differs_from_id", ["H2"]),
        ("birth_year_differs_from_id", ["H2"]),
        ("same_id", ["H5", "H6"]),
        ("same_person", ["H3", "H4"]),
        # H1 was verified on 1/4 and changed on 2/4, H2 on the same day.
        ("stale_verification", ["H1"]),
    ],
)
def test_what_looks_wrong_to_us_is_told_beside_the_platforms_answer(
    asked: Asked, suspicion: str, found: list[str]
) -> None:
    assert listed(asked, suspicion=suspicion) == found


@pytest.mark.parametrize(
    "id_number, birth, sex, found",
    [
        # The fourth digit: 0 a man of the 1900s, 1 a woman; 2 and 3 of the 2000s, …
        ("087084000999", "01/02/1984", "Nam", []),
        ("087084000999", "01/02/1984", "Nữ", ["sex_differs_from_id"]),
        ("087084000999", "01/02/2014", "Nam", ["birth_year_differs_from_id"]),
        ("077305000001", "2005", "Nữ", []),
        ("077205000001", "2004", "Nữ", ["sex_differs_from_id", "birth_year_differs_from_id"]),
        ("077905000001", "2005", "Nữ", ["birth_year_differs_from_id"]),
        # Old numbers, and what is no number, tell nothing.
        ("273123456", "2004", "Nữ", []),
        ("07709O000001", "2004", "Nam", []),
        ("", "2004", "Nữ", []),
    ],
)
def test_a_number_of_twelve_digits_tells_sex_and_year_of_birth(
    store: Store, id_number: str, birth: str, sex: str, found: list[str]
) -> None:
    store.publish(
        f"Số CCCD/CMND | Ngày sinh | Giới tính | Trạng thái xác thực\n"
        f"{id_number} | {birth} | {sex} | Sai"
    )
    asked = store.ask()
    work_list = WorkList("records", "province", "facility", None, None, asked.snapshot_id)
    rows = records(asked.connection, scope=EVERYTHING, work_list=work_list)
    assert rows["suspicions"].to_list() == [found]


TWICE = """
    Họ và tên     | Ngày sinh  | Số điện thoại
    Lê Thị Ánh    | 05/05/2003 | 0901000003
    LÊ THỊ  ÁNH   | 05/05/2003 | 0901000003
    Le Thi Anh    | 05/05/2003 | 0901000003
    Lê Thị Ánh    | 06/05/2003 | 0901000003
    Lê Thị Ánh    | 05/05/2003 | 0901000004
    Lê Thị Ánh    | 05/05/2003 |
    Lê Thị Ánh    | 05/05/2003 |
    Lê Thị Ánh    | 2003       | 0901000003
    Lê Thị Ánh    | 2003       | 0901000003
"""


def test_the_same_person_has_the_same_name_whole_birth_date_and_phone(store: Store) -> None:
    store.publish(TWICE)
    # Another name without its marks may be another's; without phone or day nobody can tell.
    assert listed(store.ask(), suspicion="same_person") == ["H1", "H2"]


# How long -----------------------------------------------------------------------------------

COURSES = """
    18/4         | 20/4 | 23/4 | 25/4
    Sai          | Sai  | Sai  | Sai
    Sai          | Đúng | Đúng | Đúng
    Sai          | Đúng | Sai  | Sai
    Sai          |      | Sai  | Sai
                 |      | Sai  | Sai
    Sai          | Sai  | Sai  | Đúng
    Đúng         | Đúng, Đã ký | Đúng, Đã ký | Đúng, Đã ký
"""


def test_a_record_is_in_its_state_since_the_first_snapshot_that_shows_it(store: Store) -> None:
    asked = store.publish_courses(COURSES)
    work_list = WorkList("records", "province", "facility", None, None, asked.snapshot_id)
    rows = records(asked.connection, scope=EVERYTHING, work_list=work_list)
    days = dict(rows.select("record_id", "state_days").iter_rows())
    # As of 25/4: H2 since 20/4, H3 since 23/4; H4 came back and H5 came on 23/4; H6 today.
    assert days == {"H1": None, "H2": 5, "H3": 2, "H4": 2, "H5": 2, "H6": 0, "H7": None}
    # Longest first: what was so in the first snapshot may be older than any.
    assert rows["record_id"].to_list() == ["H1", "H7", "H2", "H3", "H4", "H5", "H6"]
    assert listed(asked, least_days=3) == ["H1", "H2", "H7"]


CHANGES = """
    18/4 | 20/4                     | 23/4            | 25/4
    Sai  | Sai                      | Sai             | Sai
    Sai  | Họ và tên = Khác, Sai    | Họ và tên = Khác, Sai | Họ và tên = Khác, Sai
    Sai  | Đúng                     | Đúng            | Đúng, Đang xử lý
    Sai  | F2, Sai                  | F2, Sai         | F2, Sai
    Sai  | Sai, Số mũi = 3          | Sai, Số mũi = 3 | Sai, Số mũi = 3
    Sai  | Đúng                     |                 | Đúng
    Sai  | Cập nhật lúc = 19/04/2022 08:00, Đúng | Cập nhật lúc = 19/04/2022 08:00, Đúng | Cập nhật lúc = 19/04/2022 08:00, Đúng
"""  # noqa: E501


def test_a_record_changed_when_it_says_so_else_with_the_last_snapshot_that_shows_it(
    store: Store,
) -> None:
    asked = store.publish_courses(CHANGES)
    work_list = WorkList("records", "province", "facility", None, None, asked.snapshot_id)
    rows = records(asked.connection, scope=EVERYTHING, work_list=work_list)
    told = {row[0]: row[1] and row[1].day for row in rows.select("record_id", "last_change").rows()}
    # Doses are no part of what is compared; H6 came back on 25/4.
    assert told == {"H1": None, "H2": 20, "H3": 25, "H4": 20, "H5": None, "H6": 25, "H7": 19}
    since = {row[0]: row[1] for row in rows.select("record_id", "state_days").rows()}
    assert since == {"H1": None, "H2": None, "H3": 5, "H4": None, "H5": None, "H6": 0, "H7": 5}


def test_a_unit_that_moves_changes_none_of_its_records(store: Store) -> None:
    store.publish("Mã hồ sơ\nH1", as_of=NOON.replace(day=18))
    elsewhere = "Mã cơ sở | Mã huyện\nF1 | 755"
    store.publish("Mã hồ sơ\nH1", with_facilities=elsewhere, is_confirmed=True)
    asked = store.ask()
    work_list = WorkList("records", "facility", "facility", "755", "F1", asked.snapshot_id)
    rows = records(asked.connection, scope=EVERYTHING, work_list=work_list)
    assert rows.select("record_id", "state_since", "last_change").rows() == [("H1", None, None)]


@pytest.mark.parametrize("name", ["standing", "history"])
def test_a_list_is_refused_where_it_cannot_be_told_since_when(store: Store, name: str) -> None:
    store.publish(PEOPLE)
    asked = store.ask()
    file = store.folder / "marts" / asked.snapshot_id / "pair" / f"{name}.parquet"
    file.write_bytes(b"PAR1")
    with pytest.raises(RefusedError, match=r"rebuild --stale"):
        listed(asked)
    file.unlink()
    with pytest.raises(StalePairsError):
        listed(store.ask())


# People's data ------------------------------------------------------------------------------


def test_a_list_tells_no_document_no_phone_and_no_birth_date(asked: Asked) -> None:
    work_list = WorkList("records", "province", "facility", None, None, asked.snapshot_id)
    rows = records(asked.connection, scope=EVERYTHING, work_list=work_list)
    assert {"id_number", "passport_number", "phone", "birth_date"}.isdisjoint(rows.columns)
    told = " ".join(str(value) for row in rows.rows() for value in row)
    assert "077090000001" not in told
    assert "0901000001" not in told
    assert rows.sort("record_id")["masked_id"][0] == "077•••••0001"


@pytest.mark.parametrize(
    "number_of", ["", "1", "12", "1234", "123456789", "077090000001", "B" * 20]
)
def test_no_more_than_half_of_a_document_is_told_or_all_but_five(
    asked: Asked, number_of: str
) -> None:
    with asked.connection.cursor(EVERYTHING) as cursor:
        query = cursor.sql("select masked($number)", params={"number": number_of})
        [(masked,)] = query.fetchall()
    assert len(masked) == len(number_of)
    hidden = masked.count("•")
    assert hidden >= (5 if len(number_of) == 12 else len(number_of) / 2)


def test_one_record_is_told_in_the_clear_to_whom_it_belongs(asked: Asked) -> None:
    known: dict[str, Any] = {"snapshot_id": asked.snapshot_id, "record_id": "H1"}
    told = reveal(asked.connection, scope=Scope(("747",)), **known)
    assert (told["id_number"], told["phone"]) == ("077090000001", "0901000001")
    for scope in (Scope(("755",)), Scope(("747",), ("F2",)), Scope(())):
        with pytest.raises(RefusedError, match="không được giao"):
            reveal(asked.connection, scope=scope, **known)


LIVES = """
    Mã cơ sở nhập | Mã xã thường trú | Mã huyện thường trú
    F1            | 26506            |
    F2            |                  | 755
    F3            |                  | 755
    F3            | 26506            |
    F9            |                  |
"""


def test_a_district_lists_what_it_entered_and_who_lives_in_it_and_a_facility_its_own(
    store: Store,
) -> None:
    store.publish(LIVES)
    asked = store.ask()
    assert listed(asked) == ["H1", "H2", "H3", "H4", "H5"]
    assert listed(asked, scope=Scope(("747",))) == ["H1", "H2", "H4"]
    assert listed(asked, scope=Scope(("755",))) == ["H2", "H3", "H4"]
    assert listed(asked, scope=Scope(("747",), ("F2",))) == ["H2"]
    assert listed(asked, scope=Scope(())) == []
    place = {"level": "district", "axis": "residence", "district_code": "755"}
    assert listed(asked, scope=Scope(("755",)), **place) == ["H2", "H3"]


def test_the_number_of_a_unit_out_of_scope_is_not_told(asked: Asked) -> None:
    work_list = WorkList("invalid", "facility", "facility", "755", "F3", asked.snapshot_id)
    for scope in (Scope(("747",)), Scope(("755",), ("F1",))):
        with pytest.raises(RefusedError, match="không được giao"):
            number(asked.connection, scope=scope, work_list=work_list)
    assert work_lists.number(asked.connection, scope=Scope(("755",)), work_list=work_list) == 1
