with
conversions as (
    select
        user_id,
        converted_date,
        window_end_date
    from {{ ref('int_first_paid_periods') }}
),

charges as (
    select
        user_id,
        currency_code,
        service_start_date,
        service_end_date,
        service_days,
        net_micro,
        {{ integer_divide('net_micro', 'service_days') }} as day_micro
    from {{ ref('int_subscription_charges') }}
),

refund_days as (
    select
        user_id,
        currency_code,
        service_date,
        recognised_micro
    from {{ ref('int_subscription_refund_days') }}
),

exchange_rates as (
    select
        date_day,
        currency_code,
        rate_micro
    from {{ ref('int_exchange_rates') }}
),

clock as (
    select {{ add_days('data_date', 1) }} as clock_date
    from {{ ref('int_clock') }}
),

-- Days of each charge that lie in the window and are over; the last one of all has what the others leave.
served as (
    select
        conversions.user_id,
        conversions.converted_date,
        charges.currency_code,
        charges.day_micro,
        charges.net_micro - charges.day_micro * charges.service_days as last_day_more_micro,
        greatest(charges.service_start_date, conversions.converted_date) as begin_date,
        least(charges.service_end_date, conversions.window_end_date, clock.clock_date) as until_date,
        charges.service_end_date
    from conversions
    cross join clock
    inner join charges on conversions.user_id = charges.user_id
),

recognised as (
    select
        user_id,
        converted_date,
        currency_code,
        day_micro * {{ days_between('begin_date', 'until_date') }}
        + case when until_date = service_end_date then last_day_more_micro else 0 end as recognised_micro
    from served
    where begin_date < until_date
    union all
    select
        conversions.user_id,
        conversions.converted_date,
        refund_days.currency_code,
        refund_days.recognised_micro
    from conversions
    cross join clock
    inner join refund_days
        on
            conversions.user_id = refund_days.user_id
            and conversions.converted_date <= refund_days.service_date
            and least(conversions.window_end_date, clock.clock_date) > refund_days.service_date
),

sums as (
    select
        user_id,
        converted_date,
        currency_code,
        cast(sum(recognised_micro) as bigint) as revenue_micro
    from recognised
    group by user_id, converted_date, currency_code
)

select
    sums.user_id,
    cast(sum({{ reporting_micro('sums.revenue_micro', 'exchange_rates.rate_micro') }}) as bigint)
        as revenue_reporting_micro
from sums
left join exchange_rates
    on
        sums.converted_date = exchange_rates.date_day
        and sums.currency_code = exchange_rates.currency_code
group by sums.user_id
