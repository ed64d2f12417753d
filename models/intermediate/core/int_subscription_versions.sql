{{ config(materialized='table') }}
{%- set attributes = [
    'user_id', 'plan_id', 'plan_price_id', 'state', 'recurring_discount_minor', 'is_prepaid', 'trial_ends_at',
    'current_period_start_at', 'current_period_end_at', 'started_at', 'cancelled_at', 'ended_at', 'end_reason',
    'payment_method_id', 'signup_channel', 'signup_device_id', 'household_id'
] %}

with
subscription_changes as (
    {{ change_rows('billing', 'subscriptions', 'subscription_id', attributes) }}
),

versions as (
    {{ versions_from_changes(
        'subscription_changes', 'subscription_id', 'subscription_key', attributes, created_at='changes.started_at'
    ) }}
)

select * from versions
