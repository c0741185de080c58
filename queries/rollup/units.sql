-- Which units are listed on the snapshot's day, at each level and on each axis?
-- One row per level, axis and unit. Facilities: those that are open or have records.
-- Communes: all, and a district's own code for the part of it that belongs to no
-- commune (when it has such records, or no communes at all). 'unmapped': when records
-- name units that no reference knows.
with districts_on_axes as (
    select
        axes.axis,
        districts.code,
        districts.name,
        districts.province_code
    from districts
    cross join (
        select 'facility' as axis
        union all
        select 'residence' as axis
    ) as axes
),

units_with_records as (
    select
        axis,
        unit_code,
        district_code
    from placed_records
    group by axis, unit_code, district_code
)

select
    'province' as level,
    axis,
    province_code as unit_code,
    cast(null as varchar) as unit_name,
    'province' as unit_kind,
    cast(null as varchar) as district_code,
    cast(null as varchar) as district_name
from districts_on_axes
group by axis, province_code

union all

select
    'district' as level,
    axis,
    code as unit_code,
    name as unit_name,
    'district' as unit_kind,
    code as district_code,
    name as district_name
from districts_on_axes

union all

select
    'district' as level,
    axis,
    'unmapped' as unit_code,
    cast(null as varchar) as unit_name,
    'unmapped' as unit_kind,
    'unmapped' as district_code,
    cast(null as varchar) as district_name
from units_with_records
where district_code = 'unmapped'
group by axis

union all

select
    'facility' as level,
    'facility' as axis,
    facilities.facility_code as unit_code,
    facilities.facility_name as unit_name,
    facilities.kind as unit_kind,
    facilities.district_code,
    districts.name as district_name
from facilities
left join districts on facilities.district_code = districts.code
where
    facilities.is_open
    or facilities.facility_code in (
        select units_with_records.unit_code
        from units_with_records
        where units_with_records.axis = 'facility'
    )

union all

select
    'commune' as level,
    'residence' as axis,
    communes.code as unit_code,
    communes.name as unit_name,
    communes.kind as unit_kind,
    communes.district_code,
    districts.name as district_name
from communes
left join districts on communes.district_code = districts.code

union all

select
    'commune' as level,
    'residence' as axis,
    districts.code as unit_code,
    case
        when communes_of.district_code is null then districts.name
        else concat(districts.name, ' (chưa rõ xã, phường)')
    end as unit_name,
    'district' as unit_kind,
    districts.code as district_code,
    districts.name as district_name
from districts
left join (
    select communes.district_code
    from communes
    group by communes.district_code
) as communes_of on districts.code = communes_of.district_code
where
    communes_of.district_code is null
    or districts.code in (
        select units_with_records.unit_code
        from units_with_records
        where units_with_records.axis = 'residence'
    )

union all

select
    case when axis = 'facility' then 'facility' else 'commune' end as level,
    axis,
    'unmapped' as unit_code,
    cast(null as varchar) as unit_name,
    'unmapped' as unit_kind,
    'unmapped' as district_code,
    cast(null as varchar) as district_name
from units_with_records
where unit_code = 'unmapped'
group by axis

order by level, axis, district_code, unit_code
