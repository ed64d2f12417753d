with
users as (
    select
        user_id,
        user_key,
        city_id,
        residence_country_id,
        valid_to,
        load_id,
        {{ first_from_the_beginning('user_key') }} as valid_from
    from {{ ref('int_user_versions') }}
),

cities as (
    select
        city_id,
        time_zone
    from {{ ref('stg_reference__cities') }}
),

countries as (
    select
        country_id,
        time_zone
    from {{ ref('stg_reference__countries') }}
)

select
    users.user_id,
    users.user_key,
    {{ geography_id('cities.city_id', 'null', 'countries.country_id') }} as home_geography_id,
    {{ country_geography_id('countries.country_id') }} as home_country_geography_id,
    coalesce(cities.time_zone, countries.time_zone) as time_zone,
    users.valid_from,
    users.valid_to,
    users.load_id
from users
left join cities on users.city_id = cities.city_id
left join countries on users.residence_country_id = countries.country_id
