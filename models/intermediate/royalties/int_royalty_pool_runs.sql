{{ config(materialized='table') }}

with
streams as (
    select * from {{ ref('int_royalty_streams') }}
),

revenue as (
    select * from {{ ref('fct_revenue_daily') }}
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

split_changes as (
    select * from {{ ref('stg_royalties__revenue_splits_changes') }}
),

song_works as (
    select * from {{ ref('stg_royalties__song_works') }}
),

methods as (
    select * from {{ ref('int_royalty_methods') }}
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
    group by
        revenue.service_month,
        revenue.booking_month,
        geographies.country_id,
        revenue.tier,
        revenue.service,
        revenue.currency_code
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

-- A pool is worked out at the close of its month, and again at each later close for which something arrived.
arrivals as (
    select distinct
        earned.service_month,
        earned.booking_month,
        earned.payment_country_id,
        earned.tier,
        earned.source
    from earned
    union distinct
    select distinct
        streams.service_month,
        streams.booking_month,
        streams.payment_country_id,
        streams.tier,
        case when streams.tier = 'free' then 'advertising' else 'subscription' end as source
    from streams
    union distinct
    select distinct
        streams.service_month,
        late_splits.booking_month,
        streams.payment_country_id,
        streams.tier,
        case when streams.tier = 'free' then 'advertising' else 'subscription' end as source
    from late_splits
    inner join streams
        on
            late_splits.song_id = streams.song_id
            and late_splits.first_month <= streams.service_month
            and late_splits.booking_month >= streams.booking_month
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
)

select
    keyed.pool_key,
    keyed.pool_key || '|' || cast(keyed.booking_month as text) as run_key,
    keyed.service_month,
    keyed.booking_month,
    lag(keyed.booking_month) over (partition by keyed.pool_key order by keyed.booking_month) as previous_booking_month,
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
left join methods
    on
        keyed.service_month = methods.service_month
        and keyed.payment_country_id = methods.country_id
        and keyed.tier = methods.tier
        and keyed.source = methods.source
        and keyed.right_type = methods.right_type
