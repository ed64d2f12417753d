{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        indexes=server_indexes([{'columns': ['booking_month']}]),
    )
}}

with
-- Millions of rows name their run: a number is what they carry, and the text is met again at the end.
runs as (
    select
        *,
        row_number() over (order by run_key) as run_no
    from {{ ref('int_royalty_pool_runs') }}
    {{ where_not_yet_booked() }}
),

streams as (
    select * from {{ ref('int_royalty_streams') }}
),

listening as (
    select * from {{ ref('int_royalty_listening') }}
),

payers as (
    select * from {{ ref('int_royalty_payers') }}
),

impressions as (
    select * from {{ ref('int_royalty_impressions') }}
),

eligible as (
    select * from {{ ref('int_royalty_eligible_songs') }}
),

shares as (
    select * from {{ ref('int_royalty_shares') }}
),

rates as (
    select * from {{ ref('int_royalty_rates') }}
),

overrides as (
    select * from {{ ref('int_royalty_overrides') }}
),

song_versions as (
    select * from {{ ref('int_song_versions') }}
),

{{ royalty_parts() }},

{{ weigh_by_method('runs') }},

songs as (
    select
        song_id,
        max(main_artist_id) as artist_id
    from song_versions
    group by song_id
),

recipients as (
    select
        by_method.run_no,
        coalesce(songs.artist_id, {{ unknown_key() }}) as artist_id,
        by_method.payee_id,
        sum(by_method.weight) as weight,
        sum(by_method.user_centric_count_weight) as user_centric_count_weight,
        sum(by_method.user_centric_time_weight) as user_centric_time_weight,
        sum(by_method.artist_centric_weight) as artist_centric_weight,
        sum(by_method.impression_weight) as impression_weight
    from by_method
    left join songs on by_method.song_id = songs.song_id
    group by
        by_method.run_no,
        coalesce(songs.artist_id, {{ unknown_key() }}),
        by_method.payee_id
),

told as (
    select
        recipients.*,
        cast(artist_id as text) || '|' || cast(payee_id as text) as recipient_key
    from recipients
    union all
    select
        run_no,
        {{ not_applicable_key() }} as artist_id,
        {{ unknown_key() }} as payee_id,
        weight,
        user_centric_count_weight,
        user_centric_time_weight,
        artist_centric_weight,
        impression_weight,
        'rest' as recipient_key
    from rests
)

select
    runs.run_key,
    runs.booking_month,
    cast(told.artist_id as bigint) as artist_id,
    cast(told.payee_id as bigint) as payee_id,
    told.recipient_key,
    cast(told.weight as numeric(38, 0)) as weight,
    cast(told.user_centric_count_weight as numeric(38, 0)) as user_centric_count_weight,
    cast(told.user_centric_time_weight as numeric(38, 0)) as user_centric_time_weight,
    cast(told.artist_centric_weight as numeric(38, 0)) as artist_centric_weight,
    cast(told.impression_weight as numeric(38, 0)) as impression_weight
from told
inner join runs on told.run_no = runs.run_no
