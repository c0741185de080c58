-- In which verification state is each record?
-- One row per snapshot and unit that has records; valid + invalid + pending + exempt = records.
-- $axis: facility or residence. $first_snapshot, $last_snapshot: snapshot ids, both included.
select
    snapshot_id,
    district_code,
    unit_code,
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
    not_sent,
    awaiting
from unit_cleaning
where axis = $axis and snapshot_id between $first_snapshot and $last_snapshot
order by snapshot_id, district_code, unit_code
