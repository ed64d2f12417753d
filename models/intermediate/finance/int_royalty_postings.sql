{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        indexes=server_indexes([{'columns': ['booking_month']}]),
    )
}}

-- A closed entry never changes: each close is added up once.
with
royalties as (
    select * from {{ ref('fct_royalties') }}
    {{ where_not_yet_booked() }}
)

select
    booking_month,
    booked_date,
    source,
    currency_code,
    is_suspense,
    cast(sum(amount_micro) as bigint) as amount_micro
from royalties
where is_booked
group by
    booking_month,
    booked_date,
    source,
    currency_code,
    is_suspense
