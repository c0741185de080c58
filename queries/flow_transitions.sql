-- From which state to which have one unit's records come between two snapshots?
-- One row per pair of states. verification: 'absent' for what is no longer there,
-- 'moved_out' for what another unit of the level has now; verification_before: 'absent'
-- for what was not there. What has moved in stands by its state before, and is counted
-- in moved_in too. What stayed as it was is in no row.
-- $level, $axis: see docs/glossary.md. $snapshot_before, $snapshot_id: the two.
-- $unit_district, $unit_code: the unit, as `flow_ends.sql` names it.
with moves as (
    select *
    from scoped_flows($snapshot_before, $snapshot_id)
    where level = $level and axis = $axis
)

select
    verification_before,
    verification,
    cast(sum(records) as bigint) as records,
    cast(coalesce(sum(records) filter (has_moved), 0) as bigint) as moved_in
from moves
where
    part = flow_part($level, $unit_district, $unit_code)
    and standing <> 'absent'
group by verification_before, verification

union all

select
    verification_before,
    case when standing = 'absent' then 'absent' else 'moved_out' end as verification,
    cast(sum(records) as bigint) as records,
    0 as moved_in
from moves
where
    part_before = flow_part($level, $unit_district, $unit_code)
    and standing_before <> 'absent'
    and (standing = 'absent' or has_moved)
group by
    verification_before,
    case when standing = 'absent' then 'absent' else 'moved_out' end

order by verification_before, verification
