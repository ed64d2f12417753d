{{ config(post_hook="{{ word_index(this, 'search_text') }}") }}

with
songs as (
    select * from {{ ref('dim_song') }}
    where
        is_current
        and not is_inferred
        and song_id > 0
),

contents as (
    select content_id
    from {{ ref('dim_content') }}
    where
        privacy = 'public'
        and upload_status = 'published'
),

artists as (
    select * from {{ ref('dim_artist') }}
    where
        is_current
        and not is_inferred
        and artist_id > 0
),

playlists as (
    select * from {{ ref('dim_playlist') }}
    where
        is_current
        and visibility = 'public'
        and not is_deleted
        and not is_inferred
        and playlist_id > 0
),

users as (
    select
        user_id,
        user_name,
        display_name
    from {{ ref('stg_identity__users') }}
    where status = 'active'
),

settings as (
    select user_id
    from {{ ref('stg_identity__user_settings') }}
    where is_profile_public
),

rules as (
    select
        date_day,
        popularity_days
    from {{ ref('int_rules_by_date') }}
),

clock as (
    select data_date from {{ ref('int_clock') }}
),

since as (
    select {{ add_days('clock.data_date', '1 - rules.popularity_days') }} as begin_date
    from clock
    inner join rules on clock.data_date = rules.date_day
),

-- Plays are found by each day that counts, which lies on the UTC days around it: by the first alone all are read.
days as (
    select dates.date_day
    from {{ ref('dim_date') }} as dates
    inner join since on dates.date_day >= {{ add_days('since.begin_date', -1) }}
),

plays as (
    select
        song_id,
        artist_id,
        local_date,
        qualified_streams
    from {{ ref('fct_plays_daily') }}
    where {{ is_one_of('local_date', 'select days.date_day from days') }}
),

playlist_streams as (
    select
        playlist_id,
        local_date
    from {{ ref('fct_streams') }}
    where
        {{ is_one_of('started_date', 'select days.date_day from days') }}
        and playlist_id > 0
        and is_qualified
),

follows as (
    select followed_user_id
    from {{ ref('fct_follows') }}
    where
        is_current
        and followed_user_id > 0
),

counted as (
    select
        'song' as document_kind,
        plays.song_id as document_id,
        sum(plays.qualified_streams) as popularity
    from plays
    inner join since on plays.local_date >= since.begin_date
    group by plays.song_id
    union all
    select
        'artist' as document_kind,
        plays.artist_id as document_id,
        sum(plays.qualified_streams) as popularity
    from plays
    inner join since on plays.local_date >= since.begin_date
    group by plays.artist_id
    union all
    select
        'playlist' as document_kind,
        playlist_streams.playlist_id as document_id,
        count(*) as popularity
    from playlist_streams
    inner join since on playlist_streams.local_date >= since.begin_date
    group by playlist_streams.playlist_id
    union all
    select
        'user' as document_kind,
        followed_user_id as document_id,
        count(*) as popularity
    from follows
    group by followed_user_id
),

documents as (
    select
        'song' as document_kind,
        songs.song_id as document_id,
        songs.title,
        songs.main_artist as subtitle
    from songs
    inner join contents on songs.content_id = contents.content_id
    union all
    select
        'artist' as document_kind,
        artist_id as document_id,
        name as title,
        label_name as subtitle
    from artists
    union all
    select
        'playlist' as document_kind,
        playlist_id as document_id,
        name as title,
        playlist_type as subtitle
    from playlists
    union all
    select
        'user' as document_kind,
        users.user_id as document_id,
        users.display_name as title,
        users.user_name as subtitle
    from users
    inner join settings on users.user_id = settings.user_id
),

ranked as (
    select
        documents.*,
        coalesce(counted.popularity, 0) as popularity,
        row_number() over (
            partition by documents.document_kind
            order by coalesce(counted.popularity, 0) desc, documents.document_id asc
        ) as popularity_rank,
        count(*) over (partition by documents.document_kind) as documents_of_kind
    from documents
    left join counted
        on
            documents.document_kind = counted.document_kind
            and documents.document_id = counted.document_id
)

select
    cast(document_kind as text) as document_kind,
    document_id,
    title,
    subtitle,
    title || ' ' || subtitle as search_text,
    cast(popularity as bigint) as popularity,
    cast(popularity_rank as bigint) as popularity_rank,
    {{ ratio('documents_of_kind - popularity_rank + 1', 'documents_of_kind') }} as boost
from ranked
