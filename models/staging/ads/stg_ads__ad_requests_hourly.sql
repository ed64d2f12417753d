with source as (
    select * from {{ source('raw', 'ad_requests_hourly') }}
),

renamed as (
    select
        -- ids
        country_id,

        -- attributes
        placement,

        -- numbers
        decision_ms,
        requests,

        -- flags
        is_filled,

        -- times
        hour_at,

        -- arrival
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        country_id,
        nullif(lower({{ trimmed('placement') }}), '') as placement,
        decision_ms,
        requests,
        is_filled,
        hour_at,
        arrived_at,
        load_id
    from renamed
)

select * from cleaned
