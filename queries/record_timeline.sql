-- How has one record come to what it is?
-- One row per snapshot that shows it changed, oldest first: states, signing and units
-- before and after, and which fields changed.
-- Only of a record that is, or was last, in the viewer's scope.
-- $files: the lists of changed records of all snapshots up to one. $record_id: the
-- record.
with steps as (
    select *
    from read_parquet($files)
    where record_id = $record_id
),

last_step as (
    select
        case
            when verification = 'absent'
                then
                    may_see_record(
                        facility_district_before,
                        facility_unit_before,
                        residence_district_before
                    )
            else
                may_see_record(facility_district, facility_unit, residence_district)
        end as is_seen
    from steps
    order by snapshot_id desc
    limit 1
)

select
    snapshots.as_of,
    snapshots.records_before_at as compared_with_at,
    steps.verification_before,
    steps.verification,
    steps.signing_before,
    steps.signing,
    case
        when
            may_see_unit(
                'facility', steps.facility_district_before, steps.facility_unit_before
            )
            then steps.facility_unit_before
    end as unit_before,
    case
        when may_see_unit('facility', steps.facility_district, steps.facility_unit)
            then steps.facility_unit
    end as unit_code,
    steps.is_returned,
    list_filter(
        [
            case when name_before <> name_now then 'name' end,
            case when birth_date_before <> birth_date_now then 'birth_date' end,
            case when sex_before <> sex_now then 'sex' end,
            case when id_before <> id_now then 'id' end,
            case when phone_before <> phone_now then 'phone' end,
            case when commune_before <> commune_now then 'commune' end,
            case when facility_before <> facility_now then 'facility' end
        ],
        lambda field: field is not null
    ) as changed
from steps
inner join snapshots on steps.snapshot_id = snapshots.snapshot_id
where (select last_step.is_seen from last_step)
order by snapshots.as_of
