with source as (
    select * from {{ source('raw', 'retention_preferences') }}
),

renamed as (
    select
        -- ids
        retention_preference_id,
        user_id,

        -- attributes
        data_category,

        -- numbers
        retention_months,

        -- times
        set_at,
        updated_at,

        -- arrival
        changed_at,
        change_no,
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        retention_preference_id,
        user_id,
        nullif(lower({{ trimmed('data_category') }}), '') as data_category,
        retention_months,
        set_at,
        updated_at,
        changed_at,
        change_no,
        arrived_at,
        load_id
    from renamed
)

select * from cleaned
