{{ config(materialized='table') }}

with
streams as (
    select * from {{ ref('fct_streams') }}
),

songs as (
    select * from {{ ref('dim_song') }}
),

geographies as (
    select * from {{ ref('dim_geography') }}
),

rules as (
    select * from {{ ref('int_rules_by_date') }}
),

clock as (
    select * from {{ ref('int_clock') }}
),

-- Only songs draw on a pool, and functional noise counts from its own length.
counting as (
    select
        {{ month_start('streams.started_date') }} as service_month,
        streams.booking_month,
        payment_places.country_id as payment_country_id,
        streams.tier,
        streams.song_id,
        streams.artist_id,
        listening_places.country_id as listening_country_id,
        streams.started_date
    from streams
    inner join songs on streams.song_key = songs.song_key
    inner join geographies as payment_places on streams.payment_geography_id = payment_places.geography_id
    inner join geographies as listening_places on streams.geography_id = listening_places.geography_id
    inner join rules on streams.started_date = rules.date_day
    inner join clock on streams.started_date >= clock.history_start
    where
        streams.is_qualified
        and streams.song_id > 0
        and payment_places.country_id > 0
        and (not songs.is_functional_noise or streams.played_ms >= rules.noise_min_ms)
)

select
    service_month,
    booking_month,
    payment_country_id,
    tier,
    song_id,
    artist_id,
    listening_country_id,
    started_date,
    count(*) as streams
from counting
group by
    service_month,
    booking_month,
    payment_country_id,
    tier,
    song_id,
    artist_id,
    listening_country_id,
    started_date
