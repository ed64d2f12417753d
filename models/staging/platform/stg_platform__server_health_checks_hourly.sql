with source as (
    select * from {{ source('raw', 'server_health_checks_hourly') }}
),

renamed as (
    select
        -- ids
        service_id,

        -- numbers
        checks,
        checks_up,
        cpu_ppm_sum,
        cpu_ppm_max,
        memory_ppm_sum,
        memory_ppm_max,
        latency_ms_sum,
        latency_ms_max,

        -- times
        hour_at,

        -- arrival
        arrived_at,
        load_id
    from source
)

select * from renamed
