{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='song_id',
        indexes=server_indexes([
            {'columns': ['song_id', 'song_key'], 'unique': true},
            {'columns': ['content_id']},
            {'columns': ['album_id']},
            {'columns': ['load_id']},
        ]),
    )
}}
{%- set attributes = [
    'content_id', 'isrc', 'album_id', 'track_number', 'title', 'duration_ms', 'original_language_id',
    'cover_of_song_id', 'is_functional_noise', 'created_at'
] %}

{#- Recordings of which a change or a credit came, or something of the content or the album that they are or were. -#}
{%- set albums -%}
    select newer.album_id
    from {{ ref('stg_catalog__albums') }} as newer
    where {{ is_newer_load_in('newer') }}
{%- endset %}
{%- set arrived -%}
    select changed.song_id
    from ({{ changed_ids('catalog', 'songs', 'song_id') }}) as changed
    union all
    select newer.song_id
    from {{ ref('stg_catalog__song_artists') }} as newer
    where {{ is_newer_load_in('newer') }}
    union all
    select standing.song_id
    from {{ this }} as standing
    {{ where_one_of('standing.content_id', changed_ids('catalog', 'content', 'content_id')) }}
    union all
    select standing.song_id
    from {{ this }} as standing
    {{ where_one_of('standing.album_id', albums) }}
{%- endset %}

with
song_changes as (
    {{ change_rows('catalog', 'songs', 'song_id', attributes) }}
    {{ where_one_of('history.song_id', arrived) }}
),

content as (
    select
        content_id,
        artist_id,
        is_explicit,
        load_id
    from {{ ref('stg_catalog__content') }}
    {{ where_one_of('content_id', 'select song_changes.content_id from song_changes') }}
),

albums as (
    select
        album_id,
        label_id
    from {{ ref('stg_catalog__albums') }}
    {{ where_one_of('album_id', 'select song_changes.album_id from song_changes') }}
),

credits as (
    select
        song_id,
        artist_id,
        credit_position,
        load_id
    from {{ ref('stg_catalog__song_artists') }}
    where role = 'main' {{ and_one_of('song_id', arrived) }}
),

versions as (
    {{ versions_from_changes('song_changes', 'song_id', 'song_key', attributes, created_at='changes.created_at') }}
),

ranked_credits as (
    select
        song_id,
        artist_id,
        load_id,
        row_number() over (partition by song_id order by credit_position, artist_id) as credit_rank
    from credits
),

final as (
    select
        versions.song_id,
        versions.song_key,
        versions.content_id,
        versions.album_id,
        albums.label_id,
        coalesce(ranked_credits.artist_id, content.artist_id) as main_artist_id,
        versions.isrc,
        versions.track_number,
        versions.title,
        versions.duration_ms,
        versions.original_language_id,
        versions.cover_of_song_id,
        versions.is_functional_noise,
        coalesce(content.is_explicit, false) as is_explicit,
        versions.created_at,
        versions.valid_from,
        versions.valid_to,
        versions.is_current,
        greatest(versions.load_id, coalesce(ranked_credits.load_id, content.load_id, versions.load_id)) as load_id
    from versions
    left join content
        on versions.content_id = content.content_id
    left join albums
        on versions.album_id = albums.album_id
    left join ranked_credits
        on
            versions.song_id = ranked_credits.song_id
            and ranked_credits.credit_rank = 1
)

select * from final
