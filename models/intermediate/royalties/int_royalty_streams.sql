{{ config(materialized='table') }}

with
plays as (
    select * from {{ ref('int_royalty_plays') }}
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
from plays
group by
    service_month,
    booking_month,
    payment_country_id,
    tier,
    song_id,
    artist_id,
    listening_country_id,
    started_date
