-- Which codes stand in the records and complaints that no reference knows?
-- One row per axis and unknown code; an empty code means that nothing was given.
-- records: how many name it; on the axis 'complaint' these are complaints.
select
    axis,
    given_code as code,
    cast(sum(records) as bigint) as records
from placed_records
where unit_code = 'unmapped'
group by axis, given_code

union all

select
    'complaint' as axis,
    unknown_facility_code as code,
    cast(count(*) as bigint) as records
from placed_complaints
where unknown_facility_code is not null
group by unknown_facility_code

order by axis, code
