-- Which records have changed under their signature, and which wait for one too long?
-- One row per record. in_process_on: null for those that were so in the first snapshot.
-- $which: changed_after_signing or in_process_long.
-- $files, $history_files: the snapshot's records, and since when they are in their
-- state. $snapshot_id, $as_of: the snapshot and its instant. $first_day: day of the
-- first snapshot of all. $min_doses, $in_process_days: the rule of signing in force.
-- $district_code: one district; null = all. $unit_code: one unit of the finest level;
-- null = all. $row_limit: at most so many rows.
with judged as (
    select
        records.record_id,
        records.verification,
        records.signing,
        records.signed_date,
        records.district_code,
        records.unit_code,
        records.unit_name,
        records.verification in ('matched', 'exempt') as is_verified,
        records.signing in ('signed', 'issued') as has_signature,
        records.dose_count >= $min_doses as has_enough_doses,
        date '1970-01-01' + history.changed_since as changed_on,
        date '1970-01-01' + history.in_process_since as in_process_on
    from scoped_records($files, $snapshot_id) as records
    left join read_parquet($history_files) as history
        on records.record_id = history.record_id
)

select
    record_id,
    verification,
    signing,
    signed_date,
    changed_on,
    case when signing = 'in_process' then in_process_on end as in_process_on,
    district_code,
    unit_code,
    unit_name
from judged
where
    case $which
        when 'changed_after_signing' then has_signature and changed_on is not null
        when 'in_process_long'
            then
                signing = 'in_process'
                and is_verified
                and has_enough_doses
                and date_diff(
                    'day',
                    coalesce(in_process_on, cast($first_day as date)),
                    cast($as_of as date)
                ) > $in_process_days
        else false
    end
    and ($district_code is null or district_code = $district_code)
    and ($unit_code is null or unit_code = $unit_code)
order by
    coalesce(changed_on, in_process_on, cast($first_day as date)),
    signed_date desc nulls last,
    record_id
limit $row_limit
