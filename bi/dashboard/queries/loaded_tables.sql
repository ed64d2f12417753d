-- Rows and files loaded by table, and the last arrival day that brought some.
select
    files.table_name,
    cast(sum(files.rows) as bigint) as loaded,
    count(*) as files,
    max(loads.arrival_date) as last_arrival_date
from ops.lake_files as files
inner join ops.loads as loads on files.load_id = loads.load_id
group by files.table_name
order by files.table_name
