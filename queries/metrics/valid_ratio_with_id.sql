-- What share of the records that have a well-formed id number and a result is valid?
-- One row per snapshot and unit that has records.
-- $axis: facility or residence. $first_snapshot, $last_snapshot: snapshot ids, both included.
select
    snapshot_id,
    district_code,
    unit_code,
    valid as numerator,
    valid + mismatched + not_found as denominator
from unit_cleaning
where axis = $axis and snapshot_id between $first_snapshot and $last_snapshot
order by snapshot_id, district_code, unit_code
