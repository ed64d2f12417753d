-- What a campaign's impressions cost never exceeds the highest budget that it has had, to the micro-unit. A build that
-- tests what came looks at the campaigns of which an impression did: a highest budget only grows.
{%- set tested = tested_load_id() %}
with
spent as (
    select
        campaign_id,
        sum(price_micro) as spent_micro
    from {{ ref('fct_impressions') }}
    {%- if tested is not none %}
    where {{ is_one_of('campaign_id', ids_since(ref('fct_impressions'), 'campaign_id', tested)) }}
    {%- endif %}
    group by campaign_id
),

campaigns as (
    select
        campaign_id,
        currency_code,
        budget_minor,
        is_current
    from {{ ref('dim_campaign') }}
    where campaign_id > 0
),

budgets as (
    select
        campaign_id,
        budget_minor
    from campaigns
    union all
    select
        campaign_id,
        budget_minor
    from {{ ref('int_campaign_status_events_accepted') }}
),

highest_budgets as (
    select
        campaign_id,
        max(budget_minor) as budget_minor
    from budgets
    group by campaign_id
),

currencies as (
    select
        currency_code,
        micro_per_minor
    from {{ ref('dim_currency') }}
),

limits as (
    select
        campaigns.campaign_id,
        highest_budgets.budget_minor * currencies.micro_per_minor as limit_micro
    from campaigns
    inner join highest_budgets on campaigns.campaign_id = highest_budgets.campaign_id
    inner join currencies on campaigns.currency_code = currencies.currency_code
    where campaigns.is_current
)

select
    spent.campaign_id,
    spent.spent_micro,
    limits.limit_micro
from spent
left join limits on spent.campaign_id = limits.campaign_id
where spent.spent_micro > coalesce(limits.limit_micro, 0)
