-- Which signatures stand on a record that no longer matches?
-- One row per record, the latest signed first.
-- $files: the snapshot's records. $snapshot_id: the snapshot.
-- $district_code: one district; null = all. $unit_code: one unit of the finest level;
-- null = all. $row_limit: at most so many rows.
select
    record_id,
    verification,
    signing,
    signed_date,
    cast(null as date) as changed_on,
    cast(null as date) as in_process_on,
    district_code,
    unit_code,
    unit_name
from scoped_records($files, $snapshot_id)
where
    signing in ('signed', 'issued')
    and verification not in ('matched', 'exempt')
    and ($district_code is null or district_code = $district_code)
    and ($unit_code is null or unit_code = $unit_code)
order by signed_date desc nulls last, record_id
limit $row_limit
