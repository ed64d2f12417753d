with
dates as (
    select * from {{ ref('int_feature_dates') }}
),

user_changes as (
    {{ change_rows('identity', 'users', 'user_id', ['status', 'payment_country_id', 'created_at']) }}
),

consenting as (
    select user_id
    from {{ ref('dim_user') }}
    where
        is_current
        and allows_profiling
        and user_id > 0
),

subscription_changes as (
    {{ change_rows('billing', 'subscriptions', 'subscription_id', [
        'user_id', 'state', 'started_at', 'current_period_end_at'
    ]) }}
),

activity as (
    select * from {{ ref('int_user_activity') }}
),

told_users as (
    select
        user_changes.*,
        {{ overtaken_at('greatest(changed_at, arrived_at)', 'user_id') }} as overtaken_at
    from user_changes
),

-- The highest change that had been told and had happened.
accounts as (
    select
        dates.*,
        changes.user_id,
        changes.status,
        changes.payment_country_id,
        changes.created_at
    from dates
    inner join told_users as changes
        on
            dates.known_before > changes.arrived_at
            and dates.known_before > changes.changed_at
            and dates.known_before <= coalesce(changes.overtaken_at, {{ end_of_time() }})
),

told_subscriptions as (
    select
        subscription_changes.*,
        {{ overtaken_at('greatest(changed_at, arrived_at)', 'subscription_id') }} as overtaken_at,
        {{ overtaken_at('changed_at', 'subscription_id') }} as overtaken_since
    from subscription_changes
),

-- Access as of the date by what was known then; for the label as of four weeks later, by what is known now.
moments as (
    select
        as_of_date,
        false as is_label,
        known_before as at_instant,
        known_before as told_before
    from dates
    union all
    select
        as_of_date,
        true as is_label,
        label_at as at_instant,
        data_clock as told_before
    from dates
    where is_labelled
),

states as (
    select
        moments.as_of_date,
        moments.is_label,
        changes.user_id,
        changes.subscription_id,
        changes.state,
        changes.started_at,
        changes.state in ('trial', 'active', 'grace')
        or (changes.state = 'cancelled' and changes.current_period_end_at >= moments.at_instant) as has_access
    from moments
    inner join told_subscriptions as changes
        on
            moments.at_instant > changes.changed_at
            and moments.told_before > changes.arrived_at
            and moments.at_instant <= coalesce(
                case when moments.is_label then changes.overtaken_since else changes.overtaken_at end,
                {{ end_of_time() }}
            )
),

customers as (
    select
        as_of_date,
        is_label,
        user_id,
        min(started_at) as customer_since,
        max(case when state = 'cancelled' then 1 else 0 end) = 1 as has_cancelled,
        max(case when state = 'grace' then 1 else 0 end) = 1 as is_in_grace,
        max(case when state = 'trial' then 1 else 0 end) = 1 as is_in_trial
    from states
    where has_access
    group by as_of_date, is_label, user_id
)

select
    accounts.user_id,
    accounts.as_of_date,
    {{ geography_id('null', 'null', 'accounts.payment_country_id') }} as payment_geography_id,
    {{ days_between(to_date('accounts.created_at'), 'accounts.as_of_date') }} as account_age_days,
    customers.user_id is not null as is_customer,
    coalesce(customers.has_cancelled, false) as has_cancelled,
    coalesce(customers.is_in_grace, false) as is_in_grace,
    coalesce(customers.is_in_trial, false) as is_in_trial,
    {{ days_between(to_date('customers.customer_since'), 'accounts.as_of_date') }} as customer_days,
    coalesce(activity.plays_7, 0) as plays_7,
    coalesce(activity.plays_28, 0) as plays_28,
    coalesce(activity.played_ms_7, 0) as played_ms_7,
    coalesce(activity.played_ms_28, 0) as played_ms_28,
    coalesce(activity.short_plays_28, 0) as short_plays_28,
    coalesce(activity.contents_28, 0) as contents_28,
    coalesce(activity.listening_days_28, 0) as listening_days_28,
    {{ days_between('activity.last_play_date', 'accounts.as_of_date') }} as days_since_play,
    coalesce(activity.searches_28, 0) as searches_28,
    coalesce(activity.failed_payments_28, 0) as failed_payments_28,
    case
        when accounts.is_labelled and customers.user_id is not null then later_customers.user_id is null
    end as label_churned_28
from accounts
inner join consenting on accounts.user_id = consenting.user_id
left join customers
    on
        accounts.as_of_date = customers.as_of_date
        and accounts.user_id = customers.user_id
        and not customers.is_label
left join customers as later_customers
    on
        accounts.as_of_date = later_customers.as_of_date
        and accounts.user_id = later_customers.user_id
        and later_customers.is_label
left join activity
    on
        accounts.as_of_date = activity.as_of_date
        and accounts.user_id = activity.user_id
where accounts.status <> 'deleted'
