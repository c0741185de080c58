-- How many complaints are there in each status, and how long have the open ones waited,
-- by the unit that has to handle them?
-- One row per unit that has complaints; new + unassigned + in_progress +
-- more_information = open, and approved + rejected + open = received. Ages are hours by
-- the wall clock up to the snapshot's instant: 48 hours to the minute are not overdue,
-- holidays do not stop the clock. closed_undated: closed, and nobody says when.
select
    'complaint' as axis,
    district_code,
    unit_code,
    cast(count(*) as bigint) as received,
    cast(sum(case when status = 'approved' then 1 else 0 end) as bigint) as approved,
    cast(sum(case when status = 'rejected' then 1 else 0 end) as bigint) as rejected,
    cast(sum(case when status = 'new' then 1 else 0 end) as bigint) as new,
    cast(
        sum(case when status = 'unassigned' then 1 else 0 end) as bigint
    ) as unassigned,
    cast(
        sum(case when status = 'in_progress' then 1 else 0 end) as bigint
    ) as in_progress,
    cast(
        sum(case when status = 'more_information' then 1 else 0 end) as bigint
    ) as more_information,
    cast(
        sum(case when is_open and age_minutes <= 2880 then 1 else 0 end) as bigint
    ) as up_to_48_hours,
    cast(
        sum(
            case
                when is_open and age_minutes > 2880 and age_minutes <= 10080 then 1
                else 0
            end
        ) as bigint
    ) as days_2_to_7,
    cast(
        sum(
            case
                when is_open and age_minutes > 10080 and age_minutes <= 43200 then 1
                else 0
            end
        ) as bigint
    ) as days_8_to_30,
    cast(
        sum(case when is_open and age_minutes > 43200 then 1 else 0 end) as bigint
    ) as over_30_days,
    cast(
        sum(case when is_open and routed_to = 'district' then 1 else 0 end) as bigint
    ) as open_in_district,
    cast(
        sum(case when is_open and routed_to = 'nobody' then 1 else 0 end) as bigint
    ) as open_unrouted,
    cast(
        sum(case when age_minutes < 10080 then 1 else 0 end) as bigint
    ) as received_7_days,
    cast(
        sum(case when not is_open and closed_minutes_ago < 10080 then 1 else 0 end)
        as bigint
    ) as closed_7_days,
    cast(
        sum(case when not is_open and closed_minutes_ago is null then 1 else 0 end)
        as bigint
    ) as closed_undated,
    cast(
        sum(case when original_complaint_id is not null then 1 else 0 end) as bigint
    ) as reopened,
    cast(
        sum(
            case when is_open and original_complaint_id is not null then 1 else 0 end
        ) as bigint
    ) as reopened_open,
    cast(
        sum(case when is_resolved_known then 1 else 0 end) as bigint
    ) as resolved_known,
    cast(
        sum(case when is_still_invalid then 1 else 0 end) as bigint
    ) as still_invalid
from placed_complaints
group by district_code, unit_code
order by district_code, unit_code
