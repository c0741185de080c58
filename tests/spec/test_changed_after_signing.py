"""changed_after_signing: of the records with a signature, those whose data changed under it."""

import pytest

from data.errors import RefusedError
from tests.stores import Asked, Store

#: Each line a record signed on both days, in a facility named as its case.
FIELDS = """
    Mã cơ sở nhập | Trạng thái ký | 24/4                        | 25/4
    NAME          | Đã ký         | Họ và tên = Trần An         | Họ và tên = Trần Ân
    BIRTHDAY      | Đã ký         | Ngày sinh = 02/01/1990      | Ngày sinh = 03/01/1990
    YEAR_ALONE    | Đã ký         | Ngày sinh = 02/01/1990      | Ngày sinh = 1990
    YEAR          | Đã ký         | Ngày sinh = 1990            | Ngày sinh = 1991
    SEX           | Đã ký         | Giới tính = Nam             | Giới tính = Nữ
    NUMBER        | Đã ký         | Số CCCD/CMND = 077090000001 | Số CCCD/CMND = 077090000002
    NUMBER_GIVEN  | Đã ký         | Số CCCD/CMND =              | Số CCCD/CMND = 077090000002
    PASSPORT      | Đã ký         | Số hộ chiếu = C1234567      | Số hộ chiếu = C1234568
    DOSES         | Đã ký         | Số mũi = 2                  | Số mũi = 3
    PHONE         | Đã ký         | Số điện thoại = 0901        | Số điện thoại = 0902
    COMMUNE       | Đã ký         | Mã xã thường trú = 26506    | Mã xã thường trú = 26508
    STATE         | Đã ký         | Đúng                        | Sai
    NOTHING       | Đã ký         | Đúng                        | Đúng
    ISSUED        | Đã ký         | Họ và tên = Trần An         | Họ và tên = Trần Ân, Đã cấp
    MOVED         | Đã ký         | Họ và tên = Trần An         | Họ và tên = Trần Ân, MOVED_TO
    UNSIGNED      | Chưa ký       | Họ và tên = Trần An         | Họ và tên = Trần Ân
    BEFORE        | Đã ký         | Chưa ký, Số mũi = 1         | Đã ký, Số mũi = 2
"""
FACILITIES = """
    Mã cơ sở     | Mã huyện
    NAME         | 748
    BIRTHDAY     | 748
    YEAR_ALONE   | 748
    YEAR         | 748
    SEX          | 748
    NUMBER       | 748
    NUMBER_GIVEN | 748
    PASSPORT     | 748
    DOSES        | 748
    PHONE        | 747
    COMMUNE      | 747
    STATE        | 747
    NOTHING      | 747
    ISSUED       | 747
    MOVED        | 747
    MOVED_TO     | 747
    UNSIGNED     | 747
    BEFORE       | 747
    NONE         | 755
"""


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    store = Store.inside(tmp_path_factory.mktemp("fields"))
    return store.publish_courses(FIELDS, with_facilities=FACILITIES)


def changed(asked, level="facility"):
    return asked.ratios("changed_after_signing", level)


@pytest.mark.parametrize(
    "field",
    [
        "NAME",
        "BIRTHDAY",
        "YEAR_ALONE",
        "YEAR",
        "SEX",
        "NUMBER",
        "NUMBER_GIVEN",
        "PASSPORT",
        "DOSES",
    ],
)
def test_another_name_birth_date_sex_number_or_dose_count_is_a_change(asked, field):
    assert changed(asked)[field] == (1, 1, 1.0)


@pytest.mark.parametrize("field", ["PHONE", "COMMUNE", "STATE", "NOTHING"])
def test_what_the_signature_does_not_stand_for_may_change(asked, field):
    assert changed(asked)[field] == (0, 1, 0.0)


def test_what_changed_when_it_was_issued_changed_under_the_signature(asked):
    assert changed(asked)["ISSUED"] == (1, 1, 1.0)


