{{ config(materialized='table') }}

with
promotions as (
    select
        item_type,
        item_id,
        starts_date,
        ends_date,
        window_days
    from {{ ref('int_creator_promotions') }}
),

songs as (
    select
        song_id,
        album_id,
        main_artist_id,
        {{ to_date('created_at') }} as created_date
    from {{ ref('dim_song') }}
    where
        is_current
        and not is_inferred
        and song_id > 0
),

plays as (
    select
        song_id,
        local_date,
        qualified_streams
    from {{ ref('fct_plays_daily') }}
    where qualified_streams > 0
),

windows as (
    select distinct
        item_type,
        starts_date,
        window_days,
        {{ add_days('starts_date', '-window_days') }} as begins_date,
        {{ add_days('starts_date', 'window_days') }} as closes_date
    from promotions
    where
        window_days > 0
        and item_type in ('song', 'album', 'artist')
),

spans as (
    select distinct
        starts_date,
        begins_date,
        closes_date
    from windows
),

play_days as (
    select distinct local_date
    from plays
),

-- Plays are found by each day of a span: found by its ends, every span would read all plays.
span_days as (
    select
        spans.starts_date,
        spans.begins_date,
        play_days.local_date
    from spans
    inner join play_days
        on
            spans.begins_date <= play_days.local_date
            and spans.closes_date > play_days.local_date
),

played as (
    select
        span_days.starts_date,
        span_days.begins_date,
        plays.song_id,
        sum(case when plays.local_date < span_days.starts_date then plays.qualified_streams else 0 end)
            as streams_before,
        sum(case when plays.local_date >= span_days.starts_date then plays.qualified_streams else 0 end)
            as streams_during
    from span_days
    inner join plays on span_days.local_date = plays.local_date
    group by span_days.starts_date, span_days.begins_date, plays.song_id
),

-- Recordings that were there when the window began, by what each of them is a part of.
streamed as (
    select
        windows.item_type,
        windows.starts_date,
        windows.window_days,
        windows.begins_date,
        windows.closes_date,
        case windows.item_type
            when 'album' then songs.album_id
            when 'artist' then songs.main_artist_id
            else songs.song_id
        end as item_id,
        sum(coalesce(played.streams_before, 0)) as streams_before,
        sum(coalesce(played.streams_during, 0)) as streams_during
    from windows
    inner join songs on windows.begins_date >= songs.created_date
    left join played
        on
            windows.starts_date = played.starts_date
            and windows.begins_date = played.begins_date
            and songs.song_id = played.song_id
    group by
        windows.item_type,
        windows.starts_date,
        windows.window_days,
        windows.begins_date,
        windows.closes_date,
        case windows.item_type
            when 'album' then songs.album_id
            when 'artist' then songs.main_artist_id
            else songs.song_id
        end
),

promoted as (
    select distinct
        windows.item_type,
        windows.starts_date,
        windows.window_days,
        promotions.item_id
    from windows
    inner join promotions
        on
            windows.item_type = promotions.item_type
            and windows.closes_date > promotions.starts_date
            and windows.begins_date < promotions.ends_date
)

select
    streamed.item_type,
    streamed.starts_date,
    streamed.window_days,
    streamed.item_id,
    promoted.item_id is not null as is_promoted,
    cast(streamed.streams_before as bigint) as streams_before,
    cast(streamed.streams_during as bigint) as streams_during
from streamed
left join promoted
    on
        streamed.item_type = promoted.item_type
        and streamed.starts_date = promoted.starts_date
        and streamed.window_days = promoted.window_days
        and streamed.item_id = promoted.item_id
where streamed.item_id > 0
