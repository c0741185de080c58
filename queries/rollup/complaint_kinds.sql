-- What are complaints about, and why are they rejected, by unit?
-- One row per unit and type of complaint, and one per unit and reason of rejection;
-- code '' = no reason was given.
select
    district_code,
    unit_code,
    'type' as kind,
    complaint_type as code,
    cast(count(*) as bigint) as complaints,
    cast(sum(case when is_open then 1 else 0 end) as bigint) as open,
    cast(
        sum(case when is_open and age_minutes > 2880 then 1 else 0 end) as bigint
    ) as overdue
from placed_complaints
group by district_code, unit_code, complaint_type

union all

select
    district_code,
    unit_code,
    'reject_reason' as kind,
    coalesce(cast(reject_reason as varchar), '') as code,
    cast(count(*) as bigint) as complaints,
    cast(0 as bigint) as open,
    cast(0 as bigint) as overdue
from placed_complaints
where status = 'rejected'
group by district_code, unit_code, coalesce(cast(reject_reason as varchar), '')

order by district_code, unit_code, kind, code
