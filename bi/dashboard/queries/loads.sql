-- Arrival days loaded: rows and files of each.
select
    load_id,
    arrival_date,
    kind,
    rows as loaded,
    files
from ops.loads
order by load_id
