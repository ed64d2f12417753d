with
subscription_events as (
    select * from {{ ref('stg_billing__subscription_events') }}
),

issued as (
    select
        max(case when entity = 'plan_prices' then last_id end) as plan_prices,
        max(case when entity = 'subscriptions' then last_id end) as subscriptions
    from {{ ref('int_issued_keys') }}
),

checked as (
    select
        subscription_events.*,
        case
            when {{ never_issued('subscription_events.subscription_id', 'issued.subscriptions') }}
                then 'orphan_subscription'
            when {{ never_issued('subscription_events.from_plan_price_id', 'issued.plan_prices') }}
                then 'orphan_plan_price'
            when {{ never_issued('subscription_events.to_plan_price_id', 'issued.plan_prices') }}
                then 'orphan_plan_price'
        end as reject_rule
    from subscription_events
    cross join issued
),

final as (
    select
        subscription_event_id,
        subscription_id,
        from_plan_price_id,
        to_plan_price_id,
        event_type,
        from_state,
        to_state,
        currency_code,
        reason,
        proration_minor,
        occurred_at,
        arrived_at,
        load_id,
        reject_rule,
        case
            when reject_rule is not null
                then {{ row_payload([
                    'subscription_event_id', 'subscription_id', 'event_type', 'from_state',
                    'to_state', 'from_plan_price_id', 'to_plan_price_id', 'proration_minor',
                    'currency_code', 'reason', 'occurred_at', 'arrived_at', 'load_id'
                ]) }}
        end as row_payload
    from checked
)

select * from final
