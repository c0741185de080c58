-- Which units exist on the snapshot's day?
-- One row per axis and unit: facilities that are open or have records; communes, and each district
-- for the part of it that belongs to no commune.
select
    'facility' as axis,
    facilities.district_code,
    facilities.facility_code as unit_code,
    facilities.facility_name as unit_name,
    facilities.kind as unit_kind
from facilities
where
    facilities.is_open
    or facilities.facility_code in (select placed_records.facility_unit from placed_records)

union all

select
    'residence' as axis,
    communes.district_code,
    communes.code as unit_code,
    communes.name as unit_name,
    communes.kind as unit_kind
from communes

union all

select
    'residence' as axis,
    districts.code as district_code,
    districts.code as unit_code,
    districts.name as unit_name,
    'district' as unit_kind
from districts

order by axis, district_code, unit_code
