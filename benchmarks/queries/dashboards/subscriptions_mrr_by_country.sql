-- Recurring revenue at a month's end by country and tier.
select
    geographies.country,
    months.tier,
    sum(months.mrr_end_eur_micro) as mrr_end_eur_micro,
    count(*) as customers
from marts.fct_subscription_monthly as months
inner join marts.dim_geography as geographies on months.payment_geography_id = geographies.geography_id
where
    months.booking_month = date '2026-01-01'
    and months.mrr_end_minor > 0
group by geographies.country, months.tier
order by geographies.country, months.tier
