-- How many records regressed in each unit, from one day with records to the next?
-- One row per unit and day: of several snapshots of a day all they tell together.
-- regressed: null where the pair marts do not tell all of it.
-- days: calendar days since the day compared with; null where that is the same day.
-- $level, $axis: see docs/glossary.md. $snapshot_ids: the snapshots, a list.
select
    unit_code,
    cast(as_of as date) as day,
    case when count(*) = count(regressed) then cast(sum(regressed) as bigint) end
        as regressed,
    nullif(
        date_diff('day', cast(min(compared_with_at) as date), cast(as_of as date)),
        0
    ) as days
from unit_cleaning
where
    level = $level
    and axis = $axis
    and list_contains($snapshot_ids, snapshot_id)
group by unit_code, cast(as_of as date)
order by unit_code, day
