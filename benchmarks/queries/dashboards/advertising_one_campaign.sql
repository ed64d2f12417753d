-- One campaign by day.
select
    billed_date,
    sum(valid_impressions) as valid_impressions,
    sum(clicks) as clicks,
    sum(spend_reporting_micro) as spend_reporting_micro
from marts.fct_campaign_daily
where
    campaign_id = (
        select performance.campaign_id from marts.mart_advertiser_performance as performance
        where performance.booking_month = date '2026-01-01'
        order by performance.spend_reporting_micro desc, performance.campaign_id asc
        limit 1
    )
group by billed_date
order by billed_date
