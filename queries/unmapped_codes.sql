-- Which codes in the records does no reference know?
-- One row per axis and code, most records first; '' = nothing was given.
-- $snapshot_id: one snapshot.
select
    axis,
    code,
    records
from scoped_unmapped
where snapshot_id = $snapshot_id
order by axis, records desc, code
