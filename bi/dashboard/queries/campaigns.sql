-- Campaigns by booking month: delivered, seen, clicked, spent.
select
    booking_month,
    campaign_id,
    advertiser,
    campaign,
    campaign_type,
    pricing_model,
    impressions,
    valid_impressions,
    viewable_impressions,
    clicks,
    spend_reporting_micro,
    effective_cpm,
    pacing
from marts.mart_advertiser_performance
order by booking_month, campaign_id
