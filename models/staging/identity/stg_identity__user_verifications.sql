with source as (
    select * from {{ source('raw', 'user_verifications') }}
),

renamed as (
    select
        -- ids
        user_verification_id,
        user_id,

        -- attributes
        verification_type,

        -- flags
        is_used,

        -- times
        created_at,
        expires_at,
        used_at,

        -- arrival
        changed_at,
        change_no,
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        user_verification_id,
        user_id,
        nullif(lower({{ trimmed('verification_type') }}), '') as verification_type,
        is_used,
        created_at,
        expires_at,
        used_at,
        changed_at,
        change_no,
        arrived_at,
        load_id
    from renamed
)

select * from cleaned
