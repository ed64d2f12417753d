with
assignments as (
    select * from {{ ref('stg_experiments__experiment_assignments') }}
),

variants as (
    select
        experiment_variant_id,
        ends_at
    from {{ ref('dim_experiment_variant') }}
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

actions as (
    select * from {{ ref('int_experiment_actions') }}
),

clock as (
    select data_clock from {{ ref('int_clock') }}
),

exposed as (
    select
        assignments.*,
        variants.experiment_variant_id as known_variant_id,
        users.user_key,
        least(coalesce(variants.ends_at, clock.data_clock), clock.data_clock) as observed_until,
        greatest(assignments.load_id, users.load_id) as inputs_load_id
    from assignments
    cross join clock
    left join variants on assignments.experiment_variant_id = variants.experiment_variant_id
    {{ join_version('assignments', 'users', 'user_id', 'first_exposed_at') }}
),

acted as (
    select
        exposed.experiment_assignment_id,
        count(case when actions.action = 'order' then 1 end) as orders,
        sum(actions.paid_orders) as paid_orders,
        sum(actions.cancelled_orders) as cancelled_orders,
        sum(actions.order_value_micro) as order_value_micro,
        count(case when actions.action = 'tip' then 1 end) as tips,
        count(case when actions.action = 'support' then 1 end) as supports,
        count(case when actions.action = 'session' then 1 end) as sessions,
        sum(actions.plays) as plays,
        sum(actions.skips) as skips,
        sum(actions.active_ms) as active_ms
    from exposed
    inner join actions
        on
            exposed.user_id = actions.user_id
            and exposed.first_exposed_at <= actions.acted_at
            and exposed.observed_until > actions.acted_at
    group by exposed.experiment_assignment_id
)

select
    exposed.experiment_assignment_id,
    exposed.experiment_id,
    cast(coalesce(exposed.known_variant_id, {{ unknown_key() }}) as bigint) as experiment_variant_id,
    exposed.user_id,
    {{ fact_version_key('exposed.user_key', 'exposed.user_id') }} as user_key,
    cast(greatest(0, {{ datediff_ms('exposed.first_exposed_at', 'exposed.observed_until') }}) as bigint) as observed_ms,
    cast(coalesce(acted.orders, 0) as bigint) as orders,
    cast(coalesce(acted.paid_orders, 0) as bigint) as paid_orders,
    cast(coalesce(acted.cancelled_orders, 0) as bigint) as cancelled_orders,
    cast(coalesce(acted.order_value_micro, 0) as bigint) as order_value_micro,
    cast(coalesce(acted.tips, 0) as bigint) as tips,
    cast(coalesce(acted.supports, 0) as bigint) as supports,
    cast(coalesce(acted.sessions, 0) as bigint) as sessions,
    cast(coalesce(acted.plays, 0) as bigint) as plays,
    cast(coalesce(acted.skips, 0) as bigint) as skips,
    cast(coalesce(acted.active_ms, 0) as bigint) as active_ms,
    {{ to_date('exposed.first_exposed_at') }} as first_exposed_date,
    exposed.first_exposed_at,
    exposed.observed_until,
    exposed.arrived_at,
    exposed.inputs_load_id as load_id
from exposed
left join acted on exposed.experiment_assignment_id = acted.experiment_assignment_id
