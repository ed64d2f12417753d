with source as (
    select * from {{ source('raw', 'user_settings') }}
),

renamed as (
    select
        -- ids
        user_id,

        -- numbers
        daily_limit_minutes,

        -- flags
        is_profile_public,
        allows_profiling,
        allows_marketing_email,
        allows_push,
        blocks_explicit,

        -- arrival
        changed_at,
        change_no,
        arrived_at,
        load_id
    from source
)

select * from renamed
