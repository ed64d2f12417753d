with
subscription_rates as (
    select * from {{ ref('int_subscription_rates') }}
),

clock as (
    select
        data_date,
        history_start
    from {{ ref('int_clock') }}
),

rules as (
    select date_day
    from {{ ref('int_rules_by_date') }}
),

days as (
    select
        rules.date_day,
        {{ date_instant(add_days('rules.date_day', 1)) }} as next_midnight,
        {{ month_start('rules.date_day') }} as month_start
    from rules
    inner join clock
        on
            rules.date_day >= {{ month_start('clock.history_start') }}
            and rules.date_day <= clock.data_date
),

months as (
    select distinct month_start
    from days
),

-- As known when the month closes, as in the walk.
known as (
    select
        months.month_start,
        subscription_rates.subscription_id,
        subscription_rates.user_id,
        subscription_rates.tier,
        subscription_rates.payment_country_id,
        subscription_rates.mrr_minor,
        subscription_rates.effective_at,
        least(
            subscription_rates.paid_until,
            coalesce(
                lead(subscription_rates.effective_at) over (
                    partition by months.month_start, subscription_rates.subscription_id
                    order by subscription_rates.change_no
                ),
                {{ end_of_time() }}
            )
        ) as ends_at
    from months
    inner join subscription_rates on months.month_start >= subscription_rates.booking_month
),

-- A customer stands in one cell a day, that of the highest tier just before the next midnight. The month, which the day
-- tells, is named for who asks for some months: the condition then passes, and no others are worked out.
ranked as (
    select
        days.date_day,
        known.month_start,
        known.user_id,
        known.tier,
        known.payment_country_id,
        row_number() over (
            partition by days.date_day, known.month_start, known.user_id
            order by
                case known.tier when 'pro' then 0 when 'prime' then 1 else 2 end,
                known.subscription_id
        ) as cell_rank
    from known
    inner join days
        on
            known.month_start = days.month_start
            and known.effective_at < days.next_midnight
            and known.ends_at >= days.next_midnight
    where known.mrr_minor > 0
)

select
    cast(date_day as date) as date_day,
    cast(user_id as bigint) as user_id,
    cast(month_start as date) as booking_month,
    cast(payment_country_id as bigint) as payment_country_id,
    cast(tier as text) as tier
from ranked
where cell_rank = 1
