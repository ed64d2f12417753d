{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='month_start_date',
        pre_hook=[
            "{{ drop_months_without_streams('heard.is_qualified and heard.artist_id > 0') }}",
            "{{ take_over_names(ref('dim_artist'), 'artist_id', {'artist_name': 'name'}, ref('int_artist_versions'), 'named.is_current') }}",
        ],
        indexes=server_indexes([
            {'columns': ['month_start_date', 'country_geography_id', 'artist_id'], 'unique': true},
            {'columns': ['month_start_date', 'country_geography_id', 'artist_rank'], 'unique': true},
            {'columns': ['artist_id']},
            {'columns': ['load_id']},
        ]),
    )
}}
{%- set touched = touched_booking_months() %}

with
streams as (
    select
        artist_id,
        user_id,
        geography_id,
        local_booking_month,
        is_qualified,
        load_id
    from {{ ref('fct_streams') }}
    {{ where_one_of('started_date', started_in_months_of(touched)) }}
),

booked as (
    select * from streams
    {{ where_one_of('local_booking_month', touched) }}
),

geographies as (
    select
        geography_id,
        country_geography_id,
        country_code
    from {{ ref('dim_geography') }}
),

artists as (
    select
        artist_id,
        name
    from {{ ref('dim_artist') }}
    where is_current
),

-- Keys alone, and each listener once an artist: the listeners are then counted without sorting all plays.
played as (
    select
        local_booking_month,
        geography_id,
        artist_id,
        user_id,
        count(*) as streams,
        max(load_id) as load_id
    from booked
    where
        is_qualified
        and artist_id > 0
    group by local_booking_month, geography_id, artist_id, user_id
),

listened as (
    select
        played.local_booking_month as month_start_date,
        geographies.country_geography_id,
        played.artist_id,
        played.user_id,
        sum(played.streams) as streams,
        max(played.load_id) as load_id
    from played
    inner join geographies on played.geography_id = geographies.geography_id
    group by played.local_booking_month, geographies.country_geography_id, played.artist_id, played.user_id
),

listened_in_the_world as (
    select
        month_start_date,
        artist_id,
        user_id,
        sum(streams) as streams,
        max(load_id) as load_id
    from listened
    group by month_start_date, artist_id, user_id
),

-- Each stream stands in its country and in the world, where a listener of two countries counts once.
counted as (
    select
        month_start_date,
        country_geography_id,
        artist_id,
        sum(streams) as qualified_streams,
        count(*) as listeners,
        max(load_id) as load_id
    from listened
    group by month_start_date, country_geography_id, artist_id
    union all
    select
        month_start_date,
        {{ not_applicable_key() }} as country_geography_id,
        artist_id,
        sum(streams) as qualified_streams,
        count(*) as listeners,
        max(load_id) as load_id
    from listened_in_the_world
    group by month_start_date, artist_id
),

ranked as (
    select
        counted.*,
        row_number() over (
            partition by counted.month_start_date, counted.country_geography_id
            order by counted.qualified_streams desc, counted.artist_id asc
        ) as artist_rank,
        max(counted.load_id) over (partition by counted.month_start_date) as month_load_id
    from counted
)

select
    ranked.month_start_date,
    ranked.country_geography_id,
    case
        when ranked.country_geography_id = {{ not_applicable_key() }} then 'all'
        else places.country_code
    end as country_code,
    ranked.artist_id,
    artists.name as artist_name,
    cast(ranked.artist_rank as bigint) as artist_rank,
    cast(ranked.qualified_streams as bigint) as qualified_streams,
    cast(ranked.listeners as bigint) as listeners,
    ranked.country_geography_id = {{ not_applicable_key() }} as is_world,
    cast(ranked.month_load_id as bigint) as load_id
from ranked
left join geographies as places on ranked.country_geography_id = places.geography_id
left join artists on ranked.artist_id = artists.artist_id
