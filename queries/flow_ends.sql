-- What did each unit have at both ends of a span?
-- One row per unit of either snapshot. unit_district: the unit's district, of districts
-- their own code, of the province ''. part: what its flows are summed by.
-- $level, $axis: see docs/glossary.md. $snapshot_before, $snapshot_id: the two.
-- $district_code: only the units of one district; null = all.
with ends as (
    select
        cleaning.snapshot_id,
        cleaning.unit_code,
        cleaning.unit_name,
        cleaning.unit_kind,
        coalesce(cleaning.district_code, '') as unit_district,
        cleaning.district_name,
        cleaning.records,
        cleaning.valid,
        cleaning.invalid,
        cleaning.pending,
        cleaning.exempt,
        cleaning.carried_forward,
        signing.with_signature as signed
    from unit_cleaning as cleaning
    inner join unit_signing as signing
        on
            cleaning.snapshot_id = signing.snapshot_id
            and cleaning.level = signing.level
            and cleaning.axis = signing.axis
            and cleaning.unit_code = signing.unit_code
    where
        cleaning.level = $level
        and cleaning.axis = $axis
        and cleaning.snapshot_id in ($snapshot_before, $snapshot_id)
        and ($district_code is null or cleaning.district_code = $district_code)
),

units as (
    select
        coalesce(now.unit_code, earlier.unit_code) as unit_code,
        coalesce(now.unit_name, earlier.unit_name) as unit_name,
        coalesce(now.unit_kind, earlier.unit_kind) as unit_kind,
        coalesce(now.unit_district, earlier.unit_district) as unit_district,
        coalesce(now.district_name, earlier.district_name) as district_name,
        coalesce(earlier.records, 0) as records_before,
        coalesce(earlier.valid, 0) as valid_before,
        coalesce(earlier.invalid, 0) as invalid_before,
        coalesce(earlier.pending, 0) as pending_before,
        coalesce(earlier.exempt, 0) as exempt_before,
        coalesce(earlier.signed, 0) as signed_before,
        coalesce(now.records, 0) as records,
        coalesce(now.valid, 0) as valid,
        coalesce(now.invalid, 0) as invalid,
        coalesce(now.pending, 0) as pending,
        coalesce(now.exempt, 0) as exempt,
        coalesce(now.signed, 0) as signed,
        coalesce(now.carried_forward, 0) as carried_forward
    from (select * from ends where snapshot_id = $snapshot_id) as now
    full outer join (
        select * from ends
        where snapshot_id = $snapshot_before
    ) as earlier
        on
            now.unit_code = earlier.unit_code
            and now.unit_district = earlier.unit_district
)

select
    units.*,
    flow_part($level, units.unit_district, units.unit_code) as part
from units
order by units.unit_kind = 'unmapped', units.unit_district, units.unit_code
