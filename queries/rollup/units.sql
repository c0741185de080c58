-- Which units are listed on the snapshot's day, at each level and on each axis?
-- One row per level, axis and unit. Facilities: those that are open or have records.
-- Communes: all, and a district's own code for the part of it that belongs to no
-- commune (when it has such records, or no communes at all). 'unmapped': when records
-- name units that no reference knows. Axis 'complaint': who handles complaints; there a
-- district's own code among the facilities is what waits in it without a facility, and
-- 'unmapped' what waits without a district. Reads content (one row): of totals by
-- district no facility and no commune is listed.
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
        union all
        select 'complaint' as axis
    ) as axes
),

units_with_records as (
    select
        axis,
        unit_code,
        district_code
    from placed_records
    group by axis, unit_code, district_code

    union all

    select
        'complaint' as axis,
        unit_code,
        district_code
    from placed_complaints
    group by unit_code, district_code
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
    axes.axis,
    facilities.facility_code as unit_code,
    facilities.facility_name as unit_name,
    facilities.kind as unit_kind,
    facilities.district_code,
    districts.name as district_name
from facilities
cross join (
    select 'facility' as axis
    from content
    where content.is_by_unit
    union all
    select 'complaint' as axis
) as axes
left join districts on facilities.district_code = districts.code
left join units_with_records
    on
        axes.axis = units_with_records.axis
        and facilities.facility_code = units_with_records.unit_code
where facilities.is_open or units_with_records.unit_code is not null

union all

select
    'facility' as level,
    'complaint' as axis,
    districts.code as unit_code,
    concat(districts.name, ' (chưa rõ cơ sở)') as unit_name,
    'district' as unit_kind,
    districts.code as district_code,
    districts.name as district_name
from districts
inner join units_with_records
    on districts.code = units_with_records.unit_code
where units_with_records.axis = 'complaint'

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
cross join content
left join districts on communes.district_code = districts.code
where content.is_by_unit

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
cross join content
left join (
    select communes.district_code
    from communes
    group by communes.district_code
) as communes_of on districts.code = communes_of.district_code
where
    content.is_by_unit
    and (
        communes_of.district_code is null
        or districts.code in (
            select units_with_records.unit_code
            from units_with_records
            where units_with_records.axis = 'residence'
        )
    )

union all

select
    case when axis = 'residence' then 'commune' else 'facility' end as level,
    axis,
    'unmapped' as unit_code,
    cast(null as varchar) as unit_name,
    'unmapped' as unit_kind,
    'unmapped' as district_code,
    cast(null as varchar) as district_name
from units_with_records
cross join content
where
    units_with_records.unit_code = 'unmapped'
    and (content.is_by_unit or units_with_records.axis = 'complaint')
group by axis

order by level, axis, district_code, unit_code
