-- When did each unit last sign anything, and what waits there or is not even begun?
-- One row per unit of a level listed in the snapshot, by entering facility.
-- last_signed_at: the last snapshot that shows a new signature; null when none does.
-- first_told_at: the first snapshot whose pair marts tell; is_told: this one's do.
-- $level: see docs/glossary.md. $snapshot_id: the snapshot.
-- $district_code: only the units of one district; null = all.
with summed as (
    select
        unit_code,
        arg_max(unit_name, snapshot_id) as unit_name,
        arg_max(unit_kind, snapshot_id) as unit_kind,
        arg_max(district_code, snapshot_id) as district_code,
        max(snapshot_id) as last_listed,
        cast(arg_max(waiting, snapshot_id) as bigint) as waiting,
        cast(arg_max(not_started, snapshot_id) as bigint) as not_started,
        max(as_of) filter (where newly_signed > 0) as last_signed_at,
        min(as_of) filter (where waiting_0_2 is not null) as first_told_at,
        arg_max(waiting_0_2 is not null, snapshot_id) as is_told
    from unit_signing
    where level = $level and axis = 'facility' and snapshot_id <= $snapshot_id
    group by unit_code
)

select
    unit_code,
    unit_name,
    unit_kind,
    district_code,
    waiting,
    not_started,
    last_signed_at,
    first_told_at,
    is_told
from summed
where
    last_listed = $snapshot_id
    and ($district_code is null or district_code = $district_code)
order by unit_kind = 'unmapped', district_code, unit_code
