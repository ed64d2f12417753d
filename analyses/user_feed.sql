with
feed as (
    select * from {{ ref('mart_user_feed') }}
),

contents as (
    select
        content_id,
        content_type,
        title
    from {{ ref('dim_content') }}
),

artists as (
    select
        artist_id,
        name
    from {{ ref('dim_artist') }}
    where is_current
),

playlists as (
    select
        playlist_id,
        name
    from {{ ref('dim_playlist') }}
    where is_current
)

select
    feed.user_id,
    feed.feed_rank,
    feed.happened_at,
    feed.item_kind,
    artists.name as artist_name,
    feed.actor_user_id,
    contents.content_type,
    contents.title,
    playlists.name as playlist_name
from feed
inner join contents on feed.content_id = contents.content_id
left join artists
    on
        feed.artist_id = artists.artist_id
        and feed.item_kind = 'published'
left join playlists
    on
        feed.playlist_id = playlists.playlist_id
        and feed.item_kind = 'added'
where feed.feed_rank <= 10
order by feed.user_id asc, feed.feed_rank asc
limit 1000
