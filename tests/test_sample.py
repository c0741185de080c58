"""The invented province: its totals, its structure, and that the same seed gives the same files."""

import datetime as dt
import re

import numpy as np
import polars as pl
import pytest

from data import schema, snapshots
from data.ingest import ingest
from data.layouts import layouts
from data.readers import read_file
from data.sample import (
    build_province,
    complaints_frame,
    days_of,
    facilities_frame,
    records_frame,
    small,
    write_day,
    write_facilities,
)
from data.sample.days import LAST, PUBLISHED, date_of
from data.sample.places import reference_table
from data.sample.province import PUBLISHED_TOTALS, RECORD_COUNT, scaled_totals
from data.sample.signing import SIGNED, is_signable

SIZE = 20_000
APRIL_25, MAY_26 = dt.date(2022, 4, 25), dt.date(2022, 5, 26)
AS_OF = dict.fromkeys(
    ("records", "complaints", "facilities"), dt.datetime.combine(APRIL_25, dt.time(16))
) | {"totals": dt.datetime.combine(MAY_26, dt.time(16))}
VERIFICATION, SIGNING = "Trạng thái xác thực", "Trạng thái ký"
INVALID = ["Sai", "Không xác minh được", "Không có số", "Sai định dạng"]


@pytest.fixture(scope="module")
def province():
    return build_province(SIZE)


@pytest.fixture(scope="module")
def april(province):
    return records_frame(province, APRIL_25)


@pytest.fixture(scope="module")
def may(province):
    return records_frame(province, MAY_26)


def count_of(frame: pl.DataFrame, column: str, words: list[str]) -> int:
    return frame.filter(pl.col(column).is_in(words)).height


def signable_of(records: pl.DataFrame) -> pl.DataFrame:
    known = pl.col(VERIFICATION).is_in(["Đúng", "Miễn xác thực"])
    return records.filter(known & (pl.col("Số mũi") != "0"))


@pytest.mark.parametrize(
    ("count", "end", "first", "last"),
    [
        (1, None, APRIL_25, APRIL_25),
        (60, None, dt.date(2022, 2, 25), APRIL_25),
        (61, None, dt.date(2022, 2, 25), dt.date(2022, 4, 26)),
        (91, None, dt.date(2022, 2, 25), MAY_26),
        (7, MAY_26, dt.date(2022, 5, 20), MAY_26),
    ],
)
def test_days_are_consecutive_and_end_where_asked(count, end, first, last):
    days = days_of(count, end)
    assert (len(days), days[0], days[-1]) == (count, first, last)


@pytest.mark.parametrize(
    ("count", "end", "said"),
    [
        (0, None, "từ 1 đến 91"),
        (92, None, "từ 1 đến 91"),
        (3, dt.date(2022, 2, 26), "Chỉ có 2 ngày"),
        (1, dt.date(2022, 5, 27), "nằm ngoài"),
    ],
)
def test_days_outside_the_campaign_are_refused_in_one_sentence(count, end, said):
    with pytest.raises(ValueError, match=said):
        days_of(count, end)


def test_too_few_records_are_refused():
    with pytest.raises(ValueError, match="ít nhất 500"):
        build_province(499)


def test_the_same_seed_gives_the_same_bytes_whatever_was_asked_before(province, tmp_path):
    folders = [tmp_path / "one", tmp_path / "two"]
    for folder in folders:
        folder.mkdir()
    write_day(province, MAY_26, folders[0])
    ours = [*write_day(province, APRIL_25, folders[0]), write_facilities(province, folders[0])]
    again = build_province(SIZE)
    theirs = [*write_day(again, APRIL_25, folders[1]), write_facilities(again, folders[1])]
    assert [path.name for path in ours] == [
        "records-2022-04-25.csv",
        "complaints-2022-04-25.csv",
        "facilities.csv",
    ]
    assert [path.read_bytes() for path in ours] == [path.read_bytes() for path in theirs]


def test_another_seed_gives_other_people(april):
    other = records_frame(build_province(SIZE, seed=78), APRIL_25)
    assert not other["Họ và tên"].equals(april["Họ và tên"])


@pytest.mark.parametrize("size", [500, 2_000, SIZE])
def test_totals_on_25_april_are_the_published_ones_in_proportion(size):
    records = records_frame(build_province(size), APRIL_25)
    totals = scaled_totals(size)
    assert records.height == size
    assert count_of(records, VERIFICATION, ["Đúng"]) == totals.valid
    assert count_of(records, VERIFICATION, INVALID) == totals.invalid


