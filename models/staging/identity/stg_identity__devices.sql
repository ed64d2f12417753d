with source as (
    select * from {{ source('raw', 'devices') }}
),

renamed as (
    select
        -- ids
        device_id,
        user_id,

        -- attributes
        device_type,
        alexa_model,
        os,
        os_version,
        app_version,

        -- times
        first_seen_at,
        last_seen_at,

        -- arrival
        changed_at,
        change_no,
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        device_id,
        user_id,
        nullif(lower({{ trimmed('device_type') }}), '') as device_type,
        nullif({{ trimmed('alexa_model') }}, '') as alexa_model,
        nullif(lower({{ trimmed('os') }}), '') as os,
        nullif({{ trimmed('os_version') }}, '') as os_version,
        nullif({{ trimmed('app_version') }}, '') as app_version,
        first_seen_at,
        last_seen_at,
        changed_at,
        change_no,
        arrived_at,
        load_id
    from renamed
)

select * from cleaned
