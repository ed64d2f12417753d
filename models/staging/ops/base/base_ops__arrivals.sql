{#-
    What counts of a row is known only together with its copies, so that a judged table cannot be asked for a load without
    judging all of it. Asked for a table and loads, this takes the raw table's own index; then the rows are looked up.
-#}
{%- for table in arriving_tables() %}
select
    '{{ table.name }}' as table_name,
    cast({{ table.key[0] }} as bigint) as record_id,
    load_id
from {{ source('raw', table.name) }}
{%- if not loop.last %}
union all
{%- endif %}
{%- endfor %}
