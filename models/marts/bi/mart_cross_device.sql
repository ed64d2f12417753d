with
played as (
    select * from {{ ref('int_device_listening') }}
),

devices as (
    select
        device_id,
        device_type
    from {{ ref('dim_device') }}
),

geographies as (
    select
        geography_id,
        country_code
    from {{ ref('dim_geography') }}
),

subscriptions as (
    select
        subscription_id,
        user_id,
        signup_device_id,
        started_at
    from {{ ref('int_subscription_versions') }}
    where is_current
),

users as (
    select
        user_id,
        payment_geography_id,
        valid_to,
        {{ first_from_the_beginning('user_key') }} as valid_from
    from {{ ref('dim_user') }}
    where user_id > 0
),

clock as (
    select history_start from {{ ref('int_clock') }}
),

listened as (
    select
        played.month_start_date,
        played.country_geography_id,
        devices.device_type,
        played.user_id,
        sum(played.plays) as plays,
        sum(played.active_ms) as active_ms
    from played
    inner join devices on played.device_id = devices.device_id
    group by played.month_start_date, played.country_geography_id, devices.device_type, played.user_id
),

first_subscriptions as (
    select
        subscriptions.*,
        row_number() over (
            partition by subscriptions.user_id order by subscriptions.started_at, subscriptions.subscription_id
        ) as subscription_no
    from subscriptions
),

driven as (
    select
        {{ month_start(to_date('first_subscriptions.started_at')) }} as month_start_date,
        coalesce(users.payment_geography_id, {{ unknown_key() }}) as country_geography_id,
        coalesce(devices.device_type, 'unknown') as device_type,
        count(*) as first_subscriptions
    from first_subscriptions
    inner join clock on {{ to_date('first_subscriptions.started_at') }} >= clock.history_start
    left join devices on first_subscriptions.signup_device_id = devices.device_id
    {{ join_version('first_subscriptions', 'users', 'user_id', 'started_at') }}
    where first_subscriptions.subscription_no = 1
    group by
        {{ month_start(to_date('first_subscriptions.started_at')) }},
        coalesce(users.payment_geography_id, {{ unknown_key() }}),
        coalesce(devices.device_type, 'unknown')
),

-- Added up, not joined: a device may bring plays, subscriptions or both.
parts as (
    select
        month_start_date,
        country_geography_id,
        device_type,
        count(*) as listeners,
        sum(plays) as plays,
        sum(active_ms) as active_ms,
        0 as first_subscriptions
    from listened
    group by month_start_date, country_geography_id, device_type
    union all
    select
        month_start_date,
        country_geography_id,
        device_type,
        0 as listeners,
        0 as plays,
        0 as active_ms,
        first_subscriptions
    from driven
),

totals as (
    select
        month_start_date,
        country_geography_id,
        device_type,
        sum(listeners) as listeners,
        sum(plays) as plays,
        sum(active_ms) as active_ms,
        sum(first_subscriptions) as first_subscriptions
    from parts
    group by month_start_date, country_geography_id, device_type
),

shared as (
    select
        totals.*,
        sum(active_ms) over (partition by month_start_date, country_geography_id) as country_active_ms,
        sum(first_subscriptions) over (partition by month_start_date, country_geography_id)
            as country_first_subscriptions
    from totals
)

select
    shared.month_start_date,
    shared.country_geography_id,
    geographies.country_code,
    shared.device_type,
    cast(shared.listeners as bigint) as listeners,
    cast(shared.plays as bigint) as plays,
    cast(shared.active_ms as bigint) as active_ms,
    {{ ratio('shared.active_ms', 'shared.country_active_ms') }} as listening_share,
    cast(shared.first_subscriptions as bigint) as first_subscriptions,
    {{ ratio('shared.first_subscriptions', 'shared.country_first_subscriptions') }} as subscription_share
from shared
left join geographies on shared.country_geography_id = geographies.geography_id
