with
active_days as (
    select
        user_id,
        local_date
    from {{ ref('int_active_days') }}
),

plan_periods as (
    select
        user_id,
        tier,
        payment_country_id,
        valid_from,
        valid_to
    from {{ ref('int_user_plan_periods') }}
),

geographies as (
    select
        geography_id,
        country_code,
        country
    from {{ ref('dim_geography') }}
),

rules as (
    select
        date_day,
        dau_days,
        wau_days,
        mau_days
    from {{ ref('int_rules_by_date') }}
),

clock as (
    select
        data_date,
        history_start
    from {{ ref('int_clock') }}
),

days as (
    select
        rules.date_day,
        {{ date_instant(add_days('rules.date_day', 1)) }} as next_midnight,
        {{ month_start('rules.date_day') }} as month_start_date,
        greatest({{ month_start('rules.date_day') }}, clock.history_start) as counted_from,
        rules.dau_days,
        rules.wau_days,
        rules.mau_days
    from rules
    inner join clock
        on
            rules.date_day >= clock.history_start
            and rules.date_day <= clock.data_date
),

runs as (
    select
        user_id,
        local_date,
        lead(local_date) over (partition by user_id order by local_date) as next_active_date
    from active_days
),

-- One row for each user and day in whose longest window the user was active: the last active day says in which.
presence as (
    select
        days.date_day,
        days.next_midnight,
        runs.user_id,
        case when {{ days_between('runs.local_date', 'days.date_day') }} < days.dau_days then 1 else 0 end as is_dau,
        case when {{ days_between('runs.local_date', 'days.date_day') }} < days.wau_days then 1 else 0 end as is_wau
    from runs
    inner join days
        on
            runs.local_date <= days.date_day
            and (runs.next_active_date is null or runs.next_active_date > days.date_day)
    where {{ days_between('runs.local_date', 'days.date_day') }} < days.mau_days
),

-- The cell: what was in force just before the next midnight (UTC).
placed as (
    select
        presence.date_day,
        presence.is_dau,
        presence.is_wau,
        {{ geography_id('null', 'null', 'nullif(plan_periods.payment_country_id, ' ~ unknown_key() ~ ')') }}
            as payment_geography_id,
        coalesce(plan_periods.tier, 'unknown') as tier
    from presence
    left join plan_periods
        on
            presence.user_id = plan_periods.user_id
            and presence.next_midnight > plan_periods.valid_from
            and presence.next_midnight <= plan_periods.valid_to
),

levels as (
    select
        false as is_all_countries,
        false as is_all_tiers
    union all
    select
        true as is_all_countries,
        false as is_all_tiers
    union all
    select
        false as is_all_countries,
        true as is_all_tiers
    union all
    select
        true as is_all_countries,
        true as is_all_tiers
),

-- Each user stands in the cell and in its roll-ups, so that all are counted afresh.
in_cells as (
    select
        placed.date_day,
        case
            when levels.is_all_countries then {{ not_applicable_key() }}
            else placed.payment_geography_id
        end as payment_geography_id,
        case when levels.is_all_tiers then 'all' else placed.tier end as tier,
        levels.is_all_countries,
        levels.is_all_tiers,
        placed.is_dau,
        placed.is_wau
    from placed
    cross join levels
),

counted as (
    select
        date_day,
        payment_geography_id,
        tier,
        is_all_countries,
        is_all_tiers,
        sum(is_dau) as dau,
        sum(is_wau) as wau,
        count(*) as mau
    from in_cells
    group by date_day, payment_geography_id, tier, is_all_countries, is_all_tiers
),

month_to_date as (
    select
        counted.*,
        days.month_start_date,
        {{ days_between('days.counted_from', 'days.date_day') }} + 1 as month_days,
        sum(counted.dau) over (
            partition by counted.payment_geography_id, counted.tier, days.month_start_date
            order by counted.date_day
            rows between unbounded preceding and current row
        ) as month_dau
    from counted
    inner join days on counted.date_day = days.date_day
)

select
    month_to_date.date_day,
    month_to_date.payment_geography_id,
    case when month_to_date.is_all_countries then 'all' else geographies.country_code end as payment_country_code,
    case when month_to_date.is_all_countries then 'all' else geographies.country end as payment_country,
    month_to_date.tier,
    cast(month_to_date.dau as bigint) as dau,
    cast(month_to_date.wau as bigint) as wau,
    cast(month_to_date.mau as bigint) as mau,
    cast(month_to_date.month_dau as bigint) as month_dau,
    month_to_date.month_days,
    {{ ratio('month_to_date.month_dau', 'month_to_date.month_days') }} as average_dau,
    {{ ratio('month_to_date.month_dau', 'month_to_date.month_days * month_to_date.mau') }} as stickiness,
    month_to_date.is_all_countries,
    month_to_date.is_all_tiers,
    month_to_date.date_day = {{ month_end('month_to_date.date_day') }} as is_month_end
from month_to_date
left join geographies on month_to_date.payment_geography_id = geographies.geography_id
