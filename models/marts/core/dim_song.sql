{%- set columns = {
    'song_key': 'bigint', 'song_id': 'bigint', 'content_id': 'bigint', 'isrc': 'text', 'title': 'text',
    'main_artist_id': 'bigint', 'main_artist': 'text', 'album_id': 'bigint', 'label_id': 'bigint',
    'track_number': 'integer', 'duration_ms': 'bigint', 'language_id': 'bigint', 'language': 'text',
    'cover_of_song_id': 'bigint', 'is_cover': 'boolean', 'is_explicit': 'boolean', 'is_functional_noise': 'boolean',
    'audio_model_version': 'text', 'tempo_bpm': 'numeric(18,6)', 'musical_key': 'integer', 'is_major': 'boolean',
    'loudness_db': 'numeric(18,6)', 'energy': 'numeric(18,6)', 'danceability': 'numeric(18,6)',
    'valence': 'numeric(18,6)', 'created_at': 'timestamptz', 'valid_from': 'timestamptz',
    'valid_to': 'timestamptz', 'is_current': 'boolean', 'is_inferred': 'boolean'
} -%}

with
versions as (
    select * from {{ ref('int_song_versions') }}
),

inferred_ids as (
    select * from {{ ref('int_inferred_ids') }}
    where entity = 'songs'
),

audio_features as (
    select * from {{ ref('stg_catalog__audio_features') }}
),

artists as (
    select
        artist_id,
        name
    from {{ ref('stg_catalog__artists') }}
),

languages as (
    select
        language_id,
        name
    from {{ ref('stg_reference__languages') }}
),

described as (
    select
        versions.song_key,
        versions.song_id,
        versions.content_id,
        coalesce(versions.isrc, 'unknown') as isrc,
        versions.title,
        coalesce(versions.main_artist_id, {{ unknown_key() }}) as main_artist_id,
        coalesce(artists.name, 'unknown') as main_artist,
        coalesce(versions.album_id, {{ unknown_key() }}) as album_id,
        case
            when versions.album_id is null then {{ unknown_key() }}
            else coalesce(versions.label_id, {{ not_applicable_key() }})
        end as label_id,
        versions.track_number,
        versions.duration_ms,
        versions.original_language_id as language_id,
        languages.name as language,
        coalesce(versions.cover_of_song_id, {{ not_applicable_key() }}) as cover_of_song_id,
        versions.cover_of_song_id is not null as is_cover,
        versions.is_explicit,
        versions.is_functional_noise,
        coalesce(audio_features.model_version, 'unknown') as audio_model_version,
        cast(audio_features.tempo_bpm as numeric(18, 6)) as tempo_bpm,
        audio_features.musical_key,
        audio_features.is_major,
        cast(audio_features.loudness_db as numeric(18, 6)) as loudness_db,
        cast(audio_features.energy as numeric(18, 6)) as energy,
        cast(audio_features.danceability as numeric(18, 6)) as danceability,
        cast(audio_features.valence as numeric(18, 6)) as valence,
        versions.created_at,
        versions.valid_from,
        versions.valid_to,
        versions.is_current,
        false as is_inferred
    from versions
    left join audio_features
        on versions.song_id = audio_features.song_id
    left join artists
        on versions.main_artist_id = artists.artist_id
    left join languages
        on versions.original_language_id = languages.language_id
),

final as (
    select * from described
    union all
    {{ inferred_members(columns, 'inferred_ids', 'song_id', key='song_key') }}
    union all
    {{ special_members(columns) }}
)

select * from final
