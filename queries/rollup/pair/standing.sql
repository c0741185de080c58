-- Since when is each record in its state of verification, and when did it last change,
-- as far as the snapshots tell?
-- One row per record of the snapshot that came, came to its state, or changed, after
-- the first snapshot of all; days are numbers, see `data/record_pairs.sql`.
-- state_since: null where it is in its state since before the first. last_changed: its
-- state, its signature or a field of the person, not the unit that counts it.
-- standing_before: what this said of the snapshot before.
with changed as (
    select
        record_id,
        verification <> verification_before as is_in_another_state
    from record_changes
    where
        verification <> 'absent'
        and (
            verification <> verification_before
            or signing <> signing_before
            or name_now is not null
            or birth_date_now is not null
            or sex_now is not null
            or id_now is not null
            or phone_now is not null
            or commune_now is not null
            or facility_now is not null
        )
),

gone as (
    select record_id
    from record_changes
    where verification = 'absent'
)

select
    changed.record_id,
    cast(
        case
            when changed.is_in_another_state then pair.day
            else standing_before.state_since
        end as int
    ) as state_since,
    cast(pair.day as int) as last_changed
from changed
cross join pair
left join standing_before on changed.record_id = standing_before.record_id

union all

select
    standing_before.record_id,
    standing_before.state_since,
    standing_before.last_changed
from standing_before
left join changed on standing_before.record_id = changed.record_id
left join gone on standing_before.record_id = gone.record_id
where changed.record_id is null and gone.record_id is null

order by record_id
