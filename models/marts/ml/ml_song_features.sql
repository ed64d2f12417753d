{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        indexes=server_indexes([
            {'columns': ['as_of_date', 'song_id'], 'unique': true},
        ]),
    )
}}

with
dates as (
    select * from {{ ref('int_feature_dates') }}
    {{ where_not_yet_held('as_of_date') }}
),

song_changes as (
    {{ change_rows('catalog', 'songs', 'song_id', ['content_id', 'duration_ms', 'created_at']) }}
),

audio_changes as (
    select * from {{ ref('stg_catalog__audio_features_changes') }}
),

streams as (
    select
        user_id,
        content_id,
        played_ms,
        started_date,
        arrived_at
    from {{ ref('fct_streams') }}
),

additions as (
    select
        content_id,
        occurred_date,
        arrived_at
    from {{ ref('fct_playlist_events') }}
    where
        event_type = 'item_added'
        and is_accepted
),

-- The highest change that had been told and had happened.
recordings as (
    select
        dates.as_of_date,
        changes.song_id,
        changes.content_id,
        changes.duration_ms,
        changes.created_at,
        row_number() over (partition by dates.as_of_date, changes.song_id order by changes.change_no desc) as place
    from dates
    inner join song_changes as changes
        on
            dates.known_before > changes.arrived_at
            and dates.known_before > changes.changed_at
),

sounds as (
    select
        dates.as_of_date,
        changes.song_id,
        changes.model_version,
        changes.tempo_bpm,
        changes.musical_key,
        changes.is_major,
        changes.loudness_db,
        changes.energy,
        changes.danceability,
        changes.valence,
        row_number() over (partition by dates.as_of_date, changes.song_id order by changes.change_no desc) as place
    from dates
    inner join audio_changes as changes
        on
            dates.known_before > changes.arrived_at
            and dates.known_before > changes.changed_at
),

play_days as (
    select distinct started_date
    from streams
),

-- Plays are found by each day of a window: found by its ends, every date would read all plays.
window_days as (
    select
        dates.*,
        play_days.started_date
    from dates
    inner join play_days
        on
            dates.window_start_date <= play_days.started_date
            and dates.as_of_date >= play_days.started_date
),

played as (
    select
        window_days.as_of_date,
        streams.content_id,
        count(*) as plays_28,
        count(case when streams.started_date >= window_days.short_window_start_date then 1 end) as plays_7,
        count(distinct streams.user_id) as listeners_28,
        sum(streams.played_ms) as played_ms_28,
        count(case when streams.played_ms < window_days.short_play_ms then 1 end) as short_plays_28
    from window_days
    inner join streams
        on
            window_days.started_date = streams.started_date
            and window_days.known_before > streams.arrived_at
    group by window_days.as_of_date, streams.content_id
),

added as (
    select
        dates.as_of_date,
        additions.content_id,
        count(*) as additions_28
    from dates
    inner join additions
        on
            dates.window_start_date <= additions.occurred_date
            and dates.as_of_date >= additions.occurred_date
            and dates.known_before > additions.arrived_at
    group by dates.as_of_date, additions.content_id
)

select
    recordings.song_id,
    recordings.as_of_date,
    recordings.duration_ms,
    {{ days_between(to_date('recordings.created_at'), 'recordings.as_of_date') }} as age_days,
    coalesce(sounds.model_version, 'unknown') as audio_model_version,
    cast(sounds.tempo_bpm as numeric(18, 6)) as tempo_bpm,
    sounds.musical_key,
    sounds.is_major,
    cast(sounds.loudness_db as numeric(18, 6)) as loudness_db,
    cast(sounds.energy as numeric(18, 6)) as energy,
    cast(sounds.danceability as numeric(18, 6)) as danceability,
    cast(sounds.valence as numeric(18, 6)) as valence,
    cast(coalesce(played.plays_7, 0) as bigint) as plays_7,
    cast(coalesce(played.plays_28, 0) as bigint) as plays_28,
    cast(coalesce(played.listeners_28, 0) as bigint) as listeners_28,
    cast(coalesce(played.played_ms_28, 0) as bigint) as played_ms_28,
    cast(coalesce(played.short_plays_28, 0) as bigint) as short_plays_28,
    cast(coalesce(added.additions_28, 0) as bigint) as playlist_additions_28
from recordings
left join sounds
    on
        recordings.as_of_date = sounds.as_of_date
        and recordings.song_id = sounds.song_id
        and sounds.place = 1
left join played
    on
        recordings.as_of_date = played.as_of_date
        and recordings.content_id = played.content_id
left join added
    on
        recordings.as_of_date = added.as_of_date
        and recordings.content_id = added.content_id
where recordings.place = 1
