with
runs as (
    select * from {{ ref('int_royalty_pool_runs') }}
),

plays as (
    select * from {{ ref('int_royalty_plays') }}
),

rules as (
    select * from {{ ref('int_rules_by_date') }}
),

closes as (
    select distinct
        service_month,
        booking_month
    from runs
),

-- All plays of the month that had arrived by each close, in all of its pools.
known as (
    select
        closes.service_month,
        closes.booking_month,
        plays.stream_id,
        plays.user_id,
        plays.payer_user_id,
        plays.payment_country_id,
        plays.tier,
        plays.song_id,
        plays.artist_id,
        plays.listening_country_id,
        plays.active_ms,
        plays.is_sought,
        plays.started_date,
        plays.started_at
    from closes
    inner join plays
        on
            closes.service_month = plays.service_month
            and closes.booking_month >= plays.booking_month
),

listeners as (
    select
        service_month,
        booking_month,
        artist_id,
        user_id,
        count(*) as streams
    from known
    group by
        service_month,
        booking_month,
        artist_id,
        user_id
),

artists as (
    select
        service_month,
        booking_month,
        artist_id,
        sum(streams) as streams,
        count(*) as listeners
    from listeners
    group by
        service_month,
        booking_month,
        artist_id
),

-- Those alone are ranked who played more than count.
busy_listeners as (
    select
        listeners.service_month,
        listeners.booking_month,
        listeners.user_id
    from listeners
    inner join rules on listeners.service_month = rules.date_day
    group by
        listeners.service_month,
        listeners.booking_month,
        listeners.user_id,
        rules.artist_centric_user_streams
    having sum(listeners.streams) > rules.artist_centric_user_streams
),

turns as (
    select
        known.booking_month,
        known.stream_id,
        row_number() over (
            partition by known.service_month, known.booking_month, known.user_id
            order by known.started_at, known.stream_id
        ) as turn
    from known
    inner join busy_listeners
        on
            known.service_month = busy_listeners.service_month
            and known.booking_month = busy_listeners.booking_month
            and known.user_id = busy_listeners.user_id
),

weighed as (
    select
        known.*,
        case
            when turns.turn > rules.artist_centric_user_streams then 0
            else {{ multiply_divide(
                'case when artists.streams >= rules.artist_centric_streams'
                ~ ' and artists.listeners >= rules.artist_centric_listeners'
                ~ ' then rules.artist_centric_boost_ppm else 1000000 end',
                'case when known.is_sought then rules.artist_centric_sought_boost_ppm else 1000000 end',
                1000000
            ) }}
        end as boosted_ppm
    from known
    inner join rules on known.service_month = rules.date_day
    inner join artists
        on
            known.service_month = artists.service_month
            and known.booking_month = artists.booking_month
            and known.artist_id = artists.artist_id
    left join turns
        on
            known.booking_month = turns.booking_month
            and known.stream_id = turns.stream_id
)

select
    service_month,
    booking_month,
    payment_country_id,
    tier,
    payer_user_id,
    song_id,
    artist_id,
    listening_country_id,
    started_date,
    count(*) as streams,
    cast(sum(active_ms) as bigint) as active_ms,
    cast(sum(boosted_ppm) as bigint) as boosted_ppm
from weighed
-- What tells most rows apart stands first, as the server sorts by it.
group by
    payer_user_id,
    song_id,
    started_date,
    booking_month,
    service_month,
    payment_country_id,
    tier,
    artist_id,
    listening_country_id
