"""Questions about signing: table, course, lists of contradictions; and who may see what."""

import datetime as dt

import polars as pl
import pytest

from data.errors import RefusedError
from queries.measure import measure
from queries.run import UnknownUnitError, table_files
from queries.scope import Scope
from queries.signing import (
    CONTRADICTIONS,
    rule_on,
    signing_contradictions,
    signing_course,
    signing_table,
)
from tests.stores import Asked, Store

EVERYTHING = Scope.everything()
OWN = Scope(("747",))

#: 18/4 is a week before the last day. F9 is no facility anybody knows.
COURSES = """
    Mã hồ sơ | Mã cơ sở nhập | 10/4       | 18/4       | 25/4
    UNSIGNED | F1            | Chưa ký    | Chưa ký    | Chưa ký
    NEW      | F1            | Chưa ký    | Đang xử lý | Đã ký
    SIGNED   | F1            | Đã ký      | Đã ký      | Đã cấp
    WRONG    | F1            | Đã ký      | Đã ký      | Đã ký, Sai
    OLDER    | F2            | Đã ký      | Đã ký, Số mũi = 3 | Đã ký, Số mũi = 3
    CHANGED  | F1            | Đã ký      | Đã ký      | Đã ký, Số mũi = 3
    BOTH     | F3            | Đã ký      | Đã ký      | Đã cấp, Số mũi = 3, Chờ xác thực
    LONG     | F2            | Đang xử lý | Đang xử lý | Đang xử lý
    SINCE_18 | F2            | Chưa ký    | Đang xử lý | Đang xử lý
    LONG_F3  | F3            | Đang xử lý | Đang xử lý | Đang xử lý
    LONG_F9  | F9            | Đang xử lý | Đang xử lý | Đang xử lý
    LATER    | F3            |            |            | Đúng
"""


@pytest.fixture(scope="module")
def asked(tmp_path_factory) -> Asked:
    store = Store.inside(tmp_path_factory.mktemp("signing"))
    return store.publish_courses(COURSES)


def ask(asked, question, *, scope=EVERYTHING, **where) -> pl.DataFrame:
    return question(asked.connection, scope=scope, snapshot_id=asked.snapshot_id, **where)


def on(day: str, asked: Asked) -> Asked:
    return Asked(asked.connection, f"2022-04-{day}T1200-r1")


# The table ----------------------------------------------------------------------------------


def test_changes_are_against_the_snapshot_of_a_week_before_and_the_course_is_of_all(asked):
    row = asked.signing("facility")["F1"]
    assert row["history"] == [3 / 5, 3 / 5, 3 / 4]
    assert row["ratio_change"] == 3 / 4 - 3 / 5


def test_without_a_snapshot_of_a_week_before_there_is_no_change(asked):
    row = on("10", asked).signing("facility")["F1"]
    assert row["history"] == [3 / 5]
    changes = ("ratio_change", "newly_signed_since", "signature_lost_since")
    assert {row[name] for name in changes} == {None}


def test_with_the_total_the_level_above_is_a_row_more(asked):
    rows = ask(asked, signing_table, level="facility", district_code="747", with_total=True)
    assert rows.select("level", "unit_code", "done", "signable").rows() == [
        ("district", "747", 3 + 1, 4 + 3),
        ("facility", "F1", 3, 4),
        ("facility", "F2", 1, 3),
    ]


@pytest.mark.parametrize("level", ["province", "district", "facility"])
def test_the_table_and_the_metric_are_the_same_numbers(asked, level):
    ratios = asked.ratios("signing_progress", level)
    rows = asked.signing(level)
    assert {u: (r["done"], r["signable"], r["ratio"]) for u, r in rows.items()} == ratios


def test_communes_are_counted_by_residence(asked):
    row = asked.signing("commune")["unmapped"]
    assert (row["done"], row["signable"]) == (4, 12 - 2)
    assert row["history"] == [5 / 11, 5 / 11, 4 / 10]


def test_the_course_of_a_unit_is_a_row_a_snapshot_oldest_first(asked):
    rows = ask(asked, signing_course, level="facility", unit_code="F1")
    assert rows["as_of"].dt.day().to_list() == [10, 18, 25]
    assert rows["done"].to_list() == [3, 3, 3]
    assert rows["newly_signed"].to_list() == [None, 0, 1]


def test_a_table_of_an_unknown_district_is_refused(asked):
    with pytest.raises(UnknownUnitError, match="“749”"):
        ask(asked, signing_table, level="facility", district_code="749")


def test_the_rule_is_the_one_in_force_on_the_snapshots_day(store):
    for day in (dt.datetime(2022, 3, 31, 12), dt.datetime(2022, 4, 1, 12)):  # noqa: DTZ001
        store.publish("Mã hồ sơ\nH1", as_of=day, is_confirmed=True)
    connection = store.open()
    march = rule_on(connection, snapshot_id="2022-03-31T1200-r1")
    april = rule_on(connection, snapshot_id="2022-04-01T1200-r1")
    assert (march.min_doses, april.min_doses) == (2, 1)
    assert march.in_process_days == april.in_process_days == 7
    assert march.document.startswith("QĐ 5772/QĐ-BYT")


