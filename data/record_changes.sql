-- What became of each record between a snapshot and the one before it?
-- One row per record that is in either and not the same in both: its state, its
-- signature, the unit that counts it on either axis, or a field of the person.
-- Reads people (of both snapshots, those `data/differing_people.sql` names),
-- facilities_of, communes_of and districts_of (the units of both, is_now apart),
-- history_before and pair (one row); without a snapshot before there is nothing to
-- tell.
-- verification, verification_before: 'absent' where the record is not; signing,
-- units and districts are '' there. Units: as `data/placed_records.sql` places them.
-- is_counted: more has changed than how far a signature not yet given has come.
-- is_returned: absent before, but known in an earlier snapshot.
-- name_before, name_now, …: digests of a field where it differs, else null; of all
-- fields where a record has gone or come back, for whoever looks across the gap.
with sides as (
    select
        people.record_id,
        people.is_now,
        people.verification,
        people.signing,
        coalesce(facilities_of.district_code, 'unmapped') as facility_district,
        coalesce(facilities_of.facility_code, 'unmapped') as facility_unit,
        coalesce(communes_of.district_code, districts_of.code, 'unmapped')
            as residence_district,
        coalesce(communes_of.code, districts_of.code, 'unmapped') as residence_unit,
        md5_number_lower(coalesce(people.full_name, '')) as name,
        md5_number_lower(concat_ws('|', people.birth_date, people.birth_year))
            as birth_date,
        md5_number_lower(coalesce(people.sex, '')) as sex,
        md5_number_lower(
            concat(
                coalesce(people.id_number, ''),
                '|',
                coalesce(people.passport_number, '')
            )
        ) as id,
        md5_number_lower(coalesce(people.phone, '')) as phone,
        md5_number_lower(
            concat(
                coalesce(people.commune_code, ''),
                '|',
                coalesce(people.residence_district_code, '')
            )
        ) as commune,
        md5_number_lower(coalesce(people.facility_code, '')) as facility
    from people
    left join facilities_of
        on
            people.facility_code = facilities_of.facility_code
            and people.is_now = facilities_of.is_now
    left join communes_of
        on
            people.commune_code = communes_of.code
            and people.is_now = communes_of.is_now
    left join districts_of
        on
            people.residence_district_code = districts_of.code
            and people.is_now = districts_of.is_now
),

now as (
    select *
    from sides
    where is_now
),

before as (
    select *
    from sides
    where not is_now
),

told as (
    select
        coalesce(now.record_id, before.record_id) as record_id,
        coalesce(before.verification, 'absent') as verification_before,
        coalesce(now.verification, 'absent') as verification,
        coalesce(before.signing, '') as signing_before,
        coalesce(now.signing, '') as signing,
        coalesce(before.signing in ('signed', 'issued'), false) as had_signature,
        coalesce(now.signing in ('signed', 'issued'), false) as has_signature,
        coalesce(before.facility_district, '') as facility_district_before,
        coalesce(now.facility_district, '') as facility_district,
        coalesce(before.facility_unit, '') as facility_unit_before,
        coalesce(now.facility_unit, '') as facility_unit,
        coalesce(before.residence_district, '') as residence_district_before,
        coalesce(now.residence_district, '') as residence_district,
        coalesce(before.residence_unit, '') as residence_unit_before,
        coalesce(now.residence_unit, '') as residence_unit,
        gone.gone_since is not null as is_returned,
        case
            when now.record_id is null or now.name <> before.name
                then before.name
        end as name_before,
        case
            when gone.gone_since is not null or now.name <> before.name
                then now.name
        end as name_now,
        case
            when now.record_id is null or now.birth_date <> before.birth_date
                then before.birth_date
        end as birth_date_before,
        case
            when gone.gone_since is not null or now.birth_date <> before.birth_date
                then now.birth_date
        end as birth_date_now,
        case
            when now.record_id is null or now.sex <> before.sex
                then before.sex
        end as sex_before,
        case
            when gone.gone_since is not null or now.sex <> before.sex
                then now.sex
        end as sex_now,
        case
            when now.record_id is null or now.id <> before.id
                then before.id
        end as id_before,
        case
            when gone.gone_since is not null or now.id <> before.id
                then now.id
        end as id_now,
        case
            when now.record_id is null or now.phone <> before.phone
                then before.phone
        end as phone_before,
        case
            when gone.gone_since is not null or now.phone <> before.phone
                then now.phone
        end as phone_now,
        case
            when now.record_id is null or now.commune <> before.commune
                then before.commune
        end as commune_before,
        case
            when gone.gone_since is not null or now.commune <> before.commune
                then now.commune
        end as commune_now,
        case
            when now.record_id is null or now.facility <> before.facility
                then before.facility
        end as facility_before,
        case
            when gone.gone_since is not null or now.facility <> before.facility
                then now.facility
        end as facility_now
    from now
    full outer join before on now.record_id = before.record_id
    left join history_before as gone
        on
            now.record_id = gone.record_id
            and before.record_id is null
)

select
    told.*,
    verification <> verification_before
    or has_signature <> had_signature
    or facility_district <> facility_district_before
    or facility_unit <> facility_unit_before
    or residence_district <> residence_district_before
    or residence_unit <> residence_unit_before
    or coalesce(
        name_now, birth_date_now, sex_now, id_now, phone_now, commune_now, facility_now
    ) is not null
        as is_counted
from told
cross join pair
where
    pair.has_before
    and (
        is_counted
        or signing <> signing_before
    )
