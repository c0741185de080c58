"""signing_progress: of the records that can be signed, those signed or issued."""

import datetime as dt

import pytest

from tests.stores import Asked, Store

PARTS = ("not_started", "in_process", "signed", "issued")


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    """The facility is the case; F1, F2 and F3 of three districts are for the sums."""
    store = Store.inside(tmp_path_factory.mktemp("signing"))
    store.publish(
        """
        Mã cơ sở nhập | Trạng thái xác thực | Trạng thái ký | Số mũi | Quốc tịch | Số hộ chiếu
        FOUR          | Đúng                | Chưa ký       | 2      |           |
        FOUR          | Đúng                | Đang xử lý    | 2      |           |
        FOUR          | Đúng                | Đã ký         | 2      |           |
        FOUR          | Đúng                | Đã cấp        | 2      |           |
        PROCESS       | Đúng                | Đang xử lý    | 2      |           |
        PROCESS       | Đúng                | Đang xử lý    | 2      |           |
        EIGHT         | Đúng                | Đã ký         | 2      |           |
        EIGHT         | Sai                 | Đã ký         | 2      |           |
        EIGHT         | Không xác minh được | Đã ký         | 2      |           |
        EIGHT         | Không có số         | Đã ký         | 2      |           |
        EIGHT         | Sai định dạng       | Đã ký         | 2      |           |
        EIGHT         | Chưa gửi            | Đã ký         | 2      |           |
        EIGHT         | Chờ xác thực        | Đã ký         | 2      |           |
        EIGHT         | Miễn xác thực       | Đã ký         | 2      |           |
        FOREIGN       | Miễn xác thực       | Chưa ký       | 2      | Pháp      | 19AB00001
        FOREIGN       | Miễn xác thực       | Đã cấp        | 2      | Pháp      | 19AB00002
        DOSES         | Đúng                | Chưa ký       | 0      |           |
        DOSES         | Đúng                | Đã ký         | 0      |           |
        DOSES         | Đúng                | Đã ký         | 1      |           |
        DOSES         | Đúng                | Chưa ký       | 3      |           |
        F1            | Đúng                | Đã ký         | 2      |           |
        F2            | Đúng                | Chưa ký       | 2      |           |
        F2            | Đúng                | Chưa ký       | 2      |           |
        F2            | Đúng                | Đã cấp        | 2      |           |
        F9            | Đúng                | Đã ký         | 2      |           |
        """,
        with_facilities="""
            Mã cơ sở | Mã huyện
            FOUR     | 750
            PROCESS  | 751
            EIGHT    | 752
            FOREIGN  | 753
            DOSES    | 754
            F1       | 748
            F2       | 748
            NONE     | 755
        """,
    )
    return store.ask()


def progress(asked, level="facility", **options):
    return asked.ratios("signing_progress", level, **options)


def test_signed_is_what_the_facility_signed_or_the_ministry_issued(asked):
    assert progress(asked)["FOUR"] == (1 + 1, 4, 2 / 4)


def test_what_is_in_process_is_not_signed(asked):
    assert progress(asked)["PROCESS"] == (0, 2, 0.0)


def test_only_what_matched_or_needs_no_match_can_be_signed(asked):
    assert progress(asked)["EIGHT"] == (2, 2, 1.0)


def test_a_signature_on_a_record_that_no_longer_matches_counts_apart_and_in_neither_part(asked):
    row = asked.signing("facility")["EIGHT"]
    assert (row["done"], row["signable"], row["signed_not_verified"]) == (2, 2, 6)


def test_a_foreigner_with_a_passport_can_be_signed(asked):
    assert progress(asked)["FOREIGN"] == (1, 2, 1 / 2)


def test_a_record_without_a_dose_cannot_be_signed_and_its_signature_does_not_count(asked):
    assert progress(asked)["DOSES"] == (1, 1 + 1, 1 / 2)
    row = asked.signing("facility")["DOSES"]
    assert (row["verified"], row["too_few_doses"], row["signed_too_few_doses"]) == (4, 2, 1)
    assert row["signed_not_verified"] == 0


@pytest.mark.parametrize("level", ["facility", "district", "province"])
def test_the_four_states_are_all_that_can_be_signed(asked, level):
    for row in asked.signing(level).values():
        assert sum(row[part] for part in PARTS) == row["signable"]
        assert row["waiting"] == row["not_started"] + row["in_process"]
        assert row["done"] == row["signed"] + row["issued"]


def test_a_unit_without_records_is_a_row_with_zero_of_zero_and_no_ratio(asked):
    assert progress(asked)["NONE"] == (0, 0, None)
    assert progress(asked, "district")["747"] == progress(asked, "district")["755"] == (0, 0, None)


def test_a_group_is_sum_over_sum_and_not_the_mean_of_its_ratios(asked):
    facilities = progress(asked)
    assert (facilities["F1"], facilities["F2"]) == ((1, 1, 1.0), (1, 3, 1 / 3))
    assert progress(asked, "district")["748"] == (1 + 1, 1 + 3, 2 / 4)


def test_a_facility_no_table_knows_is_counted_as_unmapped_at_every_level(asked):
    assert progress(asked)["unmapped"] == progress(asked, "district")["unmapped"] == (1, 1, 1.0)
    whole = (2 + 0 + 2 + 1 + 1 + 2 + 1, 4 + 2 + 2 + 2 + 2 + 4 + 1)
    assert progress(asked, "province") == {"77": (*whole, 9 / 17)}


def test_the_two_axes_count_a_moved_person_in_different_districts(store):
    store.publish("""
        Mã cơ sở nhập | Mã xã thường trú | Mã huyện thường trú | Trạng thái ký
        F1            | 26548            |                     | Đã ký
        F1            |                  | 755                 | Chưa ký
        F1            |                  |                     | Đang xử lý
    """)
    asked = store.ask()
    entered = progress(asked, "district", axis="facility")
    resident = progress(asked, "district", axis="residence")
    assert (entered["747"], entered["748"]) == ((1, 3, 1 / 3), (0, 0, None))
    assert (resident["747"], resident["748"]) == ((0, 0, None), (1, 1, 1.0))
    assert (resident["755"], resident["unmapped"]) == ((0, 1, 0.0), (0, 1, 0.0))
    assert progress(asked, "commune")["26548"] == (1, 1, 1.0)
    assert progress(asked, "province", axis="residence") == progress(asked, "province")


def test_the_same_records_need_two_doses_until_31_march_2022_and_one_from_1_april(store):
    for day in (dt.datetime(2022, 3, 31, 23, 59), dt.datetime(2022, 4, 1)):  # noqa: DTZ001
        store.publish(
            """
            Số mũi | Trạng thái ký
            0      | Đã ký
            1      | Đã ký
            2      | Chưa ký
            3      | Chưa ký
            """,
            as_of=day,
            is_confirmed=True,
        )
    april = store.ask()
    march = Asked(april.connection, "2022-03-31T2359-r1")
    assert progress(march, "province") == {"77": (0, 2, 0.0)}
    assert progress(april, "province") == {"77": (1, 3, 1 / 3)}
