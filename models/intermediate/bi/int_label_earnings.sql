{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='booking_month',
        indexes=server_indexes([
            {'columns': ['booking_month', 'label_id'], 'unique': true},
            {'columns': ['load_id']},
        ]),
    )
}}

{#-
    A recording is its album's label's as that is told now: besides the months booked since, those in which a recording
    earned that is told anew itself, or whose album is.
-#}
{%- set told_anew -%}
    select songs.song_key
    from songs
    where {{ is_newer_load('songs.load_id') }}
{%- endset -%}
{%- set touched -%}
    select booked.booking_month
    from booked
    union all
    select earned.booking_month
    from {{ ref('int_song_earnings') }} as earned
    {{ where_one_of('earned.song_key', told_anew) }}
{%- endset %}

with
song_versions as (
    select
        song_key,
        album_id,
        load_id
    from {{ ref('int_song_versions') }}
),

albums as (
    select
        album_id,
        label_id,
        load_id
    from {{ ref('stg_catalog__albums') }}
),

songs as (
    select
        song_versions.song_key,
        albums.label_id,
        greatest(song_versions.load_id, albums.load_id) as load_id
    from song_versions
    left join albums on song_versions.album_id = albums.album_id
),

{% if is_incremental() -%}
booked as (
    select booking_month
    from {{ ref('int_song_earnings') }}
    {{ where_not_yet_booked() }}
    and booking_month <= (select max(latest.booking_month) from {{ ref('int_song_earnings') }} as latest)
),

{% endif -%}
song_earnings as (
    select * from {{ ref('int_song_earnings') }}
    {{ where_one_of('booking_month', touched) }}
)

select
    song_earnings.booking_month,
    coalesce(songs.label_id, {{ unknown_key() }}) as label_id,
    cast(sum(song_earnings.amount_eur_micro) as bigint) as amount_eur_micro,
    coalesce(max(songs.load_id), 0) as load_id
from song_earnings
left join songs on song_earnings.song_key = songs.song_key
group by
    song_earnings.booking_month,
    coalesce(songs.label_id, {{ unknown_key() }})
