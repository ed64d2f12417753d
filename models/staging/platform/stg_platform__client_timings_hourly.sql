with source as (
    select * from {{ source('raw', 'client_timings_hourly') }}
),

renamed as (
    select
        -- attributes
        timing_kind,
        device_type,
        app_version,

        -- numbers
        elapsed_ms,
        timings,

        -- times
        hour_at,

        -- arrival
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        nullif(lower({{ trimmed('timing_kind') }}), '') as timing_kind,
        nullif({{ trimmed('device_type') }}, '') as device_type,
        nullif({{ trimmed('app_version') }}, '') as app_version,
        elapsed_ms,
        timings,
        hour_at,
        arrived_at,
        load_id
    from renamed
)

select * from cleaned
