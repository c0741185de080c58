-- How has each unit come to where it stands?
-- One row per snapshot that lists the unit, up to the one asked for; ratio is null
-- where nothing is classified.
-- $levels: one or more levels, a list. $axis: see docs/glossary.md.
-- $snapshot_id: the last one.
-- $district_code: only the units of one district; null = all.
select
    snapshot_id,
    level,
    unit_code,
    unit_name,
    unit_kind,
    district_code,
    district_name,
    records,
    valid,
    invalid,
    pending,
    exempt,
    matched,
    mismatched,
    not_found,
    no_id,
    bad_id,
    unspecified_invalid,
    not_sent,
    awaiting,
    unspecified_pending,
    valid + invalid as classified,
    valid / nullif(valid + invalid, 0) as ratio
from unit_cleaning
where
    list_contains($levels, level)
    and axis = $axis
    and snapshot_id <= $snapshot_id
    and ($district_code is null or district_code = $district_code)
order by unit_kind = 'unmapped', district_code, unit_code, snapshot_id
