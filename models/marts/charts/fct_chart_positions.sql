with
points as (
    select * from {{ ref('int_chart_points') }}
),

charts as (
    select * from {{ ref('stg_charts__charts') }}
),

opening_runs as (
    select
        chart_id,
        coalesce(song_id, artist_id) as subject_id,
        weeks_on_chart,
        peak_rank,
        last_rank,
        last_week_start
    from {{ ref('stg_opening__opening_chart_runs') }}
),

songs as (
    select
        song_id,
        main_artist_id
    from {{ ref('dim_song') }}
    where is_current
),

song_genres as (
    select
        song_id,
        genre_id
    from {{ ref('bridge_song_genre') }}
    where tag_position = 1
),

heard as (
    select
        points.*,
        songs.main_artist_id as artist_id,
        song_genres.genre_id
    from points
    inner join songs on points.song_id = songs.song_id
    left join song_genres on points.song_id = song_genres.song_id
),

-- What is counted for whom: everything, what was heard in a country, the recordings whose first tag is a genre.
scoped as (
    select
        heard.*,
        'global' as scope,
        cast(0 as bigint) as scope_id
    from heard
    union all
    select
        heard.*,
        'country' as scope,
        country_geography_id as scope_id
    from heard
    union all
    select
        heard.*,
        'genre' as scope,
        genre_id as scope_id
    from heard
    where genre_id is not null
),

chart_scopes as (
    select
        charts.*,
        {{ to_date('created_at') }} as created_date,
        case scope
            when 'global' then 0
            when 'country' then {{ country_geography_id('country_id') }}
            when 'genre' then genre_id
        end as scope_id
    from charts
),

counted as (
    select
        charts.chart_id,
        charts.subject,
        charts.positions,
        charts.max_songs_per_artist,
        scoped.week_start_date,
        scoped.published_at,
        scoped.artist_id,
        case when charts.subject = 'song' then scoped.song_id else scoped.artist_id end as subject_id,
        sum(scoped.streams) as streams,
        sum(scoped.weighted_streams_ppm) as weighted_streams_ppm
    from scoped
    inner join chart_scopes as charts
        on
            scoped.scope = charts.scope
            and scoped.scope_id = charts.scope_id
            and scoped.week_start_date >= charts.created_date
    where
        charts.subject = 'song'
        or scoped.artist_id > 0
    group by
        charts.chart_id,
        charts.subject,
        charts.positions,
        charts.max_songs_per_artist,
        scoped.week_start_date,
        scoped.published_at,
        scoped.artist_id,
        case when charts.subject = 'song' then scoped.song_id else scoped.artist_id end
),

limited as (
    select
        counted.*,
        row_number() over (
            partition by chart_id, week_start_date, artist_id
            order by weighted_streams_ppm desc, subject_id asc
        ) as place_of_artist
    from counted
),

ranked as (
    select
        limited.*,
        row_number() over (
            partition by chart_id, week_start_date
            order by weighted_streams_ppm desc, subject_id asc
        ) as chart_rank
    from limited
    where max_songs_per_artist is null or artist_id < 0 or place_of_artist <= max_songs_per_artist
),

placed as (
    select
        ranked.*,
        row_number() over runs as weeks_so_far,
        min(chart_rank) over runs as best_so_far,
        lag(chart_rank) over runs as rank_before,
        lag(week_start_date) over runs as week_before
    from ranked
    where chart_rank <= positions
    window runs as (partition by chart_id, subject_id order by week_start_date)
),

followed as (
    select
        placed.*,
        placed.weeks_so_far + coalesce(opening_runs.weeks_on_chart, 0) as weeks_on_chart,
        least(placed.best_so_far, coalesce(opening_runs.peak_rank, placed.best_so_far)) as peak_rank,
        case
            when
                coalesce(placed.week_before, opening_runs.last_week_start)
                = {{ add_days('placed.week_start_date', -7) }}
                then coalesce(placed.rank_before, opening_runs.last_rank)
        end as last_week_rank
    from placed
    left join opening_runs
        on
            placed.chart_id = opening_runs.chart_id
            and placed.subject_id = opening_runs.subject_id
)

select
    followed.chart_id,
    followed.week_start_date,
    cast(followed.chart_rank as bigint) as chart_rank,
    charts.chart_code,
    charts.name as chart_name,
    followed.subject,
    cast(case when followed.subject = 'song' then followed.subject_id else {{ not_applicable_key() }} end as bigint)
        as song_id,
    followed.artist_id,
    cast(
        case
            when charts.country_id is null then {{ not_applicable_key() }}
            else {{ country_geography_id('charts.country_id') }}
        end as bigint
    ) as country_geography_id,
    cast(coalesce(charts.genre_id, {{ not_applicable_key() }}) as bigint) as genre_id,
    cast(followed.streams as bigint) as streams,
    cast(followed.weighted_streams_ppm as bigint) as weighted_streams_ppm,
    {{ micro_decimal('followed.weighted_streams_ppm') }} as weighted_streams,
    cast(followed.last_week_rank as bigint) as last_week_rank,
    cast(followed.peak_rank as bigint) as peak_rank,
    cast(followed.weeks_on_chart as bigint) as weeks_on_chart,
    followed.weeks_on_chart = 1 as is_new,
    followed.weeks_on_chart > 1 and followed.last_week_rank is null as is_re_entry,
    {{ add_days('followed.week_start_date', 6) }} as week_end_date,
    followed.published_at
from followed
inner join charts on followed.chart_id = charts.chart_id
