-- What became of the records between two snapshots, by unit?
-- One row per unit of either snapshot, with what it had at both ends. A record counts
-- where it is now, and in its state before: one that has moved and was fixed has moved
-- in as invalid, and was fixed by the unit it is in. moved: to or from another unit of
-- the level. unit_district: the unit's district, of districts their own code, of the
-- province ''.
-- $level, $axis: see docs/glossary.md. $snapshot_before, $snapshot_id: the two, the one
-- that is compared with first; their flows are in the table flows.
-- $district_code: only the units of one district; null = all.
with moves as (
    select *
    from scoped_flows($snapshot_before, $snapshot_id)
    where level = $level and axis = $axis
),

after as (
    select
        part,
        sum(records) filter (
            standing_before = 'invalid' and standing = 'valid'
        ) as fixed,
        sum(records) filter (
            standing_before = 'valid' and standing = 'invalid'
        ) as regressed,
        sum(records) filter (
            standing_before = 'pending' and standing = 'valid'
        ) as pending_to_valid,
        sum(records) filter (
            standing_before = 'pending' and standing = 'invalid'
        ) as pending_to_invalid,
        sum(records) filter (
            standing_before = 'valid' and standing = 'pending'
        ) as valid_to_pending,
        sum(records) filter (
            standing_before = 'invalid' and standing = 'pending'
        ) as invalid_to_pending,
        sum(records) filter (
            standing_before = 'exempt' and standing = 'valid'
        ) as exempt_to_valid,
        sum(records) filter (
            standing_before = 'exempt' and standing = 'invalid'
        ) as exempt_to_invalid,
        sum(records) filter (
            standing_before = 'valid' and standing = 'exempt'
        ) as valid_to_exempt,
        sum(records) filter (
            standing_before = 'invalid' and standing = 'exempt'
        ) as invalid_to_exempt,
        sum(records) filter (
            standing_before = 'pending' and standing = 'exempt'
        ) as pending_to_exempt,
        sum(records) filter (
            standing_before = 'exempt' and standing = 'pending'
        ) as exempt_to_pending,
        sum(records) filter (
            standing_before = 'absent' and standing = 'valid'
        ) as new_valid,
        sum(records) filter (
            standing_before = 'absent' and standing = 'invalid'
        ) as new_invalid,
        sum(records) filter (
            standing_before = 'absent' and standing = 'pending'
        ) as new_pending,
        sum(records) filter (
            standing_before = 'absent' and standing = 'exempt'
        ) as new_exempt,
        sum(records) filter (is_returned) as returned,
        sum(records) filter (has_moved and standing_before = 'valid')
            as moved_in_valid,
        sum(records) filter (has_moved and standing_before = 'invalid')
            as moved_in_invalid,
        sum(records) filter (has_moved and standing_before = 'pending')
            as moved_in_pending,
        sum(records) filter (has_moved and standing_before = 'exempt')
            as moved_in_exempt,
        sum(records) filter (
            has_signature and not had_signature and standing_before <> 'absent'
        ) as newly_signed,
        sum(records) filter (had_signature and not has_signature) as unsigned_again,
        sum(records) filter (has_signature and standing_before = 'absent')
            as new_signed,
        sum(records) filter (had_signature and has_moved) as moved_in_signed,
        sum(changed_name) as changed_name,
        sum(changed_birth_date) as changed_birth_date,
        sum(changed_sex) as changed_sex,
        sum(changed_id) as changed_id,
        sum(changed_phone) as changed_phone,
        sum(changed_commune) as changed_commune,
        sum(changed_facility) as changed_facility
    from moves
    where standing <> 'absent'
    group by part
),

before as (
    select
        part_before as part,
        sum(records) filter (standing = 'absent' and standing_before = 'valid')
            as removed_valid,
        sum(records) filter (standing = 'absent' and standing_before = 'invalid')
            as removed_invalid,
        sum(records) filter (standing = 'absent' and standing_before = 'pending')
            as removed_pending,
        sum(records) filter (standing = 'absent' and standing_before = 'exempt')
            as removed_exempt,
        sum(records) filter (has_moved and standing_before = 'valid')
            as moved_out_valid,
        sum(records) filter (has_moved and standing_before = 'invalid')
            as moved_out_invalid,
        sum(records) filter (has_moved and standing_before = 'pending')
            as moved_out_pending,
        sum(records) filter (has_moved and standing_before = 'exempt')
            as moved_out_exempt,
        sum(records) filter (standing = 'absent' and had_signature) as removed_signed,
        sum(records) filter (had_signature and has_moved) as moved_out_signed
    from moves
    where standing_before <> 'absent'
    group by part_before
),

ends as (
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
    cast(coalesce(columns(after.* exclude (part)), 0) as bigint),
    cast(coalesce(columns(before.* exclude (part)), 0) as bigint)
from units
left join after
    on flow_part($level, units.unit_district, units.unit_code) = after.part
left join before
    on flow_part($level, units.unit_district, units.unit_code) = before.part
order by units.unit_kind = 'unmapped', units.unit_district, units.unit_code
