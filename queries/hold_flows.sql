-- Adds what became of the records between two snapshots to the table flows.
-- $snapshot_before, $snapshot_id: the two. incoming_flows: rows of
-- `rollup/pair/flow.sql`.
insert into flows by name
select
    $snapshot_before as snapshot_before,
    $snapshot_id as snapshot_id,
    incoming_flows.*,
    standing(incoming_flows.verification_before) as standing_before,
    standing(incoming_flows.verification) as standing
from incoming_flows
order by
    incoming_flows.axis,
    incoming_flows.district_before,
    incoming_flows.unit_before,
    incoming_flows.district_code,
    incoming_flows.unit_code
