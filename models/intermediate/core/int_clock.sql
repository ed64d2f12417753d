{%- if var('data_date') -%}
select
    cast('{{ var("data_date") }}' as date) as data_date,
    {{ data_clock() }} as data_clock,
    cast('{{ var("history_start") or var("data_date") }}' as date) as history_start,
    cast(1 as bigint) as last_load_id
{%- else -%}
{#- Each by the server's index of it: every model asks for the clock, and loads add up. -#}
with
latest as (
    select
        max(arrival_date) as arrival_date,
        max(load_id) as load_id
    from {{ source('ops', 'loads') }}
),

first_day as (
    select min(arrival_date) as arrival_date
    from {{ source('ops', 'loads') }}
    where kind = 'day'
)

select
    latest.arrival_date as data_date,
    {{ date_instant(add_days("latest.arrival_date", 1)) }} as data_clock,
    coalesce(first_day.arrival_date, latest.arrival_date) as history_start,
    latest.load_id as last_load_id
from latest
cross join first_day
{%- endif %}
