{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        indexes=server_indexes([
            {'columns': ['run_key'], 'unique': true},
            {'columns': ['service_month']},
            {'columns': ['booking_month']},
        ]),
    )
}}

{#- A run is worked out once, at its close. What is booked in months that are held by then concerns none to come. -#}
with
recent_streams as (
    select * from {{ ref('int_royalty_streams') }}
    {{ where_not_yet_booked() }}
),

revenue as (
    select * from {{ ref('fct_revenue_daily') }}
),

recent_revenue as (
    select * from {{ ref('fct_revenue_daily') }}
    {{ where_not_yet_booked() }}
),

geographies as (
    select * from {{ ref('dim_geography') }}
),

countries as (
    select * from {{ ref('stg_reference__countries') }}
),

rates as (
    select * from {{ ref('int_exchange_rates') }}
),

rules as (
    select * from {{ ref('int_rules_by_date') }}
),

clock as (
    select * from {{ ref('int_clock') }}
),

-- A split that is late makes a run at the next close alone: until then none is read.
split_changes as (
    select * from {{ ref('stg_royalties__revenue_splits_changes') }}
    {% if is_incremental() -%}
    where
        (select clock.data_clock from clock) >= (
            select {{ month_closes_at(add_months("coalesce(max(booked.booking_month), cast('1900-01-01' as date))", 1)) }}
            from {{ this }} as booked
        )
    {%- endif %}
),

song_works as (
    select * from {{ ref('stg_royalties__song_works') }}
),

methods as (
    select * from {{ ref('int_royalty_methods') }}
),

-- What a change of a split says of the days before: from which on it differs from the change before it.
compared_splits as (
    select
        split_changes.song_id,
        split_changes.work_id,
        split_changes.payee_id,
        split_changes.share_ppm,
        split_changes.valid_from,
        split_changes.valid_to,
        {{ month_start(add_days(to_date('split_changes.arrived_at'), '-' ~ month_close_days())) }} as booking_month,
        lag(split_changes.payee_id) over (
            partition by split_changes.revenue_split_id order by split_changes.change_no
        ) as earlier_payee_id,
        lag(split_changes.share_ppm) over (
            partition by split_changes.revenue_split_id order by split_changes.change_no
        ) as earlier_share_ppm,
        lag(split_changes.valid_from) over (
            partition by split_changes.revenue_split_id order by split_changes.change_no
        ) as earlier_valid_from,
        lag(split_changes.valid_to) over (
            partition by split_changes.revenue_split_id order by split_changes.change_no
        ) as earlier_valid_to
    from split_changes
),

dated_splits as (
    select
        song_id,
        work_id,
        booking_month,
        case
            when payee_id = earlier_payee_id and share_ppm = earlier_share_ppm and valid_from = earlier_valid_from
                then least(valid_to, earlier_valid_to)
            else least(valid_from, earlier_valid_from)
        end as differs_from
    from compared_splits
),

-- Those that came too late for a month release what it held in suspense, though nothing else arrives.
late_splits as (
    select
        coalesce(dated_splits.song_id, song_works.song_id) as song_id,
        dated_splits.booking_month,
        min({{ month_start('dated_splits.differs_from') }}) as first_month
    from dated_splits
    left join song_works on dated_splits.work_id = song_works.work_id
    where dated_splits.booking_month > {{ month_start('dated_splits.differs_from') }}
    group by
        coalesce(dated_splits.song_id, song_works.song_id),
        dated_splits.booking_month
),

recent_splits as (
    select * from late_splits
    {{ where_not_yet_booked() }}
),

-- Of what they are told of all plays count, those of earlier closes too.
split_streams as (
    select * from {{ ref('int_royalty_streams') }}
    {{ where_one_of('song_id', 'select recent_splits.song_id from recent_splits') }}
),

-- A pool is worked out at the close of its month, and again at each later close for which something arrived.
arrivals as (
    select distinct
        recent_revenue.service_month,
        recent_revenue.booking_month,
        geographies.country_id as payment_country_id,
        recent_revenue.tier,
        recent_revenue.service as source
    from recent_revenue
    inner join geographies on recent_revenue.payment_geography_id = geographies.geography_id
    inner join clock on recent_revenue.service_month >= {{ month_start('clock.history_start') }}
    where
        recent_revenue.service in ('subscription', 'advertising')
        and geographies.country_id > 0
    union distinct
    select distinct
        recent_streams.service_month,
        recent_streams.booking_month,
        recent_streams.payment_country_id,
        recent_streams.tier,
        case when recent_streams.tier = 'free' then 'advertising' else 'subscription' end as source
    from recent_streams
    union distinct
    select distinct
        split_streams.service_month,
        recent_splits.booking_month,
        split_streams.payment_country_id,
        split_streams.tier,
        case when split_streams.tier = 'free' then 'advertising' else 'subscription' end as source
    from recent_splits
    inner join split_streams
        on
            recent_splits.song_id = split_streams.song_id
            and recent_splits.first_month <= split_streams.service_month
            and recent_splits.booking_month >= split_streams.booking_month
),

runs as (
    select
        arrivals.service_month,
        arrivals.booking_month,
        arrivals.payment_country_id,
        arrivals.tier,
        arrivals.source
    from arrivals
    union distinct
    select
        arrivals.service_month,
        arrivals.service_month as booking_month,
        arrivals.payment_country_id,
        arrivals.tier,
        arrivals.source
    from arrivals
),

{% if is_incremental() -%}
held as (
    select
        service_month,
        booking_month,
        payment_country_id,
        tier,
        source,
        pool_key
    from {{ this }}
    {{ where_one_of('service_month', 'select runs.service_month from runs') }}
),

{% endif -%}
closed as (
    select
        runs.service_month,
        runs.booking_month,
        runs.payment_country_id,
        runs.tier,
        runs.source,
        countries.currency_code,
        {{ month_closes_at('runs.booking_month') }} as closes_at
    from runs
    inner join clock on {{ month_closes_at('runs.booking_month') }} <= clock.data_clock
    inner join countries on runs.payment_country_id = countries.country_id
    {% if is_incremental() -%}
    left join held
        on
            runs.service_month = held.service_month
            and runs.booking_month = held.booking_month
            and runs.payment_country_id = held.payment_country_id
            and runs.tier = held.tier
            and runs.source = held.source
    where held.service_month is null
    {%- endif %}
),

-- Subscriptions feed the pools of their own tier, advertising those of the Free tier.
earned as (
    select
        revenue.service_month,
        revenue.booking_month,
        geographies.country_id as payment_country_id,
        revenue.tier,
        revenue.service as source,
        revenue.currency_code,
        sum(revenue.net_revenue_micro) as net_revenue_micro
    from revenue
    inner join geographies on revenue.payment_geography_id = geographies.geography_id
    inner join clock on revenue.service_month >= {{ month_start('clock.history_start') }}
    where
        revenue.service in ('subscription', 'advertising')
        and geographies.country_id > 0
        -- Between closes nothing is read.
        and (select count(*) from closed) > 0
    group by
        revenue.service_month,
        revenue.booking_month,
        geographies.country_id,
        revenue.tier,
        revenue.service,
        revenue.currency_code
),

-- Knowing what had arrived by its close, a run takes the whole month again.
known as (
    select
        closed.service_month,
        closed.booking_month,
        closed.payment_country_id,
        closed.tier,
        closed.source,
        earned.currency_code,
        sum(earned.net_revenue_micro) as net_revenue_micro
    from closed
    inner join earned
        on
            closed.service_month = earned.service_month
            and closed.payment_country_id = earned.payment_country_id
            and closed.tier = earned.tier
            and closed.source = earned.source
            and closed.booking_month >= earned.booking_month
    group by
        closed.service_month,
        closed.booking_month,
        closed.payment_country_id,
        closed.tier,
        closed.source,
        earned.currency_code
),

-- What came in another currency is taken at the European Central Bank's rate of the month's last day.
converted as (
    select
        known.service_month,
        known.booking_month,
        known.payment_country_id,
        known.tier,
        known.source,
        sum(
            {{ multiply_divide(
                'known.net_revenue_micro', 'country_rates.rate_micro', 'revenue_rates.rate_micro'
            ) }}
        ) as net_revenue_micro
    from known
    inner join countries on known.payment_country_id = countries.country_id
    inner join rates as revenue_rates
        on
            {{ month_end('known.service_month') }} = revenue_rates.date_day
            and known.currency_code = revenue_rates.currency_code
    inner join rates as country_rates
        on
            {{ month_end('known.service_month') }} = country_rates.date_day
            and countries.currency_code = country_rates.currency_code
    group by
        known.service_month,
        known.booking_month,
        known.payment_country_id,
        known.tier,
        known.source
),

-- A pool is no debt: a month of more refunds than charges leaves nothing to share.
shared as (
    select
        closed.service_month,
        closed.booking_month,
        closed.payment_country_id,
        closed.tier,
        closed.source,
        closed.currency_code,
        closed.closes_at,
        coalesce(converted.net_revenue_micro, 0) as net_revenue_micro,
        rules.recording_share_ppm,
        {{ multiply_divide(
            'greatest(converted.net_revenue_micro, 0)', 'rules.rights_share_ppm', 1000000
        ) }} as rights_micro
    from closed
    inner join rules on closed.service_month = rules.date_day
    left join converted
        on
            closed.service_month = converted.service_month
            and closed.booking_month = converted.booking_month
            and closed.payment_country_id = converted.payment_country_id
            and closed.tier = converted.tier
            and closed.source = converted.source
),

-- Publishing takes what recording leaves, so that the two add up to the rights' share.
by_right as (
    select
        shared.*,
        'recording' as right_type,
        {{ multiply_divide('shared.rights_micro', 'shared.recording_share_ppm', 1000000) }} as pool_micro
    from shared
    union all
    select
        shared.*,
        'publishing' as right_type,
        shared.rights_micro
        - {{ multiply_divide('shared.rights_micro', 'shared.recording_share_ppm', 1000000) }} as pool_micro
    from shared
),

keyed as (
    select
        by_right.*,
        cast(by_right.service_month as text)
        || '|' || cast(by_right.payment_country_id as text)
        || '|' || by_right.tier
        || '|' || by_right.source
        || '|' || by_right.right_type as pool_key
    from by_right
),

all_runs as (
    select
        pool_key,
        booking_month
    from keyed
    {% if is_incremental() -%}
    union all
    select
        pool_key,
        booking_month
    from held
    {%- endif %}
),

following as (
    select
        pool_key,
        booking_month,
        lag(booking_month) over (partition by pool_key order by booking_month) as previous_booking_month
    from all_runs
)

select
    keyed.pool_key,
    keyed.pool_key || '|' || cast(keyed.booking_month as text) as run_key,
    keyed.service_month,
    keyed.booking_month,
    following.previous_booking_month,
    keyed.closes_at,
    keyed.payment_country_id,
    keyed.tier,
    keyed.source,
    keyed.right_type,
    coalesce(methods.method, 'pro_rata') as method,
    keyed.currency_code,
    cast(keyed.net_revenue_micro as bigint) as net_revenue_micro,
    cast(keyed.rights_micro as bigint) as rights_micro,
    cast(keyed.pool_micro as bigint) as pool_micro
from keyed
inner join following
    on
        keyed.pool_key = following.pool_key
        and keyed.booking_month = following.booking_month
left join methods
    on
        keyed.service_month = methods.service_month
        and keyed.payment_country_id = methods.country_id
        and keyed.tier = methods.tier
        and keyed.source = methods.source
        and keyed.right_type = methods.right_type
