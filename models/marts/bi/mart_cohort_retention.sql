with
users as (
    select
        user_id,
        created_at
    from {{ ref('dim_user') }}
    where
        is_current
        and not is_inferred
        and user_id > 0
),

listening_days as (
    select
        user_id,
        local_date
    from {{ ref('fct_listening_daily') }}
    where is_active
),

subscription_months as (
    select
        user_id,
        booking_month
    from {{ ref('fct_subscription_monthly') }}
    where mrr_end_minor + run_rate_minor > 0
),

clock as (
    select
        data_date,
        history_start
    from {{ ref('int_clock') }}
),

days as (
    select
        date_day,
        month_start_date
    from {{ ref('dim_date') }}
),

months as (
    select distinct days.month_start_date
    from days
    cross join clock
    where
        days.date_day >= clock.history_start
        and days.date_day <= clock.data_date
),

signed_up as (
    select
        user_id,
        {{ month_start(to_date('created_at')) }} as cohort_month
    from users
),

cohorts as (
    select
        cohort_month,
        count(*) as users
    from signed_up
    group by cohort_month
),

active as (
    select
        signed_up.cohort_month,
        {{ month_start('listening_days.local_date') }} as month_start_date,
        count(distinct listening_days.user_id) as active_users
    from listening_days
    inner join signed_up on listening_days.user_id = signed_up.user_id
    group by signed_up.cohort_month, {{ month_start('listening_days.local_date') }}
),

paying as (
    select
        signed_up.cohort_month,
        subscription_months.booking_month as month_start_date,
        count(distinct subscription_months.user_id) as paying_users
    from subscription_months
    inner join signed_up on subscription_months.user_id = signed_up.user_id
    group by signed_up.cohort_month, subscription_months.booking_month
),

spine as (
    select
        cohorts.cohort_month,
        cohorts.users,
        months.month_start_date
    from cohorts
    inner join months on cohorts.cohort_month <= months.month_start_date
)

select
    spine.cohort_month,
    spine.month_start_date,
    cast(
        (extract(year from spine.month_start_date) - extract(year from spine.cohort_month)) * 12
        + extract(month from spine.month_start_date) - extract(month from spine.cohort_month)
        as integer
    ) as months_since,
    cast(spine.users as bigint) as users,
    cast(coalesce(active.active_users, 0) as bigint) as active_users,
    cast(coalesce(paying.paying_users, 0) as bigint) as paying_users,
    {{ ratio('coalesce(active.active_users, 0)', 'spine.users') }} as active_share,
    {{ ratio('coalesce(paying.paying_users, 0)', 'spine.users') }} as paying_share
from spine
left join active
    on
        spine.cohort_month = active.cohort_month
        and spine.month_start_date = active.month_start_date
left join paying
    on
        spine.cohort_month = paying.cohort_month
        and spine.month_start_date = paying.month_start_date
