{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        indexes=server_indexes([{'columns': ['booking_month']}, {'columns': ['payee_id']}]),
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
    payee_id,
    cast(sum(amount_eur_micro) as bigint) as amount_eur_micro
from royalties
where is_booked
group by
    booking_month,
    payee_id
