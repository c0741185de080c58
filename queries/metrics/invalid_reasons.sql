-- Why are records invalid?
-- One row per snapshot, unit and reason; the denominator is the unit's invalid records.
-- A mismatched record may have several reasons: the shares may add up to more than 1.
-- Of totals by district the one reason is unspecified_invalid; of records it is none.
-- $level, $axis: see docs/glossary.md.
-- $first_snapshot, $last_snapshot: ids, both included.
-- $district_code: only the units of one district; null = all.
select
    reasons.snapshot_id,
    reasons.as_of,
    reasons.unit_code,
    reasons.unit_name,
    reasons.unit_kind,
    reasons.reason,
    reasons.numerator,
    reasons.invalid as denominator
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
        unspecified,
        unspecified_invalid
    )
) as reasons
inner join snapshots on reasons.snapshot_id = snapshots.snapshot_id
where
    reasons.level = $level
    and reasons.axis = $axis
    and reasons.snapshot_id between $first_snapshot and $last_snapshot
    and ($district_code is null or reasons.district_code = $district_code)
    and (reasons.reason = 'unspecified_invalid') = (not snapshots.is_by_unit)
order by
    reasons.snapshot_id,
    reasons.unit_kind = 'unmapped',
    reasons.district_code,
    reasons.unit_code,
    reasons.numerator desc,
    reasons.reason
