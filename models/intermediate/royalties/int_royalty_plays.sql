{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='stream_id',
        pre_hook="{{ drop_plays_worked_out_anew() }}",
        indexes=server_indexes([
            {'columns': ['stream_id'], 'unique': true},
            {'columns': ['started_date']},
            {'columns': ['service_month', 'booking_month']},
            {'columns': ['load_id']},
        ]),
    )
}}

with
streams as (
    select * from {{ ref('fct_streams') }}
    {{ where_one_of('stream_id', newer_plays('stream_id')) }}
),

songs as (
    select * from {{ ref('dim_song') }}
),

geographies as (
    select * from {{ ref('dim_geography') }}
),

contexts as (
    select * from {{ ref('dim_listening_context') }}
),

playlists as (
    select * from {{ ref('int_playlist_versions') }}
),

song_changes as (
    select * from {{ ref('stg_catalog__songs_changes') }}
    {{ where_one_of('song_id', 'select streams.song_id from streams') }}
),

content_versions as (
    select * from {{ ref('int_content_versions') }}
),

content_changes as (
    select * from {{ ref('stg_catalog__content_changes') }}
    {{ where_one_of('content_id', 'select streams.content_id from streams') }}
),

rules as (
    select * from {{ ref('int_rules_by_date') }}
),

clock as (
    select * from {{ ref('int_clock') }}
),

{{ first_rows('song_changes', 'content_versions', 'content_changes') }}

-- Only songs draw on a pool, and functional noise counts from its own length. A household listens as the one that
-- pays; on Free everyone listens for himself.
select
    streams.stream_id,
    streams.user_id,
    case when streams.payer_user_id > 0 then streams.payer_user_id else streams.user_id end as payer_user_id,
    {{ month_start('streams.started_date') }} as service_month,
    {{ known_month('streams') }} as booking_month,
    payment_places.country_id as payment_country_id,
    streams.tier,
    streams.song_id,
    streams.artist_id,
    listening_places.country_id as listening_country_id,
    streams.active_ms,
    coalesce(contexts.is_sought or playlists.owner_user_id = streams.user_id, false) as is_sought,
    streams.started_date,
    streams.started_at,
    streams.load_id
from streams
inner join songs on streams.song_key = songs.song_key
inner join geographies as payment_places on streams.payment_geography_id = payment_places.geography_id
inner join geographies as listening_places on streams.geography_id = listening_places.geography_id
inner join rules on streams.started_date = rules.date_day
left join contexts on streams.listening_context_id = contexts.listening_context_id
left join playlists on streams.playlist_key = playlists.playlist_key
{{ met_first('streams') }}
inner join clock on streams.started_date >= clock.history_start
where
    streams.is_qualified
    and streams.song_id > 0
    and not songs.is_inferred
    and payment_places.country_id > 0
    and (not songs.is_functional_noise or streams.played_ms >= rules.noise_min_ms)
