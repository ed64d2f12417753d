with source as (
    select * from {{ source('raw', 'households') }}
),

renamed as (
    select
        -- ids
        household_id,
        owner_user_id,

        -- attributes
        household_type,
        address_hash,

        -- times
        created_at,
        closed_at,

        -- arrival
        changed_at,
        change_no,
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        household_id,
        owner_user_id,
        nullif(lower({{ trimmed('household_type') }}), '') as household_type,
        nullif({{ trimmed('address_hash') }}, '') as address_hash,
        created_at,
        closed_at,
        changed_at,
        change_no,
        arrived_at,
        load_id
    from renamed
)

select * from cleaned
