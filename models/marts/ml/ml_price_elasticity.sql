{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='week_start_date',
        indexes=server_indexes([
            {'columns': ['geography_id', 'plan_id', 'billing_cycle', 'week_start_date'], 'unique': true},
            {'columns': ['week_start_date']},
            {'columns': ['told_load_id']},
        ]),
    )
}}
{%- set attributes = ['plan_price_id', 'started_at', 'ended_at'] %}
{%- set plan_versions = ref('int_plan_versions') %}
{%- set came = changed_ids('billing', 'subscriptions', 'subscription_id', 'told_load_id') %}

with
{% if is_incremental() -%}
came as (
    {{ change_rows('billing', 'subscriptions', 'subscription_id', attributes) }}
    {{ where_one_of('history.subscription_id', came) }}
),

-- Told anew are the weeks from the first on that a change reaches, all if the prices changed, and the last one, whose
-- rows say up to which load all is told.
reached as (
    select
        case when change_no = 0 then least(changed_at, started_at) else changed_at end as reached_at
    from came
    where {{ is_newer_load(held='told_load_id') }}
    union all
    select ended_at as reached_at
    from came
    union all
    select {{ date_instant('max(told.week_start_date)') }} as reached_at
    from {{ this }} as told
    where told.told_load_id > 0
    union all
    select {{ start_of_time() }} as reached_at
    from {{ plan_versions }} as newer
    where {{ is_newer_load('newer.load_id', 'told_load_id') }}
),

since as (
    select min(reached_at) as since_at
    from reached
),

{% endif -%}
plans as (
    select * from {{ ref('dim_plan') }}
    where
        plan_price_id > 0
        and tier <> 'free'
),

subscription_changes as (
    {{ change_rows('billing', 'subscriptions', 'subscription_id', attributes) }}
),

endings as (
    select
        subscription_id,
        ended_at
    from {{ ref('stg_billing__subscriptions') }}
    where ended_at is not null
),

days as (
    select date_day
    from {{ ref('dim_date') }}
    where iso_week_start_date = date_day
),

clock as (
    select
        history_start,
        data_clock,
        last_load_id
    from {{ ref('int_clock') }}
),

weeks as (
    select
        days.date_day as week_start_date,
        {{ date_instant('days.date_day') }} as begins_at,
        {{ date_instant(add_days('days.date_day', 7)) }} as ends_at
    from days
    inner join clock
        on
            days.date_day >= clock.history_start
            and {{ date_instant(add_days('days.date_day', 7)) }} <= clock.data_clock
    {% if is_incremental() -%}
    inner join since on {{ date_instant(add_days('days.date_day', 7)) }} > since.since_at
    {%- endif %}
),

offers as (
    select distinct
        plan_price_id,
        geography_id,
        plan_id,
        billing_cycle
    from plans
),

-- The price in force and on sale when the week begins.
priced as (
    select
        weeks.week_start_date,
        weeks.begins_at,
        weeks.ends_at,
        plans.geography_id,
        plans.plan_id,
        plans.billing_cycle,
        plans.currency_code,
        plans.price_minor,
        plans.tier,
        lag(plans.price_minor) over (
            partition by plans.geography_id, plans.plan_id, plans.billing_cycle order by weeks.week_start_date
        ) as price_before_minor
    from weeks
    inner join plans
        on
            weeks.begins_at >= plans.valid_from
            and weeks.begins_at < plans.valid_to
            and weeks.week_start_date >= plans.sold_from
            and weeks.week_start_date < coalesce(plans.sold_to, {{ not_applicable_date() }})
),

-- Before the weeks that are told anew stands what they follow.
compared as (
    select
        priced.*,
        coalesce(
            priced.price_before_minor
            {%- if is_incremental() %},
            (
                select standing.price_minor
                from {{ this }} as standing
                where
                    standing.geography_id = priced.geography_id
                    and standing.plan_id = priced.plan_id
                    and standing.billing_cycle = priced.billing_cycle
                    and standing.week_start_date < (select min(weeks.week_start_date) from weeks)
                order by standing.week_start_date desc
                limit 1
            )
            {%- endif %}
        ) as price_compared_minor,
        max(priced.week_start_date) over () as last_week_start_date
    from priced
),

begun as (
    select
        offers.geography_id,
        offers.plan_id,
        offers.billing_cycle,
        weeks.week_start_date,
        count(*) as sign_ups
    from subscription_changes
    inner join offers on subscription_changes.plan_price_id = offers.plan_price_id
    inner join weeks
        on
            subscription_changes.started_at >= weeks.begins_at
            and subscription_changes.started_at < weeks.ends_at
    where subscription_changes.change_no = 0
    group by offers.geography_id, offers.plan_id, offers.billing_cycle, weeks.week_start_date
),

-- Subscriptions by what they were when a week begins: which price they have later is not known then.
states as (
    select
        subscription_changes.*,
        {{ overtaken_at('changed_at', 'subscription_id') }} as overtaken_at
    from subscription_changes
),

kept as (
    select
        offers.geography_id,
        offers.plan_id,
        offers.billing_cycle,
        weeks.week_start_date,
        count(*) as subscriptions,
        count(case when endings.ended_at < weeks.ends_at then 1 end) as ended
    from states
    inner join offers on states.plan_price_id = offers.plan_price_id
    inner join weeks
        on
            states.changed_at < weeks.begins_at
            and states.started_at < weeks.begins_at
            and coalesce(states.overtaken_at, {{ end_of_time() }}) >= weeks.begins_at
            and coalesce(states.ended_at, {{ end_of_time() }}) >= weeks.begins_at
    left join endings
        on
            states.subscription_id = endings.subscription_id
            and weeks.begins_at <= endings.ended_at
    group by offers.geography_id, offers.plan_id, offers.billing_cycle, weeks.week_start_date
)

select
    priced.geography_id,
    priced.plan_id,
    priced.billing_cycle,
    priced.week_start_date,
    priced.tier,
    priced.currency_code,
    priced.price_minor,
    {{ ratio('priced.price_minor', 'priced.price_compared_minor') }} as price_ratio,
    cast(coalesce(begun.sign_ups, 0) as bigint) as sign_ups,
    cast(coalesce(kept.subscriptions, 0) as bigint) as subscriptions,
    cast(coalesce(kept.ended, 0) as bigint) as ended,
    {{ ratio('coalesce(kept.ended, 0)', 'coalesce(kept.subscriptions, 0)') }} as ended_share,
    cast(case when priced.week_start_date = priced.last_week_start_date then clock.last_load_id else 0 end as bigint)
        as told_load_id
from compared as priced
cross join clock
left join begun
    on
        priced.geography_id = begun.geography_id
        and priced.plan_id = begun.plan_id
        and priced.billing_cycle = begun.billing_cycle
        and priced.week_start_date = begun.week_start_date
left join kept
    on
        priced.geography_id = kept.geography_id
        and priced.plan_id = kept.plan_id
        and priced.billing_cycle = kept.billing_cycle
        and priced.week_start_date = kept.week_start_date
