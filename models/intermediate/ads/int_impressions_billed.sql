with recursive
impressions as (
    select * from {{ ref('int_impressions_judged') }}
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
    greatest(load_id, campaign_load_id, budget_load_id) as load_id
from billed
