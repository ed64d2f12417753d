with
promo_spend as (
    select
        promo_campaign_id,
        channel,
        currency_code,
        amount_minor,
        contacts,
        clicks,
        spend_date,
        least(spend_date, {{ to_date('arrived_at') }}) as rate_date
    from {{ ref('stg_marketing__promo_spend') }}
),

rewards as (
    select
        promotion_id,
        currency_code,
        reward_minor,
        rewarded_date
    from {{ ref('fct_referrals') }}
    where is_rewarded
),

touches as (
    select
        promotion_id,
        channel,
        touched_date,
        is_click
    from {{ ref('fct_marketing_touches') }}
),

conversions as (
    select
        promotion_id,
        channel,
        converted_date,
        revenue_reporting_micro
    from {{ ref('fct_conversions') }}
),

promotions as (
    select promotion_id
    from {{ ref('dim_promotion') }}
),

currencies as (
    select
        currency_code,
        minor_units
    from {{ ref('dim_currency') }}
),

exchange_rates as (
    select
        date_day,
        currency_code,
        rate_micro
    from {{ ref('int_exchange_rates') }}
),

rules as (
    select
        date_day,
        roi_window_days
    from {{ ref('int_rules_by_date') }}
),

clock as (
    select data_clock
    from {{ ref('int_clock') }}
),

spendings as (
    select
        coalesce(promotions.promotion_id, {{ unknown_key() }}) as promotion_id,
        promo_spend.channel,
        promo_spend.spend_date as activity_date,
        promo_spend.rate_date,
        promo_spend.currency_code,
        promo_spend.amount_minor,
        promo_spend.contacts,
        promo_spend.clicks
    from promo_spend
    left join promotions
        on {{ promotion_id('campaign', 'promo_spend.promo_campaign_id') }} = promotions.promotion_id
    union all
    -- What referrals cost is what those who invited are given.
    select
        promotion_id,
        'referral' as channel,
        rewarded_date as activity_date,
        rewarded_date as rate_date,
        currency_code,
        reward_minor as amount_minor,
        0 as contacts,
        0 as clicks
    from rewards
),

-- Added up, not joined: a day may have spend, contacts, conversions or any of them.
parts as (
    select
        spendings.promotion_id,
        spendings.channel,
        spendings.activity_date,
        {{ reporting_micro(
            micro_from_minor('spendings.amount_minor', 'currencies.minor_units'), 'exchange_rates.rate_micro'
        ) }} as spend_reporting_micro,
        spendings.contacts,
        spendings.clicks as reported_clicks,
        0 as touches,
        0 as clicks,
        0 as conversions,
        0 as revenue_reporting_micro
    from spendings
    left join currencies on spendings.currency_code = currencies.currency_code
    left join exchange_rates
        on
            spendings.rate_date = exchange_rates.date_day
            and spendings.currency_code = exchange_rates.currency_code
    union all
    select
        promotion_id,
        channel,
        touched_date as activity_date,
        0 as spend_reporting_micro,
        0 as contacts,
        0 as reported_clicks,
        case when is_click then 0 else 1 end as touches,
        case when is_click then 1 else 0 end as clicks,
        0 as conversions,
        0 as revenue_reporting_micro
    from touches
    union all
    select
        promotion_id,
        channel,
        converted_date as activity_date,
        0 as spend_reporting_micro,
        0 as contacts,
        0 as reported_clicks,
        0 as touches,
        0 as clicks,
        1 as conversions,
        revenue_reporting_micro
    from conversions
),

sums as (
    select
        promotion_id,
        channel,
        activity_date,
        sum(spend_reporting_micro) as spend_reporting_micro,
        sum(contacts) as contacts,
        sum(reported_clicks) as reported_clicks,
        sum(touches) as touches,
        sum(clicks) as clicks,
        sum(conversions) as conversions,
        sum(revenue_reporting_micro) as revenue_reporting_micro
    from parts
    group by promotion_id, channel, activity_date
)

select
    cast(sums.promotion_id as bigint) as promotion_id,
    cast(sums.channel as text) as channel,
    sums.activity_date,
    cast(sums.spend_reporting_micro as bigint) as spend_reporting_micro,
    cast(sums.contacts as bigint) as contacts,
    cast(sums.reported_clicks as bigint) as reported_clicks,
    cast(sums.touches as bigint) as touches,
    cast(sums.clicks as bigint) as clicks,
    cast(sums.conversions as bigint) as conversions,
    cast(sums.revenue_reporting_micro as bigint) as revenue_reporting_micro,
    {{ ratio('sums.revenue_reporting_micro - sums.spend_reporting_micro', 'sums.spend_reporting_micro') }}
        as return_on_investment,
    {{ date_instant(add_days('sums.activity_date', 'rules.roi_window_days')) }} <= clock.data_clock
        as is_window_complete
from sums
cross join clock
inner join rules on sums.activity_date = rules.date_day
