-- What a weighted stream was worth, by country and tier.
select
    royalties.service_month,
    geographies.country,
    royalties.tier,
    sum(royalties.amount_eur_micro) / nullif(sum(royalties.weighted_streams), 0) as eur_micro_per_stream
from marts.fct_royalties as royalties
inner join marts.dim_geography as geographies on royalties.payment_geography_id = geographies.geography_id
where
    royalties.is_booked
    and royalties.right_type = 'recording'
group by royalties.service_month, geographies.country, royalties.tier
order by royalties.service_month, geographies.country, royalties.tier
