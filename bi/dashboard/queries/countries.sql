-- Markets in which the platform is sold: what a page can be narrowed to.
select
    country_code,
    country,
    currency_code
from marts.dim_geography
where
    geography_level = 'country'
    and is_launch_market
order by geography_id
