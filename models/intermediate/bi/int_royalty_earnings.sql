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
    artist_id,
    payment_geography_id,
    right_type,
    currency_code,
    cast(sum(amount_micro) as bigint) as gross_micro,
    cast(sum(case when is_suspense then amount_micro else 0 end) as bigint) as suspense_micro,
    cast(sum(case when payee_artist_id = artist_id then amount_micro else 0 end) as bigint) as own_share_micro,
    cast(sum(amount_eur_micro) as bigint) as gross_eur_micro,
    cast(sum(case when is_suspense then 0 else amount_eur_micro end) as bigint) as net_eur_micro
from royalties
where is_booked
group by
    booking_month,
    artist_id,
    payment_geography_id,
    right_type,
    currency_code
