-- How has the signing of one unit gone on, snapshot by snapshot?
-- One row per snapshot that tells of signing and lists the unit, oldest first.
-- newly_signed, signature_lost: since compared_with_at; null where the pair marts do
-- not tell.
-- $level, $axis: see docs/glossary.md. $unit_code: the unit.
-- $snapshot_id: the last one.
select
    as_of,
    compared_with_at,
    signable,
    done,
    newly_signed,
    signature_lost
from unit_signing
where
    level = $level
    and axis = $axis
    and unit_code = $unit_code
    and snapshot_id <= $snapshot_id
order by snapshot_id
