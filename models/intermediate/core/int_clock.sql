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
    min(case when kind = 'day' then arrival_date end) as history_start,
    max(load_id) as last_load_id
from loads
