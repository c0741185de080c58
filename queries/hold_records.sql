-- Which records does a snapshot hold, with all that their lists ask for?
-- One row per record, on both axes, kept as a table; days are numbers, null since
-- before the first snapshot.
-- counted_in: a bit for each count of `work_lists.WHATS` that counts the record.
-- $files, $standing_files, $history_files, $suspicion_files: the snapshot's records,
-- since when they are in their state, and what looks wrong to us.
-- $snapshot_id: the snapshot. $min_doses, $in_process_days: the rule of signing in
-- force. $today, $first_day: number of the snapshot's day, and of the first of all.
with followed as (
    select
        records.*,
        standing.state_since,
        standing.last_changed,
        history.verified_since,
        history.in_process_since,
        history.changed_since,
        coalesce(suspicions.sex_differs_from_id, false) as sex_differs_from_id,
        coalesce(suspicions.birth_year_differs_from_id, false)
            as birth_year_differs_from_id,
        coalesce(suspicions.is_same_person, false) as is_same_person,
        coalesce(suspicions.is_stale, false) as is_stale
    from scoped_records($files, $snapshot_id) as records
    left join read_parquet($standing_files) as standing
        on records.record_id = standing.record_id
    left join read_parquet($history_files) as history
        on records.record_id = history.record_id
    left join read_parquet($suspicion_files) as suspicions
        on records.record_id = suspicions.record_id
),

judged as (
    select
        *,
        verification in ('matched', 'exempt') as is_verified,
        verification in ('matched', 'exempt') and dose_count >= $min_doses
            as is_signable,
        signing in ('signed', 'issued') as has_signature,
        signing in ('unsigned', 'in_process') as is_unsigned,
        $today - verified_since as days,
        $today - coalesce(in_process_since, $first_day) as days_in_process
    from followed
)

select
    list_sum(
        [
            case when true then 1 else 0 end,
            case when verification = 'matched' then 2 else 0 end,
            case when standing(verification) = 'invalid' then 4 else 0 end,
            case when standing(verification) = 'pending' then 8 else 0 end,
            case when verification = 'exempt' then 16 else 0 end,
            case when verification = 'matched' then 32 else 0 end,
            case when verification = 'mismatched' then 64 else 0 end,
            case when verification = 'not_found' then 128 else 0 end,
            case when verification = 'no_id' then 256 else 0 end,
            case when verification = 'bad_id' then 512 else 0 end,
            case when verification = 'not_sent' then 1024 else 0 end,
            case when verification = 'awaiting' then 2048 else 0 end,
            case when verification = 'mismatched' and wrong_name then 4096 else 0 end,
            case
                when
                    verification = 'mismatched'
                    and wrong_birth_date
                    then 8192
                else 0
            end,
            case when verification = 'mismatched' and wrong_sex then 16384 else 0 end,
            case when verification = 'mismatched' and wrong_id then 32768 else 0 end,
            case
                when
                    verification = 'mismatched'
                    and not (wrong_name or wrong_birth_date or wrong_sex or wrong_id)
                    then 65536
                else 0
            end,
            case when is_duplicate_id then 131072 else 0 end,
            case when carried_forward then 262144 else 0 end,
            case when is_verified then 524288 else 0 end,
            case when is_signable then 1048576 else 0 end,
            case when is_signable and signing = 'unsigned' then 2097152 else 0 end,
            case when is_signable and signing = 'in_process' then 4194304 else 0 end,
            case when is_signable and signing = 'signed' then 8388608 else 0 end,
            case when is_signable and signing = 'issued' then 16777216 else 0 end,
            case when is_signable and has_signature then 33554432 else 0 end,
            case when is_signable and is_unsigned then 67108864 else 0 end,
            case when is_verified and not is_signable then 134217728 else 0 end,
            case when has_signature then 268435456 else 0 end,
            case when has_signature and not is_verified then 536870912 else 0 end,
            case
                when
                    has_signature
                    and is_verified
                    and not is_signable
                    then 1073741824
                else 0
            end,
            case
                when
                    has_signature
                    and changed_since is not null
                    then 2147483648
                else 0
            end,
            case
                when
                    is_signable
                    and signing = 'in_process'
                    and days_in_process > $in_process_days
                    then 4294967296
                else 0
            end,
            case
                when
                    is_signable
                    and is_unsigned
                    and days <= 2
                    then 8589934592
                else 0
            end,
            case
                when
                    is_signable
                    and is_unsigned
                    and days between 3
                    and 7
                    then 17179869184
                else 0
            end,
            case
                when
                    is_signable
                    and is_unsigned
                    and days between 8
                    and 30
                    then 34359738368
                else 0
            end,
            case
                when
                    is_signable
                    and is_unsigned
                    and days > 30
                    then 68719476736
                else 0
            end,
            case
                when
                    is_signable
                    and is_unsigned
                    and days is null
                    then 137438953472
                else 0
            end
        ]
    ) as counted_in,
    district_code,
    unit_code,
    residence_district,
    residence_unit,
    record_id,
    full_name,
    folded(full_name) as folded_name,
    birth_year,
    id_number,
    passport_number,
    verification,
    verification = 'mismatched' and wrong_name as wrong_name,
    verification = 'mismatched' and wrong_birth_date as wrong_birth_date,
    verification = 'mismatched' and wrong_sex as wrong_sex,
    verification = 'mismatched' and wrong_id as wrong_id,
    is_duplicate_id,
    carried_forward,
    signing,
    dose_count,
    coalesce(cast(updated_at as date), date '1970-01-01' + last_changed)
        as last_change,
    state_since,
    sex_differs_from_id,
    birth_year_differs_from_id,
    is_same_person,
    is_stale
from judged
order by district_code, unit_code, record_id
