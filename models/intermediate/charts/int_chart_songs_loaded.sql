with
tags as (
    select
        song_id,
        load_id
    from {{ ref('stg_catalog__song_genres') }}
),

credits as (
    select
        song_id,
        load_id
    from {{ ref('stg_catalog__song_artists') }}
),

main_credits as (
    select song_id
    from {{ ref('stg_catalog__song_artists') }}
    where role = 'main'
),

songs as (
    select
        song_id,
        content_id
    from {{ ref('stg_catalog__songs') }}
),

contents as (
    select
        content_id,
        load_id
    from {{ ref('stg_catalog__content') }}
)

select
    song_id,
    load_id
from tags
union
select
    song_id,
    load_id
from credits
union
select
    songs.song_id,
    contents.load_id
from songs
inner join contents on songs.content_id = contents.content_id
left join main_credits on songs.song_id = main_credits.song_id
where main_credits.song_id is null
