-- How many records came from which state and unit to which, between two snapshots?
-- One row per axis and combination; records that are the same in both are in none.
-- changed_*: those of them, in both snapshots, with another value in that field.
-- Reads net_changes: `data/changes.py`, counted.
-- Portable: roll-ups run on any engine.
with events as (
    select
        'facility' as axis,
        facility_district_before as district_before,
        facility_unit_before as unit_before,
        facility_district as district_code,
        facility_unit as unit_code,
        verification_before,
        verification,
        had_signature,
        has_signature,
        is_returned,
        records,
        case when changed_name then records else 0 end as changed_name,
        case when changed_birth_date then records else 0 end as changed_birth_date,
        case when changed_sex then records else 0 end as changed_sex,
        case when changed_id then records else 0 end as changed_id,
        case when changed_phone then records else 0 end as changed_phone,
        case when changed_commune then records else 0 end as changed_commune,
        case when changed_facility then records else 0 end as changed_facility
    from net_changes

    union all

    select
        'residence' as axis,
        residence_district_before as district_before,
        residence_unit_before as unit_before,
        residence_district as district_code,
        residence_unit as unit_code,
        verification_before,
        verification,
        had_signature,
        has_signature,
        is_returned,
        records,
        case when changed_name then records else 0 end as changed_name,
        case when changed_birth_date then records else 0 end as changed_birth_date,
        case when changed_sex then records else 0 end as changed_sex,
        case when changed_id then records else 0 end as changed_id,
        case when changed_phone then records else 0 end as changed_phone,
        case when changed_commune then records else 0 end as changed_commune,
        case when changed_facility then records else 0 end as changed_facility
    from net_changes
)

select
    axis,
    district_before,
    unit_before,
    district_code,
    unit_code,
    verification_before,
    verification,
    had_signature,
    has_signature,
    is_returned,
    cast(sum(records) as bigint) as records,
    cast(sum(changed_name) as bigint) as changed_name,
    cast(sum(changed_birth_date) as bigint) as changed_birth_date,
    cast(sum(changed_sex) as bigint) as changed_sex,
    cast(sum(changed_id) as bigint) as changed_id,
    cast(sum(changed_phone) as bigint) as changed_phone,
    cast(sum(changed_commune) as bigint) as changed_commune,
    cast(sum(changed_facility) as bigint) as changed_facility
from events
group by
    axis,
    district_before,
    unit_before,
    district_code,
    unit_code,
    verification_before,
    verification,
    had_signature,
    has_signature,
    is_returned
order by
    axis,
    district_before,
    unit_before,
    district_code,
    unit_code,
    verification_before,
    verification,
    had_signature,
    has_signature,
    is_returned
