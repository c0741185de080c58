-- What does one unit count in a snapshot?
-- One row; the counts of `unit_cleaning` and `unit_signing`, those of the latter where
-- it has them.
-- $level, $axis: see docs/glossary.md. $snapshot_id: the snapshot.
-- $district_code: the district the unit lies in; null = any. $unit_code: its code; null
-- = the only one.
select
    unit_cleaning.*,
    unit_signing.* exclude (
        as_of,
        snapshot_id,
        level,
        axis,
        unit_code,
        unit_name,
        unit_kind,
        district_code,
        district_name,
        records,
        compared_with_at
    )
from unit_cleaning
left join unit_signing
    on
        unit_cleaning.snapshot_id = unit_signing.snapshot_id
        and unit_cleaning.level = unit_signing.level
        and unit_cleaning.axis = unit_signing.axis
        and unit_cleaning.unit_code = unit_signing.unit_code
where
    unit_cleaning.level = $level
    and unit_cleaning.axis = $axis
    and unit_cleaning.snapshot_id = $snapshot_id
    and ($unit_code is null or unit_cleaning.unit_code = $unit_code)
    and ($district_code is null or unit_cleaning.district_code = $district_code)
order by unit_cleaning.unit_code
