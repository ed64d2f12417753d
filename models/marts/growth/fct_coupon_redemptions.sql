with
redemptions as (
    select * from {{ ref('stg_marketing__coupon_redemptions') }}
),

promotions as (
    select
        promotion_id,
        parent_promotion_id,
        discount_type
    from {{ ref('dim_promotion') }}
),

users as (
    select
        user_id,
        user_key,
        valid_from,
        valid_to,
        load_id
    from {{ ref('int_user_homes') }}
),

subscriptions as (
    select
        subscription_id,
        user_id,
        plan_id,
        state,
        started_at,
        load_id
    from {{ ref('int_subscription_versions') }}
    where is_current
),

numbered as (
    select
        subscriptions.*,
        row_number() over (partition by user_id order by started_at, subscription_id) as subscription_no
    from subscriptions
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

resolved as (
    select
        redemptions.*,
        promotions.promotion_id,
        promotions.parent_promotion_id,
        promotions.discount_type,
        users.user_key,
        numbered.plan_id,
        numbered.state as subscription_state,
        numbered.subscription_no,
        {{ micro_from_minor('redemptions.discount_minor', 'currencies.minor_units') }} as discount_micro,
        least(
            {{ to_date('redemptions.redeemed_at') }}, {{ to_date('redemptions.arrived_at') }}
        ) as rate_date,
        greatest(redemptions.load_id, users.load_id, numbered.load_id) as inputs_load_id
    from redemptions
    left join promotions on {{ promotion_id('coupon', 'redemptions.coupon_id') }} = promotions.promotion_id
    left join numbered on redemptions.subscription_id = numbered.subscription_id
    left join currencies on redemptions.currency_code = currencies.currency_code
    {{ join_version('redemptions', 'users', 'user_id', 'redeemed_at') }}
)

select
    resolved.coupon_redemption_id,
    cast(coalesce(resolved.promotion_id, {{ unknown_key() }}) as bigint) as promotion_id,
    cast(coalesce(resolved.parent_promotion_id, {{ unknown_key() }}) as bigint) as parent_promotion_id,
    resolved.user_id,
    {{ fact_version_key('resolved.user_key', 'resolved.user_id') }} as user_key,
    resolved.subscription_id,
    cast(coalesce(resolved.plan_id, {{ unknown_key() }}) as bigint) as plan_id,
    cast(coalesce(resolved.transaction_id, {{ not_applicable_key() }}) as bigint) as transaction_id,
    coalesce(resolved.subscription_state, 'unknown') as subscription_state,
    resolved.currency_code,
    resolved.discount_minor,
    {{ reporting_micro('resolved.discount_micro', 'exchange_rates.rate_micro') }} as discount_reporting_micro,
    coalesce(resolved.discount_type = 'trial', false) as is_trial,
    coalesce(resolved.subscription_no = 1, false) as is_first_subscription,
    {{ to_date('resolved.redeemed_at') }} as redeemed_date,
    resolved.redeemed_at,
    resolved.arrived_at,
    resolved.inputs_load_id as load_id
from resolved
left join exchange_rates
    on
        resolved.rate_date = exchange_rates.date_day
        and resolved.currency_code = exchange_rates.currency_code
