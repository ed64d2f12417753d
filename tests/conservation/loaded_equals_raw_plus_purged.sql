-- What files brought into an event table is there, but for the rows that a purge counted. A source of one's own, which
-- keeps no record of files, has nothing to compare.
{{ config(enabled=not var('data_date')) }}
{%- set tested = tested_load_id() %}

with
loaded as (
    select
        table_name,
        sum(rows) as loaded_rows
    from {{ ref('stg_ops__lake_files') }}
    {{ where_came_since(tested) }}
    group by table_name
),

purged as (
    select
        table_name,
        sum(rows) as purged_rows
    from {{ ref('stg_ops__purged_rows') }}
    {{ where_came_since(tested) }}
    group by table_name
),

counted as (
    {% for table in rejecting_tables() if not table.name.endswith('_changes') %}
    select
        '{{ table.name }}' as table_name,
        (select count(*) from {{ source('raw', table.name) }} {{ where_came_since(tested) }}) as raw_rows
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

select
    loaded.table_name,
    loaded.loaded_rows,
    counted.raw_rows,
    coalesce(purged.purged_rows, 0) as purged_rows
from loaded
inner join counted on loaded.table_name = counted.table_name
left join purged on loaded.table_name = purged.table_name
where loaded.loaded_rows <> counted.raw_rows + coalesce(purged.purged_rows, 0)
