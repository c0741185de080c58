-- What has been published and is in force?
-- One row per snapshot, newest first. as_of is wall clock of Asia/Ho_Chi_Minh.
select
    snapshot_id,
    as_of,
    revision,
    note,
    is_invented,
    is_wholly_invented,
    covers,
    is_by_unit,
    is_paired,
    first_day,
    published_at,
    rows_read,
    accepted,
    quarantined,
    carried_forward,
    records,
    complaints,
    facilities,
    files
from snapshots
order by as_of desc
