-- Which complaints are on one page of a list, the longest waiting first?
-- One row per complaint; no person's data. age_minutes: from its receipt to $as_of.
-- $files: the snapshot's complaints. $snapshot_id, $as_of: the snapshot and its
-- instant. $what: a count of `complaint_lists.COMPLAINT_WHATS`. $complaint_ids: those
-- it is about, where what they say themselves does not tell; null = all.
-- $district_code: one district; null = all. $unit_code: one unit of the finest level;
-- null = all. $search: a whole id of a complaint or record; null = anybody.
-- $row_limit, $row_offset: so many rows, after so many.
with aged as (
    select
        complaint_id,
        record_id,
        complaint_type,
        received_at,
        date_sub('minute', received_at, $as_of) as age_minutes,
        status,
        reject_reason,
        original_complaint_id,
        district_code,
        unit_code,
        unit_name,
        status not in ('approved', 'rejected') as is_open
    from scoped_complaints($files, $snapshot_id)
)

select
    complaint_id,
    record_id,
    complaint_type,
    received_at,
    age_minutes,
    status,
    reject_reason,
    district_code,
    unit_code,
    unit_name
from aged
where
    case $what
        when 'received' then true
        when 'still_invalid' then true
        when 'open' then is_open
        when 'closed' then not is_open
        when 'overdue' then is_open and age_minutes > 2880
        when 'up_to_48_hours' then is_open and age_minutes <= 2880
        when 'days_2_to_7' then is_open and age_minutes > 2880 and age_minutes <= 10080
        when 'days_8_to_30'
            then is_open and age_minutes > 10080 and age_minutes <= 43200
        when 'over_30_days' then is_open and age_minutes > 43200
        when 'reopened' then original_complaint_id is not null
        else status = $what
    end
    and ($complaint_ids is null or list_contains($complaint_ids, complaint_id))
    and ($district_code is null or district_code = $district_code)
    and ($unit_code is null or unit_code = $unit_code)
    and ($search is null or complaint_id = $search or record_id = $search)
order by received_at, complaint_id
limit $row_limit offset $row_offset
