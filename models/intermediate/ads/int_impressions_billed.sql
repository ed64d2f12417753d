{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='campaign_id',
        indexes=server_indexes([
            {'columns': ['ad_impression_id'], 'unique': true},
            {'columns': ['campaign_id']},
            {'columns': ['creative_id']},
            {'columns': ['stream_id']},
            {'columns': ['user_id', 'local_date']},
            {'columns': ['load_id']},
        ]),
    )
}}

{#-
    Campaigns of which something came, each to be billed anew as a whole, as one impression more moves what the others may
    cost. Whether an impression is the first for its request is asked of all that the request was answered with.
-#}
{%- set newer_creatives -%}
    select creatives.creative_id
    from {{ ref('stg_ads__creatives') }} as creatives
    where creatives.load_id > (select since.load_id from since)
{%- endset -%}
{%- set touched -%}
since as (
    select coalesce(max(load_id), 0) as load_id
    from {{ this }}
),

changed_days as (
    select
        user_id,
        local_date
    from {{ ref('int_user_days') }}
    where
        is_first_verdict
        and load_id > (select since.load_id from since)
),

touched as (
    select arrived.campaign_id
    from {{ ref('int_ad_impressions_accepted') }} as arrived
    where arrived.load_id > (select since.load_id from since)
    union all
    select versions.campaign_id
    from {{ ref('int_campaign_versions') }} as versions
    where versions.load_id > (select since.load_id from since)
    union all
    select budgets.campaign_id
    from {{ ref('int_campaign_budgets') }} as budgets
    where budgets.load_id > (select since.load_id from since)
    union all
    select made.campaign_id
    from {{ this }} as made
    where {{ is_one_of('made.creative_id', newer_creatives) }}
    union all
    select tied.campaign_id
    from {{ this }} as tied
    where {{ is_one_of('tied.stream_id', arrived_ids('streams')) }}
    union all
    select judged.campaign_id
    from (
        select
            campaign_id,
            user_id,
            local_date
        from {{ this }}
        where
            {{ is_one_of('user_id', 'select user_id from changed_days') }}
            and {{ is_one_of('local_date', 'select local_date from changed_days') }}
    ) as judged
    inner join changed_days
        on
            judged.user_id = changed_days.user_id
            and judged.local_date = changed_days.local_date
),

shown as (
    select
        ad_request_id,
        stream_id
    from {{ ref('int_ad_impressions_accepted') }}
    where {{ is_one_of('campaign_id', 'select touched.campaign_id from touched') }}
),
{%- endset %}

with recursive
{{ touched if is_incremental() }}

judged as (
    select * from {{ ref('int_impressions_judged') }}
    {{ where_one_of('ad_request_id', 'select shown.ad_request_id from shown') }}
),

streams as (
    select
        stream_id,
        content_id,
        load_id
    from {{ ref('int_streams_accepted') }}
    {{ where_one_of('stream_id', 'select shown.stream_id from shown') }}
),

-- Tied to its play, if any, and its content.
impressions as (
    select
        judged.*,
        streams.content_id,
        streams.load_id as stream_load_id
    from judged
    left join streams on judged.stream_id = streams.stream_id
    {{ where_one_of('judged.campaign_id', 'select touched.campaign_id from touched') }}
),

campaigns as (
    select
        campaign_id,
        campaign_key,
        currency_code,
        pricing_model,
        price_minor,
        valid_to,
        load_id,
        {{ first_from_the_beginning('campaign_key') }} as valid_from
    from {{ ref('int_campaign_versions') }}
),

budgets as (
    select
        campaign_id,
        budget_no,
        coalesce(budget_micro, 0) as budget_micro,
        valid_from,
        valid_to,
        load_id
    from {{ ref('int_campaign_budgets') }}
),

currencies as (
    select
        currency_code,
        minor_units
    from {{ ref('currencies') }}
),

priced as (
    select
        impressions.*,
        campaigns.campaign_key,
        campaigns.currency_code,
        case
            when not impressions.is_valid then 0
            when campaigns.pricing_model = 'vcpm' and not impressions.is_viewable then 0
            else coalesce({{ multiply_divide(
                micro_from_minor('campaigns.price_minor', 'currencies.minor_units'), '1', 'impressions.price_impressions'
            ) }}, 0)
        end as full_price_micro,
        campaigns.load_id as campaign_load_id
    from impressions
    {{ join_version('impressions', 'campaigns', 'campaign_id', 'rendered_at') }}
    left join currencies on campaigns.currency_code = currencies.currency_code
),

-- What the impressions before it, under the same budget, would cost in full.
queued as (
    select
        priced.*,
        budgets.budget_no,
        budgets.budget_micro,
        budgets.load_id as budget_load_id,
        cast(sum(priced.full_price_micro) over (
            partition by priced.campaign_id, budgets.budget_no
            order by priced.billed_at, priced.rendered_at, priced.ad_impression_id
            rows between unbounded preceding and current row
        ) as bigint) - priced.full_price_micro as queued_micro
    from priced
    left join budgets
        on
            priced.campaign_id = budgets.campaign_id
            and priced.billed_at >= budgets.valid_from
            and priced.billed_at < budgets.valid_to
),

demands as (
    select
        campaign_id,
        budget_no,
        cast(sum(full_price_micro) as bigint) as demand_micro
    from queued
    group by
        campaign_id,
        budget_no
),

budget_demands as (
    select
        budgets.campaign_id,
        budgets.budget_no,
        budgets.budget_micro,
        coalesce(demands.demand_micro, 0) as demand_micro
    from budgets
    left join demands
        on
            budgets.campaign_id = demands.campaign_id
            and budgets.budget_no = demands.budget_no
),

-- What was spent before each budget came into force; one that is cut below it takes nothing back.
spendings as (
    select
        campaign_id,
        budget_no,
        cast(0 as bigint) as spent_before_micro,
        least(demand_micro, budget_micro) as spent_after_micro
    from budget_demands
    where budget_no = 1
    union all
    select
        budget_demands.campaign_id,
        budget_demands.budget_no,
        spendings.spent_after_micro as spent_before_micro,
        greatest(
            spendings.spent_after_micro,
            least(spendings.spent_after_micro + budget_demands.demand_micro, budget_demands.budget_micro)
        ) as spent_after_micro
    from spendings
    inner join budget_demands
        on
            spendings.campaign_id = budget_demands.campaign_id
            and spendings.budget_no + 1 = budget_demands.budget_no
),

billed as (
    select
        queued.*,
        greatest(
            least(
                queued.full_price_micro,
                queued.budget_micro - spendings.spent_before_micro - queued.queued_micro
            ),
            0
        ) as billed_price_micro
    from queued
    left join spendings
        on
            queued.campaign_id = spendings.campaign_id
            and queued.budget_no = spendings.budget_no
)

select
    ad_impression_id,
    ad_request_id,
    campaign_id,
    {{ fact_version_key('campaign_key', 'campaign_id') }} as campaign_key,
    creative_id,
    stream_id,
    content_id,
    user_id,
    device_id,
    geography_id,
    format,
    invalid_reason,
    coalesce(currency_code, {{ unknown_currency() }}) as currency_code,
    exposed_ms,
    last_quartile,
    full_price_micro,
    cast(billed_price_micro as bigint) as price_micro,
    is_valid,
    is_viewable,
    is_after_close,
    rendered_date,
    local_date,
    minute_of_day,
    booking_month,
    rendered_at,
    billed_at,
    arrived_at,
    known_at,
    greatest(load_id, stream_load_id, campaign_load_id, budget_load_id) as load_id
from billed
