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

recordings as (
    select * from {{ ref('stg_catalog__songs_changes') }}
    where change_no = 0
),

contents as (
    select * from {{ ref('stg_catalog__content_changes') }}
    where change_no = 0
),

rules as (
    select * from {{ ref('int_rules_by_date') }}
),

clock as (
    select * from {{ ref('int_clock') }}
),

known_songs as (
    select
        recordings.song_id,
        greatest(recordings.arrived_at, contents.arrived_at) as known_at
    from recordings
    left join contents on recordings.content_id = contents.content_id
),

-- Only songs draw on a pool, and functional noise counts from its own length. A play that arrives before its
-- recording's row counts from the close that knows both.
counting as (
    select
        {{ month_start('streams.started_date') }} as service_month,
        greatest(
            streams.booking_month,
            {{ booking_month(month_start('streams.started_date'), 'known_songs.known_at') }}
        ) as booking_month,
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
    left join known_songs on streams.song_id = known_songs.song_id
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
