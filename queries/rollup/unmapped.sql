-- Which codes stand in the records that no reference knows?
-- One row per axis and unknown code; an empty code means that nothing was given.
select
    'facility' as axis,
    facility_given as code,
    cast(sum(records) as bigint) as records
from placed_records
where facility_unit = 'unmapped'
group by facility_given

union all

select
    'residence' as axis,
    residence_given as code,
    cast(sum(records) as bigint) as records
from placed_records
where residence_unit = 'unmapped'
group by residence_given

order by axis, code
