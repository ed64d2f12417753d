{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='started_date',
        pre_hook="{{ drop_days_without_royalty_plays() }}",
        indexes=server_indexes([
            {
                'columns': [
                    'started_date', 'song_id', 'payment_country_id', 'tier', 'listening_country_id', 'artist_id',
                    'service_month', 'booking_month'
                ],
                'unique': true,
            },
            {'columns': ['booking_month']},
            {'columns': ['song_id']},
            {'columns': ['load_id']},
        ]),
    )
}}

{#- Whole days are written anew: a play that draws on no pool any more is in no row that could say so. -#}
with
plays as (
    select * from {{ ref('int_royalty_plays') }}
    {{ where_one_of('started_date', newer_plays('started_date')) }}
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
    count(*) as streams,
    max(load_id) as load_id
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
