{%- set columns = {
    'content_id': 'bigint', 'content_type': 'text', 'title': 'text', 'artist_id': 'bigint', 'song_id': 'bigint',
    'parent_type': 'text', 'parent_id': 'bigint', 'parent_title': 'text', 'album_id': 'bigint',
    'language_id': 'bigint', 'privacy': 'text', 'upload_status': 'text', 'is_explicit': 'boolean',
    'duration_ms': 'bigint', 'created_at': 'timestamptz', 'published_at': 'timestamptz', 'is_inferred': 'boolean'
} -%}

with
content as (
    select * from {{ ref('stg_catalog__content') }}
),

inferred_ids as (
    select * from {{ ref('int_inferred_ids') }}
    where entity = 'content'
),

songs as (
    select
        content_id,
        song_id,
        album_id
    from {{ ref('stg_catalog__songs') }}
),

albums as (
    select
        album_id,
        title
    from {{ ref('stg_catalog__albums') }}
),

described as (
    select
        content.content_id,
        content.content_type,
        content.title,
        coalesce(content.artist_id, {{ not_applicable_key() }}) as artist_id,
        case
            when songs.song_id is not null then songs.song_id
            when content.content_type = 'song' then {{ unknown_key() }}
            else {{ not_applicable_key() }}
        end as song_id,
        case when songs.album_id is null then 'none' else 'album' end as parent_type,
        coalesce(songs.album_id, {{ not_applicable_key() }}) as parent_id,
        coalesce(albums.title, case when songs.album_id is null then 'not applicable' else 'unknown' end)
            as parent_title,
        coalesce(songs.album_id, {{ not_applicable_key() }}) as album_id,
        content.language_id,
        content.privacy,
        content.upload_status,
        content.is_explicit,
        content.duration_ms,
        content.created_at,
        content.published_at,
        false as is_inferred
    from content
    left join songs
        on content.content_id = songs.content_id
    left join albums
        on songs.album_id = albums.album_id
),

final as (
    select * from described
    union all
    {{ inferred_members(columns, 'inferred_ids', 'content_id') }}
    union all
    {{ special_members(columns) }}
)

select * from final
