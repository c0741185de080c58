-- Why are records invalid?
-- One row per snapshot, unit and reason; the denominator is the unit's invalid records.
-- A mismatched record may have several reasons: the shares may add up to more than 1.
-- $level, $axis: see docs/glossary.md.
-- $first_snapshot, $last_snapshot: ids, both included.
-- $district_code: only the units of one district; null = all.
select
    snapshot_id,
    as_of,
    unit_code,
    unit_name,
    unit_kind,
    reason,
    numerator,
    invalid as denominator
from unit_cleaning
unpivot (
    numerator for reason in (
        no_id,
        bad_id,
        not_found,
        wrong_name,
        wrong_birth_date,
        wrong_sex,
        wrong_id,
        unspecified
    )
)
where
    level = $level
    and axis = $axis
    and snapshot_id between $first_snapshot and $last_snapshot
    and ($district_code is null or district_code = $district_code)
order by
    snapshot_id,
    unit_kind = 'unmapped',
    district_code,
    unit_code,
    numerator desc,
    reason
