with
orders as (
    select * from {{ ref('stg_billing__orders') }}
),

tips as (
    select
        tip_id,
        user_id,
        tipped_at,
        load_id
    from {{ ref('int_tips_accepted') }}
),

fan_subscriptions as (
    select
        fan_subscription_id,
        user_id,
        started_at,
        load_id
    from {{ ref('stg_billing__fan_subscriptions') }}
),

sessions as (
    select
        session_id,
        user_id,
        started_at,
        plays,
        skips,
        active_ms,
        load_id
    from {{ ref('fct_listening_sessions') }}
    where not is_artificial
),

currencies as (
    select
        currency_code,
        minor_units
    from {{ ref('dim_currency') }}
),

exchange_rates as (
    select
        date_day,
        currency_code,
        rate_micro
    from {{ ref('int_exchange_rates') }}
),

priced as (
    select
        orders.order_id,
        orders.user_id,
        orders.created_at,
        orders.currency_code,
        orders.load_id,
        orders.paid_at is not null as is_paid,
        orders.cancelled_at is not null as is_cancelled,
        {{ micro_from_minor('orders.items_minor', 'currencies.minor_units') }} as items_micro,
        least({{ to_date('orders.paid_at') }}, {{ to_date('orders.arrived_at') }}) as rate_date
    from orders
    left join currencies on orders.currency_code = currencies.currency_code
)

select
    priced.user_id,
    cast('order' as text) as action,
    priced.order_id as action_id,
    priced.created_at as acted_at,
    cast(case when priced.is_paid then 1 else 0 end as bigint) as paid_orders,
    cast(case when priced.is_cancelled then 1 else 0 end as bigint) as cancelled_orders,
    cast(
        case
            when priced.is_paid then {{ reporting_micro('priced.items_micro', 'exchange_rates.rate_micro') }}
            else 0
        end as bigint
    ) as order_value_micro,
    cast(0 as bigint) as plays,
    cast(0 as bigint) as skips,
    cast(0 as bigint) as active_ms,
    priced.load_id
from priced
left join exchange_rates
    on
        priced.rate_date = exchange_rates.date_day
        and priced.currency_code = exchange_rates.currency_code
union all
select
    user_id,
    'tip' as action,
    tip_id as action_id,
    tipped_at as acted_at,
    0 as paid_orders,
    0 as cancelled_orders,
    0 as order_value_micro,
    0 as plays,
    0 as skips,
    0 as active_ms,
    load_id
from tips
union all
select
    user_id,
    'support' as action,
    fan_subscription_id as action_id,
    started_at as acted_at,
    0 as paid_orders,
    0 as cancelled_orders,
    0 as order_value_micro,
    0 as plays,
    0 as skips,
    0 as active_ms,
    load_id
from fan_subscriptions
union all
select
    user_id,
    'session' as action,
    session_id as action_id,
    started_at as acted_at,
    0 as paid_orders,
    0 as cancelled_orders,
    0 as order_value_micro,
    plays,
    skips,
    active_ms,
    load_id
from sessions
