with
clock as (
    select history_start from {{ ref('int_clock') }}
),

playlist_events as (
    select * from {{ ref('fct_playlist_events') }}
),

reactions as (
    select * from {{ ref('int_reactions_accepted') }}
),

follows as (
    select * from {{ ref('stg_engagement__follows') }}
),

landings as (
    select
        'reaction' as kind,
        reacted_at as happened_at,
        arrived_at
    from reactions
    union all
    select
        'follow' as kind,
        coalesce(unfollowed_at, followed_at) as happened_at,
        arrived_at
    from follows
    union all
    select
        'playlist edit' as kind,
        occurred_at as happened_at,
        arrived_at
    from playlist_events
),

lags as (
    select
        landings.kind,
        {{ month_start(to_date('landings.happened_at')) }} as month_start_date,
        {{ datediff_ms('landings.happened_at', 'landings.arrived_at') }} as lag_ms
    from landings
    cross join clock
    where landings.happened_at >= {{ date_instant('clock.history_start') }}
),

ranked as (
    select
        kind,
        month_start_date,
        lag_ms,
        count(*) over (partition by kind, month_start_date order by lag_ms) as up_to,
        count(*) over (partition by kind, month_start_date) as in_all
    from lags
)

select
    month_start_date,
    kind,
    count(*) as events,
    {{ ratio('count(case when lag_ms <= 5000 then 1 end)', 'count(*)') }} as within_5_s,
    {{ nearest_rank(50, 'lag_ms', 'up_to', 'in_all') }} as lag_p50_ms,
    {{ nearest_rank(95, 'lag_ms', 'up_to', 'in_all') }} as lag_p95_ms
from ranked
group by
    kind,
    month_start_date
order by month_start_date desc, kind asc
limit 500
