-- Which complaints bring up an earlier one again?
-- One row per complaint that names an original, whether that is listed or not.
-- $files: the snapshot's complaints. $snapshot_id: it.
select
    complaint_id,
    original_complaint_id
from scoped_complaints($files, $snapshot_id)
where original_complaint_id is not null
order by complaint_id
