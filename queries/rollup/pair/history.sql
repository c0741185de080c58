-- Since when is each record in its state, as far as the snapshots tell?
-- One row per record with something to tell; days are numbers, see
-- `data/record_pairs.sql`.
select
    record_id,
    cast(verified_since as int) as verified_since,
    cast(in_process_since as int) as in_process_since,
    cast(changed_since as int) as changed_since
from record_pairs
where
    verified_since is not null
    or in_process_since is not null
    or changed_since is not null
order by record_id
