with
impressions as (
    select
        booking_month,
        campaign_id,
        price_reporting_micro,
        is_valid,
        is_viewable,
        is_clicked
    from {{ ref('fct_impressions') }}
),

campaigns as (
    select
        campaign_id,
        name,
        advertiser,
        campaign_type,
        pricing_model,
        status
    from {{ ref('dim_campaign') }}
    where is_current
),

sums as (
    select
        booking_month,
        campaign_id,
        count(*) as impressions,
        count(case when is_valid then 1 end) as valid_impressions,
        count(case when is_valid and is_viewable then 1 end) as viewable_impressions,
        count(case when is_valid and is_clicked then 1 end) as clicked_impressions,
        sum(price_reporting_micro) as spend_micro
    from impressions
    group by
        booking_month,
        campaign_id
)

select
    sums.booking_month,
    campaigns.advertiser,
    campaigns.name as campaign,
    campaigns.campaign_type,
    campaigns.pricing_model,
    campaigns.status,
    sums.impressions,
    sums.valid_impressions,
    {{ ratio('sums.viewable_impressions', 'sums.valid_impressions') }} as viewable_rate,
    {{ ratio('sums.clicked_impressions', 'sums.valid_impressions') }} as click_rate,
    {{ ratio('sums.spend_micro', '1000000') }} as spend_eur,
    {{ ratio('sums.spend_micro', 'sums.valid_impressions * 1000') }} as ecpm_eur
from sums
inner join campaigns on sums.campaign_id = campaigns.campaign_id
order by sums.booking_month desc, sums.spend_micro desc nulls last, sums.campaign_id asc
limit 1000
