-- What identifies the person of one record, in the clear?
-- One row; none for a record that is not there or may not be seen.
-- $files: the snapshot's records. $snapshot_id: the snapshot. $record_id: the record.
select
    record_id,
    full_name,
    birth_date,
    birth_year,
    id_number,
    passport_number,
    phone
from scoped_records($files, $snapshot_id)
where record_id = $record_id
order by record_id
