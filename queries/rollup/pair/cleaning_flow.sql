-- What has happened to cleaning since the snapshot before, by the unit a record belongs
-- to now?
-- One row per axis and unit with something to tell. fixed: invalid before and valid
-- now; regressed: valid before and invalid now. Records of both snapshots only: what is
-- new or gone counts nowhere. Without a snapshot before there is nothing to tell.
-- Reads cleaning_changes, facilities, communes and districts.
-- Records are placed as `data/placed_records.sql` places them.
with events as (
    select
        'facility' as axis,
        coalesce(facilities.district_code, 'unmapped') as district_code,
        coalesce(facilities.facility_code, 'unmapped') as unit_code,
        case when changes.is_fixed then 1 else 0 end as fixed,
        case when changes.is_regressed then 1 else 0 end as regressed
    from cleaning_changes as changes
    left join facilities on changes.facility_code = facilities.facility_code

    union all

    select
        'residence' as axis,
        coalesce(communes.district_code, districts.code, 'unmapped') as district_code,
        coalesce(communes.code, districts.code, 'unmapped') as unit_code,
        case when changes.is_fixed then 1 else 0 end as fixed,
        case when changes.is_regressed then 1 else 0 end as regressed
    from cleaning_changes as changes
    left join communes on changes.commune_code = communes.code
    left join districts on changes.residence_district_code = districts.code
)

select
    axis,
    district_code,
    unit_code,
    cast(sum(fixed) as bigint) as fixed,
    cast(sum(regressed) as bigint) as regressed
from events
group by axis, district_code, unit_code
order by axis, district_code, unit_code
