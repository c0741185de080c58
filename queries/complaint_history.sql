-- How have the complaints of each unit come to where they stand?
-- One row per snapshot with a list of complaints, and unit, up to the one asked for;
-- the unit is the one that has to handle them. Hours are null where nothing is open.
-- $levels: one or more levels, a list. $snapshot_id: the last one.
-- $district_code: only the units that lie in one district in that snapshot, with all
-- they were before; null = all.
select
    snapshot_id,
    as_of,
    level,
    unit_code,
    unit_name,
    unit_kind,
    district_code,
    district_name,
    received,
    closed,
    approved,
    rejected,
    open,
    new,
    unassigned,
    in_progress,
    more_information,
    overdue,
    up_to_48_hours,
    days_2_to_7,
    days_8_to_30,
    over_30_days,
    open_in_district,
    open_unrouted,
    received_7_days,
    closed_7_days,
    reopened,
    reopened_open,
    resolved_known,
    still_invalid,
    overdue / nullif(open, 0) as overdue_ratio,
    median_sum / 2 / 60 as median_hours,
    p90_sum / 10 / 60 as p90_hours,
    oldest_minutes / 60 as oldest_hours
from unit_complaints
where
    list_contains($levels, level)
    and snapshot_id <= $snapshot_id
    and (
        $district_code is null
        or unit_code in (
            select listed_units.unit_code
            from listed_units
            where
                listed_units.snapshot_id = $snapshot_id
                and listed_units.axis = 'complaint'
                and list_contains($levels, listed_units.level)
                and listed_units.district_code = $district_code
        )
    )
order by unit_kind = 'unmapped', district_code, unit_code, snapshot_id
