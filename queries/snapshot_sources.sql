-- Which files made a snapshot, and how did their rows fare?
-- One row per file or sheet; rows_read = accepted + quarantined.
-- $snapshot_id: one snapshot.
select
    name,
    layout,
    sha256,
    rows_read,
    accepted,
    quarantined,
    unknown_headings
from snapshot_sources
where snapshot_id = $snapshot_id
order by layout, name
