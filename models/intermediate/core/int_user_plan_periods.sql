{{ config(materialized='table', indexes=server_indexes([{'columns': ['user_id']}])) }}
{%- set member_attributes = ['household_id', 'user_id', 'joined_at', 'left_at'] %}

with
subscription_versions as (
    select
        subscription_id,
        user_id,
        plan_price_id,
        household_id,
        state,
        current_period_end_at,
        valid_from,
        valid_to,
        load_id
    from {{ ref('int_subscription_versions') }}
),

plan_versions as (
    select
        plan_price_id,
        plan_id,
        plan_key,
        tier,
        variant,
        valid_from,
        valid_to,
        load_id
    from {{ ref('int_plan_versions') }}
),

user_versions as (
    select
        user_id,
        payment_country_id,
        valid_from,
        valid_to,
        load_id
    from {{ ref('int_user_versions') }}
),

member_changes as (
    {{ change_rows('identity', 'household_members', 'household_member_id', member_attributes) }}
),

member_versions as (
    {{ versions_from_changes(
        'member_changes', 'household_member_id', 'household_member_key', member_attributes,
        created_at='changes.joined_at'
    ) }}
),

clock as (
    select {{ month_start('history_start') }} as first_month
    from {{ ref('int_clock') }}
),

households as (
    select
        households.household_id,
        households.owner_user_id,
        {{ holds_from('households.closed_at', 'households.arrived_at', 'clock.first_month') }} as closed_at,
        households.load_id
    from {{ ref('stg_identity__households') }} as households
    cross join clock
),

memberships as (
    select
        member_versions.household_id,
        member_versions.user_id,
        greatest(member_versions.valid_from, member_versions.joined_at) as valid_from,
        least(
            member_versions.valid_to,
            coalesce(member_versions.left_at, {{ end_of_time() }}),
            coalesce(households.closed_at, {{ end_of_time() }})
        ) as valid_to,
        greatest(member_versions.load_id, households.load_id) as load_id
    from member_versions
    inner join households on member_versions.household_id = households.household_id
    where member_versions.user_id <> households.owner_user_id
),

-- What a version gives its owner. Cancelled lasts until the period's end, whatever the expiry row's date.
owner_spans as (
    select
        user_id,
        subscription_id,
        plan_price_id,
        coalesce(household_id, {{ not_applicable_key() }}) as household_id,
        user_id as payer_user_id,
        state in ('trial', 'active', 'grace', 'cancelled') as has_access,
        valid_from,
        case
            when state = 'cancelled' and current_period_end_at < valid_to
                then greatest(current_period_end_at, valid_from)
            else valid_to
        end as valid_to,
        load_id
    from subscription_versions
),

-- What it gives the others of the household, while they are members.
member_spans as (
    select
        memberships.user_id,
        owner_spans.subscription_id,
        owner_spans.plan_price_id,
        owner_spans.household_id,
        owner_spans.payer_user_id,
        owner_spans.has_access,
        greatest(owner_spans.valid_from, memberships.valid_from) as valid_from,
        least(owner_spans.valid_to, memberships.valid_to) as valid_to,
        greatest(owner_spans.load_id, memberships.load_id) as load_id
    from memberships
    inner join owner_spans
        on
            memberships.household_id = owner_spans.household_id
            and memberships.valid_from < memberships.valid_to
            and memberships.valid_from < owner_spans.valid_to
            and memberships.valid_to > owner_spans.valid_from
),

spans as (
    select * from owner_spans
    union all
    select * from member_spans
),

paid_grants as (
    select
        spans.user_id,
        spans.subscription_id,
        spans.plan_price_id,
        plan_versions.plan_id,
        plan_versions.plan_key,
        plan_versions.tier,
        case plan_versions.tier when 'pro' then 2 when 'prime' then 1 else 0 end as tier_rank,
        spans.household_id,
        spans.payer_user_id,
        greatest(spans.valid_from, plan_versions.valid_from) as valid_from,
        least(spans.valid_to, plan_versions.valid_to) as valid_to,
        greatest(spans.load_id, plan_versions.load_id) as load_id
    from spans
    inner join plan_versions
        on
            spans.plan_price_id = plan_versions.plan_price_id
            and spans.valid_from < plan_versions.valid_to
            and spans.valid_to > plan_versions.valid_from
    where
        spans.has_access
        and spans.valid_from < spans.valid_to
),

-- Free needs no subscription; its first version also serves accounts that are older than the plan's row.
free_plan as (
    select min(plan_id) as plan_id
    from plan_versions
    where
        tier = 'free'
        and plan_price_id = {{ not_applicable_key() }}
),

