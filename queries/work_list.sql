-- Which records are on one page of a work list?
-- One row per record, the longest in its state first; ids of documents are masked, and
-- phones and whole birth dates are not told.
-- state_since: null where it is as it was in the first snapshot. last_change: what the
-- record says, else the day of the last snapshot that shows one; null where neither.
-- $held: the table of the snapshot. $what: the bit of a count of `work_lists.WHATS`.
-- $axis: facility or residence. $district_code, $unit_code: codes on it; null = all.
-- $reason, $suspicion: what is wrong with a record; null = anything. $latest_since: in
-- its state since that day number or before; null = ever. $search: part of a folded
-- name, a record's id or an id number; null = anybody.
-- $row_limit, $row_offset: so many rows, after so many.
select
    listed.record_id,
    listed.full_name,
    listed.birth_year,
    masked(coalesce(listed.id_number, listed.passport_number)) as masked_id,
    listed.verification,
    list_filter(
        [
            case when listed.wrong_name then 'wrong_name' end,
            case when listed.wrong_birth_date then 'wrong_birth_date' end,
            case when listed.wrong_sex then 'wrong_sex' end,
            case when listed.wrong_id then 'wrong_id' end
        ],
        lambda name: name is not null
    ) as reasons,
    list_filter(
        [
            case when listed.sex_differs_from_id then 'sex_differs_from_id' end,
            case
                when listed.birth_year_differs_from_id
                    then 'birth_year_differs_from_id'
            end,
            case when listed.is_duplicate_id then 'same_id' end,
            case when listed.is_same_person then 'same_person' end,
            case when listed.is_stale then 'stale_verification' end
        ],
        lambda name: name is not null
    ) as suspicions,
    listed.signing,
    listed.dose_count,
    listed.district_code,
    listed.unit_code,
    listed.residence_district,
    listed.residence_unit,
    date '1970-01-01' + listed.state_since as state_since,
    listed.last_change
from work_list(
    $held,
    $what,
    $axis,
    $district_code,
    $unit_code,
    $reason,
    $suspicion,
    $latest_since,
    $search
) as listed
order by listed.state_since nulls first, listed.record_id
limit $row_limit offset $row_offset
