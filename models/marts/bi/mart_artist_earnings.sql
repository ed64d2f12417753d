{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='earning_month',
        indexes=server_indexes([
            {
                'columns': ['earning_month', 'artist_id', 'payment_geography_id', 'source', 'currency_code'],
                'unique': true,
            },
            {'columns': ['told_load_id']},
        ]),
    )
}}

{#- Months of which a payment came or is told anew, and those whose royalties were booked since, at their close. -#}
{%- set touched -%}
    select newer.booking_month
    from {{ ref('fct_transactions') }} as newer
    where {{ is_newer_load_of(ref('fct_transactions'), held='told_load_id') }}
    union
    select closed.booking_month
    from {{ ref('int_royalty_earnings') }} as closed
    where
        closed.booking_month > (
            select coalesce(max(held.earning_month), cast('1900-01-01' as date))
            from {{ this }} as held
            where held.source in ('royalty_recording', 'royalty_publishing')
        )
        and closed.booking_month <= (
            select max(latest.booking_month) from {{ ref('int_royalty_earnings') }} as latest
        )
{%- endset %}

with
royalties as (
    select * from {{ ref('int_royalty_earnings') }}
    {{ where_one_of('booking_month', touched) }}
),

movements as (
    select * from {{ ref('fct_transactions') }}
    {{ where_one_of('booking_month', touched) }}
),

currencies as (
    select * from {{ ref('dim_currency') }}
),

rates as (
    select * from {{ ref('int_exchange_rates') }}
),

clock as (
    select * from {{ ref('int_clock') }}
),

royalty_earnings as (
    select
        booking_month as earning_month,
        artist_id,
        payment_geography_id,
        'royalty_' || right_type as source,
        currency_code,
        gross_micro,
        cast(0 as bigint) as commission_micro,
        suspense_micro,
        own_share_micro,
        gross_eur_micro,
        net_eur_micro,
        cast(0 as bigint) as told_load_id
    from royalties
),

-- The artist's is what a fan paid, less the platform's commission; a refund takes both back.
fan_earnings as (
    select
        movements.booking_month as earning_month,
        movements.artist_id,
        movements.payment_geography_id,
        case movements.purpose when 'order' then 'merchandise' else movements.purpose end as source,
        movements.currency_code,
        movements.amount_minor * currencies.micro_per_minor as gross_micro,
        movements.commission_minor * currencies.micro_per_minor as commission_micro,
        cast(0 as bigint) as suspense_micro,
        (movements.amount_minor - movements.commission_minor) * currencies.micro_per_minor as own_share_micro,
        movements.amount_eur_micro as gross_eur_micro,
        movements.amount_eur_micro - {{ reporting_micro(
            'movements.commission_minor * currencies.micro_per_minor', 'rates.rate_micro'
        ) }} as net_eur_micro,
        movements.load_id as told_load_id
    from movements
    inner join currencies on movements.currency_code = currencies.currency_code
    left join rates
        on
            movements.transacted_date = rates.date_day
            and movements.currency_code = rates.currency_code
    inner join clock on movements.booking_month >= {{ month_start('clock.history_start') }}
    where
        movements.purpose in ('tip', 'ticket', 'order', 'fan_subscription', 'community')
        and movements.movement_type <> 'failure'
),

earnings as (
    select * from royalty_earnings
    union all
    select * from fan_earnings
)

select
    earning_month,
    artist_id,
    payment_geography_id,
    source,
    currency_code,
    cast(sum(gross_micro) as bigint) as gross_micro,
    cast(sum(commission_micro) as bigint) as commission_micro,
    cast(sum(suspense_micro) as bigint) as suspense_micro,
    cast(sum(gross_micro - commission_micro - suspense_micro) as bigint) as net_micro,
    cast(sum(own_share_micro) as bigint) as own_share_micro,
    cast(sum(gross_eur_micro) as bigint) as gross_eur_micro,
    cast(sum(net_eur_micro) as bigint) as net_eur_micro,
    max(told_load_id) as told_load_id
from earnings
group by
    earning_month,
    artist_id,
    payment_geography_id,
    source,
    currency_code
