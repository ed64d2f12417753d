{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='campaign_id',
        indexes=server_indexes([
            {'columns': ['campaign_id', 'booking_month'], 'unique': true},
            {'columns': ['is_closed', 'booking_month']},
            {'columns': ['load_id']},
        ]),
    )
}}
{#- Campaigns of which something came, those with days in a month that was open, and those whose names come anew. -#}
{%- set touched -%}
    select billed.campaign_id
    from {{ ref('fct_campaign_daily') }} as billed
    where {{ is_newer_load('billed.load_id') }}
    union
    select running.campaign_id
    from {{ ref('fct_campaign_daily') }} as running
    where
        running.billed_date >= (
            select coalesce(min(built.booking_month), {{ unknown_date() }})
            from {{ this }} as built
            where built.is_closed is false
        )
    union
    select named.campaign_id
    from {{ ref('int_campaigns_told') }} as named
    where {{ is_newer_load('named.load_id') }}
{%- endset %}

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
        pacing,
        load_id
    from {{ ref('fct_campaign_daily') }}
    {{ where_one_of('campaign_id', touched) }}
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
    select
        data_clock,
        last_load_id
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
        max(case when row_no = 1 then pacing end) as pacing,
        max(load_id) as load_id
    from numbered
    group by campaign_id, booking_month
),

dated as (
    select
        sums.*,
        clock.last_load_id,
        {{ month_closes_at('sums.booking_month') }} <= clock.data_clock as is_closed
    from sums
    cross join clock
)

select
    dated.booking_month,
    dated.advertiser_id,
    campaigns.advertiser,
    dated.campaign_id,
    dated.campaign_key,
    campaigns.name as campaign,
    campaigns.campaign_type,
    campaigns.pricing_model,
    dated.currency_code,
    cast(dated.impressions as bigint) as impressions,
    cast(dated.valid_impressions as bigint) as valid_impressions,
    cast(dated.viewable_impressions as bigint) as viewable_impressions,
    cast(dated.clicks as bigint) as clicks,
    {{ ratio('dated.viewable_impressions', 'dated.valid_impressions') }} as viewable_rate,
    {{ ratio('dated.clicks', 'dated.valid_impressions') }} as click_through_rate,
    cast(dated.spend_micro as bigint) as spend_micro,
    cast(dated.spend_reporting_micro as bigint) as spend_reporting_micro,
    {{ ratio('dated.spend_reporting_micro', 'dated.valid_impressions * 1000') }} as effective_cpm,
    cast(dated.spent_micro as bigint) as spent_micro,
    cast(dated.budget_left_micro as bigint) as budget_left_micro,
    cast(dated.delivered_impressions as bigint) as delivered_impressions,
    cast(dated.goal_impressions as bigint) as goal_impressions,
    cast(dated.pacing as numeric(18, 6)) as pacing,
    dated.is_closed,
    case when dated.is_closed then dated.load_id else dated.last_load_id end as load_id
from dated
left join campaigns on dated.campaign_id = campaigns.campaign_id
