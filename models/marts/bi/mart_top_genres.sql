{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='month_start_date',
        pre_hook=[
            "{{ drop_months_without_streams('heard.is_qualified') }}",
            "{{ take_over_names(ref('stg_reference__genres'), 'genre_id', {'genre_name': 'name'}, ref('stg_reference__genres')) }}",
        ],
        indexes=server_indexes([
            {'columns': ['month_start_date', 'region_geography_id', 'genre_id'], 'unique': true},
            {'columns': ['month_start_date', 'region_geography_id', 'genre_rank'], 'unique': true},
            {'columns': ['genre_id']},
            {'columns': ['load_id']},
        ]),
    )
}}

{#- Months for which a play came or changed, and those in which a recording was heard whose tags did. -#}
{%- set touched = touched_booking_months(recordings_of_newer_tags()) %}

with
streams as (
    select
        song_id,
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

song_genres as (
    select
        song_id,
        genre_id,
        genre,
        weight_ppm,
        load_id
    from {{ ref('bridge_song_genre') }}
),

genres as (
    select distinct
        genre_id,
        genre
    from song_genres
),

geographies as (
    select
        geography_id,
        region_geography_id,
        country_geography_id,
        region,
        country,
        country_code
    from {{ ref('dim_geography') }}
),

-- Keys alone, and each listener once a genre: the listeners are then counted without sorting all plays.
played as (
    select
        local_booking_month,
        geography_id,
        song_id,
        user_id,
        count(*) as streams,
        max(load_id) as load_id
    from booked
    where is_qualified
    group by local_booking_month, geography_id, song_id, user_id
),

placed as (
    select
        played.*,
        case
            when geographies.region_geography_id > 0 then geographies.region_geography_id
            else geographies.country_geography_id
        end as region_geography_id
    from played
    inner join geographies on played.geography_id = geographies.geography_id
),

listened as (
    select
        placed.local_booking_month as month_start_date,
        placed.region_geography_id,
        song_genres.genre_id,
        placed.user_id,
        sum(placed.streams * song_genres.weight_ppm) as weighted_streams_ppm,
        max(greatest(placed.load_id, song_genres.load_id)) as load_id
    from placed
    inner join song_genres on placed.song_id = song_genres.song_id
    group by placed.local_booking_month, placed.region_geography_id, song_genres.genre_id, placed.user_id
),

counted as (
    select
        month_start_date,
        region_geography_id,
        genre_id,
        sum(weighted_streams_ppm) as weighted_streams_ppm,
        count(*) as listeners,
        max(load_id) as load_id
    from listened
    group by month_start_date, region_geography_id, genre_id
),

ranked as (
    select
        counted.*,
        row_number() over (
            partition by month_start_date, region_geography_id
            order by weighted_streams_ppm desc, genre_id asc
        ) as genre_rank,
        max(load_id) over (partition by month_start_date) as month_load_id
    from counted
)

select
    ranked.month_start_date,
    ranked.region_geography_id,
    case
        when places.region_geography_id > 0 then places.region
        else places.country
    end as region_name,
    places.country_geography_id,
    places.country_code,
    ranked.genre_id,
    genres.genre as genre_name,
    cast(ranked.genre_rank as bigint) as genre_rank,
    cast(ranked.weighted_streams_ppm as bigint) as weighted_streams_ppm,
    {{ micro_decimal('ranked.weighted_streams_ppm') }} as weighted_streams,
    cast(ranked.listeners as bigint) as listeners,
    cast(ranked.month_load_id as bigint) as load_id
from ranked
inner join geographies as places on ranked.region_geography_id = places.geography_id
inner join genres on ranked.genre_id = genres.genre_id
