with source as (
    select * from {{ source('raw', 'communities') }}
),

renamed as (
    select
        -- ids
        community_id,
        artist_id,
        manager_user_id,

        -- attributes
        name,
        description,
        currency_code,
        subscription_interval,

        -- numbers
        subscription_fee_minor,

        -- times
        created_at,
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
        community_id,
        artist_id,
        manager_user_id,
        nullif({{ trimmed('name') }}, '') as name,
        nullif({{ trimmed('description') }}, '') as description,
        nullif(upper({{ trimmed('currency_code') }}), '') as currency_code,
        nullif(lower({{ trimmed('subscription_interval') }}), '') as subscription_interval,
        subscription_fee_minor,
        created_at,
        updated_at,
        changed_at,
        change_no,
        arrived_at,
        load_id
    from renamed
)

select * from cleaned
