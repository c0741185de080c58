-- How many records came from which state and part to which, between two snapshots?
-- One row per combination. part_before, part: what flows are summed by; '' where the
-- record is not, or in the province.
-- $level, $axis: see docs/glossary.md. $snapshot_before, $snapshot_id: the two, the one
-- that is compared with first; their flows are in the table flows.
select
    part_before,
    part,
    standing_before,
    standing,
    had_signature,
    has_signature,
    has_moved,
    is_returned,
    cast(sum(records) as bigint) as records,
    cast(sum(changed_name) as bigint) as changed_name,
    cast(sum(changed_birth_date) as bigint) as changed_birth_date,
    cast(sum(changed_sex) as bigint) as changed_sex,
    cast(sum(changed_id) as bigint) as changed_id,
    cast(sum(changed_phone) as bigint) as changed_phone,
    cast(sum(changed_commune) as bigint) as changed_commune,
    cast(sum(changed_facility) as bigint) as changed_facility
from scoped_flows($snapshot_before, $snapshot_id)
where level = $level and axis = $axis
group by
    part_before,
    part,
    standing_before,
    standing,
    had_signature,
    has_signature,
    has_moved,
    is_returned
order by
    part_before,
    part,
    standing_before,
    standing,
    had_signature,
    has_signature,
    has_moved,
    is_returned
