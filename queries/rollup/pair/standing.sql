-- Since when is each record in its state of verification, as far as the snapshots tell?
-- One row per record of the snapshot that came to its state, or appeared, after the
-- first snapshot of all; days are numbers, see `data/record_pairs.sql`.
-- standing_before: what this said of the snapshot before.
select
    record_changes.record_id,
    cast(pair.day as int) as state_since
from record_changes
cross join pair
where
    record_changes.verification <> record_changes.verification_before
    and record_changes.verification <> 'absent'

union all

select
    standing_before.record_id,
    standing_before.state_since
from standing_before
left join record_changes
    on
        standing_before.record_id = record_changes.record_id
        and record_changes.verification <> record_changes.verification_before
where record_changes.record_id is null

order by record_id
