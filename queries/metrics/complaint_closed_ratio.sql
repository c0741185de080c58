-- How much of what was received is dealt with?
-- One row per snapshot and unit, also without complaints.
-- $level, $axis: see docs/glossary.md.
-- $first_snapshot, $last_snapshot: ids, both included.
-- $district_code: only the units of one district; null = all.
select
    snapshot_id,
    as_of,
    unit_code,
    unit_name,
    unit_kind,
    closed as numerator,
    received as denominator
from unit_complaints
where
    level = $level
    and axis = $axis
    and snapshot_id between $first_snapshot and $last_snapshot
    and ($district_code is null or district_code = $district_code)
order by snapshot_id, unit_kind = 'unmapped', district_code, unit_code
