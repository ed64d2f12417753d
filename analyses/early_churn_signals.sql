with
clock as (
    select data_date
    from {{ ref('int_clock') }}
),

-- Signed up within the data, and with a whole first week behind them.
sign_ups as (
    select
        users.user_id,
        users.payment_country,
        users.created_at,
        clock.data_date
    from {{ ref('dim_user') }} as users
    cross join clock
    where
        users.is_current
        and users.allows_profiling
        and users.deleted_at is null
        and {{ days_between(to_date('users.created_at'), 'clock.data_date') }} between 7 and 34
),

streams as (
    select
        user_id,
        started_at,
        local_date,
        skip_class
    from {{ ref('fct_streams') }}
),

weeks as (
    select
        sign_ups.user_id,
        count(case when streams.started_at < {{ add_ms('sign_ups.created_at', 604800000) }} then 1 end) as plays,
        count(
            case
                when
                    streams.started_at < {{ add_ms('sign_ups.created_at', 604800000) }}
                    and streams.skip_class in ('skip_under_5s', 'skip_under_30s')
                    then 1
            end
        ) as short_skips,
        max(streams.local_date) as last_local_date
    from sign_ups
    inner join streams on sign_ups.user_id = streams.user_id
    group by sign_ups.user_id
)

select
    sign_ups.user_id,
    {{ to_date('sign_ups.created_at') }} as signed_up_date,
    sign_ups.payment_country,
    weeks.plays as first_week_plays,
    weeks.short_skips as first_week_short_skips,
    {{ ratio('weeks.short_skips', 'weeks.plays') }} as short_skip_rate,
    {{ days_between('weeks.last_local_date', 'sign_ups.data_date') }} as days_since_listening
from sign_ups
inner join weeks on sign_ups.user_id = weeks.user_id
where weeks.plays > 5
order by short_skip_rate desc, first_week_plays desc, sign_ups.user_id asc
limit 1000
