-- Rows that were kept out, by table and rule, with the last load that brought one.
select
    table_name,
    rule,
    reason,
    count(*) as rejected,
    max(load_id) as last_load_id
from quarantine.quarantine
group by table_name, rule, reason
order by table_name, rule, reason
