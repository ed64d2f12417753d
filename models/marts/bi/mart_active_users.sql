{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='date_day',
        pre_hook="{{ drop_days_without_users() }}",
        indexes=server_indexes([
            {'columns': ['date_day', 'payment_geography_id', 'tier'], 'unique': true},
            {'columns': ['load_id']},
        ]),
    )
}}

{#- Days of listening that are judged anew, and whose plan is told anew. -#}
{%- set judged -%}
    select newer.local_date
    from {{ ref('int_user_days') }} as newer
    where {{ is_newer_load('newer.load_id') }}
    group by newer.local_date
{%- endset %}
{%- set retold -%}
    select newer.user_id
    from {{ ref('int_user_plan_periods') }} as newer
    where {{ is_newer_load('newer.load_id') }}
{%- endset %}
{#- Local days that the windows of the days told can see. -#}
{%- set seen -%}
    select near.date_day
    from {{ ref('int_rules_by_date') }} as near
    where
        near.date_day > (select min({{ add_days('told.date_day', '-told.mau_days') }}) from days as told)
        and near.date_day <= (select max(told.date_day) from days as told)
{%- endset %}

with
plan_periods as (
    select
        user_id,
        tier,
        payment_country_id,
        valid_from,
        valid_to,
        load_id
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

all_days as (
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

{% if is_incremental() -%}
listened_days as (
    select
        user_id,
        local_date
    from {{ ref('int_active_days') }}
    {{ where_one_of('user_id', retold) }}
),

-- Months with a day that is not told yet, or in whose windows a day of listening, or the plan of who listened, is told anew.
touched as (
    select month_start_date
    from all_days
    where date_day > (select coalesce(max(told.date_day), {{ unknown_date() }}) from {{ this }} as told)
    union
    select all_days.month_start_date
    from all_days
    inner join ({{ judged }}) as listened
        on
            all_days.date_day >= listened.local_date
            and {{ days_between('listened.local_date', 'all_days.date_day') }} < all_days.mau_days
    union
    select all_days.month_start_date
    from plan_periods
    inner join listened_days as listened
        on
            plan_periods.user_id = listened.user_id
            and plan_periods.valid_to > {{ date_instant('listened.local_date') }}
            and plan_periods.valid_from
            <= {{ date_instant(add_days('listened.local_date', '(select max(all_days.mau_days) from all_days)')) }}
    inner join all_days
        on
            all_days.date_day >= listened.local_date
            and {{ days_between('listened.local_date', 'all_days.date_day') }} < all_days.mau_days
            and all_days.next_midnight > plan_periods.valid_from
            and all_days.next_midnight <= plan_periods.valid_to
    where {{ is_newer_load('plan_periods.load_id') }}
),

{% endif -%}
days as (
    select *
    from all_days
    {% if is_incremental() -%}
    where month_start_date in (select touched.month_start_date from touched)
    {%- endif %}
),

active_days as (
    select
        user_id,
        local_date,
        load_id
    from {{ ref('int_active_days') }}
    {{ where_one_of('local_date', seen) }}
),

runs as (
    select
        user_id,
        local_date,
        load_id,
        lead(local_date) over (partition by user_id order by local_date) as next_active_date
    from active_days
),

-- One row for each user and day in whose longest window the user was active: the last active day says in which.
presence as (
    select
        days.date_day,
        days.next_midnight,
        runs.user_id,
        runs.load_id,
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
        coalesce(plan_periods.tier, 'unknown') as tier,
        greatest(presence.load_id, plan_periods.load_id) as load_id
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
        placed.is_wau,
        placed.load_id
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
        count(*) as mau,
        max(load_id) as load_id
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
    month_to_date.date_day = {{ month_end('month_to_date.date_day') }} as is_month_end,
    cast(month_to_date.load_id as bigint) as load_id
from month_to_date
left join geographies on month_to_date.payment_geography_id = geographies.geography_id
