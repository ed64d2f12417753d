with
clock as (
    select data_date
    from {{ ref('int_clock') }}
),

subscriptions as (
    select
        fct_subscription_monthly.*,
        clock.data_date
    from {{ ref('fct_subscription_monthly') }} as fct_subscription_monthly
    inner join clock on fct_subscription_monthly.state_date = clock.data_date
),

users as (
    select
        user_id,
        payment_country,
        age_band,
        created_at
    from {{ ref('dim_user') }}
    where
        is_current
        and allows_profiling
),

listening_days as (
    select
        fct_listening_daily.*,
        {{ days_between('fct_listening_daily.local_date', 'clock.data_date') }} as days_ago
    from {{ ref('fct_listening_daily') }} as fct_listening_daily
    cross join clock
),

-- Customers: an account with a subscription that brings monthly revenue on the data day.
customers as (
    select
        user_id,
        min(data_date) as data_date,
        max(tier) as tier,
        max(billing_cycle) as billing_cycle,
        max(case when end_state = 'cancelled' then 1 else 0 end) = 1 as has_cancelled,
        max(case when end_state = 'grace' then 1 else 0 end) = 1 as is_in_grace,
        max(mrr_end_eur_micro) as mrr_eur_micro
    from subscriptions
    where mrr_end_minor > 0
    group by user_id
),

listening as (
    select
        user_id,
        min(case when is_active then days_ago end) as days_since_listening,
        count(case when is_active and days_ago < 7 then 1 end) as active_days_7,
        count(case when is_active and days_ago < 28 then 1 end) as active_days_28,
        sum(case when days_ago < 7 then active_ms else 0 end) as active_ms_7,
        sum(case when days_ago < 28 then active_ms else 0 end) as active_ms_28,
        sum(case when days_ago < 28 then plays else 0 end) as plays_28,
        sum(case when days_ago < 28 then skips else 0 end) as skips_28,
        sum(case when days_ago < 28 then likes else 0 end) as likes_28
    from listening_days
    where
        days_ago >= 0
        and not is_artificial
    group by user_id
)

select
    customers.user_id,
    customers.data_date as as_of_date,
    users.payment_country,
    users.age_band,
    customers.tier,
    customers.billing_cycle,
    customers.mrr_eur_micro,
    {{ days_between(to_date('users.created_at'), 'customers.data_date') }} as account_age_days,
    customers.has_cancelled,
    customers.is_in_grace,
    listening.days_since_listening,
    coalesce(listening.active_days_7, 0) as active_days_7,
    coalesce(listening.active_days_28, 0) as active_days_28,
    {{ ratio('coalesce(listening.active_ms_28, 0)', '60000') }} as active_minutes_28,
    {{ ratio('listening.active_ms_7 * 4', 'listening.active_ms_28') }} as minutes_trend,
    {{ ratio('listening.skips_28', 'listening.plays_28') }} as skip_rate_28,
    coalesce(listening.likes_28, 0) as likes_28
from customers
inner join users on customers.user_id = users.user_id
left join listening on customers.user_id = listening.user_id
order by
    customers.has_cancelled desc,
    customers.is_in_grace desc,
    coalesce(listening.active_days_28, 0) asc,
    customers.user_id asc
limit 1000
