with
runs as (
    select * from {{ ref('int_royalty_pool_runs') }}
),

impressions as (
    select * from {{ ref('fct_impressions') }}
),

plays as (
    select * from {{ ref('int_royalty_plays') }}
),

rates as (
    select * from {{ ref('int_exchange_rates') }}
),

closes as (
    select distinct
        service_month,
        booking_month,
        payment_country_id,
        tier,
        source,
        currency_code
    from runs
    where
        tier = 'free'
        and source = 'advertising'
),

priced as (
    select
        stream_id,
        payment_country_id,
        currency_code,
        price_micro,
        booking_month,
        {{ month_start('rendered_date') }} as service_month
    from impressions
    where price_micro <> 0
),

-- An impression is tied to a recording by a stream that draws on the same pool.
known as (
    select
        closes.service_month,
        closes.booking_month,
        closes.payment_country_id,
        closes.currency_code,
        priced.currency_code as paid_currency_code,
        plays.song_id,
        plays.artist_id,
        plays.listening_country_id,
        plays.started_date,
        sum(priced.price_micro) as price_micro
    from closes
    inner join priced
        on
            closes.service_month = priced.service_month
            and closes.payment_country_id = priced.payment_country_id
            and closes.booking_month >= priced.booking_month
    left join plays
        on
            priced.stream_id = plays.stream_id
            and closes.service_month = plays.service_month
            and closes.payment_country_id = plays.payment_country_id
            and closes.tier = plays.tier
            and closes.booking_month >= plays.booking_month
    group by
        closes.service_month,
        closes.booking_month,
        closes.payment_country_id,
        closes.currency_code,
        priced.currency_code,
        plays.song_id,
        plays.artist_id,
        plays.listening_country_id,
        plays.started_date
),

converted as (
    select
        known.service_month,
        known.booking_month,
        known.payment_country_id,
        coalesce(known.song_id, {{ not_applicable_key() }}) as song_id,
        coalesce(known.artist_id, {{ not_applicable_key() }}) as artist_id,
        coalesce(known.listening_country_id, {{ not_applicable_key() }}) as listening_country_id,
        coalesce(known.started_date, known.service_month) as started_date,
        {{ multiply_divide('known.price_micro', 'pool_rates.rate_micro', 'paid_rates.rate_micro') }} as price_micro
    from known
    inner join rates as paid_rates
        on
            {{ month_end('known.service_month') }} = paid_rates.date_day
            and known.paid_currency_code = paid_rates.currency_code
    inner join rates as pool_rates
        on
            {{ month_end('known.service_month') }} = pool_rates.date_day
            and known.currency_code = pool_rates.currency_code
)

select
    service_month,
    booking_month,
    payment_country_id,
    song_id,
    artist_id,
    listening_country_id,
    started_date,
    cast(sum(price_micro) as bigint) as price_micro
from converted
group by
    service_month,
    booking_month,
    payment_country_id,
    song_id,
    artist_id,
    listening_country_id,
    started_date
