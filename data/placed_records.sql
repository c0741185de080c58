-- Where do the records of one snapshot belong, on both axes?
-- One row per combination of what the roll-ups ask for, with its number of records.
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
    combinations.verification,
    combinations.wrong_name,
    combinations.wrong_birth_date,
    combinations.wrong_sex,
    combinations.wrong_id,
    combinations.is_duplicate_id,
    combinations.records,
    coalesce(facilities.facility_code, 'unmapped') as facility_unit,
    coalesce(facilities.district_code, 'unmapped') as facility_district,
    coalesce(communes.code, districts.code, 'unmapped') as residence_unit,
    coalesce(communes.district_code, districts.code, 'unmapped') as residence_district,
    coalesce(combinations.facility_code, '') as facility_given,
    coalesce(combinations.commune_code, combinations.residence_district_code, '')
        as residence_given
from combinations
left join facilities on combinations.facility_code = facilities.facility_code
left join communes on combinations.commune_code = communes.code
left join districts on combinations.residence_district_code = districts.code
