-- Nothing is dropped and nothing is multiplied: of every raw table, rows = staged rows + quarantined rows.
{#- Each row has its load on both sides, so that what came since can be counted by itself. -#}
{%- set tested = tested_load_id() %}
with
quarantined as (
    select
        table_name,
        count(*) as quarantined_rows
    from {{ ref('quarantine') }}
    {{ where_came_since(tested) }}
    group by table_name
),

counted as (
    {% for table in rejecting_tables() %}
    {%- set raw = source('raw', table.name) %}
    select
        '{{ table.name }}' as table_name,
        (select count(*) from {{ raw }} {{ where_came_since(tested) }}) as raw_rows,
        (
            select count(*) from {{ ref(table.staged) }}
            {{ where_came_since(tested, raw, finding_column(table)) }}
        ) as staged_rows
    union all
    {% endfor %}
    {% for table in keeping_tables() %}
    select
        '{{ table.name }}' as table_name,
        (select count(*) from {{ source('raw', table.name) }} {{ where_came_since(tested) }}) as raw_rows,
        (select count(*) from {{ ref(table.staged) }} {{ where_came_since(tested) }}) as staged_rows
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

select
    counted.table_name,
    counted.raw_rows,
    counted.staged_rows,
    coalesce(quarantined.quarantined_rows, 0) as quarantined_rows
from counted
left join quarantined on counted.table_name = quarantined.table_name
where counted.raw_rows <> counted.staged_rows + coalesce(quarantined.quarantined_rows, 0)
