-- How did the open complaints of one snapshot become those of a later one?
-- One row per unit listed in the later one, or that anything happened to in between:
-- opening + received - closed + opened_again + moved + difference = closing, where
-- moved = moved_in - moved_out, and difference = late - removed is what the lists do
-- not explain.
-- $level: see docs/glossary.md. $since, $snapshot_id: the two snapshots.
-- $district_code: only the units of one district; null = all.
with summed as (
    select
        unit_code,
        arg_max(unit_name, snapshot_id) as unit_name,
        arg_max(unit_kind, snapshot_id) as unit_kind,
        arg_max(district_code, snapshot_id) as district_code,
        cast(arg_min(opening, snapshot_id) as bigint) as opening,
        cast(sum(received) as bigint) as received,
        cast(sum(closed) as bigint) as closed,
        cast(sum(opened_again) as bigint) as opened_again,
        cast(sum(late) as bigint) as late,
        cast(sum(removed) as bigint) as removed,
        cast(sum(moved_in) as bigint) as moved_in,
        cast(sum(moved_out) as bigint) as moved_out,
        cast(
            max(case when snapshot_id = $snapshot_id then closing else 0 end) as bigint
        ) as closing
    from unit_complaint_flow
    where level = $level and snapshot_id > $since and snapshot_id <= $snapshot_id
    group by unit_code
)

select
    unit_code,
    unit_name,
    unit_kind,
    district_code,
    opening,
    received,
    closed,
    opened_again,
    late,
    removed,
    moved_in,
    moved_out,
    closing,
    moved_in - moved_out as moved,
    late - removed as difference
from summed
where
    (
        unit_code in (
            select listed_units.unit_code
            from listed_units
            where
                listed_units.snapshot_id = $snapshot_id
                and listed_units.level = $level
                and listed_units.axis = 'complaint'
        )
        or opening + received + closed + opened_again + late + removed > 0
        or moved_in + moved_out > 0
    )
    and ($district_code is null or district_code = $district_code)
order by unit_kind = 'unmapped', district_code, unit_code