@pytest.mark.parametrize("size", [500, SIZE])
def test_totals_on_26_may_are_the_published_ones_in_proportion(size):
    records = records_frame(build_province(size), MAY_26)
    signable, totals = signable_of(records), scaled_totals(size)
    assert count_of(records, VERIFICATION, INVALID) == totals.last_invalid
    assert signable.height == totals.last_signable
    assert count_of(signable, SIGNING, ["Đã ký", "Đã cấp"]) == totals.last_signed
    assert count_of(signable, SIGNING, ["Đang xử lý"]) == signable.height - totals.last_signed


def test_the_full_province_has_the_published_totals_to_the_unit():
    province = build_province()
    verification, presence = province.verification, province.presence
    april, may = presence.on(PUBLISHED), presence.on(LAST)
    state = np.bincount(verification.on(PUBLISHED)[april], minlength=8)
    signable = may & is_signable(verification, province.doses, LAST)
    signing = province.signing.on(LAST, signable)[signable]
    assert april.sum() == RECORD_COUNT == 1_171_402
    assert state[0] == PUBLISHED_TOTALS.valid == 731_214
    assert state[1:5].sum() == PUBLISHED_TOTALS.invalid == 351_163
    assert signable.sum() == 873_322
    assert (signing >= SIGNED).sum() == 301_043
    assert (signing == SIGNED - 1).sum() == 572_279


def test_words_are_those_the_layouts_know(april, may, province):
    complaints = complaints_frame(province, MAY_26)
    for records in (april, may):
        assert set(records[VERIFICATION]) <= set(schema.VERIFICATION_WORDS)
        assert set(records[SIGNING]) <= set(schema.SIGNING_WORDS)
        reasons = set(records["Lý do không hợp lệ"].str.split(";").explode()) - {""}
        assert reasons == set(schema.REASON_WORDS)
    assert set(complaints["Trạng thái"]) <= set(schema.COMPLAINT_STATUS_WORDS)
    assert set(facilities_frame(province)["Loại"]) == set(schema.FACILITY_KIND_WORDS)


def test_only_mismatched_records_carry_reasons_and_a_few_of_them_none(april):
    has_reason = pl.col("Lý do không hợp lệ") != ""
    is_wrong = pl.col(VERIFICATION) == "Sai"
    assert april.filter(has_reason & ~is_wrong).is_empty()
    assert 0.01 < april.filter(is_wrong & ~has_reason).height / april.filter(is_wrong).height < 0.04


def test_no_text_needs_quoting(province, april):
    for frame in (april, complaints_frame(province, APRIL_25), facilities_frame(province)):
        joined = frame.select(pl.concat_str(pl.all(), separator="|")).to_series()
        assert not joined.str.contains('[,"\r\n]').any()
        assert joined.null_count() == 0


def test_ids_show_that_all_is_invented(april, province):
    complaints = complaints_frame(province, APRIL_25)
    assert april["Mã hồ sơ"].str.contains(r"^MP-\d{9}$").all()
    assert complaints["Mã phản ánh"].str.contains(r"^MP-PA-\d{6}$").all()
    assert april["Mã hồ sơ"].is_unique().all()


