-- In which verification state is each record?
-- One row per unit, also without records; valid + invalid + pending + exempt = records.
-- unspecified_invalid, unspecified_pending: known only as totals by district.
-- $level, $axis: see docs/glossary.md. $snapshot_id: one snapshot.
-- $district_code: only the units of one district; null = all.
select
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
    unspecified_pending
from unit_cleaning
where
    level = $level
    and axis = $axis
    and snapshot_id = $snapshot_id
    and ($district_code is null or district_code = $district_code)
order by unit_kind = 'unmapped', district_code, unit_code
