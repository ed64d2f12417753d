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

streams as (
    select
        user_id,
        content_id,
        played_ms,
        started_date,
        arrived_at
    from {{ ref('fct_streams') }}
),

searches as (
    select
        user_id,
        searched_date,
        arrived_at
    from {{ ref('fct_searches') }}
),

attempts as (
    select
        user_id,
        transacted_date,
        arrived_at
    from {{ ref('fct_transactions') }}
    where movement_type = 'failure'
),

-- The highest change that had been told and had happened.
accounts as (
    select
        dates.*,
        changes.user_id,
        changes.status,
        changes.payment_country_id,
        changes.created_at,
        row_number() over (partition by dates.as_of_date, changes.user_id order by changes.change_no desc) as place
    from dates
    inner join user_changes as changes
        on
            dates.known_before > changes.arrived_at
            and dates.known_before > changes.changed_at
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
        or (changes.state = 'cancelled' and changes.current_period_end_at >= moments.at_instant) as has_access,
        row_number() over (
            partition by moments.as_of_date, moments.is_label, changes.subscription_id order by changes.change_no desc
        ) as place
    from moments
    inner join subscription_changes as changes
        on
            moments.at_instant > changes.changed_at
            and moments.told_before > changes.arrived_at
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
    where
        place = 1
        and has_access
    group by as_of_date, is_label, user_id
),

play_days as (
    select distinct started_date
    from streams
),

-- Plays are found by each day of a window: found by its ends, every date would read all plays.
window_days as (
    select
        dates.*,
        play_days.started_date
    from dates
    inner join play_days
        on
            dates.window_start_date <= play_days.started_date
            and dates.as_of_date >= play_days.started_date
),

played as (
    select
        window_days.as_of_date,
        streams.user_id,
        count(*) as plays_28,
        count(case when streams.started_date >= window_days.short_window_start_date then 1 end) as plays_7,
        sum(streams.played_ms) as played_ms_28,
        sum(case when streams.started_date >= window_days.short_window_start_date then streams.played_ms end)
            as played_ms_7,
        count(case when streams.played_ms < window_days.short_play_ms then 1 end) as short_plays_28,
        count(distinct streams.content_id) as contents_28,
        count(distinct streams.started_date) as listening_days_28,
        max(streams.started_date) as last_play_date
    from window_days
    inner join streams
        on
            window_days.started_date = streams.started_date
            and window_days.known_before > streams.arrived_at
    group by window_days.as_of_date, streams.user_id
),

searched as (
    select
        dates.as_of_date,
        searches.user_id,
        count(*) as searches_28
    from dates
    inner join searches
        on
            dates.window_start_date <= searches.searched_date
            and dates.as_of_date >= searches.searched_date
            and dates.known_before > searches.arrived_at
    group by dates.as_of_date, searches.user_id
),

failed as (
    select
        dates.as_of_date,
        attempts.user_id,
        count(*) as failed_payments_28
    from dates
    inner join attempts
        on
            dates.window_start_date <= attempts.transacted_date
            and dates.as_of_date >= attempts.transacted_date
            and dates.known_before > attempts.arrived_at
    group by dates.as_of_date, attempts.user_id
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
    cast(coalesce(played.plays_7, 0) as bigint) as plays_7,
    cast(coalesce(played.plays_28, 0) as bigint) as plays_28,
    cast(coalesce(played.played_ms_7, 0) as bigint) as played_ms_7,
    cast(coalesce(played.played_ms_28, 0) as bigint) as played_ms_28,
    cast(coalesce(played.short_plays_28, 0) as bigint) as short_plays_28,
    cast(coalesce(played.contents_28, 0) as bigint) as contents_28,
    cast(coalesce(played.listening_days_28, 0) as bigint) as listening_days_28,
    {{ days_between('played.last_play_date', 'accounts.as_of_date') }} as days_since_play,
    cast(coalesce(searched.searches_28, 0) as bigint) as searches_28,
    cast(coalesce(failed.failed_payments_28, 0) as bigint) as failed_payments_28,
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
left join played
    on
        accounts.as_of_date = played.as_of_date
        and accounts.user_id = played.user_id
left join searched
    on
        accounts.as_of_date = searched.as_of_date
        and accounts.user_id = searched.user_id
left join failed
    on
        accounts.as_of_date = failed.as_of_date
        and accounts.user_id = failed.user_id
where
    accounts.place = 1
    and accounts.status <> 'deleted'
