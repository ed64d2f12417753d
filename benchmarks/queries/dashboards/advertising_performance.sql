-- Campaigns of a month.
select
    advertiser,
    campaign,
    valid_impressions,
    viewable_rate,
    click_through_rate,
    effective_cpm,
    pacing
from marts.mart_advertiser_performance
where booking_month = date '2026-01-01'
order by spend_reporting_micro desc
