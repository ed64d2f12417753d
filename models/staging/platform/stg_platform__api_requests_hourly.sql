with source as (
    select * from {{ source('raw', 'api_requests_hourly') }}
),

renamed as (
    select
        -- ids
        service_id,

        -- attributes
        method,
        route,

        -- numbers
        status_code,
        latency_ms,
        requests,

        -- times
        hour_at,

        -- arrival
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        service_id,
        nullif(upper({{ trimmed('method') }}), '') as method,
        nullif({{ trimmed('route') }}, '') as route,
        status_code,
        latency_ms,
        requests,
        hour_at,
        arrived_at,
        load_id
    from renamed
)

select * from cleaned
