{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='week_start_date',
        indexes=server_indexes([
            {'columns': ['week_start_date']},
            {'columns': ['chart_id', 'song_id', 'artist_id', 'week_start_date']},
            {'columns': ['load_id']},
        ]),
    )
}}

{#-
    What was played of a published week never changes; its charts do where a recording is tagged or credited otherwise, or
    a chart itself. Written anew are all weeks from the first such one on, as each follows from those before it.
-#}
{%- set retold -%}
    select told.song_id
    from {{ ref('int_chart_songs_loaded') }} as told
    where {{ is_newer_load('told.load_id') }}
{%- endset %}
{%- set weeks -%}
    select dates.date_day
    from {{ ref('int_rules_by_date') }} as dates
    where
        {{ iso_day_of_week('dates.date_day') }} = 5
        and dates.date_day >= (select since.week_start_date from since)
        and dates.date_day <= (select max(last.week_start_date) from {{ ref('int_chart_points') }} as last)
{%- endset %}

with
{% if is_incremental() -%}
touched as (
    select min(points.week_start_date) as week_start_date
    from {{ ref('int_chart_points') }} as points
    where
        points.week_start_date > (
            select coalesce(max(held.week_start_date), {{ unknown_date() }}) from {{ this }} as held
        )
    union all
    select points.week_start_date
    from {{ ref('int_chart_points') }} as points
    where {{ is_one_of('points.song_id', retold) }}
    union all
    select min(points.week_start_date) as week_start_date
    from {{ ref('int_chart_points') }} as points
    where
        (select max(charts.load_id) from {{ ref('stg_charts__charts') }} as charts)
        > (select coalesce(max(built.load_id), 0) from {{ this }} as built)
),

since as (
    select min(touched.week_start_date) as week_start_date
    from touched
),

{% endif -%}
points as (
    select * from {{ ref('int_chart_points') }}
    {{ where_one_of('week_start_date', weeks) }}
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
    where
        is_current
    {% if is_incremental() -%}
        and (select since.week_start_date from since) is not null
    {%- endif %}
),

song_genres as (
    select
        song_id,
        genre_id
    from {{ ref('bridge_song_genre') }}
    where
        tag_position = 1
    {% if is_incremental() -%}
        and (select since.week_start_date from since) is not null
    {%- endif %}
),

told as (
    select
        song_id,
        max(load_id) as load_id
    from {{ ref('int_chart_songs_loaded') }}
    {{ where_one_of('song_id', 'select points.song_id from points group by points.song_id') }}
    group by song_id
),

heard as (
    select
        points.*,
        songs.main_artist_id as artist_id,
        song_genres.genre_id,
        told.load_id
    from points
    inner join songs on points.song_id = songs.song_id
    left join song_genres on points.song_id = song_genres.song_id
    left join told on points.song_id = told.song_id
),

chart_loads as (
    select max(load_id) as load_id
    from charts
),

-- What an increment looks for is newer than all that a week rests on, whether it is on a chart or not.
week_loads as (
    select
        heard.week_start_date,
        greatest(max(heard.load_id), max(chart_loads.load_id)) as load_id
    from heard
    cross join chart_loads
    group by heard.week_start_date
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

-- How each stood in the week before the first one that is written anew; at the beginning, as the opening tells.
{% if is_incremental() -%}
charted as (
    select distinct
        chart_id,
        subject_id,
        case when subject = 'song' then subject_id else {{ not_applicable_key() }} end as song_id,
        artist_id
    from placed
),

held_runs as (
    select
        charted.chart_id,
        charted.subject_id,
        {% for figure in ['weeks_on_chart', 'peak_rank', 'chart_rank', 'week_start_date'] -%}
        (
            select held.{{ figure }}
            from {{ this }} as held
            where
                held.chart_id = charted.chart_id
                and held.song_id = charted.song_id
                and held.artist_id = charted.artist_id
                and held.week_start_date < (select since.week_start_date from since)
            order by held.week_start_date desc
            limit 1
        ) as {{ {'chart_rank': 'last_rank', 'week_start_date': 'last_week_start'}.get(figure, figure) }}{{ "," if not loop.last }}
        {% endfor %}
    from charted
),

runs_before as (
    select
        chart_id,
        subject_id,
        weeks_on_chart,
        peak_rank,
        last_rank,
        last_week_start
    from held_runs
    where weeks_on_chart is not null
    union all
    select
        opening_runs.chart_id,
        opening_runs.subject_id,
        opening_runs.weeks_on_chart,
        opening_runs.peak_rank,
        opening_runs.last_rank,
        opening_runs.last_week_start
    from opening_runs
    inner join held_runs
        on
            opening_runs.chart_id = held_runs.chart_id
            and opening_runs.subject_id = held_runs.subject_id
    where held_runs.weeks_on_chart is null
),
{%- else -%}
runs_before as (
    select * from opening_runs
),
{%- endif %}

followed as (
    select
        placed.*,
        placed.weeks_so_far + coalesce(runs_before.weeks_on_chart, 0) as weeks_on_chart,
        least(placed.best_so_far, coalesce(runs_before.peak_rank, placed.best_so_far)) as peak_rank,
        case
            when
                coalesce(placed.week_before, runs_before.last_week_start)
                = {{ add_days('placed.week_start_date', -7) }}
                then coalesce(placed.rank_before, runs_before.last_rank)
        end as last_week_rank
    from placed
    left join runs_before
        on
            placed.chart_id = runs_before.chart_id
            and placed.subject_id = runs_before.subject_id
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
    followed.published_at,
    cast(week_loads.load_id as bigint) as load_id
from followed
inner join charts on followed.chart_id = charts.chart_id
inner join week_loads on followed.week_start_date = week_loads.week_start_date