free_grants as (
    select
        plan_versions.plan_id,
        plan_versions.plan_key,
        case
            when row_number() over (order by plan_versions.valid_from) > 1 then plan_versions.valid_from
        end as valid_from,
        plan_versions.valid_to,
        plan_versions.load_id
    from plan_versions
    inner join free_plan on plan_versions.plan_id = free_plan.plan_id
    where plan_versions.plan_price_id = {{ not_applicable_key() }}
),

first_versions as (
    select
        user_id,
        min(valid_from) as created_at
    from user_versions
    group by user_id
),

-- Every instant at which something may change, with the load that told of it.
changes as (
    select
        user_id,
        valid_from as changed_at,
        load_id
    from user_versions
    union all
    select
        user_id,
        valid_from as changed_at,
        load_id
    from spans
    union all
    select
        user_id,
        valid_to as changed_at,
        load_id
    from spans
    union all
    select
        user_id,
        valid_from as changed_at,
        load_id
    from paid_grants
    union all
    select
        first_versions.user_id,
        free_grants.valid_from as changed_at,
        free_grants.load_id
    from first_versions
    cross join free_grants
    where free_grants.valid_from is not null
    union all
    -- A version that only tells of the leaving spans nothing, but brings the load.
    select
        user_id,
        valid_from as changed_at,
        load_id
    from memberships
    union all
    select
        user_id,
        valid_to as changed_at,
        load_id
    from memberships
    where valid_from < valid_to
),

instants as (
    select
        changes.user_id,
        greatest(changes.changed_at, first_versions.created_at) as valid_from,
        max(changes.load_id) as load_id
    from changes
    inner join first_versions on changes.user_id = first_versions.user_id
    where changes.changed_at < {{ end_of_time() }}
    group by
        changes.user_id,
        greatest(changes.changed_at, first_versions.created_at)
),

-- A change that arrives late alters what follows it, so the load id never falls along a user's periods.
periods as (
    select
        user_id,
        valid_from,
        coalesce(
            lead(valid_from) over (partition by user_id order by valid_from),
            {{ end_of_time() }}
        ) as valid_to,
        max(load_id) over (
            partition by user_id order by valid_from
            rows between unbounded preceding and current row
        ) as load_id
    from instants
),

-- The highest tier wins, then the lower subscription id.
ranked_grants as (
    select
        periods.user_id,
        periods.valid_from,
        paid_grants.subscription_id,
        paid_grants.plan_price_id,
        paid_grants.plan_id,
        paid_grants.plan_key,
        paid_grants.tier,
        paid_grants.household_id,
        paid_grants.payer_user_id,
        row_number() over (
            partition by periods.user_id, periods.valid_from
            order by paid_grants.tier_rank desc, paid_grants.subscription_id asc
        ) as grant_rank
    from periods
    inner join paid_grants
        on
            periods.user_id = paid_grants.user_id
            and periods.valid_from >= paid_grants.valid_from
            and periods.valid_from < paid_grants.valid_to
),

final as (
    select
        cast(periods.user_id as bigint) as user_id,
        cast(periods.valid_from as timestamptz) as valid_from,
        cast(periods.valid_to as timestamptz) as valid_to,
        cast(coalesce(ranked_grants.subscription_id, {{ not_applicable_key() }}) as bigint) as subscription_id,
        cast(
            case
                when ranked_grants.subscription_id is not null then ranked_grants.plan_id
                else coalesce(free_grants.plan_id, {{ unknown_key() }})
            end as bigint
        ) as plan_id,
        cast(coalesce(ranked_grants.plan_price_id, {{ not_applicable_key() }}) as bigint) as plan_price_id,
        cast(
            case
                when ranked_grants.subscription_id is not null then ranked_grants.plan_key
                else coalesce(free_grants.plan_key, {{ unknown_key() }})
            end as bigint
        ) as plan_key,
        cast(coalesce(ranked_grants.tier, 'free') as text) as tier,
        cast(coalesce(user_versions.payment_country_id, {{ unknown_key() }}) as bigint) as payment_country_id,
        cast(coalesce(ranked_grants.household_id, {{ not_applicable_key() }}) as bigint) as household_id,
        cast(coalesce(ranked_grants.payer_user_id, {{ not_applicable_key() }}) as bigint) as payer_user_id,
        periods.valid_to = {{ end_of_time() }} as is_current,
        cast(periods.load_id as bigint) as load_id
    from periods
    {{ join_version('periods', 'user_versions', 'user_id', 'valid_from') }}
    left join ranked_grants
        on
            periods.user_id = ranked_grants.user_id
            and periods.valid_from = ranked_grants.valid_from
            and ranked_grants.grant_rank = 1
    left join free_grants
        on
            periods.valid_from >= coalesce(free_grants.valid_from, periods.valid_from)
            and periods.valid_from < free_grants.valid_to
)

select * from final