def test_numbers_of_matched_records_agree_with_sex_and_year_of_birth(april):
    matched = april.filter(pl.col(VERIFICATION) == "Đúng")
    number = pl.col("Số CCCD/CMND")
    new = matched.filter(number.str.len_chars() == 12).select(
        number.str.slice(3, 1).cast(pl.Int32).alias("digit"),
        number.str.slice(4, 2).cast(pl.Int32).alias("short_year"),
        pl.col("Ngày sinh").str.tail(4).cast(pl.Int32).alias("year"),
        (pl.col("Giới tính") == "Nữ").cast(pl.Int32).alias("female"),
    )
    assert matched["Số CCCD/CMND"].str.contains(r"^(0\d{11}|\d{9})$").all()
    assert new.filter(
        pl.col("digit") != (pl.col("year") // 100 - 19) * 2 + pl.col("female")
    ).is_empty()
    assert new.filter(pl.col("short_year") != pl.col("year") % 100).is_empty()


def test_records_without_a_number_have_none_and_badly_formed_ones_are(april):
    number = pl.col("Số CCCD/CMND")
    is_well_formed = number.str.contains(r"^(\d{9}|\d{12})$")
    assert april.filter((pl.col(VERIFICATION) == "Không có số") & (number != "")).is_empty()
    assert april.filter((pl.col(VERIFICATION) == "Sai định dạng") & is_well_formed).is_empty()
    assert april.filter(pl.col(VERIFICATION).is_in(["Sai", "Đúng"]) & ~is_well_formed).is_empty()


def test_foreigners_are_exempt_and_have_passports(april):
    is_exempt = pl.col(VERIFICATION) == "Miễn xác thực"
    has_passport = pl.col("Số hộ chiếu").str.contains(r"^MP\d{7}$")
    foreign = pl.col("Quốc tịch") != ""
    assert april.filter(is_exempt).height > 0
    assert april.select((is_exempt == has_passport) & (is_exempt == foreign)).to_series().all()
    assert april.filter(is_exempt & (pl.col("Số CCCD/CMND") != "")).is_empty()


def test_phones_use_a_block_that_is_not_issued(april):
    assert april["Số điện thoại"].str.contains(r"^(|0\d\d00\d{5})$").all()


def test_every_unit_named_is_in_the_reference_tables(april, province):
    communes = reference_table("communes")
    pairs = set(communes.select("code", "district_code").iter_rows()) | {("", "755")}
    named = set(april.select("Mã xã thường trú", "Mã huyện thường trú").iter_rows())
    facilities = reference_table("facilities")["facility_code"]
    assert named == pairs
    assert set(april["Mã cơ sở nhập"]) == set(facilities)
    assert facilities_frame(province)["Mã cơ sở"].equals(facilities, check_names=False)


def test_people_of_con_dao_have_a_district_and_no_commune(april):
    has_commune = pl.col("Mã xã thường trú") != ""
    con_dao = pl.col("Mã huyện thường trú") == "755"
    assert april.filter(con_dao).height > 0
    assert april.select(con_dao != has_commune).to_series().all()


def test_birth_days_and_times_can_be_read_and_are_past(april):
    birth = april["Ngày sinh"]
    full = birth.filter(birth.str.len_chars() > 4).str.to_date("%d/%m/%Y")
    year = birth.filter(birth.str.len_chars() == 4).cast(pl.Int32)
    updated = april["Cập nhật lúc"].str.to_datetime("%d/%m/%Y %H:%M")
    assert full.max() < APRIL_25
    assert 0 < len(year) < 0.05 * len(birth)
    assert year.max() < 1958
    assert updated.max() < dt.datetime.combine(APRIL_25, dt.time(16))


def test_days_of_a_record_are_in_order(may):
    verified, signed, updated = (
        may[column].str.head(10).replace("", None).str.to_date("%d/%m/%Y")
        for column in ("Ngày xác thực", "Ngày ký", "Cập nhật lúc")
    )
    assert (signed.is_not_null() == may[SIGNING].is_in(["Đã ký", "Đã cấp"])).all()
    assert (verified <= updated).all()
    assert (signed <= updated).all()


def test_nobody_signs_before_the_pilot_and_few_before_8_april(province):
    signed = [
        count_of(records_frame(province, day), SIGNING, ["Đã ký", "Đã cấp"])
        for day in (dt.date(2022, 3, 15), dt.date(2022, 4, 7), APRIL_25)
    ]
    assert signed[0] == 0
    assert 0 < signed[1] < SIZE / 1000 < signed[2]


def test_some_records_vanish_and_return_and_some_stay_away(province):
    here = np.array([province.presence.on(day) for day in range(LAST + 1)])
    entered = here.argmax(axis=0)
    last_seen = LAST - here[::-1].argmax(axis=0)
    days_missing = last_seen - entered + 1 - here.sum(axis=0)
    assert 0 < (days_missing > 0).sum() < 0.01 * SIZE
    assert set(days_missing[days_missing > 0]) <= set(range(3, 11))
    assert (last_seen < LAST - 10).sum() > 0


def test_some_records_regress_and_most_of_them_are_matched_again(province):
    matched = np.array([province.verification.is_matched(day) for day in range(LAST + 1)])
    fell = (matched[:-1] & ~matched[1:]).sum(axis=0)
    is_back = matched[-1] & (fell > 0)
    assert 0.0002 < fell.sum() / LAST / SIZE < 0.0006
    assert is_back.sum() > (fell > 0).sum() / 2


def test_some_people_move(province, may):
    first = records_frame(province, date_of(0))
    both = first.join(may, on="Mã hồ sơ", suffix="_later")
    moved = both.filter(pl.col("Mã xã thường trú") != pl.col("Mã xã thường trú_later"))
    assert 0.001 < moved.height / both.height < 0.005


def test_fewer_become_valid_on_weekends(province):
    valid = [
        (province.verification.is_matched(day) & province.presence.on(day)).sum()
        for day in range(LAST + 1)
    ]
    weekday = np.array([date_of(day).weekday() for day in range(1, LAST + 1)])
    gain = np.diff(valid)
    assert gain[weekday == 6].mean() < gain[weekday < 5].mean() / 2


def test_six_facilities_stand_still_for_weeks(province):
    places = province.places
    stalled = np.flatnonzero(places.stall_to > places.stall_from)
    assert len(stalled) == 6
    assert (places.stall_to - places.stall_from)[stalled].min() >= 18


def test_districts_keep_different_paces(april):
    district = pl.col("Mã cơ sở nhập").str.slice(3, 3)
    valid = (pl.col(VERIFICATION) == "Đúng").mean()
    share = dict(april.group_by(district).agg(valid).iter_rows())
    assert share["754"] < share["747"] < share["748"]


def test_a_later_file_never_unreceives_a_complaint(province):
    earlier, later = (complaints_frame(province, day) for day in (APRIL_25, MAY_26))
    same = ["Mã phản ánh", "Mã hồ sơ", "Thời điểm tiếp nhận", "Loại phản ánh", "Mã cơ sở"]
    closed = earlier.filter(pl.col("Thời điểm xử lý") != "")
    assert later.head(earlier.height).select(same).equals(earlier.select(same))
    assert closed.join(later, on=closed.columns, how="anti").is_empty()


def test_complaints_agree_with_themselves_and_the_records(province, april):
    complaints = complaints_frame(province, APRIL_25)
    is_closed = pl.col("Trạng thái").is_in(["Đã duyệt", "Từ chối"])
    original = complaints.filter(pl.col("Mã phản ánh gốc") != "")
    named = complaints.filter(pl.col("Mã hồ sơ") != "")
    has_reason = pl.col("Mã lý do từ chối") != ""
    assert complaints.select(is_closed == (pl.col("Thời điểm xử lý") != "")).to_series().all()
    assert complaints.select(has_reason == (pl.col("Trạng thái") == "Từ chối")).to_series().all()
    assert original["Mã phản ánh gốc"].is_in(complaints["Mã phản ánh"].to_list()).all()
    assert named.join(april, on="Mã hồ sơ").height > 0.98 * named.height
    assert complaints.filter(pl.col("Mã huyện") == "").height > 0


def test_the_small_example_is_what_the_province_gives(tmp_path):
    for path in small.write_small(tmp_path):
        assert path.read_bytes() == (small.FOLDER / path.name).read_bytes()


@pytest.mark.parametrize("layout", [layout.name for layout in layouts()])
def test_the_small_example_has_good_rows_of_every_layout_and_bad_ones_where_it_says_so(layout):
    found = ingest([read_file(small.FOLDER / f"{layout}.csv")], as_of=AS_OF[layout])
    said = (small.FOLDER / "README.md").read_text(encoding="utf-8")
    assert found.accepted[layout].height > 1
    assert (found.quarantine.height > 0) == (f"`{layout}.csv` không có dòng sai" not in said)


def test_the_small_table_of_totals_is_the_report_of_26_may(store):
    store.publish_files([small.FOLDER / "totals.csv"], as_of=AS_OF["totals"])
    asked = store.ask()
    assert asked.ratios("signing_progress", "province")["77"][:2] == (301_043, 873_322)
    assert asked.ratios("signing_in_process", "province")["77"][0] == 572_279
    assert asked.ratios("invalid_ratio", "province")["77"][0] == 273_297
    assert len(asked.ratios("signing_progress", "district")) == 8
    [manifest] = snapshots.in_force(store.folder)
    assert (manifest.is_invented, manifest.is_wholly_invented) == (True, True)


def test_the_small_example_names_its_broken_rows():
    said = (small.FOLDER / "README.md").read_text(encoding="utf-8")
    named = re.findall(r"^\| `\w+\.csv` \| ([\w-]+)", said, flags=re.MULTILINE)
    broken = [*small.BROKEN_RECORDS, *small.BROKEN_COMPLAINTS, *small.BROKEN_TOTALS]
    assert set(named) == {next(iter(change.values())) for change in broken}
