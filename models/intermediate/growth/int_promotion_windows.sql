{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key=['starts_date', 'item_type', 'window_days'],
        pre_hook="{{ drop_windows_no_longer_measured() }}",
        indexes=server_indexes([
            {'columns': ['starts_date', 'item_type', 'window_days', 'item_id', 'streams_before'], 'unique': true},
            {'columns': ['is_promoted']},
            {'columns': ['load_id']},
        ]),
    )
}}
{%- set song_versions = ref('int_song_versions') %}

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

dates as (
    select date_day
    from {{ ref('dim_date') }}
),

measured as (
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

promoted as (
    select distinct
        measured.item_type,
        measured.starts_date,
        measured.window_days,
        promotions.item_id
    from measured
    inner join promotions
        on
            measured.item_type = promotions.item_type
            and measured.closes_date > promotions.starts_date
            and measured.begins_date < promotions.ends_date
    where promotions.item_id > 0
),

{% if is_incremental() -%}
since as (
    select coalesce(max(built.load_id), 0) as load_id
    from {{ this }} as built
),

-- What is promoted, by its index: without any a window is measured again.
told as (
    select
        item_type,
        starts_date,
        window_days,
        item_id
    from {{ this }}
    where is_promoted
),

held as (
    select distinct
        item_type,
        starts_date,
        window_days
    from told
),

newer_days as (
    select newer.local_date
    from {{ ref('fct_plays_daily') }} as newer
    where newer.load_id > (select since.load_id from since)
    group by newer.local_date
),

-- Joined once, not asked for by each window.
played_anew as (
    select
        measured.item_type,
        measured.starts_date,
        measured.window_days
    from measured
    inner join newer_days
        on
            measured.begins_date <= newer_days.local_date
            and measured.closes_date > newer_days.local_date
    group by
        measured.item_type,
        measured.starts_date,
        measured.window_days
),

-- A current version after the last one that was known: what the recording is a part of may be another.
versions as (
    select
        song_versions.load_id,
        song_versions.is_current,
        song_versions.album_id,
        {{ to_date('song_versions.created_at') }} as created_date,
        lag(song_versions.album_id) over (
            partition by song_versions.song_id order by song_versions.song_key
        ) as earlier_album_id,
        lag({{ to_date('song_versions.created_at') }}) over (
            partition by song_versions.song_id order by song_versions.song_key
        ) as earlier_created_date
    from {{ song_versions }} as song_versions
    cross join since
    where
        song_versions.is_current
        or song_versions.load_id <= since.load_id
),

newer_songs as (
    select min(versions.created_date) as created_date
    from versions
    cross join since
    where
        versions.is_current
        and versions.load_id > since.load_id
        and (
            versions.album_id is distinct from versions.earlier_album_id
            or versions.created_date is distinct from versions.earlier_created_date
        )
),

-- Of what is promoted within a window something came, or fell away.
otherwise_promoted as (
    select
        coalesce(promoted.item_type, built.item_type) as item_type,
        coalesce(promoted.starts_date, built.starts_date) as starts_date,
        coalesce(promoted.window_days, built.window_days) as window_days
    from promoted
    full outer join told as built
        on
            promoted.item_type = built.item_type
            and promoted.starts_date = built.starts_date
            and promoted.window_days = built.window_days
            and promoted.item_id = built.item_id
    where
        promoted.item_id is null
        or built.item_id is null
),

windows as (
    select measured.*
    from measured
    left join held
        on
            measured.item_type = held.item_type
            and measured.starts_date = held.starts_date
            and measured.window_days = held.window_days
    left join played_anew
        on
            measured.item_type = played_anew.item_type
            and measured.starts_date = played_anew.starts_date
            and measured.window_days = played_anew.window_days
    where
        held.item_type is null
        or played_anew.item_type is not null
        or measured.begins_date >= (select newer_songs.created_date from newer_songs)
        or exists (
            select 1 from otherwise_promoted
            where
                measured.item_type = otherwise_promoted.item_type
                and measured.starts_date = otherwise_promoted.starts_date
                and measured.window_days = otherwise_promoted.window_days
        )
),
{% else %}
windows as (
    select * from measured
),
{% endif %}

spans as (
    select distinct
        starts_date,
        begins_date,
        closes_date
    from windows
),

-- Plays are found by each day of a span: found by its ends, every span would read all plays.
span_days as (
    select
        spans.starts_date,
        spans.begins_date,
        dates.date_day as local_date
    from spans
    inner join dates
        on
            spans.begins_date <= dates.date_day
            and spans.closes_date > dates.date_day
),

-- Added up first, so that each is read once, however many spans it lies in.
plays as (
    select
        song_id,
        local_date,
        sum(qualified_streams) as qualified_streams,
        max(load_id) as load_id
    from {{ ref('fct_plays_daily') }}
    {{ where_one_of('local_date', 'select span_days.local_date from span_days') }}
    group by song_id, local_date
),

played as (
    select
        span_days.starts_date,
        span_days.begins_date,
        plays.song_id,
        sum(case when plays.local_date < span_days.starts_date then plays.qualified_streams else 0 end)
            as streams_before,
        sum(case when plays.local_date >= span_days.starts_date then plays.qualified_streams else 0 end)
            as streams_during,
        max(plays.load_id) as load_id
    from span_days
    inner join plays on span_days.local_date = plays.local_date
    group by span_days.starts_date, span_days.begins_date, plays.song_id
),

loads as (
    select
        starts_date,
        begins_date,
        max(load_id) as load_id
    from played
    group by starts_date, begins_date
),

-- Recordings that were there when the window began, by what each of them is a part of.
streamed as (
    select
        windows.item_type,
        windows.starts_date,
        windows.window_days,
        case windows.item_type
            when 'album' then songs.album_id
            when 'artist' then songs.main_artist_id
            else songs.song_id
        end as item_id,
        sum(played.streams_before) as streams_before,
        sum(played.streams_during) as streams_during
    from windows
    inner join played
        on
            windows.starts_date = played.starts_date
            and windows.begins_date = played.begins_date
    inner join songs
        on
            played.song_id = songs.song_id
            and windows.begins_date >= songs.created_date
    group by
        windows.item_type,
        windows.starts_date,
        windows.window_days,
        case windows.item_type
            when 'album' then songs.album_id
            when 'artist' then songs.main_artist_id
            else songs.song_id
        end
),

-- What could have been heard, since its first recording.
items as (
    select
        'song' as item_type,
        song_id as item_id,
        created_date
    from songs
    union all
    select
        'album' as item_type,
        album_id as item_id,
        min(created_date) as created_date
    from songs
    group by album_id
    union all
    select
        'artist' as item_type,
        main_artist_id as item_id,
        min(created_date) as created_date
    from songs
    group by main_artist_id
),

-- Added up by day, not joined item by item to each window.
created as (
    select
        item_type,
        created_date,
        count(*) as items
    from items
    where item_id > 0
    group by item_type, created_date
),

there as (
    select
        windows.item_type,
        windows.starts_date,
        windows.window_days,
        windows.begins_date,
        sum(created.items) as items
    from windows
    inner join created
        on
            windows.item_type = created.item_type
            and windows.begins_date >= created.created_date
    group by
        windows.item_type,
        windows.starts_date,
        windows.window_days,
        windows.begins_date
),

promoted_items as (
    select
        windows.item_type,
        windows.starts_date,
        windows.window_days,
        windows.begins_date,
        promoted.item_id,
        case when items.item_id is null then 0 else 1 end as items,
        coalesce(streamed.streams_before, 0) as streams_before,
        coalesce(streamed.streams_during, 0) as streams_during
    from windows
    inner join promoted
        on
            windows.item_type = promoted.item_type
            and windows.starts_date = promoted.starts_date
            and windows.window_days = promoted.window_days
    left join items
        on
            promoted.item_type = items.item_type
            and promoted.item_id = items.item_id
            and windows.begins_date >= items.created_date
    left join streamed
        on
            promoted.item_type = streamed.item_type
            and promoted.starts_date = streamed.starts_date
            and promoted.window_days = streamed.window_days
            and promoted.item_id = streamed.item_id
),

heard_items as (
    select
        windows.item_type,
        windows.starts_date,
        windows.window_days,
        windows.begins_date,
        streamed.streams_before,
        streamed.streams_during
    from windows
    inner join streamed
        on
            windows.item_type = streamed.item_type
            and windows.starts_date = streamed.starts_date
            and windows.window_days = streamed.window_days
    left join promoted
        on
            streamed.item_type = promoted.item_type
            and streamed.starts_date = promoted.starts_date
            and streamed.window_days = promoted.window_days
            and streamed.item_id = promoted.item_id
    where
        streamed.item_id > 0
        and promoted.item_id is null
),

counted_items as (
    select
        item_type,
        starts_date,
        window_days,
        items
    from promoted_items
    union all
    select
        item_type,
        starts_date,
        window_days,
        1 as items
    from heard_items
),

told_items as (
    select
        item_type,
        starts_date,
        window_days,
        sum(items) as items
    from counted_items
    group by item_type, starts_date, window_days
),

other_items as (
    select
        item_type,
        starts_date,
        window_days,
        begins_date,
        1 as items,
        streams_before,
        streams_during
    from heard_items
    union all
    -- What nobody heard is a number.
    select
        there.item_type,
        there.starts_date,
        there.window_days,
        there.begins_date,
        there.items - coalesce(told_items.items, 0) as items,
        0 as streams_before,
        0 as streams_during
    from there
    left join told_items
        on
            there.item_type = told_items.item_type
            and there.starts_date = told_items.starts_date
            and there.window_days = told_items.window_days
    where there.items > coalesce(told_items.items, 0)
),

-- What is promoted stands by itself, what is not together with all that had as many streams before.
rows_of_windows as (
    select
        item_type,
        starts_date,
        window_days,
        begins_date,
        item_id,
        true as is_promoted,
        items,
        streams_before,
        streams_during,
        streams_during - streams_before as gained,
        (streams_during - streams_before) * (streams_during - streams_before) as gained_squares
    from promoted_items
    union all
    select
        item_type,
        starts_date,
        window_days,
        begins_date,
        {{ not_applicable_key() }} as item_id,
        false as is_promoted,
        sum(items) as items,
        streams_before,
        sum(streams_during) as streams_during,
        sum(streams_during - streams_before) as gained,
        sum((streams_during - streams_before) * (streams_during - streams_before)) as gained_squares
    from other_items
    group by
        item_type,
        starts_date,
        window_days,
        begins_date,
        streams_before
)

select
    cast(rows_of_windows.item_type as text) as item_type,
    rows_of_windows.starts_date,
    rows_of_windows.window_days,
    cast(rows_of_windows.item_id as bigint) as item_id,
    rows_of_windows.is_promoted,
    cast(rows_of_windows.items as bigint) as items,
    cast(rows_of_windows.streams_before as bigint) as streams_before,
    cast(rows_of_windows.streams_during as bigint) as streams_during,
    cast(rows_of_windows.gained as bigint) as gained,
    cast(rows_of_windows.gained_squares as numeric(38, 0)) as gained_squares,
    cast(coalesce(loads.load_id, 0) as bigint) as load_id
from rows_of_windows
left join loads
    on
        rows_of_windows.starts_date = loads.starts_date
        and rows_of_windows.begins_date = loads.begins_date
