-- Which codes stand in the records and complaints that no reference knows?
-- One row per axis and unknown code; an empty code means that nothing was given.
-- records: how many name it; on the axis 'complaint' these are complaints, which may
-- name a facility and a district that nobody knows.
with named as (
    select
        axis,
        given_code as code,
        records
    from placed_records
    where unit_code = 'unmapped'

    union all

    select
        'complaint' as axis,
        unknown_facility_code as code,
        1 as records
    from placed_complaints
    where unknown_facility_code is not null

    union all

    select
        'complaint' as axis,
        unknown_district_code as code,
        1 as records
    from placed_complaints
    where unknown_district_code is not null
)

select
    axis,
    code,
    cast(sum(records) as bigint) as records
from named
group by axis, code
order by axis, code
