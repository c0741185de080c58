-- Which rows of a snapshot's files were put aside, and why?
-- One row per row put aside: its file, its line there and its reasons; nothing of what
-- stands in it.
-- $files: the snapshot's quarantine. $row_limit: at most so many rows.
select
    layout,
    source,
    line,
    reasons
from read_parquet($files)
order by source, line, layout
limit $row_limit
