{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ drop_open_months() }}"
) }}

with
customer_days as (
    select * from {{ ref('int_customer_days') }}
    where {{ is_open_month('booking_month') }}
),

subscription_monthly as (
    select * from {{ ref('fct_subscription_monthly') }}
    where
        not is_opening
        and {{ is_open_month('booking_month') }}
),

subscription_movements as (
    select * from {{ ref('fct_subscription_movements') }}
    where
        movement_type <> 'fx'
        and {{ is_open_month('booking_month') }}
),

exchange_rates as (
    select
        date_day,
        currency_code,
        rate_micro
    from {{ ref('int_exchange_rates') }}
),

currencies as (
    select
        currency_code,
        minor_units
    from {{ ref('currencies') }}
),

geographies as (
    select
        geography_id,
        country_code,
        country
    from {{ ref('dim_geography') }}
),

clock as (
    select
        data_date,
        data_clock
    from {{ ref('int_clock') }}
),

-- Start and movements are valued at one rate, that of the month's end, so that no rate of exchange looks like churn.
parts as (
    select
        booking_month,
        {{ geography_id('null', 'null', 'nullif(payment_country_id, ' ~ unknown_key() ~ ')') }} as payment_geography_id,
        tier,
        1 as customer_days,
        0 as won_customers,
        0 as lost_voluntary,
        0 as lost_involuntary,
        0 as start_micro,
        0 as churned_micro,
        0 as churned_involuntary_micro,
        0 as contracted_micro,
        0 as regained_micro,
        0 as new_micro
    from customer_days
    union all
    select
        subscription_monthly.booking_month,
        subscription_monthly.payment_geography_id,
        subscription_monthly.tier,
        0 as customer_days,
        0 as won_customers,
        0 as lost_voluntary,
        0 as lost_involuntary,
        {{ reporting_micro(
            micro_from_minor('subscription_monthly.mrr_start_minor', 'currencies.minor_units'),
            'exchange_rates.rate_micro'
        ) }} as start_micro,
        0 as churned_micro,
        0 as churned_involuntary_micro,
        0 as contracted_micro,
        0 as regained_micro,
        0 as new_micro
    from subscription_monthly
    left join currencies on subscription_monthly.start_currency_code = currencies.currency_code
    left join exchange_rates
        on
            subscription_monthly.state_date = exchange_rates.date_day
            and subscription_monthly.start_currency_code = exchange_rates.currency_code
    union all
    select
        booking_month,
        payment_geography_id,
        tier,
        0 as customer_days,
        case when customer_change > 0 then customer_change else 0 end as won_customers,
        case when churn_type = 'voluntary' then lost_customers else 0 end as lost_voluntary,
        case when churn_type = 'involuntary' then lost_customers else 0 end as lost_involuntary,
        0 as start_micro,
        case when movement_type = 'churn' then -mrr_eur_micro else 0 end as churned_micro,
        case when churn_type = 'involuntary' then -mrr_eur_micro else 0 end as churned_involuntary_micro,
        case when movement_type = 'contraction' and not is_currency_change then -mrr_eur_micro else 0 end
            as contracted_micro,
        case
            when movement_type = 'reactivation' then mrr_eur_micro
            when movement_type = 'expansion' and not is_currency_change then mrr_eur_micro
            else 0
        end as regained_micro,
        case when movement_type = 'new' then mrr_eur_micro else 0 end as new_micro
    from subscription_movements
),

levels as (
    select
        false as is_all_countries,
        false as is_all_tiers
    union all
    select
        true as is_all_countries,
        false as is_all_tiers
    union all
    select
        false as is_all_countries,
        true as is_all_tiers
    union all
    select
        true as is_all_countries,
        true as is_all_tiers
),

-- A customer stands in one cell and in its roll-ups.
in_cells as (
    select
        parts.*,
        case
            when levels.is_all_countries then {{ not_applicable_key() }}
            else parts.payment_geography_id
        end as cell_geography_id,
        case when levels.is_all_tiers then 'all' else parts.tier end as cell_tier,
        levels.is_all_countries,
        levels.is_all_tiers
    from parts
    cross join levels
),

sums as (
    select
        booking_month,
        cell_geography_id,
        cell_tier,
        is_all_countries,
        is_all_tiers,
        cast(sum(customer_days) as bigint) as customer_days,
        cast(sum(won_customers) as bigint) as won_customers,
        cast(sum(lost_voluntary) as bigint) as lost_voluntary,
        cast(sum(lost_involuntary) as bigint) as lost_involuntary,
        cast(sum(coalesce(start_micro, 0)) as bigint) as start_micro,
        cast(sum(coalesce(churned_micro, 0)) as bigint) as churned_micro,
        cast(sum(coalesce(churned_involuntary_micro, 0)) as bigint) as churned_involuntary_micro,
        cast(sum(coalesce(contracted_micro, 0)) as bigint) as contracted_micro,
        cast(sum(coalesce(regained_micro, 0)) as bigint) as regained_micro,
        cast(sum(coalesce(new_micro, 0)) as bigint) as new_micro
    from in_cells
    group by
        booking_month,
        cell_geography_id,
        cell_tier,
        is_all_countries,
        is_all_tiers
),

-- A cell without customers, revenue or loss has no row.
dated as (
    select
        sums.*,
        sums.lost_voluntary + sums.lost_involuntary as lost_customers,
        {{ days_between('sums.booking_month', 'least(' ~ month_end('sums.booking_month') ~ ', clock.data_date)') }} + 1
            as month_days,
        {{ month_closes_at('sums.booking_month') }} <= clock.data_clock as is_closed
    from sums
    cross join clock
    where
        sums.customer_days > 0
        or sums.start_micro > 0
        or sums.won_customers + sums.lost_voluntary + sums.lost_involuntary > 0
)

select
    dated.booking_month,
    cast(dated.cell_geography_id as bigint) as payment_geography_id,
    case when dated.is_all_countries then 'all' else geographies.country_code end as payment_country_code,
    case when dated.is_all_countries then 'all' else geographies.country end as payment_country,
    dated.cell_tier as tier,
    dated.customer_days,
    dated.month_days,
    {{ ratio('dated.customer_days', 'dated.month_days') }} as average_customers,
    dated.won_customers,
    dated.lost_customers,
    dated.lost_voluntary,
    dated.lost_involuntary,
    {{ ratio('dated.lost_customers * dated.month_days', 'dated.customer_days') }} as customer_churn_rate,
    {{ ratio('dated.lost_voluntary * dated.month_days', 'dated.customer_days') }} as voluntary_churn_rate,
    {{ ratio('dated.lost_involuntary * dated.month_days', 'dated.customer_days') }} as involuntary_churn_rate,
    dated.start_micro as start_mrr_eur_micro,
    dated.new_micro as new_mrr_eur_micro,
    dated.churned_micro as churned_mrr_eur_micro,
    dated.churned_involuntary_micro as churned_involuntary_mrr_eur_micro,
    dated.contracted_micro as contracted_mrr_eur_micro,
    dated.regained_micro as regained_mrr_eur_micro,
    {{ ratio('dated.churned_micro + dated.contracted_micro', 'dated.start_micro') }} as gross_revenue_churn_rate,
    {{ ratio('dated.churned_micro + dated.contracted_micro - dated.regained_micro', 'dated.start_micro') }}
        as net_revenue_churn_rate,
    dated.is_all_countries,
    dated.is_all_tiers,
    dated.is_closed
from dated
left join geographies on dated.cell_geography_id = geographies.geography_id