# Contradictions -----------------------------------------------------------------------------


def ids(asked, which, **where):
    return ask(asked, signing_contradictions, which=which, **where)["record_id"].to_list()


def test_signed_records_that_no_longer_match_are_listed(asked):
    rows = ask(asked, signing_contradictions, which="signed_not_verified")
    assert rows.select("record_id", "verification", "signing", "unit_code").rows() == [
        ("BOTH", "awaiting", "issued", "F3"),
        ("WRONG", "mismatched", "signed", "F1"),
    ]


def test_records_changed_after_signing_are_listed_with_the_day_the_first_changed_first(asked):
    rows = ask(asked, signing_contradictions, which="changed_after_signing")
    assert rows.select("record_id", "changed_on").rows() == [
        ("OLDER", dt.date(2022, 4, 18)),
        ("BOTH", dt.date(2022, 4, 25)),
        ("CHANGED", dt.date(2022, 4, 25)),
    ]


def test_records_in_process_for_too_long_are_listed_with_the_day_since(asked):
    rows = ask(asked, signing_contradictions, which="in_process_long")
    # In the first snapshot of all they were so already.
    assert rows.select("record_id", "in_process_on").rows() == [
        ("LONG", None),
        ("LONG_F3", None),
        ("LONG_F9", None),
    ]


def test_a_list_is_of_one_district_or_one_unit(asked):
    assert ids(asked, "in_process_long", district_code="747") == ["LONG"]
    assert ids(asked, "in_process_long", unit_code="F3") == ["LONG_F3"]
    assert ids(asked, "in_process_long", unit_code="unmapped") == ["LONG_F9"]


def test_a_list_is_as_long_as_is_asked(asked):
    assert ids(asked, "in_process_long", row_limit=1) == ["LONG"]


@pytest.mark.parametrize("day", ["10", "18", "25"])
@pytest.mark.parametrize("which", CONTRADICTIONS)
def test_a_list_has_as_many_rows_as_the_table_counts_for_every_unit(asked, which, day):
    then = on(day, asked)
    for level in ("province", "district", "facility"):
        for unit, row in then.signing(level).items():
            where = {"province": {}, "district": {"district_code": unit}}.get(
                level, {"unit_code": unit}
            )
            assert len(ids(then, which, **where)) == row[which]


def test_a_list_tells_no_persons_data(asked):
    columns = set(ask(asked, signing_contradictions, which="changed_after_signing").columns)
    assert not columns & {"full_name", "birth_date", "id_number", "phone", "passport_number"}


# Who may see what ---------------------------------------------------------------------------


def test_a_cursor_without_a_scope_sees_no_row(asked):
    cursor = asked.connection.database.cursor()
    assert cursor.sql("select count(*) from unit_signing").fetchall() == [(0,)]
    files = table_files(asked.connection, asked.snapshot_id, "records")
    question = "select count(*) from scoped_records($files, $snapshot)"
    given = {"files": files, "snapshot": asked.snapshot_id}
    assert cursor.sql(question, params=given).fetchall() == [(0,)]
    with asked.connection.cursor(EVERYTHING) as seeing:
        assert seeing.sql(question, params=given).fetchall() == [(12,)]


def test_a_district_sees_its_own_units_and_the_provinces_total(asked):
    assert ask(asked, signing_table, scope=OWN, level="facility")["unit_code"].to_list() == [
        "F1",
        "F2",
    ]
    assert ask(asked, signing_table, scope=OWN, level="district")["unit_code"].to_list() == ["747"]
    province = ask(asked, signing_table, scope=OWN, level="province")
    assert province.select("done", "signable").rows() == [(3 + 1, 4 + 3 + 2 + 1)]
    assert ask(asked, signing_course, scope=OWN, level="facility", unit_code="F3").is_empty()


def test_a_district_sees_no_record_of_another_and_none_of_unknown_facilities(asked):
    assert ids(asked, "in_process_long", scope=OWN) == ["LONG"]
    assert ids(asked, "in_process_long", scope=OWN, district_code="755") == []
    assert ids(asked, "in_process_long", scope=OWN, unit_code="unmapped") == []
    assert ids(asked, "changed_after_signing", scope=OWN) == ["OLDER", "CHANGED"]
    assert ids(asked, "signed_not_verified", scope=Scope(())) == []


def test_another_district_cannot_be_asked_for(asked):
    with pytest.raises(UnknownUnitError, match="các mã: 747"):
        ask(asked, signing_table, scope=OWN, level="facility", district_code="755")


def test_text_in_a_filter_of_a_list_is_data(asked):
    assert ids(asked, "in_process_long", unit_code="' or 1=1 --") == []
    with pytest.raises(RefusedError):
        ask(asked, measure, metric="signing_progress' --", level="province")
