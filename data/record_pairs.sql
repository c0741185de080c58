-- What has a record come to since the first snapshot of all, where there is anything to
-- tell?
-- One row per record of the snapshot that has become verified, come into process, been
-- signed or been changed since then, as far as the snapshots show; none without a
-- snapshot before.
-- Reads records, facilities (one row a code), records_before and history_before (the
-- snapshot before and what `history.sql` said of it), signing_rule and pair (one row
-- each).
-- Portable: roll-ups run on any engine.
-- Days are numbers. verified_since, in_process_since: the day of the first snapshot of
-- an unbroken run in that state; null when the run reaches back to the first snapshot
-- of all (or the record is not in that state). changed_since: the day on which the
-- person's data or doses were first seen changed under a signature; null when they were
-- not, or a signature of a later day stands for what they are now. is_newly_signed: it
-- counts as signed, and had no signature in the snapshot before; what was not in that
-- one at all, and was signed before its day, has only come back.
with now as (
    select
        record_id,
        facility_code,
        dose_count,
        signing,
        signed_date,
        verification in ('matched', 'exempt') as is_verified,
        signing in ('signed', 'issued') as is_signed
    from records
    where verification in ('matched', 'exempt') or signing <> 'unsigned'
),

before as (
    select
        record_id,
        signing,
        signed_date,
        verification in ('matched', 'exempt') as is_verified,
        signing in ('signed', 'issued') as is_signed
    from records_before
),

changed as (
    select records.record_id
    from records
    inner join records_before on records.record_id = records_before.record_id
    where
        records.signing in ('signed', 'issued')
        and records_before.signing in ('signed', 'issued')
        and (
            records.full_name is distinct from records_before.full_name
            or records.birth_date is distinct from records_before.birth_date
            or records.birth_year is distinct from records_before.birth_year
            or records.sex is distinct from records_before.sex
            or records.id_number is distinct from records_before.id_number
            or records.passport_number is distinct from records_before.passport_number
            or records.dose_count is distinct from records_before.dose_count
        )
),

told as (
    select
        now.*,
        case
            when not now.is_verified then null
            when before.is_verified then history_before.verified_since
            else pair.day
        end as verified_since,
        case
            when now.signing <> 'in_process' then null
            when before.signing = 'in_process' then history_before.in_process_since
            else pair.day
        end as in_process_since,
        case
            when not now.is_signed or now.signed_date > before.signed_date then null
            when history_before.changed_since is not null
                then history_before.changed_since
            when changed.record_id is not null then pair.day
        end as changed_since,
        now.is_verified and now.dose_count >= signing_rule.min_doses as is_signable,
        now.is_signed
        and not coalesce(before.is_signed, false)
        and (
            before.record_id is not null
            or now.signed_date is null
            or now.signed_date >= pair.date_before
        ) as has_new_signature
    from now
    inner join pair on pair.has_before
    cross join signing_rule
    left join before on now.record_id = before.record_id
    left join history_before on now.record_id = history_before.record_id
    left join changed on now.record_id = changed.record_id
)

select
    told.record_id,
    coalesce(facilities.district_code, 'unmapped') as district_code,
    coalesce(facilities.facility_code, 'unmapped') as unit_code,
    told.is_signable,
    told.signing,
    told.verified_since,
    told.in_process_since,
    told.changed_since,
    told.has_new_signature and told.is_signable as is_newly_signed
from told
left join facilities on told.facility_code = facilities.facility_code
where
    told.verified_since is not null
    or told.in_process_since is not null
    or told.changed_since is not null
    or (told.has_new_signature and told.is_signable)
