with source as (
    select * from {{ source('raw', 'household_members') }}
),

renamed as (
    select
        -- ids
        household_member_id,
        household_id,
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
        household_member_id,
        household_id,
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
