{{ config(materialized='view') }}

with
plays_daily as (
    select * from {{ ref('fct_plays_daily') }}
)

select
    local_booking_month as month_start_date,
    country_geography_id,
    content_id,
    max(song_id) as song_id,
    max(artist_id) as artist_id,
    cast(sum(plays) as bigint) as plays,
    cast(sum(qualified_streams) as bigint) as qualified_streams,
    cast(sum(artificial_plays) as bigint) as artificial_plays,
    cast(sum(completed_plays) as bigint) as completed_plays,
    cast(sum(skips) as bigint) as skips,
    cast(sum(active_ms) as bigint) as active_ms
from plays_daily
group by local_booking_month, country_geography_id, content_id
