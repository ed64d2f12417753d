with
streams as (
    select
        artist_id,
        user_id,
        geography_id,
        local_booking_month
    from {{ ref('fct_streams') }}
    where
        is_qualified
        and artist_id > 0
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

placed as (
    select
        streams.local_booking_month as month_start_date,
        streams.artist_id,
        streams.user_id,
        geographies.country_geography_id,
        geographies.country_code
    from streams
    inner join geographies on streams.geography_id = geographies.geography_id
),

-- Each stream stands in its country and in the world, so that listeners are counted afresh in both.
in_country_and_world as (
    select
        month_start_date,
        country_geography_id,
        country_code,
        artist_id,
        user_id
    from placed
    union all
    select
        month_start_date,
        {{ not_applicable_key() }} as country_geography_id,
        'all' as country_code,
        artist_id,
        user_id
    from placed
),

counted as (
    select
        month_start_date,
        country_geography_id,
        country_code,
        artist_id,
        count(*) as qualified_streams,
        count(distinct user_id) as listeners
    from in_country_and_world
    group by month_start_date, country_geography_id, country_code, artist_id
),

ranked as (
    select
        counted.*,
        row_number() over (
            partition by counted.month_start_date, counted.country_geography_id
            order by counted.qualified_streams desc, counted.artist_id asc
        ) as artist_rank
    from counted
)

select
    ranked.month_start_date,
    ranked.country_geography_id,
    ranked.country_code,
    ranked.artist_id,
    artists.name as artist_name,
    cast(ranked.artist_rank as bigint) as artist_rank,
    cast(ranked.qualified_streams as bigint) as qualified_streams,
    cast(ranked.listeners as bigint) as listeners,
    ranked.country_geography_id = {{ not_applicable_key() }} as is_world
from ranked
left join artists on ranked.artist_id = artists.artist_id