def test_it_counts_where_the_record_is_now(asked):
    assert (changed(asked)["MOVED"], changed(asked)["MOVED_TO"]) == ((0, 0, None), (1, 1, 1.0))


def test_without_a_signature_nothing_counts(asked):
    assert changed(asked)["UNSIGNED"] == (0, 0, None)


def test_what_changed_before_it_was_signed_does_not_count(asked):
    assert changed(asked)["BEFORE"] == (0, 1, 0.0)


def test_a_province_is_the_sum_of_its_parts(asked):
    districts = changed(asked, "district")
    assert (districts["748"], districts["755"]) == ((9, 9, 1.0), (0, 0, None))
    assert districts["747"] == (1 + 1, 4 + 1 + 1 + 1, 2 / 7)
    assert changed(asked, "province") == {"77": (9 + 2, 9 + 7, 11 / 16)}


def test_in_the_first_snapshot_of_all_nothing_has_changed_yet(asked):
    first = Asked(asked.connection, "2022-04-24T1200-r1")
    assert changed(first)["NAME"] == (0, 1, 0.0)


def test_it_is_counted_where_the_record_was_entered_only(asked):
    with pytest.raises(RefusedError, match="không theo residence"):
        asked.ratios("changed_after_signing", "district", axis="residence")


def test_a_signature_of_a_later_day_stands_for_what_the_record_is_now(store):
    first, later = "Ngày ký = 20/04/2022", "Ngày ký = 24/04/2022"
    days = f"""
        Mã cơ sở nhập | Trạng thái ký | 22/4     | 23/4                 | 24/4
        AT_ONCE       | Đã ký         | {first}  | {later}, Số mũi = 3  | {later}, Số mũi = 3
        AFTERWARDS    | Đã ký         | {first}  | {first}, Số mũi = 3  | {later}, Số mũi = 3
        EARLIER       | Đã ký         | {later}  | {first}, Số mũi = 3  | {first}, Số mũi = 3
        NO_DAY        | Đã ký         | {first}  | Số mũi = 3           | {later}, Số mũi = 3
        AND_AGAIN     | Đã ký         | {first}  | {later}, Số mũi = 3  | {later}, Số mũi = 1
    """
    units = ("AT_ONCE", "AFTERWARDS", "EARLIER", "NO_DAY", "AND_AGAIN")
    known = "\n".join(["Mã cơ sở", *units])
    connection = store.publish_courses(days, with_facilities=known).connection
    on = [changed(Asked(connection, f"2022-04-{day}T1200-r1")) for day in (23, 24)]
    assert [[day[unit][0] for day in on] for unit in units] == [
        [0, 0],
        [1, 0],
        [1, 1],
        [1, 1],
        [0, 1],
    ]


def test_it_stays_counted_as_long_as_the_signature_stands_and_no_longer(store):
    days = """
        Mã cơ sở nhập | 22/4  | 23/4              | 24/4                | 25/4
        F1            | Đã ký | Đã ký, Số mũi = 3 | Đã cấp, Số mũi = 3  | Đã cấp, Số mũi = 3
        F2            | Đã ký | Đã ký, Số mũi = 3 | Chưa ký, Số mũi = 3 | Đã ký, Số mũi = 3
        F3            | Đã ký | Chưa ký           | Chưa ký, Số mũi = 3 | Đã ký, Số mũi = 3
    """
    connection = store.publish_courses(days).connection
    on = {day: changed(Asked(connection, f"2022-04-{day}T1200-r1")) for day in (23, 24, 25)}
    assert [on[day]["F1"] for day in on] == [(1, 1, 1.0), (1, 1, 1.0), (1, 1, 1.0)]
    assert [on[day]["F2"] for day in on] == [(1, 1, 1.0), (0, 0, None), (0, 1, 0.0)]
    assert [on[day]["F3"] for day in on] == [(0, 0, None), (0, 0, None), (0, 1, 0.0)]
