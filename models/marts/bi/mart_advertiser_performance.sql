with
campaign_days as (
    select
        campaign_id,
        campaign_key,
        advertiser_id,
        currency_code,
        {{ month_start('billed_date') }} as booking_month,
        billed_date,
        impressions,
        valid_impressions,
        viewable_impressions,
        clicks,
        spend_micro,
        spend_reporting_micro,
        spent_micro,
        budget_left_micro,
        delivered_impressions,
        goal_impressions,
        pacing
    from {{ ref('fct_campaign_daily') }}
),

campaigns as (
    select
        campaign_id,
        advertiser,
        name,
        campaign_type,
        pricing_model
    from {{ ref('dim_campaign') }}
    where is_current
),

clock as (
    select data_clock
    from {{ ref('int_clock') }}
),

-- What a campaign had come to is the same in all rows of its day: that of the month's last one counts.
numbered as (
    select
        campaign_days.*,
        row_number() over (
            partition by campaign_id, booking_month order by billed_date desc, campaign_key desc
        ) as row_no
    from campaign_days
),

sums as (
    select
        campaign_id,
        booking_month,
        max(advertiser_id) as advertiser_id,
        max(case when row_no = 1 then currency_code end) as currency_code,
        sum(impressions) as impressions,
        sum(valid_impressions) as valid_impressions,
        sum(viewable_impressions) as viewable_impressions,
        sum(clicks) as clicks,
        sum(spend_micro) as spend_micro,
        sum(spend_reporting_micro) as spend_reporting_micro,
        max(case when row_no = 1 then campaign_key end) as campaign_key,
        max(case when row_no = 1 then spent_micro end) as spent_micro,
        max(case when row_no = 1 then budget_left_micro end) as budget_left_micro,
        max(case when row_no = 1 then delivered_impressions end) as delivered_impressions,
        max(case when row_no = 1 then goal_impressions end) as goal_impressions,
        max(case when row_no = 1 then pacing end) as pacing
    from numbered
    group by campaign_id, booking_month
)

select
    sums.booking_month,
    sums.advertiser_id,
    campaigns.advertiser,
    sums.campaign_id,
    sums.campaign_key,
    campaigns.name as campaign,
    campaigns.campaign_type,
    campaigns.pricing_model,
    sums.currency_code,
    cast(sums.impressions as bigint) as impressions,
    cast(sums.valid_impressions as bigint) as valid_impressions,
    cast(sums.viewable_impressions as bigint) as viewable_impressions,
    cast(sums.clicks as bigint) as clicks,
    {{ ratio('sums.viewable_impressions', 'sums.valid_impressions') }} as viewable_rate,
    {{ ratio('sums.clicks', 'sums.valid_impressions') }} as click_through_rate,
    cast(sums.spend_micro as bigint) as spend_micro,
    cast(sums.spend_reporting_micro as bigint) as spend_reporting_micro,
    {{ ratio('sums.spend_reporting_micro', 'sums.valid_impressions * 1000') }} as effective_cpm,
    cast(sums.spent_micro as bigint) as spent_micro,
    cast(sums.budget_left_micro as bigint) as budget_left_micro,
    cast(sums.delivered_impressions as bigint) as delivered_impressions,
    cast(sums.goal_impressions as bigint) as goal_impressions,
    cast(sums.pacing as numeric(18, 6)) as pacing,
    {{ month_closes_at('sums.booking_month') }} <= clock.data_clock as is_closed
from sums
cross join clock
left join campaigns on sums.campaign_id = campaigns.campaign_id
