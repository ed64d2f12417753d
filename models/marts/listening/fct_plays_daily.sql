{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key=['content_id', 'local_date', 'country_geography_id', 'local_booking_month'],
        indexes=server_indexes([
            {
                'columns': ['content_id', 'local_date', 'country_geography_id', 'local_booking_month'],
                'unique': true,
            },
            {'columns': ['local_date']},
            {'columns': ['artist_id', 'local_date']},
            {'columns': ['load_id']},
        ]),
    )
}}

{#-
    An increment reads the plays of the local days on which one came or changed, which lie on the UTC days around them; what
    it sees of other local days is a part, and has nothing new.
-#}
{%- set touched_days -%}
    select
        {{ add_days('newer.local_date', 'around.days') }} as date_day
    from {{ ref('fct_streams') }} as newer
    cross join (select -1 as days union all select 0 union all select 1) as around
    where newer.load_id > (select coalesce(max(built.load_id), 0) from {{ this }} as built)
    group by newer.local_date, around.days
{%- endset %}

with
streams as (
    select
        content_id,
        song_id,
        artist_id,
        user_id,
        geography_id,
        local_date,
        local_booking_month,
        active_ms,
        skip_class,
        is_qualified,
        is_completed,
        is_artificial,
        load_id
    from {{ ref('fct_streams') }}
    {{ where_one_of('started_date', touched_days) }}
),

geographies as (
    select
        geography_id,
        country_geography_id
    from {{ ref('dim_geography') }}
),

placed as (
    select
        streams.*,
        geographies.country_geography_id
    from streams
    inner join geographies on streams.geography_id = geographies.geography_id
),

-- Each listener once a row: they are then counted without sorting all plays.
listened as (
    select
        content_id,
        local_date,
        country_geography_id,
        local_booking_month,
        user_id,
        max(song_id) as song_id,
        max(artist_id) as artist_id,
        count(*) as plays,
        count(case when is_qualified then 1 end) as qualified_streams,
        count(case when is_artificial then 1 end) as artificial_plays,
        count(case when is_completed then 1 end) as completed_plays,
        count(case when skip_class <> 'not_skipped' then 1 end) as skips,
        count(case when skip_class in ('skip_under_5s', 'skip_under_30s') then 1 end) as skips_before_30s,
        sum(active_ms) as active_ms,
        max(load_id) as load_id
    from placed
    group by content_id, local_date, country_geography_id, local_booking_month, user_id
),

counted as (
    select
        content_id,
        local_date,
        country_geography_id,
        local_booking_month,
        max(song_id) as song_id,
        max(artist_id) as artist_id,
        sum(plays) as plays,
        count(*) as listeners,
        sum(qualified_streams) as qualified_streams,
        sum(artificial_plays) as artificial_plays,
        sum(completed_plays) as completed_plays,
        sum(skips) as skips,
        sum(skips_before_30s) as skips_before_30s,
        sum(active_ms) as active_ms,
        max(load_id) as load_id
    from listened
    group by content_id, local_date, country_geography_id, local_booking_month
)

select
    content_id,
    song_id,
    artist_id,
    country_geography_id,
    local_date,
    local_booking_month,
    local_booking_month > {{ month_start('local_date') }} as is_after_local_close,
    cast(plays as bigint) as plays,
    cast(listeners as bigint) as listeners,
    cast(qualified_streams as bigint) as qualified_streams,
    cast(artificial_plays as bigint) as artificial_plays,
    cast(completed_plays as bigint) as completed_plays,
    cast(skips as bigint) as skips,
    cast(skips_before_30s as bigint) as skips_before_30s,
    cast(active_ms as bigint) as active_ms,
    cast(load_id as bigint) as load_id
from counted
where {{ is_newer_load() }}
