-- How many records does a work list have?
-- One row. The parameters are those of `work_list.sql`: $held, $what, $axis,
-- $district_code, $unit_code, $reason, $suspicion, $latest_since and $search.
select count(*) as records
from work_list(
    $held,
    $what,
    $axis,
    $district_code,
    $unit_code,
    $reason,
    $suspicion,
    $latest_since,
    $search
)
order by records
