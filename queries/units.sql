-- Which units are there to list?
-- One row per unit of the finest grain of an axis: facilities; communes, and each district for the
-- part of it that belongs to no commune (listed when it has records or has no communes at all).
-- $axis: facility or residence. $snapshot_id: one snapshot.
with units_with_records as (
    select
        district_code,
        unit_code
    from unit_cleaning
    where axis = $axis and snapshot_id = $snapshot_id
),

districts as (
    select
        district_code,
        unit_name as district_name,
        not exists (
            select communes.unit_code
            from known_units as communes
            where
                communes.snapshot_id = $snapshot_id
                and communes.axis = 'residence'
                and communes.unit_kind != 'district'
                and communes.district_code = known_units.district_code
        ) as has_no_communes
    from known_units
    where snapshot_id = $snapshot_id and axis = 'residence' and unit_kind = 'district'
)

select
    known_units.unit_code,
    case
        when known_units.unit_kind = 'district' and not districts.has_no_communes
            then known_units.unit_name || ' (chưa rõ xã, phường)'
        else known_units.unit_name
    end as unit_name,
    known_units.unit_kind,
    known_units.district_code,
    districts.district_name
from known_units
left join districts on known_units.district_code = districts.district_code
where
    known_units.snapshot_id = $snapshot_id
    and known_units.axis = $axis
    and (
        known_units.unit_kind != 'district'
        or districts.has_no_communes
        or known_units.unit_code in (select units_with_records.unit_code from units_with_records)
    )

union all

select
    'unmapped' as unit_code,
    null as unit_name,
    'unmapped' as unit_kind,
    'unmapped' as district_code,
    null as district_name
from units_with_records
where unit_code = 'unmapped'
order by district_code, unit_code
