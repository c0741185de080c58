-- What does one unit count in a snapshot?
-- One row; the columns of $counted.
-- $counted: unit_cleaning, unit_signing or unit_complaints. $level, $axis: see
-- docs/glossary.md. $snapshot_id: the snapshot. $district_code: the district the unit
-- lies in; null = any. $unit_code: its code; null = the only one.
select counts.*
from query_table($counted) as counts
where
    counts.level = $level
    and counts.axis = $axis
    and counts.snapshot_id = $snapshot_id
    and ($unit_code is null or counts.unit_code = $unit_code)
    and ($district_code is null or counts.district_code = $district_code)
order by counts.unit_code
