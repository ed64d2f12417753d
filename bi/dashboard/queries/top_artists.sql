-- The ten most heard artists of each month, in the world (`all`) and in each market.
select
    ranks.month_start_date,
    case when ranks.is_world then 'all' else ranks.country_code end as country,
    ranks.artist_rank,
    ranks.artist_id,
    ranks.artist_name,
    ranks.qualified_streams,
    ranks.listeners
from marts.mart_top_artists as ranks
left join marts.dim_geography as markets
    on
        ranks.country_geography_id = markets.geography_id
        and markets.is_launch_market
where
    ranks.artist_rank <= 10
    and (ranks.is_world or markets.geography_id is not null)
order by
    ranks.month_start_date,
    case when ranks.is_world then 0 else 1 end,
    ranks.country_code,
    ranks.artist_rank,
    ranks.artist_id
