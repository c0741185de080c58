-- What are the complaints of one unit about, and why are they rejected?
-- One row per kind (type, reject_reason) and code, most complaints first.
-- $files: the mart of one snapshot. $district_code: one district; null = all.
-- $unit_code: one unit of the finest level; null = all.
select
    kind,
    code,
    cast(sum(complaints) as bigint) as complaints,
    cast(sum(open) as bigint) as open,
    cast(sum(overdue) as bigint) as overdue
from scoped_complaint_kinds($files)
where
    ($district_code is null or district_code = $district_code)
    and ($unit_code is null or unit_code = $unit_code)
group by kind, code
order by kind, complaints desc, code
