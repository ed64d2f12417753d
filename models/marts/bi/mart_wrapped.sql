with
streams as (
    select
        user_id,
        song_id,
        artist_id,
        local_booking_month,
        active_ms
    from {{ ref('fct_streams') }}
    where is_qualified
),

song_genres as (
    select
        song_id,
        genre_id,
        genre,
        weight_ppm
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
        sum(active_ms) as active_ms
    from streams
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
        sum(active_ms) as active_ms
    from monthly
    group by user_id, {{ year_start('period_start_date') }}, song_id, artist_id
),

heard as (
    select * from monthly
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
        sum(active_ms) * 1000000 as active_ms_ppm
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
        sum(active_ms) * 1000000 as active_ms_ppm
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
        sum(active_ms) * 1000000 as active_ms_ppm
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
        sum(heard.active_ms * song_genres.weight_ppm) as active_ms_ppm
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
    {{ ratio('ranked.active_ms_ppm', '60000000000') }} as active_minutes
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
