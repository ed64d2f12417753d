{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='campaign_id',
        indexes=server_indexes([
            {'columns': ['campaign_id', 'billed_date', 'geography_id'], 'unique': true},
            {'columns': ['billed_date']},
            {'columns': ['load_id']},
        ]),
    )
}}
{#- Campaigns of which something came, and those that still ran on the last day that stands: each day has its row. -#}
{%- set touched -%}
    select shown.campaign_id
    from {{ ref('fct_impressions') }} as shown
    where shown.load_id > (select coalesce(max(built.load_id), 0) from {{ this }} as built)
    union all
    select known.campaign_id
    from {{ ref('int_campaign_versions') }} as known
    where
        known.load_id > (select coalesce(max(built.load_id), 0) from {{ this }} as built)
        or known.ends_at > (select {{ date_instant('max(built.billed_date)') }} from {{ this }} as built)
    union all
    select told.campaign_id
    from {{ ref('int_campaign_status_events_accepted') }} as told
    where told.load_id > (select coalesce(max(built.load_id), 0) from {{ this }} as built)
{%- endset %}

with
impressions as (
    select
        campaign_id,
        advertiser_id,
        geography_id,
        case when is_after_close then booking_month else rendered_date end as billed_date,
        is_valid,
        is_viewable,
        is_after_close,
        clicks,
        full_price_micro,
        price_micro,
        price_reporting_micro,
        load_id
    from {{ ref('fct_impressions') }}
    {{ where_one_of('campaign_id', touched) }}
),

plans as (
    select * from {{ ref('int_campaign_plans') }}
    {{ where_one_of('campaign_id', touched) }}
),

versions as (
    select
        campaign_id,
        coalesce(advertiser_id, {{ not_applicable_key() }}) as advertiser_id,
        load_id
    from {{ ref('int_campaign_versions') }}
    where is_current
),

shown as (
    select
        campaign_id,
        geography_id,
        billed_date,
        max(advertiser_id) as advertiser_id,
        count(*) as impressions,
        count(case when is_valid then 1 end) as valid_impressions,
        count(case when is_valid and is_viewable then 1 end) as viewable_impressions,
        count(case when full_price_micro > 0 then 1 end) as billable_impressions,
        count(case when is_after_close then 1 end) as late_impressions,
        sum(case when is_valid then clicks else 0 end) as clicks,
        sum(price_micro) as spend_micro,
        sum(price_reporting_micro) as spend_reporting_micro,
        max(load_id) as load_id
    from impressions
    group by campaign_id, geography_id, billed_date
),

-- A day of the flight on which nothing was shown anywhere has one row, of no country.
idle as (
    select
        plans.campaign_id,
        cast({{ not_applicable_key() }} as bigint) as geography_id,
        plans.date_day as billed_date,
        versions.advertiser_id,
        0 as impressions,
        0 as valid_impressions,
        0 as viewable_impressions,
        0 as billable_impressions,
        0 as late_impressions,
        0 as clicks,
        0 as spend_micro,
        0 as spend_reporting_micro,
        plans.load_id
    from plans
    inner join versions on plans.campaign_id = versions.campaign_id
    left join shown
        on
            plans.campaign_id = shown.campaign_id
            and plans.date_day = shown.billed_date
    where
        plans.is_in_flight
        and shown.campaign_id is null
),

every_day as (
    select * from shown
    union all
    select * from idle
),

-- Rows of one day are peers: each has what the campaign came to by its end, wherever it was shown.
cumulated as (
    select
        every_day.*,
        sum(billable_impressions) over (partition by campaign_id order by billed_date) as delivered_impressions,
        sum(spend_micro) over (partition by campaign_id order by billed_date) as spent_micro,
        max(load_id) over (partition by campaign_id) as campaign_load_id
    from every_day
)

select
    cumulated.campaign_id,
    {{ fact_version_key('plans.campaign_key', 'cumulated.campaign_id') }} as campaign_key,
    cast(cumulated.advertiser_id as bigint) as advertiser_id,
    cumulated.geography_id,
    cumulated.billed_date,
    coalesce(plans.currency_code, {{ unknown_currency() }}) as currency_code,
    cast(cumulated.impressions as bigint) as impressions,
    cast(cumulated.valid_impressions as bigint) as valid_impressions,
    cast(cumulated.viewable_impressions as bigint) as viewable_impressions,
    cast(cumulated.billable_impressions as bigint) as billable_impressions,
    cast(cumulated.late_impressions as bigint) as late_impressions,
    cast(cumulated.clicks as bigint) as clicks,
    {{ ratio('cumulated.clicks', 'cumulated.valid_impressions') }} as click_through_rate,
    cast(cumulated.spend_micro as bigint) as spend_micro,
    cast(cumulated.spend_reporting_micro as bigint) as spend_reporting_micro,
    cast(cumulated.spent_micro as bigint) as spent_micro,
    cast(coalesce(plans.budget_micro, 0) as bigint) as budget_micro,
    cast(greatest(coalesce(plans.budget_micro, 0) - cumulated.spent_micro, 0) as bigint) as budget_left_micro,
    cast(cumulated.delivered_impressions as bigint) as delivered_impressions,
    plans.goal_impressions,
    plans.expected_ppm,
    cast(
        case
            when plans.is_known_from_its_start
                then {{ ratio(
                    'cumulated.delivered_impressions * 1000000', 'plans.goal_impressions * plans.expected_ppm'
                ) }}
        end as numeric(18, 6)
    ) as pacing,
    cast(greatest(cumulated.campaign_load_id, max(plans.load_id) over (partition by cumulated.campaign_id)) as bigint)
        as load_id
from cumulated
left join plans
    on
        cumulated.campaign_id = plans.campaign_id
        and cumulated.billed_date = plans.date_day
