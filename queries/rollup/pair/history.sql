-- Since when is each record in its state, as far as the snapshots tell?
-- One row per record with something to tell; days are numbers, see
-- `data/record_pairs.sql`. gone_since: of a record that was in an earlier snapshot and
-- is not in this one, the day of the first without it; the other columns are null.
select
    record_id,
    cast(verified_since as int) as verified_since,
    cast(in_process_since as int) as in_process_since,
    cast(changed_since as int) as changed_since,
    cast(null as int) as gone_since
from record_pairs
where
    verified_since is not null
    or in_process_since is not null
    or changed_since is not null

union all

select
    record_changes.record_id,
    cast(null as int) as verified_since,
    cast(null as int) as in_process_since,
    cast(null as int) as changed_since,
    cast(pair.day as int) as gone_since
from record_changes
cross join pair
where record_changes.verification = 'absent'

union all

select
    history_before.record_id,
    cast(null as int) as verified_since,
    cast(null as int) as in_process_since,
    cast(null as int) as changed_since,
    history_before.gone_since
from history_before
left join record_changes on history_before.record_id = record_changes.record_id
where history_before.gone_since is not null and record_changes.record_id is null

order by record_id
