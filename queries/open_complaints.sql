-- Which complaints are open, the longest waiting first?
-- One row per open complaint.
-- $files: the snapshot's complaints. $snapshot_id, $as_of: the snapshot and its
-- instant. $district_code: one district; null = all. $unit_code: one unit of the finest
-- level; null = all. $row_limit: at most so many rows.
select
    complaint_id,
    received_at,
    date_diff('minute', received_at, $as_of) / 60 as age_hours,
    complaint_type,
    status,
    district_code,
    unit_code,
    unit_name
from scoped_complaints($files, $snapshot_id)
where
    status not in ('approved', 'rejected')
    and ($district_code is null or district_code = $district_code)
    and ($unit_code is null or unit_code = $unit_code)
order by received_at, complaint_id
limit $row_limit
