-- Where do the records of one snapshot belong, on both axes?
-- One row per axis and combination of what the roll-ups ask for, with its number of
-- records; given_code is the code as it stands in them, '' when there is none.
-- Reads records, facilities (one row a code), communes and districts.
-- Portable: roll-ups run on any engine.
-- A code that no reference knows is 'unmapped'. A record whose district is known and
-- commune is not (Côn Đảo has none) belongs to the district's own code on the residence
-- axis.
with combinations as (
    select
        records.facility_code,
        records.commune_code,
        records.residence_district_code,
        records.verification,
        records.wrong_name,
        records.wrong_birth_date,
        records.wrong_sex,
        records.wrong_id,
        records.is_duplicate_id,
        count(*) as records
    from records
    group by
        records.facility_code,
        records.commune_code,
        records.residence_district_code,
        records.verification,
        records.wrong_name,
        records.wrong_birth_date,
        records.wrong_sex,
        records.wrong_id,
        records.is_duplicate_id
)

select
    'facility' as axis,
    coalesce(facilities.district_code, 'unmapped') as district_code,
    coalesce(facilities.facility_code, 'unmapped') as unit_code,
    coalesce(combinations.facility_code, '') as given_code,
    combinations.verification,
    combinations.wrong_name,
    combinations.wrong_birth_date,
    combinations.wrong_sex,
    combinations.wrong_id,
    combinations.is_duplicate_id,
    combinations.records
from combinations
left join facilities on combinations.facility_code = facilities.facility_code

union all

select
    'residence' as axis,
    coalesce(communes.district_code, districts.code, 'unmapped') as district_code,
    coalesce(communes.code, districts.code, 'unmapped') as unit_code,
    coalesce(combinations.commune_code, combinations.residence_district_code, '')
        as given_code,
    combinations.verification,
    combinations.wrong_name,
    combinations.wrong_birth_date,
    combinations.wrong_sex,
    combinations.wrong_id,
    combinations.is_duplicate_id,
    combinations.records
from combinations
left join communes on combinations.commune_code = communes.code
left join districts on combinations.residence_district_code = districts.code
