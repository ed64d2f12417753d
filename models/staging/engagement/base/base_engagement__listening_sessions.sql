with source as (
    select * from {{ source('raw', 'listening_sessions') }}
),

renamed as (
    select
        -- ids
        session_id,
        user_id,
        device_id,
        ip_country_id,
        city_id,
        trace_id,

        -- attributes
        app_version,
        os_version,

        -- times
        started_at,
        ended_at,

        -- arrival
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        session_id,
        user_id,
        device_id,
        ip_country_id,
        city_id,
        nullif({{ trimmed('trace_id') }}, '') as trace_id,
        nullif({{ trimmed('app_version') }}, '') as app_version,
        nullif({{ trimmed('os_version') }}, '') as os_version,
        started_at,
        ended_at,
        arrived_at,
        load_id
    from renamed
),

judged as (
    select
        cleaned.*,
        case
            when
                session_id is null
                or user_id is null
                or device_id is null
                or ip_country_id is null
                or started_at is null
                or app_version is null
                or os_version is null
                then 'missing_value'
            when ended_at < started_at then 'ended_before_start'
            when {{ after_arrival('started_at') }} then 'started_after_arrival'
        end as broken_rule
    from cleaned
),

copies as (
    select
        judged.*,
        row_number() over (
            partition by session_id, broken_rule is null
            order by arrived_at, load_id
        ) as copy_no
    from judged
),

checked as (
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
        case when broken_rule is null and copy_no > 1 then 'duplicate' else broken_rule end as reject_rule,
        case
            when broken_rule is not null or copy_no > 1
                then {{ row_payload([
                    'session_id', 'user_id', 'device_id', 'ip_country_id', 'city_id', 'started_at',
                    'ended_at', 'app_version', 'os_version', 'trace_id', 'arrived_at', 'load_id'
                ]) }}
        end as row_payload
    from copies
)

select * from checked
