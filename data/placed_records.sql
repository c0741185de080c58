-- Where do the records of one snapshot belong, on both axes?
-- One row per axis and combination of what the roll-ups ask for, with its number of
-- records; given_code is the code as it stands in them, '' when there is none.
-- Reads records, facilities (one row a code), communes, districts and signing_rule (one
-- row).
-- Portable: roll-ups run on any engine.
-- A code that no reference knows is 'unmapped'. A record whose district is known and
-- commune is not (Côn Đảo has none) belongs to the district's own code on the residence
-- axis. is_verified: matched, or exempt (a foreigner with a passport needs no
-- comparison). is_signable: verified, with as many doses as the rule of the day asks
-- for.
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
        records.carried_forward,
        records.signing,
        records.dose_count >= signing_rule.min_doses as has_enough_doses,
        count(*) as records
    from records
    cross join signing_rule
    group by
        records.facility_code,
        records.commune_code,
        records.residence_district_code,
        records.verification,
        records.wrong_name,
        records.wrong_birth_date,
        records.wrong_sex,
        records.wrong_id,
        records.is_duplicate_id,
        records.carried_forward,
        records.signing,
        records.dose_count >= signing_rule.min_doses
),

judged as (
    select
        combinations.*,
        combinations.verification in ('matched', 'exempt') as is_verified,
        combinations.verification in ('matched', 'exempt')
        and combinations.has_enough_doses as is_signable
    from combinations
)

select
    'facility' as axis,
    coalesce(facilities.district_code, 'unmapped') as district_code,
    coalesce(facilities.facility_code, 'unmapped') as unit_code,
    coalesce(judged.facility_code, '') as given_code,
    judged.verification,
    judged.wrong_name,
    judged.wrong_birth_date,
    judged.wrong_sex,
    judged.wrong_id,
    judged.is_duplicate_id,
    judged.carried_forward,
    judged.signing,
    judged.is_verified,
    judged.is_signable,
    judged.records
from judged
left join facilities on judged.facility_code = facilities.facility_code

union all

select
    'residence' as axis,
    coalesce(communes.district_code, districts.code, 'unmapped') as district_code,
    coalesce(communes.code, districts.code, 'unmapped') as unit_code,
    coalesce(judged.commune_code, judged.residence_district_code, '')
        as given_code,
    judged.verification,
    judged.wrong_name,
    judged.wrong_birth_date,
    judged.wrong_sex,
    judged.wrong_id,
    judged.is_duplicate_id,
    judged.carried_forward,
    judged.signing,
    judged.is_verified,
    judged.is_signable,
    judged.records
from judged
left join communes on judged.commune_code = communes.code
left join districts on judged.residence_district_code = districts.code
