-- Which records have become valid, or fallen back, since the snapshot before?
-- One row per record that is in both snapshots, and valid in one and invalid in the
-- other, with the codes it is placed by now. is_fixed: invalid before and valid now;
-- is_regressed: valid before and invalid now. None without a snapshot before.
-- Reads states and states_before: every record of the snapshot, and of the one before.
-- Portable: roll-ups run on any engine.
-- valid: matched. What is pending or exempt is neither valid nor invalid (null), and
-- comes from nowhere: pending before and valid now is not fixed.
with now as (
    select
        record_id,
        facility_code,
        commune_code,
        residence_district_code,
        case
            when verification = 'matched' then true
            when verification in ('mismatched', 'not_found', 'no_id', 'bad_id')
                then false
        end as is_valid
    from states
),

before as (
    select
        record_id,
        case
            when verification = 'matched' then false
            when verification in ('mismatched', 'not_found', 'no_id', 'bad_id')
                then true
        end as was_invalid
    from states_before
)

select
    now.record_id,
    now.facility_code,
    now.commune_code,
    now.residence_district_code,
    now.is_valid as is_fixed,
    not now.is_valid as is_regressed
from now
inner join before
    on now.record_id = before.record_id and now.is_valid = before.was_invalid
