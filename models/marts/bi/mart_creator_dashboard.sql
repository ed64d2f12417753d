{{ config(indexes=server_indexes([{'columns': ['artist_id', 'local_date']}])) }}

with
listened as (
    select
        artist_id,
        local_date,
        country_geography_id,
        plays,
        listeners,
        active_ms
    from {{ ref('int_artist_listening') }}
    where
        artist_id > 0
        and plays > 0
),

playlist_events as (
    select
        content_id,
        user_key,
        local_date
    from {{ ref('fct_playlist_events') }}
    where
        is_accepted
        and event_type = 'item_added'
),

feedback as (
    select
        content_id,
        user_key,
        local_date
    from {{ ref('fct_feedback') }}
    where feedback_kind = 'save'
),

follows as (
    select
        artist_id,
        user_key,
        followed_date,
        unfollowed_date,
        is_current
    from {{ ref('fct_follows') }}
    where artist_id > 0
),

songs as (
    select
        content_id,
        main_artist_id
    from {{ ref('int_song_versions') }}
    where is_current
),

contents as (
    select
        content_id,
        artist_id
    from {{ ref('dim_content') }}
),

users as (
    select
        user_key,
        residence_geography_id
    from {{ ref('dim_user') }}
),

geographies as (
    select
        geography_id,
        country_code
    from {{ ref('dim_geography') }}
),

artists as (
    select
        artist_id,
        name
    from {{ ref('dim_artist') }}
    where is_current
),

clock as (
    select data_clock from {{ ref('int_clock') }}
),

-- Whose content it is, as in the plays: the main artist of a recording, else the publisher.
owned as (
    select
        contents.content_id,
        coalesce(songs.main_artist_id, contents.artist_id) as artist_id
    from contents
    left join songs on contents.content_id = songs.content_id
),

added as (
    select
        owned.artist_id,
        playlist_events.local_date,
        playlist_events.user_key,
        1 as playlist_adds,
        0 as saves,
        0 as new_followers,
        0 as lost_followers
    from playlist_events
    inner join owned on playlist_events.content_id = owned.content_id
    where owned.artist_id > 0
),

saved as (
    select
        owned.artist_id,
        feedback.local_date,
        feedback.user_key,
        0 as playlist_adds,
        1 as saves,
        0 as new_followers,
        0 as lost_followers
    from feedback
    inner join owned on feedback.content_id = owned.content_id
    where owned.artist_id > 0
),

followed as (
    select
        artist_id,
        followed_date as local_date,
        user_key,
        0 as playlist_adds,
        0 as saves,
        1 as new_followers,
        0 as lost_followers
    from follows
),

unfollowed as (
    select
        artist_id,
        unfollowed_date as local_date,
        user_key,
        0 as playlist_adds,
        0 as saves,
        0 as new_followers,
        1 as lost_followers
    from follows
    where not is_current
),

deeds as (
    select * from added
    union all
    select * from saved
    union all
    select * from followed
    union all
    select * from unfollowed
),

done as (
    select
        deeds.artist_id,
        deeds.local_date,
        coalesce(users.residence_geography_id, {{ unknown_key() }}) as country_geography_id,
        sum(deeds.playlist_adds) as playlist_adds,
        sum(deeds.saves) as saves,
        sum(deeds.new_followers) as new_followers,
        sum(deeds.lost_followers) as lost_followers
    from deeds
    left join users on deeds.user_key = users.user_key
    group by deeds.artist_id, deeds.local_date, coalesce(users.residence_geography_id, {{ unknown_key() }})
),

-- Both hold a key once: what is joined need not be added up again.
totals as (
    select
        coalesce(listened.artist_id, done.artist_id) as artist_id,
        coalesce(listened.local_date, done.local_date) as local_date,
        coalesce(listened.country_geography_id, done.country_geography_id) as country_geography_id,
        coalesce(listened.plays, 0) as plays,
        coalesce(listened.listeners, 0) as listeners,
        coalesce(listened.active_ms, 0) as active_ms,
        coalesce(done.playlist_adds, 0) as playlist_adds,
        coalesce(done.saves, 0) as saves,
        coalesce(done.new_followers, 0) as new_followers,
        coalesce(done.lost_followers, 0) as lost_followers,
        -- a day's are few, and whole numbers of this size add up fastest
        cast(coalesce(done.new_followers - done.lost_followers, 0) as integer) as followers_change
    from listened
    full join done
        on
            listened.artist_id = done.artist_id
            and listened.local_date = done.local_date
            and listened.country_geography_id = done.country_geography_id
),

running as (
    select
        totals.*,
        sum(followers_change) over (
            partition by artist_id, country_geography_id order by local_date
            rows between unbounded preceding and current row
        ) as followers
    from totals
)

select
    running.artist_id,
    artists.name as artist_name,
    running.local_date,
    running.country_geography_id,
    geographies.country_code,
    cast(running.plays as bigint) as plays,
    cast(running.listeners as bigint) as listeners,
    cast(running.active_ms as bigint) as active_ms,
    cast(running.playlist_adds as bigint) as playlist_adds,
    cast(running.saves as bigint) as saves,
    cast(running.new_followers as bigint) as new_followers,
    cast(running.lost_followers as bigint) as lost_followers,
    cast(running.followers as bigint) as followers,
    clock.data_clock as known_until
from running
cross join clock
left join artists on running.artist_id = artists.artist_id
left join geographies on running.country_geography_id = geographies.geography_id
