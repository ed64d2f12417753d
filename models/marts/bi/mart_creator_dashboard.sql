{{ config(materialized='view') }}

with
artist_days as (
    select * from {{ ref('fct_artist_daily') }}
),

clock as (
    select known_until from {{ ref('mart_clock') }}
)

select
    artist_days.artist_id,
    artist_days.artist_name,
    artist_days.local_date,
    artist_days.country_geography_id,
    artist_days.country_code,
    artist_days.plays,
    artist_days.listeners,
    artist_days.active_ms,
    artist_days.playlist_adds,
    artist_days.saves,
    artist_days.new_followers,
    artist_days.lost_followers,
    artist_days.followers,
    clock.known_until
from artist_days
cross join clock
