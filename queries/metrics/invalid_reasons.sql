-- Why are records invalid?
-- One row per snapshot, unit that has records and reason; the denominator is the unit's invalid
-- records. A mismatched record may have several reasons: the shares may add up to more than 1.
-- $axis: facility or residence. $first_snapshot, $last_snapshot: snapshot ids, both included.
select
    snapshot_id,
    district_code,
    unit_code,
    reason,
    numerator,
    denominator
from (
    select
        snapshot_id,
        axis,
        district_code,
        unit_code,
        invalid as denominator,
        no_id,
        bad_id,
        not_found,
        wrong_name,
        wrong_birth_date,
        wrong_sex,
        wrong_id,
        unspecified
    from unit_cleaning
)
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
where axis = $axis and snapshot_id between $first_snapshot and $last_snapshot
order by snapshot_id, district_code, unit_code, reason
