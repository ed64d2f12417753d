with source as (
    select * from {{ source('raw', 'creator_promotions') }}
),

renamed as (
    select
        -- ids
        creator_promotion_id,
        artist_id,
        content_id,
        campaign_id,
        transaction_id,

        -- attributes
        currency_code,
        state,

        -- numbers
        budget_minor,

        -- times
        scheduled_from,
        scheduled_to,
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
        creator_promotion_id,
        artist_id,
        content_id,
        campaign_id,
        transaction_id,
        nullif(upper({{ trimmed('currency_code') }}), '') as currency_code,
        nullif(lower({{ trimmed('state') }}), '') as state,
        budget_minor,
        scheduled_from,
        scheduled_to,
        created_at,
        changed_at,
        change_no,
        arrived_at,
        load_id
    from renamed
)

select * from cleaned
