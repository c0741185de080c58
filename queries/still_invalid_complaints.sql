-- Whose complaint was approved, while the record is still invalid?
-- One row per complaint, the latest closed first.
-- $files, $record_files: the snapshot's complaints and records. $snapshot_id: it.
-- $district_code: one district; null = all. $unit_code: one unit of the finest level;
-- null = all. $row_limit: at most so many rows.
select
    complaints.record_id,
    complaints.complaint_id,
    complaints.complaint_type,
    complaints.closed_at,
    records.verification,
    complaints.district_code,
    complaints.unit_code,
    complaints.unit_name
from scoped_complaints($files, $snapshot_id) as complaints
inner join read_parquet($record_files) as records
    on complaints.record_id = records.record_id
where
    complaints.status = 'approved'
    and records.verification in ('mismatched', 'not_found', 'no_id', 'bad_id')
    and ($district_code is null or complaints.district_code = $district_code)
    and ($unit_code is null or complaints.unit_code = $unit_code)
order by complaints.closed_at desc nulls last, complaints.complaint_id
limit $row_limit
