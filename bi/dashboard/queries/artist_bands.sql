-- How qualified streams are spread over artists by rank, month by month, in the world (`all`) and in each market.
with ranked as (
    select
        ranks.month_start_date,
        case when ranks.is_world then 'all' else ranks.country_code end as country,
        case
            when ranks.artist_rank <= 10 then 1
            when ranks.artist_rank <= 50 then 2
            when ranks.artist_rank <= 200 then 3
            else 4
        end as band,
        ranks.qualified_streams
    from marts.mart_top_artists as ranks
    left join marts.dim_geography as markets
        on
            ranks.country_geography_id = markets.geography_id
            and markets.is_launch_market
    where ranks.is_world or markets.geography_id is not null
)

select
    month_start_date,
    country,
    band,
    count(*) as artists,
    cast(sum(qualified_streams) as bigint) as qualified_streams
from ranked
group by month_start_date, country, band
order by month_start_date, country, band
