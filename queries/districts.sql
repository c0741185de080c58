-- Which districts does the province have on the snapshot's day?
-- One row per district, also one without records; 'unmapped' when records name no known unit.
-- $axis: facility or residence. $snapshot_id: one snapshot.
select
    unit_code,
    unit_name,
    'district' as unit_kind,
    unit_code as district_code,
    unit_name as district_name
from known_units
where snapshot_id = $snapshot_id and axis = 'residence' and unit_kind = 'district'

union all

select distinct
    'unmapped' as unit_code,
    null as unit_name,
    'unmapped' as unit_kind,
    'unmapped' as district_code,
    null as district_name
from unit_cleaning
where snapshot_id = $snapshot_id and axis = $axis and district_code = 'unmapped'
order by unit_code
