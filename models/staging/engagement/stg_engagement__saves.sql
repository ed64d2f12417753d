with source as (
    select * from {{ source('raw', 'saves') }}
),

renamed as (
    select
        -- ids
        save_id,
        user_id,
        content_id,
        device_id,

        -- attributes
        save_type,

        -- times
        saved_at,
        removed_at,

        -- arrival
        changed_at,
        change_no,
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        save_id,
        user_id,
        content_id,
        device_id,
        nullif(lower({{ trimmed('save_type') }}), '') as save_type,
        saved_at,
        removed_at,
        changed_at,
        change_no,
        arrived_at,
        load_id
    from renamed
)

select * from cleaned
