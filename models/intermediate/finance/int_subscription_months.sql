with
subscription_rates as (
    select * from {{ ref('int_subscription_rates') }}
),

clock as (
    select
        data_date,
        data_clock,
        history_start
    from {{ ref('int_clock') }}
),

calendar_days as (
    {{ date_series(first_calendar_day(), last_calendar_day()) }}
),

-- The month before the history's first is the opening one.
months as (
    select
        calendar_days.date_day as month_start,
        {{ date_instant('calendar_days.date_day') }} as starts_at,
        least({{ date_instant(add_months('calendar_days.date_day', 1)) }}, clock.data_clock) as state_at,
        least({{ month_end('calendar_days.date_day') }}, clock.data_date) as state_date,
        calendar_days.date_day < {{ month_start('clock.history_start') }} as is_opening,
        {{ month_closes_at('calendar_days.date_day') }} <= clock.data_clock as is_closed
    from calendar_days
    inner join clock
        on
            calendar_days.date_day >= {{ add_months(month_start('clock.history_start'), -1) }}
            and calendar_days.date_day <= clock.data_date
    where calendar_days.date_day = {{ month_start('calendar_days.date_day') }}
),

-- What is known of a subscription when the month closes: its last change before the month's start and before its end.
known as (
    select
        months.month_start,
        subscription_rates.subscription_id,
        max(
            case
                when
                    subscription_rates.booking_month < months.month_start
                    and subscription_rates.effective_at < months.starts_at
                    then subscription_rates.change_no
            end
        ) as start_change_no,
        max(subscription_rates.change_no) as end_change_no
    from months
    inner join subscription_rates
        on
            months.month_start >= subscription_rates.booking_month
            and months.state_at > subscription_rates.effective_at
    group by
        months.month_start,
        subscription_rates.subscription_id
),

states as (
    select
        known.month_start,
        known.subscription_id,
        months.starts_at,
        months.state_at,
        months.state_date,
        months.is_opening,
        months.is_closed,
        latest.user_id,
        latest.plan_id,
        latest.plan_price_id,
        latest.plan_key,
        latest.tier,
        latest.payment_country_id,
        latest.billing_cycle,
        latest.is_prepaid,
        latest.currency_code,
        coalesce(earlier.currency_code, latest.currency_code) as start_currency_code,
        case
            when earlier.change_no is null then 'none'
            when earlier.paid_until < months.starts_at then 'expired'
            else earlier.state
        end as start_state,
        case when latest.paid_until < months.state_at then 'expired' else latest.state end as end_state,
        case
            when latest.state = 'expired' then latest.end_reason
            when latest.paid_until < months.state_at then 'voluntary'
        end as end_reason,
        case when earlier.paid_until >= months.starts_at then earlier.mrr_minor else 0 end as mrr_start_minor,
        case when latest.paid_until >= months.state_at then latest.mrr_minor else 0 end as mrr_end_minor,
        case when latest.paid_until >= months.state_at then latest.run_rate_minor else 0 end as run_rate_minor
    from known
    inner join months on known.month_start = months.month_start
    inner join subscription_rates as latest
        on
            known.subscription_id = latest.subscription_id
            and known.end_change_no = latest.change_no
    left join subscription_rates as earlier
        on
            known.subscription_id = earlier.subscription_id
            and known.start_change_no = earlier.change_no
),

final as (
    select
        cast(month_start as date) as month_start,
        cast(subscription_id as bigint) as subscription_id,
        cast(user_id as bigint) as user_id,
        cast(plan_id as bigint) as plan_id,
        cast(plan_price_id as bigint) as plan_price_id,
        cast(plan_key as bigint) as plan_key,
        cast(payment_country_id as bigint) as payment_country_id,
        cast(tier as text) as tier,
        cast(billing_cycle as text) as billing_cycle,
        cast(is_prepaid as boolean) as is_prepaid,
        cast(currency_code as text) as currency_code,
        cast(case when is_opening then currency_code else start_currency_code end as text) as start_currency_code,
        cast(case when is_opening then end_state else start_state end as text) as start_state,
        cast(end_state as text) as end_state,
        cast(end_reason as text) as end_reason,
        cast(case when is_opening then mrr_end_minor else mrr_start_minor end as bigint) as mrr_start_minor,
        cast(mrr_end_minor as bigint) as mrr_end_minor,
        cast(run_rate_minor as bigint) as run_rate_minor,
        cast(state_at as timestamptz) as state_at,
        cast(state_date as date) as state_date,
        cast(is_opening as boolean) as is_opening,
        cast(is_closed as boolean) as is_closed
    from states
    -- What had ended before the month and did not come back has no part in it.
    where not (end_state = 'expired' and (start_state = 'expired' or is_opening))
)

select * from final
