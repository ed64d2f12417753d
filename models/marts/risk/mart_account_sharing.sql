with
data_clock as (
    select data_date from {{ ref('int_clock') }}
),

rules as (
    select
        date_day,
        sharing_window_days,
        sharing_countries,
        sharing_travels,
        travel_speed_kmh,
        travel_distance_km
    from {{ ref('int_rules_by_date') }}
),

clock as (
    select
        data_clock.data_date,
        {{ add_days('data_clock.data_date', '1 - rules.sharing_window_days') }} as first_date,
        rules.sharing_countries,
        rules.sharing_travels,
        rules.travel_speed_kmh,
        rules.travel_distance_km
    from data_clock
    inner join rules on data_clock.data_date = rules.date_day
),

geographies as (
    select
        geography_id,
        country_geography_id,
        latitude,
        longitude
    from {{ ref('dim_geography') }}
),

plans as (
    select
        plan_key,
        concurrent_streams
    from {{ ref('dim_plan') }}
),

plays as (
    select
        streams.stream_id,
        streams.user_id,
        streams.device_id,
        streams.local_date,
        streams.started_at,
        {{ add_ms('streams.started_at', 'coalesce(streams.played_ms, 0)') }} as ended_at,
        nullif(geographies.country_geography_id, {{ unknown_key() }}) as country_geography_id,
        geographies.latitude,
        geographies.longitude,
        plans.concurrent_streams
    from {{ ref('fct_streams') }} as streams
    -- A local day lies within a day of the UTC day, which the index finds: what is older costs nothing.
    inner join clock
        on
            streams.started_date >= {{ add_days('clock.first_date', -1) }}
            and streams.local_date >= clock.first_date
            and streams.local_date <= clock.data_date
    left join geographies on streams.geography_id = geographies.geography_id
    left join plans on streams.plan_key = plans.plan_key
),

ordered as (
    select
        plays.*,
        lag(country_geography_id) over (partition by user_id order by started_at, stream_id) as last_country_id,
        lag(latitude) over (partition by user_id order by started_at, stream_id) as last_latitude,
        lag(longitude) over (partition by user_id order by started_at, stream_id) as last_longitude,
        lag(ended_at) over (partition by user_id order by started_at, stream_id) as last_ended_at,
        max(ended_at) over (
            partition by user_id order by started_at, stream_id rows between unbounded preceding and 1 preceding
        ) as ended_before_at
    from plays
),

-- Faster than an airliner from the place of one play to that of the next, and farther than a wrong guess of the place.
journeys as (
    select
        ordered.user_id,
        {{ great_circle_m('last_latitude', 'last_longitude', 'latitude', 'longitude') }} as distance_m,
        {{ datediff_ms('last_ended_at', 'started_at') }} as travel_ms,
        clock.travel_speed_kmh,
        clock.travel_distance_km
    from ordered
    cross join clock
    where
        ordered.latitude <> ordered.last_latitude
        or ordered.longitude <> ordered.last_longitude
),

impossible as (
    select
        user_id,
        count(*) as impossible_travels
    from journeys
    where
        distance_m > travel_distance_km * 1000
        and distance_m * 3600 > travel_speed_kmh * travel_ms
    group by user_id
),

-- Plays at once are counted where one begins; an end at the same instant comes before it. Few accounts have any.
overlapping as (
    select distinct user_id
    from ordered
    where started_at < ended_before_at
),

steps as (
    select
        plays.user_id,
        plays.started_at as step_at,
        plays.stream_id,
        plays.concurrent_streams,
        1 as step
    from plays
    inner join overlapping on plays.user_id = overlapping.user_id
    where plays.started_at < plays.ended_at
    union all
    select
        plays.user_id,
        plays.ended_at as step_at,
        plays.stream_id,
        plays.concurrent_streams,
        -1 as step
    from plays
    inner join overlapping on plays.user_id = overlapping.user_id
    where plays.started_at < plays.ended_at
),

running as (
    select
        steps.*,
        sum(step) over (
            partition by user_id order by step_at, step, stream_id
            rows between unbounded preceding and current row
        ) as streams_at_once
    from steps
),

concurrent as (
    select
        user_id,
        max(streams_at_once) as most_at_once,
        count(case when step = 1 and streams_at_once > concurrent_streams then 1 end) as plays_above_limit
    from running
    group by user_id
),

accounts as (
    select
        user_id,
        count(*) as plays,
        count(distinct local_date) as days_played,
        count(distinct device_id) as devices,
        count(distinct country_geography_id) as countries,
        count(case when country_geography_id <> last_country_id then 1 end) as country_changes
    from ordered
    group by user_id
),

signs as (
    select
        accounts.*,
        clock.first_date,
        clock.data_date,
        coalesce(impossible.impossible_travels, 0) as impossible_travels,
        coalesce(concurrent.most_at_once, 1) as most_at_once,
        coalesce(concurrent.plays_above_limit, 0) as plays_above_limit,
        accounts.countries >= clock.sharing_countries as has_many_countries,
        coalesce(concurrent.plays_above_limit, 0) > 0 as has_streams_above_limit,
        coalesce(impossible.impossible_travels, 0) >= clock.sharing_travels as has_impossible_travel
    from accounts
    cross join clock
    left join impossible on accounts.user_id = impossible.user_id
    left join concurrent on accounts.user_id = concurrent.user_id
)

select
    user_id,
    first_date as window_start_date,
    data_date as window_end_date,
    plays,
    days_played,
    devices,
    countries,
    country_changes,
    cast(impossible_travels as bigint) as impossible_travels,
    cast(most_at_once as bigint) as most_at_once,
    cast(plays_above_limit as bigint) as plays_above_limit,
    has_many_countries,
    has_streams_above_limit,
    has_impossible_travel,
    case when has_many_countries then 1 else 0 end
    + case when has_streams_above_limit then 1 else 0 end
    + case when has_impossible_travel then 1 else 0 end as signs,
    has_many_countries or has_streams_above_limit or has_impossible_travel as is_suspected
from signs
