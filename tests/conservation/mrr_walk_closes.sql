-- Every customer, month and currency: start + movements = end, to the minor unit; an end is the next month's start.
with
subscription_monthly as (
    select * from {{ ref('fct_subscription_monthly') }}
),

subscription_movements as (
    select * from {{ ref('fct_subscription_movements') }}
),

parts as (
    select
        booking_month,
        user_id,
        start_currency_code as currency_code,
        mrr_start_minor as start_minor,
        0 as movement_minor,
        0 as end_minor,
        0 as carried_minor
    from subscription_monthly
    where not is_opening
    union all
    select
        booking_month,
        user_id,
        currency_code,
        0 as start_minor,
        0 as movement_minor,
        mrr_end_minor as end_minor,
        0 as carried_minor
    from subscription_monthly
    where not is_opening
    union all
    select
        booking_month,
        user_id,
        currency_code,
        0 as start_minor,
        mrr_minor as movement_minor,
        0 as end_minor,
        0 as carried_minor
    from subscription_movements
    union all
    select
        {{ add_months('booking_month', 1) }} as booking_month,
        user_id,
        currency_code,
        0 as start_minor,
        0 as movement_minor,
        0 as end_minor,
        mrr_end_minor as carried_minor
    from subscription_monthly
    where booking_month < (select max(latest.booking_month) from subscription_monthly as latest)
)

select
    booking_month,
    user_id,
    currency_code,
    sum(start_minor) as start_minor,
    sum(movement_minor) as movement_minor,
    sum(end_minor) as end_minor,
    sum(carried_minor) as carried_minor
from parts
group by
    booking_month,
    user_id,
    currency_code
having
    sum(start_minor) + sum(movement_minor) <> sum(end_minor)
    or sum(carried_minor) <> sum(start_minor)
