-- Of the records with a signature, how many have changed under it?
-- One row per snapshot and unit, also without records; only of snapshots whose pair
-- marts are current.
-- $level, $axis: see docs/glossary.md.
-- $first_snapshot, $last_snapshot: ids, both included.
-- $district_code: only the units of one district; null = all.
select
    snapshot_id,
    as_of,
    unit_code,
    unit_name,
    unit_kind,
    changed_after_signing as numerator,
    with_signature as denominator
from unit_signing
where
    level = $level
    and axis = $axis
    and changed_after_signing is not null
    and snapshot_id between $first_snapshot and $last_snapshot
    and ($district_code is null or district_code = $district_code)
order by snapshot_id, unit_kind = 'unmapped', district_code, unit_code
