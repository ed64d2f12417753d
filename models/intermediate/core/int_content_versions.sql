{{ config(materialized='table') }}
{%- set attributes = [
    'content_type', 'title', 'artist_id', 'language_id', 'privacy', 'upload_status', 'is_explicit', 'duration_ms',
    'created_at', 'published_at'
] %}

with
content_changes as (
    {{ change_rows('catalog', 'content', 'content_id', attributes) }}
),

songs as (
    select
        content_id,
        song_id
    from {{ ref('stg_catalog__songs') }}
),

versions as (
    {{ versions_from_changes(
        'content_changes', 'content_id', 'content_key', attributes, created_at='changes.created_at'
    ) }}
),

final as (
    select
        versions.content_id,
        versions.content_key,
        songs.song_id,
        versions.content_type,
        versions.title,
        versions.artist_id,
        versions.language_id,
        versions.privacy,
        versions.upload_status,
        versions.is_explicit,
        versions.duration_ms,
        versions.created_at,
        versions.published_at,
        versions.valid_from,
        versions.valid_to,
        versions.is_current,
        versions.load_id
    from versions
    left join songs
        on versions.content_id = songs.content_id
)

select * from final
