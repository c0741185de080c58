-- Of the records with a signature, how many no longer match?
-- One row per snapshot and unit, also without records.
-- $level, $axis: see docs/glossary.md.
-- $first_snapshot, $last_snapshot: ids, both included.
-- $district_code: only the units of one district; null = all.
select
    snapshot_id,
    as_of,
    unit_code,
    unit_name,
    unit_kind,
    signed_not_verified as numerator,
    with_signature as denominator
from unit_signing
where
    level = $level
    and axis = $axis
    and snapshot_id between $first_snapshot and $last_snapshot
    and ($district_code is null or district_code = $district_code)
order by snapshot_id, unit_kind = 'unmapped', district_code, unit_code
