with source as (
    select * from {{ source('raw', 'subscription_events') }}
),

renamed as (
    select
        -- ids
        subscription_event_id,
        subscription_id,
        from_plan_price_id,
        to_plan_price_id,

        -- attributes
        event_type,
        from_state,
        to_state,
        currency_code,
        reason,

        -- numbers
        proration_minor,

        -- times
        occurred_at,

        -- arrival
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        subscription_event_id,
        subscription_id,
        from_plan_price_id,
        to_plan_price_id,
        nullif(lower({{ trimmed('event_type') }}), '') as event_type,
        nullif(lower({{ trimmed('from_state') }}), '') as from_state,
        nullif(lower({{ trimmed('to_state') }}), '') as to_state,
        nullif(upper({{ trimmed('currency_code') }}), '') as currency_code,
        nullif(lower({{ trimmed('reason') }}), '') as reason,
        proration_minor,
        occurred_at,
        arrived_at,
        load_id
    from renamed
),

judged as (
    select
        cleaned.*,
        case
            when
                subscription_event_id is null
                or subscription_id is null
                or event_type is null
                or to_state is null
                or proration_minor is null
                or currency_code is null
                or occurred_at is null
                then 'missing_value'
            when
                event_type not in (
                    'created', 'trial_started', 'trial_converted', 'renewed', 'upgraded',
                    'downgraded', 'paused', 'resumed', 'grace_started', 'on_hold_started',
                    'recovered', 'cancelled', 'reactivated', 'price_changed', 'expired'
                )
                or from_state not in (
                    'pending', 'trial', 'active', 'grace', 'on_hold', 'paused', 'cancelled',
                    'expired'
                )
                or to_state not in (
                    'pending', 'trial', 'active', 'grace', 'on_hold', 'paused', 'cancelled',
                    'expired'
                )
                then 'unknown_code'
            when not {{ regexp_like('currency_code', '^[A-Z]{3}$') }} then 'malformed_value'
            when {{ after_arrival('occurred_at') }} then 'started_after_arrival'
        end as broken_rule
    from cleaned
),

copies as (
    select
        judged.*,
        row_number() over (
            partition by subscription_event_id, broken_rule is null
            order by arrived_at, load_id
        ) as copy_no
    from judged
),

checked as (
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
        case when broken_rule is null and copy_no > 1 then 'duplicate' else broken_rule end as reject_rule,
        case
            when broken_rule is not null or copy_no > 1
                then {{ row_payload([
                    'subscription_event_id', 'subscription_id', 'event_type', 'from_state',
                    'to_state', 'from_plan_price_id', 'to_plan_price_id', 'proration_minor',
                    'currency_code', 'reason', 'occurred_at', 'arrived_at', 'load_id'
                ]) }}
        end as row_payload
    from copies
)

select * from checked
