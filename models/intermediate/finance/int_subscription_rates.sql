with
subscription_changes as (
    select * from {{ ref('stg_billing__subscriptions_changes') }}
),

plan_versions as (
    select
        plan_price_id,
        plan_id,
        plan_key,
        country_id,
        tier,
        currency_code,
        billing_cycle,
        price_minor,
        tax_rate_ppm,
        valid_from,
        valid_to
    from {{ ref('int_plan_versions') }}
),

-- Changes count in the order of their numbers, as in the versions of dimensions.
ordered as (
    select
        subscription_changes.*,
        max(changed_at) over (
            partition by subscription_id order by change_no
            rows between unbounded preceding and current row
        ) as effective_at
    from subscription_changes
),

priced as (
    select
        ordered.subscription_id,
        ordered.change_no,
        ordered.user_id,
        ordered.plan_price_id,
        plan_versions.plan_id,
        plan_versions.plan_key,
        plan_versions.country_id,
        plan_versions.tier,
        plan_versions.currency_code,
        plan_versions.billing_cycle,
        ordered.state,
        ordered.is_prepaid,
        ordered.end_reason,
        ordered.effective_at,
        case
            when ordered.state = 'cancelled' then ordered.current_period_end_at
            else {{ end_of_time() }}
        end as paid_until,
        ordered.arrived_at,
        ordered.load_id,
        greatest(plan_versions.price_minor - ordered.recurring_discount_minor, 0) as cycle_minor,
        1000000 + plan_versions.tax_rate_ppm as taxed_ppm,
        case plan_versions.billing_cycle when 'week' then 52 when 'day' then 365 else 1 end as cycles_per_unit,
        case when plan_versions.billing_cycle in ('year', 'week', 'day') then 12 else 1 end as months_per_unit,
        ordered.is_prepaid or plan_versions.billing_cycle = 'day' as is_pass,
        ordered.state = 'active'
        -- Both keep what was paid; of a trial nothing was.
        or (
            ordered.state in ('grace', 'cancelled')
            and ordered.current_period_end_at > coalesce(ordered.trial_ends_at, ordered.started_at)
        ) as is_paying
    from ordered
    {{ join_version('ordered', 'plan_versions', 'plan_price_id', 'effective_at') }}
),

valued as (
    select
        priced.*,
        case
            when is_paying
                then {{ multiply_divide("cycle_minor * cycles_per_unit", 1000000, "(taxed_ppm * months_per_unit)") }}
            else 0
        end as monthly_minor
    from priced
),

final as (
    select
        cast(subscription_id as bigint) as subscription_id,
        cast(change_no as integer) as change_no,
        cast(user_id as bigint) as user_id,
        cast(plan_price_id as bigint) as plan_price_id,
        cast(coalesce(plan_id, {{ unknown_key() }}) as bigint) as plan_id,
        cast({{ fact_version_key('plan_key', 'plan_price_id') }} as bigint) as plan_key,
        cast(coalesce(country_id, {{ unknown_key() }}) as bigint) as payment_country_id,
        cast(coalesce(tier, 'unknown') as text) as tier,
        cast(coalesce(currency_code, {{ unknown_currency() }}) as text) as currency_code,
        cast(coalesce(billing_cycle, 'unknown') as text) as billing_cycle,
        cast(state as text) as state,
        cast(is_prepaid as boolean) as is_prepaid,
        cast(end_reason as text) as end_reason,
        cast(effective_at as timestamptz) as effective_at,
        cast(paid_until as timestamptz) as paid_until,
        cast(coalesce(case when not is_pass then monthly_minor end, 0) as bigint) as mrr_minor,
        cast(coalesce(case when is_pass then monthly_minor end, 0) as bigint) as run_rate_minor,
        cast({{ booking_month(month_start(to_date('effective_at')), 'arrived_at') }} as date) as booking_month,
        cast(arrived_at as timestamptz) as arrived_at,
        cast(load_id as bigint) as load_id
    from valued
)

select * from final
