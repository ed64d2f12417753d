with
plan_periods as (
    select
        user_id,
        tier,
        payment_country_id,
        valid_from,
        valid_to
    from {{ ref('int_user_plan_periods') }}
),

active_users as (
    select
        date_day,
        payment_geography_id,
        tier,
        mau
    from {{ ref('mart_active_users') }}
    where tier in ('free', 'all')
),

revenue_daily as (
    select * from {{ ref('fct_revenue_daily') }}
    where service in ('subscription', 'advertising')
),

exchange_rates as (
    select
        date_day,
        currency_code,
        rate_micro
    from {{ ref('int_exchange_rates') }}
),

countries as (
    select
        country_id,
        country_code,
        name,
        currency_code
    from {{ ref('stg_reference__countries') }}
),

clock as (
    select
        data_date,
        data_clock,
        history_start
    from {{ ref('int_clock') }}
),

rules as (
    select date_day
    from {{ ref('int_rules_by_date') }}
),

months as (
    select
        rules.date_day as month_start,
        {{ date_instant('greatest(rules.date_day, clock.history_start)') }} as counted_from,
        least({{ date_instant(add_months('rules.date_day', 1)) }}, clock.data_clock) as counted_to,
        {{ days_between(
            'greatest(rules.date_day, clock.history_start)',
            'least(' ~ month_end('rules.date_day') ~ ', clock.data_date)'
        ) }} + 1 as month_days,
        {{ month_closes_at('rules.date_day') }} <= clock.data_clock as is_closed
    from rules
    inner join clock
        on
            rules.date_day >= {{ month_start('clock.history_start') }}
            and rules.date_day <= clock.data_date
    where rules.date_day = {{ month_start('rules.date_day') }}
),

-- A paid user's days in a month: the midnights that close a day within the span, whether or not anything was played.
paid_days as (
    select
        months.month_start,
        {{ geography_id('null', 'null', 'nullif(plan_periods.payment_country_id, ' ~ unknown_key() ~ ')') }}
            as payment_geography_id,
        plan_periods.tier,
        {{ days_between(
            to_date('greatest(plan_periods.valid_from, months.counted_from)'),
            to_date('least(plan_periods.valid_to, months.counted_to)')
        ) }} as user_days
    from plan_periods
    inner join months
        on
            plan_periods.valid_from < months.counted_to
            and plan_periods.valid_to > months.counted_from
    where plan_periods.tier in ('prime', 'pro')
),

paid_user_days as (
    select
        month_start,
        payment_geography_id,
        tier,
        sum(user_days) as user_days
    from paid_days
    group by
        month_start,
        payment_geography_id,
        tier
    union all
    select
        month_start,
        {{ not_applicable_key() }} as payment_geography_id,
        tier,
        sum(user_days) as user_days
    from paid_days
    group by
        month_start,
        tier
),

-- Free and all tiers together: monthly active users, averaged over the month's days, roll-ups included.
active_user_days as (
    select
        {{ month_start('date_day') }} as month_start,
        payment_geography_id,
        tier,
        sum(mau) as user_days
    from active_users
    group by
        {{ month_start('date_day') }},
        payment_geography_id,
        tier
),

-- The country's own currency; what was earned in another one is brought to it by the rates of the day.
localized_revenue as (
    select
        revenue_daily.booking_month,
        revenue_daily.payment_geography_id,
        revenue_daily.tier,
        coalesce(countries.currency_code, '{{ var("reporting_currency") }}') as currency_code,
        case
            when revenue_daily.currency_code = countries.currency_code then revenue_daily.recognised_micro
            when countries.currency_code is null then revenue_daily.recognised_eur_micro
            else {{ multiply_divide('revenue_daily.recognised_eur_micro', 'exchange_rates.rate_micro', 1000000) }}
        end as recognised_micro,
        revenue_daily.recognised_eur_micro
    from revenue_daily
    left join countries
        on revenue_daily.payment_geography_id = {{ country_geography_id('countries.country_id') }}
    left join exchange_rates
        on
            revenue_daily.revenue_date = exchange_rates.date_day
            and countries.currency_code = exchange_rates.currency_code
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

parts as (
    select
        localized_revenue.booking_month as month_start,
        case
            when levels.is_all_countries then {{ not_applicable_key() }}
            else localized_revenue.payment_geography_id
        end as payment_geography_id,
        case when levels.is_all_tiers then 'all' else localized_revenue.tier end as tier,
        case
            when levels.is_all_countries then localized_revenue.recognised_eur_micro
            else localized_revenue.recognised_micro
        end as recognised_micro,
        localized_revenue.recognised_eur_micro,
        0 as user_days
    from localized_revenue
    cross join levels
    union all
    select
        month_start,
        payment_geography_id,
        tier,
        0 as recognised_micro,
        0 as recognised_eur_micro,
        user_days
    from paid_user_days
    union all
    select
        month_start,
        payment_geography_id,
        tier,
        0 as recognised_micro,
        0 as recognised_eur_micro,
        user_days
    from active_user_days
),

sums as (
    select
        month_start,
        payment_geography_id,
        tier,
        cast(sum(recognised_micro) as bigint) as recognised_micro,
        cast(sum(recognised_eur_micro) as bigint) as recognised_eur_micro,
        cast(sum(user_days) as bigint) as user_days
    from parts
    group by
        month_start,
        payment_geography_id,
        tier
)

select
    sums.month_start as booking_month,
    cast(sums.payment_geography_id as bigint) as payment_geography_id,
    case
        when sums.payment_geography_id = {{ not_applicable_key() }} then 'all'
        else coalesce(countries.country_code, 'unknown')
    end as payment_country_code,
    case
        when sums.payment_geography_id = {{ not_applicable_key() }} then 'all'
        else coalesce(countries.name, 'unknown')
    end as payment_country,
    sums.tier,
    coalesce(countries.currency_code, '{{ var("reporting_currency") }}') as currency_code,
    sums.recognised_micro,
    sums.recognised_eur_micro,
    sums.user_days,
    months.month_days,
    {{ ratio('sums.user_days', 'months.month_days') }} as average_users,
    {{ multiply_divide('sums.recognised_micro', 'months.month_days', 'sums.user_days') }} as arpu_micro,
    {{ multiply_divide('sums.recognised_eur_micro', 'months.month_days', 'sums.user_days') }} as arpu_eur_micro,
    sums.payment_geography_id = {{ not_applicable_key() }} as is_all_countries,
    sums.tier = 'all' as is_all_tiers,
    months.is_closed
from sums
inner join months on sums.month_start = months.month_start
left join countries on sums.payment_geography_id = {{ country_geography_id('countries.country_id') }}
where
    sums.user_days > 0
    or sums.recognised_micro <> 0
