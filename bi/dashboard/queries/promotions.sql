-- What was spent on winning customers and what they brought, by month and channel.
select
    dates.month_start_date,
    promotions.channel,
    cast(sum(promotions.spend_reporting_micro) as bigint) as spend_eur_micro,
    cast(sum(promotions.clicks) as bigint) as clicks,
    cast(sum(promotions.conversions) as bigint) as conversions,
    cast(sum(promotions.revenue_reporting_micro) as bigint) as revenue_eur_micro
from marts.fct_promotion_daily as promotions
inner join marts.dim_date as dates on promotions.activity_date = dates.date_day
group by dates.month_start_date, promotions.channel
order by dates.month_start_date, promotions.channel
