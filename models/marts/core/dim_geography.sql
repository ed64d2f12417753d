{%- set columns = {
    'geography_id': 'bigint', 'geography_level': 'text', 'name': 'text', 'city_geography_id': 'bigint', 'city': 'text',
    'region_geography_id': 'bigint', 'region_code': 'text', 'region': 'text', 'country_geography_id': 'bigint',
    'country_id': 'bigint', 'country_code': 'text', 'country': 'text', 'time_zone': 'text', 'latitude': 'numeric(18,6)',
    'longitude': 'numeric(18,6)', 'population': 'bigint', 'currency_code': 'text', 'is_launch_market': 'boolean'
} -%}

with
countries as (
    select * from {{ ref('stg_reference__countries') }}
),

regions as (
    select * from {{ ref('stg_reference__regions') }}
),

cities as (
    select * from {{ ref('stg_reference__cities') }}
),

country_places as (
    select
        {{ country_geography_id("country_id") }} as geography_id,
        'country' as geography_level,
        name,
        cast({{ not_applicable_key() }} as bigint) as city_geography_id,
        'not applicable' as city,
        cast({{ not_applicable_key() }} as bigint) as region_geography_id,
        'not applicable' as region_code,
        'not applicable' as region,
        {{ country_geography_id("country_id") }} as country_geography_id,
        country_id,
        country_code,
        name as country,
        time_zone,
        cast(null as numeric(18, 6)) as latitude,
        cast(null as numeric(18, 6)) as longitude,
        cast(null as bigint) as population,
        currency_code,
        is_launch_market
    from countries
),

-- A region keeps the zone of its most populous city; the country's where it has none.
city_ranks as (
    select
        region_id,
        time_zone,
        row_number() over (partition by region_id order by coalesce(population, 0) desc, city_id) as population_rank
    from cities
),

region_places as (
    select
        {{ region_geography_id("regions.region_id") }} as geography_id,
        'region' as geography_level,
        regions.name,
        cast({{ not_applicable_key() }} as bigint) as city_geography_id,
        'not applicable' as city,
        {{ region_geography_id("regions.region_id") }} as region_geography_id,
        regions.region_code,
        regions.name as region,
        {{ country_geography_id("regions.country_id") }} as country_geography_id,
        regions.country_id,
        countries.country_code,
        countries.name as country,
        coalesce(city_ranks.time_zone, countries.time_zone) as time_zone,
        cast(null as numeric(18, 6)) as latitude,
        cast(null as numeric(18, 6)) as longitude,
        cast(null as bigint) as population,
        countries.currency_code,
        countries.is_launch_market
    from regions
    inner join countries
        on regions.country_id = countries.country_id
    left join city_ranks
        on
            regions.region_id = city_ranks.region_id
            and city_ranks.population_rank = 1
),

city_places as (
    select
        cities.city_id as geography_id,
        'city' as geography_level,
        cities.name,
        cities.city_id as city_geography_id,
        cities.name as city,
        {{ region_geography_id("regions.region_id") }} as region_geography_id,
        regions.region_code,
        regions.name as region,
        {{ country_geography_id("regions.country_id") }} as country_geography_id,
        regions.country_id,
        countries.country_code,
        countries.name as country,
        cities.time_zone,
        cast(cities.latitude as numeric(18, 6)) as latitude,
        cast(cities.longitude as numeric(18, 6)) as longitude,
        cities.population,
        countries.currency_code,
        countries.is_launch_market
    from cities
    inner join regions
        on cities.region_id = regions.region_id
    inner join countries
        on regions.country_id = countries.country_id
),

final as (
    select * from country_places
    union all
    select * from region_places
    union all
    select * from city_places
    union all
    {{ special_members(columns, values={'time_zone': "'UTC'", 'currency_code': unknown_currency()}) }}
)

select * from final
