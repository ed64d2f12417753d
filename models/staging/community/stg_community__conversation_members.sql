with source as (
    select * from {{ source('raw', 'conversation_members') }}
),

renamed as (
    select
        -- ids
        conversation_member_id,
        conversation_id,
        user_id,

        -- attributes
        role,

        -- times
        joined_at,
        left_at,

        -- arrival
        changed_at,
        change_no,
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        conversation_member_id,
        conversation_id,
        user_id,
        nullif(lower({{ trimmed('role') }}), '') as role,
        joined_at,
        left_at,
        changed_at,
        change_no,
        arrived_at,
        load_id
    from renamed
)

select * from cleaned
