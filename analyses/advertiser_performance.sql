with
performance as (
    select * from {{ ref('mart_advertiser_performance') }}
),

campaigns as (
    select
        campaign_id,
        status
    from {{ ref('dim_campaign') }}
    where is_current
)

select
    performance.booking_month,
    performance.advertiser,
    performance.campaign,
    performance.campaign_type,
    performance.pricing_model,
    campaigns.status,
    performance.impressions,
    performance.valid_impressions,
    performance.viewable_rate,
    performance.click_through_rate as click_rate,
    {{ ratio('performance.spend_reporting_micro', '1000000') }} as spend_eur,
    performance.effective_cpm as ecpm_eur,
    performance.pacing
from performance
inner join campaigns on performance.campaign_id = campaigns.campaign_id
where performance.impressions > 0
order by
    performance.booking_month desc, performance.spend_reporting_micro desc nulls last, performance.campaign_id asc
limit 1000
