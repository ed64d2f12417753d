{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='local_date',
        indexes=server_indexes([
            {'columns': ['local_date', 'artist_id', 'country_geography_id'], 'unique': true},
            {'columns': ['load_id']},
        ]),
    )
}}

{#-
    Whole local days are written anew, as a play may change its artist: its recording comes to be known later, or with
    another one. Plays of a local day lie on the UTC days around it.
-#}
{%- set touched_days = touched_local_days() %}

with
streams as (
    select
        artist_id,
        user_id,
        geography_id,
        local_date,
        case when is_after_local_close or is_artificial then 0 else 1 end as plays,
        case when is_after_local_close or is_artificial then 0 else active_ms end as active_ms,
        load_id
    from {{ ref('fct_streams') }}
    {{ where_one_of('started_date', days_around(touched_days, -1, 1)) }}
),

geographies as (
    select
        geography_id,
        country_geography_id
    from {{ ref('dim_geography') }}
),

-- Keys alone, and each listener once: the listeners are then counted without sorting all plays.
played as (
    select
        artist_id,
        local_date,
        geography_id,
        user_id,
        sum(plays) as plays,
        sum(active_ms) as active_ms,
        max(load_id) as load_id
    from streams
    {{ where_one_of('local_date', touched_days) }}
    group by artist_id, local_date, geography_id, user_id
),

listened as (
    select
        played.artist_id,
        played.local_date,
        geographies.country_geography_id,
        played.user_id,
        sum(played.plays) as plays,
        sum(played.active_ms) as active_ms,
        max(played.load_id) as load_id
    from played
    inner join geographies on played.geography_id = geographies.geography_id
    group by played.artist_id, played.local_date, geographies.country_geography_id, played.user_id
)

select
    artist_id,
    local_date,
    country_geography_id,
    cast(sum(plays) as bigint) as plays,
    count(case when plays > 0 then 1 end) as listeners,
    cast(sum(active_ms) as bigint) as active_ms,
    max(load_id) as load_id
from listened
group by artist_id, local_date, country_geography_id
