-- Which codes stand in the records that no reference knows?
-- One row per axis and unknown code; an empty code means that nothing was given.
select
    axis,
    given_code as code,
    cast(sum(records) as bigint) as records
from placed_records
where unit_code = 'unmapped'
group by axis, given_code
order by axis, code
