with
paid_versions as (
    select
        subscription_id,
        user_id,
        plan_id,
        valid_from as converted_at,
        {{ to_date('valid_from') }} as converted_date,
        row_number() over (partition by user_id order by valid_from, subscription_id) as period_no
    from {{ ref('int_subscription_versions') }}
    where state = 'active'
),

rules as (
    select
        date_day,
        conversion_window_days,
        roi_window_days
    from {{ ref('int_rules_by_date') }}
),

clock as (
    select history_start
    from {{ ref('int_clock') }}
)

-- Who had paid before the first day of activity has no first paid period in the data.
select
    paid_versions.user_id,
    paid_versions.subscription_id,
    paid_versions.plan_id,
    paid_versions.converted_date,
    {{ add_days('paid_versions.converted_date', 'rules.roi_window_days') }} as window_end_date,
    paid_versions.converted_at,
    {{ add_ms('paid_versions.converted_at', '-86400000 * rules.conversion_window_days') }} as clicks_from
from paid_versions
inner join clock on paid_versions.converted_date >= clock.history_start
inner join rules on paid_versions.converted_date = rules.date_day
where paid_versions.period_no = 1
