with
songs as (
    select distinct song_id
    from {{ ref('dim_song') }}
),

tags as (
    select
        song_id,
        mood_id,
        tag_position
    from {{ ref('stg_catalog__song_moods') }}
),

moods as (
    select * from {{ ref('stg_reference__moods') }}
),

tagged as (
    select
        songs.song_id,
        coalesce(tags.mood_id, {{ unknown_key() }}) as mood_id,
        coalesce(tags.tag_position, 1) as tag_position,
        1000000 as pool_ppm,
        1 as equal_share
    from songs
    left join tags
        on songs.song_id = tags.song_id
),

weighed as (
    {{ allocate('tagged', 'song_id', 'mood_id', 'pool_ppm', 'equal_share') }}
),

final as (
    select
        tagged.song_id,
        tagged.mood_id,
        coalesce(moods.name, 'unknown') as mood,
        tagged.tag_position,
        weighed.allocated as weight_ppm,
        {{ micro_decimal('weighed.allocated') }} as weight
    from tagged
    inner join weighed
        on
            tagged.song_id = weighed.song_id
            and tagged.mood_id = weighed.mood_id
    left join moods
        on tagged.mood_id = moods.mood_id
)

select * from final
