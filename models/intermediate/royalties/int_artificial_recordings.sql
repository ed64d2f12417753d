{{
    config(
        materialized='incremental',
        incremental_strategy='append',
    )
}}

with
{% if is_incremental() -%}
judged as (
    select coalesce(max(recordings.service_month), cast('1900-01-01' as date)) as service_month
    from {{ this }} as recordings
),

{% endif -%}
streams as (
    select * from {{ ref('fct_streams') }}
    -- Append-only: a month that has been judged is not judged again, and between closes there is none to judge.
    {% if is_incremental() -%}
    where
        started_date >= {{ add_months('(select judged.service_month from judged)', 1) }}
        and started_date < (select {{ open_month('latest.data_clock') }} from {{ ref('int_clock') }} as latest)
    {%- endif %}
),

songs as (
    select * from {{ ref('dim_song') }}
),

song_changes as (
    select * from {{ ref('stg_catalog__songs_changes') }}
),

content_versions as (
    select * from {{ ref('int_content_versions') }}
),

content_changes as (
    select * from {{ ref('stg_catalog__content_changes') }}
),

rules as (
    select * from {{ ref('int_rules_by_date') }}
),

clock as (
    select * from {{ ref('int_clock') }}
),

{{ first_rows('song_changes', 'content_versions', 'content_changes') }},

-- What each close knew, of all plays: artificial ones draw on no pool, so that those of the pools are not enough.
played as (
    select
        {{ month_start('streams.started_date') }} as service_month,
        streams.song_id,
        count(*) as plays,
        count(case when streams.is_artificial then 1 end) as artificial_plays
    from streams
    inner join songs on streams.song_key = songs.song_key
    inner join clock
        on
            streams.started_date >= clock.history_start
            and {{ month_closes_at(month_start('streams.started_date')) }} <= clock.data_clock
    {{ met_first('streams') }}
    where
        streams.song_id > 0
        and not songs.is_inferred
        and {{ known_month('streams') }} = {{ month_start('streams.started_date') }}
    group by
        {{ month_start('streams.started_date') }},
        streams.song_id
)

select
    played.service_month,
    played.song_id,
    played.plays,
    played.artificial_plays,
    rules.artificial_penalty_micro as penalty_eur_micro
from played
inner join rules on played.service_month = rules.date_day
where
    played.artificial_plays * 1000000 > played.plays * rules.artificial_penalty_share_ppm
    and played.artificial_plays >= rules.artificial_penalty_plays
