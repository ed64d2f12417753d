{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key=['user_id', 'period_kind', 'period_start_date'],
        pre_hook=[
            "{{ drop_periods_without_streams() }}",
            "{{ take_over_item_names('song') }}",
            "{{ take_over_item_names('artist') }}",
            "{{ take_over_item_names('genre') }}",
        ],
        indexes=server_indexes([
            {'columns': ['user_id', 'period_kind', 'period_start_date', 'item_kind', 'item_rank'], 'unique': true},
            {'columns': ['user_id', 'period_kind', 'period_start_date', 'item_kind', 'item_id'], 'unique': true},
            {'columns': ['item_id']},
            {'columns': ['load_id']},
        ]),
    )
}}
{%- set streams = ref('fct_streams') %}
{%- set plays_by_country = ref('mart_plays_by_country') %}

with
{% if is_incremental() -%}
-- Of a play that came or changed, or of a recording whose tags did: these are told anew, and their years.
touched as (
    select
        newer.user_id,
        newer.local_booking_month
    from {{ streams }} as newer
    where {{ is_newer_load('newer.load_id') }}
    union
    select
        heard.user_id,
        heard.local_booking_month
    from {{ streams }} as heard
    where {{ is_one_of('heard.song_id', recordings_of_newer_tags()) }}
),

touched_years as (
    select distinct
        user_id,
        {{ year_start('local_booking_month') }} as year_start_date
    from touched
),

-- What a year books may have been heard before it.
earliest as (
    select min(booked.local_date) as local_date
    from {{ plays_by_country }} as booked
    where booked.local_booking_month >= (select min(touched_years.year_start_date) from touched_years)
),

{% endif -%}
streams as (
    select
        user_id,
        song_id,
        artist_id,
        local_booking_month,
        {{ year_start('local_booking_month') }} as year_start_date,
        active_ms,
        is_qualified,
        load_id
    from {{ streams }}
    {{ where_one_of('user_id', 'select touched.user_id from touched') }}
    {%- if is_incremental() %}
        and local_date >= (select earliest.local_date from earliest)
    {%- endif %}
),

qualified as (
    select streams.*
    from streams
    {% if is_incremental() -%}
    inner join touched_years
        on
            streams.user_id = touched_years.user_id
            and streams.year_start_date = touched_years.year_start_date
    {% endif -%}
    where streams.is_qualified
),

song_genres as (
    select
        song_id,
        genre_id,
        genre,
        weight_ppm,
        load_id
    from {{ ref('bridge_song_genre') }}
),

songs as (
    select
        song_id,
        title
    from {{ ref('dim_song') }}
    where is_current
),

artists as (
    select
        artist_id,
        name
    from {{ ref('dim_artist') }}
    where is_current
),

rules as (
    select
        date_day,
        wrapped_items
    from {{ ref('int_rules_by_date') }}
),

genres as (
    select distinct
        genre_id,
        genre
    from song_genres
),

monthly as (
    select
        user_id,
        'month' as period_kind,
        local_booking_month as period_start_date,
        song_id,
        artist_id,
        count(*) as streams,
        sum(active_ms) as active_ms,
        max(load_id) as load_id
    from qualified
    group by user_id, local_booking_month, song_id, artist_id
),

yearly as (
    select
        user_id,
        'year' as period_kind,
        {{ year_start('period_start_date') }} as period_start_date,
        song_id,
        artist_id,
        sum(streams) as streams,
        sum(active_ms) as active_ms,
        max(load_id) as load_id
    from monthly
    group by user_id, {{ year_start('period_start_date') }}, song_id, artist_id
),

heard as (
    select monthly.*
    from monthly
    {% if is_incremental() -%}
    inner join touched
        on
            monthly.user_id = touched.user_id
            and monthly.period_start_date = touched.local_booking_month
    {% endif -%}
    union all
    select * from yearly
),

-- Counts in millionths, as a recording is shared among its genres.
items as (
    select
        user_id,
        period_kind,
        period_start_date,
        'all' as item_kind,
        cast({{ not_applicable_key() }} as bigint) as item_id,
        sum(streams) * 1000000 as streams_ppm,
        sum(active_ms) * 1000000 as active_ms_ppm,
        max(load_id) as load_id
    from heard
    group by user_id, period_kind, period_start_date
    union all
    select
        user_id,
        period_kind,
        period_start_date,
        'song' as item_kind,
        song_id as item_id,
        sum(streams) * 1000000 as streams_ppm,
        sum(active_ms) * 1000000 as active_ms_ppm,
        max(load_id) as load_id
    from heard
    where song_id > 0
    group by user_id, period_kind, period_start_date, song_id
    union all
    select
        user_id,
        period_kind,
        period_start_date,
        'artist' as item_kind,
        artist_id as item_id,
        sum(streams) * 1000000 as streams_ppm,
        sum(active_ms) * 1000000 as active_ms_ppm,
        max(load_id) as load_id
    from heard
    where artist_id > 0
    group by user_id, period_kind, period_start_date, artist_id
    union all
    select
        heard.user_id,
        heard.period_kind,
        heard.period_start_date,
        'genre' as item_kind,
        song_genres.genre_id as item_id,
        sum(heard.streams * song_genres.weight_ppm) as streams_ppm,
        sum(heard.active_ms * song_genres.weight_ppm) as active_ms_ppm,
        max(greatest(heard.load_id, song_genres.load_id)) as load_id
    from heard
    inner join song_genres on heard.song_id = song_genres.song_id
    where song_genres.genre_id > 0
    group by heard.user_id, heard.period_kind, heard.period_start_date, song_genres.genre_id
),

ranked as (
    select
        items.*,
        row_number() over (
            partition by user_id, period_kind, period_start_date, item_kind
            order by streams_ppm desc, active_ms_ppm desc, item_id asc
        ) as item_rank
    from items
)

select
    ranked.user_id,
    cast(ranked.period_kind as text) as period_kind,
    ranked.period_start_date,
    cast(ranked.item_kind as text) as item_kind,
    cast(ranked.item_rank as bigint) as item_rank,
    ranked.item_id,
    case ranked.item_kind
        when 'song' then songs.title
        when 'artist' then artists.name
        when 'genre' then genres.genre
        else 'all'
    end as item_name,
    cast(ranked.streams_ppm as bigint) as streams_ppm,
    {{ ratio('ranked.streams_ppm', '1000000') }} as streams,
    {{ ratio('ranked.active_ms_ppm', '60000000000') }} as active_minutes,
    cast(ranked.load_id as bigint) as load_id
from ranked
inner join rules on ranked.period_start_date = rules.date_day
left join songs
    on
        ranked.item_id = songs.song_id
        and ranked.item_kind = 'song'
left join artists
    on
        ranked.item_id = artists.artist_id
        and ranked.item_kind = 'artist'
left join genres
    on
        ranked.item_id = genres.genre_id
        and ranked.item_kind = 'genre'
where ranked.item_rank <= rules.wrapped_items
