-- Builds of the whole project: how many nodes ran, and how many failed.
select
    build_id,
    status,
    last_load_id,
    data_date,
    nodes,
    failures
from ops.builds
order by build_id
