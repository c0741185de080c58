-- Why were rows of a snapshot put aside?
-- One row per reason, most frequent first; a row may have several.
-- $snapshot_id: one snapshot.
select
    reason,
    row_count
from snapshot_reasons
where snapshot_id = $snapshot_id
order by row_count desc, reason
