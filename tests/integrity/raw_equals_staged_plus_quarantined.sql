-- Nothing is dropped and nothing is multiplied: of every raw table, rows = staged rows + quarantined rows.
with
quarantined as (
    select
        table_name,
        count(*) as quarantined_rows
    from {{ ref('quarantine') }}
    group by table_name
),

counted as (
    {% for table in rejecting_tables() %}
    select
        '{{ table.name }}' as table_name,
        (select count(*) from {{ source('raw', table.name) }}) as raw_rows,
        (select count(*) from {{ ref(table.staged) }}) as staged_rows
    union all
    {% endfor %}
    {% for table in keeping_tables() %}
    select
        '{{ table.name }}' as table_name,
        (select count(*) from {{ source('raw', table.name) }}) as raw_rows,
        (select count(*) from {{ ref(table.staged) }}) as staged_rows
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
