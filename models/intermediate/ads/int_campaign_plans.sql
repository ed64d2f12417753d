with
versions as (
    select
        campaign_id,
        campaign_key,
        currency_code,
        pacing,
        goal_impressions,
        starts_at,
        ends_at,
        is_current,
        valid_to,
        load_id,
        {{ first_from_the_beginning('campaign_key') }} as valid_from
    from {{ ref('int_campaign_versions') }}
),

budgets as (
    select
        campaign_id,
        budget_micro,
        valid_from,
        valid_to,
        load_id
    from {{ ref('int_campaign_budgets') }}
),

rules as (
    select
        date_day,
        pacing_front_share_ppm
    from {{ ref('int_rules_by_date') }}
),

clock as (
    select
        data_date,
        history_start
    from {{ ref('int_clock') }}
),

campaign_days as (
    select
        versions.campaign_id,
        rules.date_day,
        rules.pacing_front_share_ppm,
        clock.history_start,
        clock.data_date,
        versions.starts_at as flight_starts_at,
        versions.ends_at as flight_ends_at,
        {{ add_ms(date_instant(add_days('rules.date_day', 1)), -1) }} as day_ends_at
    from versions
    cross join clock
    inner join rules
        on
            clock.history_start <= rules.date_day
            and clock.data_date >= {{ add_days('rules.date_day', -1) }}
    where versions.is_current
),

-- What was in force as the day ended; a campaign told of too late has no version before the month then open.
in_force as (
    select
        campaign_days.*,
        versions.campaign_key,
        versions.currency_code,
        versions.pacing,
        versions.goal_impressions,
        versions.starts_at,
        versions.ends_at,
        budgets.budget_micro,
        greatest(versions.load_id, budgets.load_id) as load_id,
        greatest(
            {{ datediff_ms('versions.starts_at', 'least(campaign_days.day_ends_at, versions.ends_at)') }}, 0
        ) as elapsed_ms,
        {{ datediff_ms('versions.starts_at', 'versions.ends_at') }} as flight_ms
    from campaign_days
    {{ join_version('campaign_days', 'versions', 'campaign_id', 'day_ends_at', kind='inner') }}
    {{ join_version('campaign_days', 'budgets', 'campaign_id', 'day_ends_at') }}
)

select
    campaign_id,
    date_day,
    campaign_key,
    currency_code,
    cast(coalesce(budget_micro, 0) as bigint) as budget_micro,
    cast(goal_impressions as bigint) as goal_impressions,
    -- Front-loaded: so much evenly in the first half of the flight, the rest evenly in the second.
    cast(
        case
            when elapsed_ms = 0 then 0
            when pacing = 'asap' then 1000000
            when pacing = 'even' then {{ multiply_divide('elapsed_ms', '1000000', 'flight_ms') }}
            when elapsed_ms * 2 <= flight_ms
                then {{ multiply_divide('elapsed_ms * 2', 'pacing_front_share_ppm', 'flight_ms') }}
            else pacing_front_share_ppm + {{ multiply_divide(
                '(elapsed_ms * 2 - flight_ms)', '(1000000 - pacing_front_share_ppm)', 'flight_ms'
            ) }}
        end as bigint
    ) as expected_ppm,
    date_day >= {{ to_date('flight_starts_at') }}
    and date_day <= {{ to_date(add_ms('flight_ends_at', -1)) }}
    and date_day <= data_date as is_in_flight,
    {{ to_date('starts_at') }} >= history_start as is_known_from_its_start,
    load_id
from in_force
