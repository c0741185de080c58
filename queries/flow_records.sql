-- Which records are behind one number of `flows.py`?
-- One row per record. changed: the fields that differ, of a record that is in both. Of
-- one that has moved out of the viewer's scope nothing is told of what it is now.
-- net_changes: what became of each record between the two snapshots, placed on one
-- axis (`queries/flows.py`).
-- $level: see docs/glossary.md. $unit_district, $unit_code: one unit, as
-- `flow_ends.sql` names it.
-- $flow: a count of `flows.py`; or 'cell', of $verification_before and $verification.
-- $row_limit: at most so many rows.
with told as (
    select
        *,
        standing(verification_before) as standing_before,
        standing(verification) as standing,
        may_see_record(
            facility_district_before, facility_unit_before, residence_district_before
        ) as saw_it,
        may_see_record(facility_district, facility_unit, residence_district)
            as sees_it,
        case
            when
                $level = 'province'
                or may_see_unit($level, district_before, unit_before)
                then flow_part($level, district_before, unit_before)
            else '?'
        end as part_before,
        case
            when $level = 'province' or may_see_unit($level, district_code, unit_code)
                then flow_part($level, district_code, unit_code)
            else '?'
        end as part,
        flow_part($level, $unit_district, $unit_code) as asked
    from net_changes
),

placed as (
    select
        *,
        standing_before <> 'absent' and standing <> 'absent' and part_before <> part
            as has_moved,
        standing <> 'absent' and part = asked as is_here,
        standing_before <> 'absent' and part_before = asked as was_here
    from told
)

select
    record_id,
    verification_before,
    case
        when standing = 'absent' or sees_it then verification
        else 'moved_out'
    end as verification,
    had_signature,
    has_signature and sees_it as has_signature,
    list_filter(
        [
            case when changed_name then 'name' end,
            case when changed_birth_date then 'birth_date' end,
            case when changed_sex then 'sex' end,
            case when changed_id then 'id' end,
            case when changed_phone then 'phone' end,
            case when changed_commune then 'commune' end,
            case when changed_facility then 'facility' end
        ],
        lambda field: field is not null and sees_it
    ) as changed,
    case when saw_it then unit_before else '' end as unit_before,
    case when sees_it then unit_code else '' end as unit_code
from placed
where
    (saw_it or sees_it)
    and case
        when $flow = 'cell' and $verification = 'moved_out'
            then was_here and has_moved and verification_before = $verification_before
        when $flow = 'cell' and $verification = 'absent'
            then
                was_here
                and standing = 'absent'
                and verification_before = $verification_before
        when $flow = 'cell'
            then
                is_here
                and verification_before = $verification_before
                and verification = $verification
        when $flow = 'fixed'
            then is_here and standing_before = 'invalid' and standing = 'valid'
        when $flow = 'regressed'
            then is_here and standing_before = 'valid' and standing = 'invalid'
        when $flow = 'to_pending'
            then
                is_here
                and standing_before in ('valid', 'invalid')
                and standing in ('pending', 'exempt')
        when $flow = 'from_pending'
            then
                is_here
                and standing_before in ('pending', 'exempt')
                and standing in ('valid', 'invalid')
        when starts_with($flow, 'new_') and $flow <> 'new_signed'
            then
                is_here
                and standing_before = 'absent'
                and $flow = concat('new_', standing)
        when $flow = 'removed_signed'
            then was_here and standing = 'absent' and had_signature
        when starts_with($flow, 'removed_')
            then
                was_here
                and standing = 'absent'
                and $flow = concat('removed_', standing_before)
        when $flow = 'moved_in' then is_here and has_moved
        when $flow = 'moved_out' then was_here and has_moved
        when $flow = 'returned' then is_here and is_returned
        when $flow = 'newly_signed'
            then
                is_here
                and has_signature
                and not had_signature
                and standing_before <> 'absent'
        when $flow = 'unsigned_again'
            then is_here and had_signature and not has_signature
        when $flow = 'new_signed'
            then is_here and has_signature and standing_before = 'absent'
        when $flow = 'changed_name' then is_here and changed_name
        when $flow = 'changed_birth_date' then is_here and changed_birth_date
        when $flow = 'changed_sex' then is_here and changed_sex
        when $flow = 'changed_id' then is_here and changed_id
        when $flow = 'changed_phone' then is_here and changed_phone
        when $flow = 'changed_commune' then is_here and changed_commune
        when $flow = 'changed_facility' then is_here and changed_facility
        else false
    end
order by unit_code, record_id
limit $row_limit
