with
songs as (
    select distinct song_id
    from {{ ref('dim_song') }}
),

tags as (
    select
        song_id,
        genre_id,
        tag_position,
        load_id
    from {{ ref('stg_catalog__song_genres') }}
),

genres as (
    select * from {{ ref('stg_reference__genres') }}
),

tagged as (
    select
        songs.song_id,
        coalesce(tags.genre_id, {{ unknown_key() }}) as genre_id,
        coalesce(tags.tag_position, 1) as tag_position,
        coalesce(tags.load_id, 0) as load_id,
        1000000 as pool_ppm,
        1 as equal_share
    from songs
    left join tags
        on songs.song_id = tags.song_id
),

weighed as (
    {{ allocate('tagged', 'song_id', 'genre_id', 'pool_ppm', 'equal_share') }}
),

final as (
    select
        tagged.song_id,
        tagged.genre_id,
        coalesce(genres.name, 'unknown') as genre,
        coalesce(parents.name, genres.name, 'unknown') as parent_genre,
        tagged.tag_position,
        weighed.allocated as weight_ppm,
        {{ micro_decimal('weighed.allocated') }} as weight,
        max(tagged.load_id) over (partition by tagged.song_id) as load_id
    from tagged
    inner join weighed
        on
            tagged.song_id = weighed.song_id
            and tagged.genre_id = weighed.genre_id
    left join genres
        on tagged.genre_id = genres.genre_id
    left join genres as parents
        on genres.parent_genre_id = parents.genre_id
)

select * from final
