with source as (
    select * from {{ source('raw', 'labels') }}
),

renamed as (
    select
        -- ids
        label_id,
        country_id,
        owner_user_id,

        -- attributes
        name,
        label_type,

        -- times
        created_at,

        -- arrival
        changed_at,
        change_no,
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        label_id,
        country_id,
        owner_user_id,
        nullif({{ trimmed('name') }}, '') as name,
        nullif(lower({{ trimmed('label_type') }}), '') as label_type,
        created_at,
        changed_at,
        change_no,
        arrived_at,
        load_id
    from renamed
)

select * from cleaned
