-- Which units does a level have?
-- One row per unit, also without records.
-- $level, $axis: see docs/glossary.md. $snapshot_id: one snapshot.
-- $district_code: only the units of one district; null = all.
select
    unit_code,
    unit_name,
    unit_kind,
    district_code,
    district_name
from listed_units
where
    level = $level
    and axis = $axis
    and snapshot_id = $snapshot_id
    and ($district_code is null or district_code = $district_code)
order by unit_kind = 'unmapped', district_code, unit_code
