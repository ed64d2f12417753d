{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='content_id',
        indexes=server_indexes([
            {'columns': ['content_id', 'content_key'], 'unique': true},
            {'columns': ['song_id']},
            {'columns': ['load_id']},
        ]),
    )
}}
{%- set attributes = [
    'content_type', 'title', 'artist_id', 'language_id', 'privacy', 'upload_status', 'is_explicit', 'duration_ms',
    'created_at', 'published_at'
] %}

{#- Content of which a change came, or of the recording that it is or was: all of its versions. -#}
{%- set recordings = changed_ids('catalog', 'songs', 'song_id') %}
{%- set arrived -%}
    select changed.content_id
    from ({{ changed_ids('catalog', 'content', 'content_id') }}) as changed
    union all
    select recordings.content_id
    from {{ ref('stg_catalog__songs') }} as recordings
    {{ where_one_of('recordings.song_id', recordings) }}
    union all
    select standing.content_id
    from {{ this }} as standing
    {{ where_one_of('standing.song_id', recordings) }}
{%- endset %}

with
content_changes as (
    {{ change_rows('catalog', 'content', 'content_id', attributes) }}
    {{ where_one_of('history.content_id', arrived) }}
),

songs as (
    select
        content_id,
        song_id
    from {{ ref('stg_catalog__songs') }}
    {{ where_one_of('content_id', arrived) }}
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
