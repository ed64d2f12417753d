with
changes as (
    select * from {{ ref('stg_royalties__allocation_methods_changes') }}
),

rules as (
    select * from {{ ref('int_rules_by_date') }}
),

months as (
    select date_day as service_month
    from rules
    where {{ month_start('date_day') }} = date_day
),

-- What is told after a month's own close changes nothing of it, in later runs neither.
known as (
    select
        months.service_month,
        changes.*,
        row_number() over (
            partition by months.service_month, changes.allocation_method_id
            order by changes.change_no desc
        ) as recency
    from months
    inner join changes on {{ month_closes_at('months.service_month') }} > changes.arrived_at
),

in_force as (
    select
        known.*,
        row_number() over (
            partition by service_month, country_id, tier, source, right_type
            order by allocation_method_id
        ) as precedence
    from known
    where
        recency = 1
        and valid_from <= service_month
        and (valid_to is null or valid_to > service_month)
)

select
    service_month,
    country_id,
    tier,
    source,
    right_type,
    method
from in_force
where precedence = 1
