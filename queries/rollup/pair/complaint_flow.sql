-- What has happened to the complaints since the snapshot before, by the unit that has
-- to handle them?
-- One row per unit with something to tell. opening + received - closed + opened_again
-- + late - removed + moved_in - moved_out = closing, for every unit. received: received
-- since; late: received before, and not in that list (what was closed before it counts
-- nowhere); removed: open then, and no longer listed; opened_again: closed then, and
-- open now under the same id; moved: open then, and now another unit's. Without a list
-- before there is nothing to tell. Reads placed_complaints, complaints_before (the same
-- of the snapshot before) and pair.
with sides as (
    select
        now.district_code,
        now.unit_code,
        complaints_before.district_code as district_before,
        complaints_before.unit_code as unit_before,
        now.complaint_id is not null as is_listed,
        complaints_before.complaint_id is not null as was_listed,
        coalesce(now.is_open, false) as is_open,
        coalesce(complaints_before.is_open, false) as was_open,
        coalesce(now.age_minutes < pair.minutes, false) as is_recent,
        coalesce(not now.is_open and now.closed_minutes_ago >= pair.minutes, false)
            as was_over,
        now.unit_code <> complaints_before.unit_code
        or now.district_code <> complaints_before.district_code as has_moved
    from placed_complaints as now
    cross join pair
    full outer join complaints_before
        on now.complaint_id = complaints_before.complaint_id
    where coalesce(pair.has_complaints_before, true)
),

events as (
    select
        district_code,
        unit_code,
        0 as opening,
        case when not was_listed and is_recent then 1 else 0 end as received,
        case
            when not is_open and (was_open or (not was_listed and not was_over)) then 1
            else 0
        end as closed,
        case when is_open and was_listed and not was_open then 1 else 0 end
            as opened_again,
        case when not was_listed and not is_recent and not was_over then 1 else 0 end
            as late,
        0 as removed,
        case when was_open and has_moved then 1 else 0 end as moved_in,
        0 as moved_out,
        case when is_open then 1 else 0 end as closing
    from sides
    where is_listed

    union all

    select
        district_before as district_code,
        unit_before as unit_code,
        1 as opening,
        0 as received,
        0 as closed,
        0 as opened_again,
        0 as late,
        case when not is_listed then 1 else 0 end as removed,
        0 as moved_in,
        case when is_listed and has_moved then 1 else 0 end as moved_out,
        0 as closing
    from sides
    where was_open
)

select
    'complaint' as axis,
    district_code,
    unit_code,
    cast(sum(opening) as bigint) as opening,
    cast(sum(received) as bigint) as received,
    cast(sum(closed) as bigint) as closed,
    cast(sum(opened_again) as bigint) as opened_again,
    cast(sum(late) as bigint) as late,
    cast(sum(removed) as bigint) as removed,
    cast(sum(moved_in) as bigint) as moved_in,
    cast(sum(moved_out) as bigint) as moved_out,
    cast(sum(closing) as bigint) as closing
from events
group by district_code, unit_code
order by district_code, unit_code
