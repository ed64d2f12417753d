with
campaign_days as (
    select
        campaign_id,
        campaign_key,
        billed_date,
        delivered_impressions,
        goal_impressions,
        expected_ppm,
        pacing,
        row_number() over (partition by campaign_id order by billed_date desc, geography_id desc) as row_no
    from {{ ref('fct_campaign_daily') }}
),

campaigns as (
    select
        campaign_key,
        name,
        advertiser,
        pacing,
        ends_at
    from {{ ref('dim_campaign') }}
),

statuses as (
    select
        campaign_id,
        sum(case when status = 'paused' then duration_ms else 0 end) as paused_ms,
        sum(case when status = 'paused' then impressions else 0 end) as impressions_in_pauses,
        max(swap_delay_max_ms) as swap_delay_max_ms,
        max(case when is_current then status end) as status
    from {{ ref('fct_campaign_status') }}
    group by campaign_id
)

select
    campaigns.advertiser,
    campaigns.name as campaign,
    statuses.status,
    campaigns.pacing as plan,
    {{ to_date('campaigns.ends_at') }} as ends_date,
    campaign_days.goal_impressions,
    campaign_days.delivered_impressions,
    {{ ratio('campaign_days.expected_ppm', '1000000') }} as expected_share,
    campaign_days.pacing,
    {{ ratio('statuses.paused_ms', '3600000') }} as paused_hours,
    statuses.impressions_in_pauses,
    {{ ratio('statuses.swap_delay_max_ms', '60000') }} as slowest_swap_minutes
from campaign_days
inner join campaigns on campaign_days.campaign_key = campaigns.campaign_key
inner join statuses on campaign_days.campaign_id = statuses.campaign_id
where campaign_days.row_no = 1
order by campaign_days.pacing asc nulls last, campaign_days.campaign_id asc
limit 1000
