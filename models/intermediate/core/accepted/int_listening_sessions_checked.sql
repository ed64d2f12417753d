with
listening_sessions as (
    select * from {{ ref('stg_engagement__listening_sessions') }}
),

issued as (
    select
        max(case when entity = 'cities' then last_id end) as cities,
        max(case when entity = 'countries' then last_id end) as countries,
        max(case when entity = 'devices' then last_id end) as devices,
        max(case when entity = 'users' then last_id end) as users
    from {{ ref('int_issued_keys') }}
),

checked as (
    select
        listening_sessions.*,
        case
            when {{ never_issued_user('listening_sessions.user_id', 'issued.users') }} then 'orphan_user'
            when {{ never_issued('listening_sessions.device_id', 'issued.devices') }} then 'orphan_device'
            when {{ never_issued('listening_sessions.ip_country_id', 'issued.countries') }}
                then 'orphan_country'
            when {{ never_issued('listening_sessions.city_id', 'issued.cities') }} then 'orphan_city'
        end as reject_rule
    from listening_sessions
    cross join issued
),

final as (
    select
        session_id,
        user_id,
        device_id,
        ip_country_id,
        city_id,
        trace_id,
        app_version,
        os_version,
        started_at,
        ended_at,
        arrived_at,
        load_id,
        reject_rule,
        case
            when reject_rule is not null
                then {{ row_payload([
                    'session_id', 'user_id', 'device_id', 'ip_country_id', 'city_id', 'started_at',
                    'ended_at', 'app_version', 'os_version', 'trace_id', 'arrived_at', 'load_id'
                ]) }}
        end as row_payload
    from checked
)

select * from final
