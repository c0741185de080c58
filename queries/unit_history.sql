-- How has each unit come to where it stands?
-- One row per snapshot that lists the unit, up to the one asked for; ratio is null
-- where nothing is classified; fixed and regressed, since the snapshot of records
-- before, where the pair marts do not tell.
-- $levels: one or more levels, a list. $axis: see docs/glossary.md.
-- $snapshot_id: the last one.
-- $district_code: only the units that lie in one district in that snapshot, with all
-- they were before; null = all.
select
    snapshot_id,
    level,
    unit_code,
    unit_name,
    unit_kind,
    district_code,
    district_name,
    records,
    valid,
    invalid,
    pending,
    exempt,
    matched,
    mismatched,
    not_found,
    no_id,
    bad_id,
    unspecified_invalid,
    not_sent,
    awaiting,
    unspecified_pending,
    valid + invalid as classified,
    fixed,
    regressed,
    valid / nullif(valid + invalid, 0) as ratio
from unit_cleaning
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
