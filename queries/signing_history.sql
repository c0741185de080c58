-- How has the signing of each unit come to where it stands?
-- One row per snapshot that tells of signing, and unit, up to the one asked for.
-- waiting_* and what follows them: null where the pair marts do not tell (another axis
-- than the entering facility, totals only, not made yet).
-- $levels: one or more levels, a list. $axis: see docs/glossary.md.
-- $snapshot_id: the last one.
-- $district_code: only the units that lie in one district in that snapshot, with all
-- they were before; null = all.
select
    snapshot_id,
    as_of,
    level,
    unit_code,
    unit_name,
    unit_kind,
    district_code,
    district_name,
    records,
    verified,
    too_few_doses,
    signable,
    not_started,
    in_process,
    signed,
    issued,
    done,
    waiting,
    signed_not_verified,
    signed_too_few_doses,
    with_signature,
    waiting_0_2,
    waiting_3_7,
    waiting_8_30,
    waiting_over_30,
    waiting_from_start,
    in_process_long,
    changed_after_signing,
    newly_signed,
    signature_lost,
    done / nullif(signable, 0) as ratio
from unit_signing
where
    list_contains($levels, level)
    and axis = $axis
    and snapshot_id <= $snapshot_id
    and (
        $district_code is null
        or unit_code in (
            select listed_units.unit_code
            from listed_units
            where
                listed_units.snapshot_id = $snapshot_id
                and listed_units.axis = $axis
                and list_contains($levels, listed_units.level)
                and listed_units.district_code = $district_code
        )
    )
order by unit_kind = 'unmapped', district_code, unit_code, snapshot_id
