{%- if var('data_date') -%}
select
    cast('{{ var("data_date") }}' as date) as data_date,
    {{ data_clock() }} as data_clock,
    cast('{{ var("history_start") or var("data_date") }}' as date) as history_start,
    cast(1 as bigint) as last_load_id
{%- else -%}
with
loads as (
    select
        load_id,
        arrival_date,
        kind
    from {{ source('ops', 'loads') }}
)

select
    max(arrival_date) as data_date,
    {{ date_instant(add_days("max(arrival_date)", 1)) }} as data_clock,
    coalesce(min(case when kind = 'day' then arrival_date end), max(arrival_date)) as history_start,
    max(load_id) as last_load_id
from loads
{%- endif %}
