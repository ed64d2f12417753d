with
songs as (
    select
        song_id,
        language_id,
        title
    from {{ ref('dim_song') }}
    where is_current
),

localizations as (
    select
        song_id,
        language_id,
        title,
        lyrics,
        is_translation
    from {{ ref('stg_catalog__song_localizations') }}
),

-- A recording has its original language, whether or not a text in it was delivered.
originals as (
    select
        songs.song_id,
        songs.language_id,
        coalesce(localizations.title, songs.title) as title,
        localizations.lyrics is not null as has_lyrics,
        coalesce(localizations.is_translation, false) as is_translation,
        true as is_original_language
    from songs
    left join localizations
        on
            songs.song_id = localizations.song_id
            and songs.language_id = localizations.language_id
),

others as (
    select
        localizations.song_id,
        localizations.language_id,
        localizations.title,
        localizations.lyrics is not null as has_lyrics,
        localizations.is_translation,
        false as is_original_language
    from localizations
    left join songs
        on
            localizations.song_id = songs.song_id
            and localizations.language_id = songs.language_id
    where songs.song_id is null
),

final as (
    select * from originals
    union all
    select * from others
)

select * from final
