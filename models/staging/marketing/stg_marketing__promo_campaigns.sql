with source as (
    select * from {{ source('raw', 'promo_campaigns') }}
),

renamed as (
    select
        -- ids
        promo_campaign_id,
        target_country_id,

        -- attributes
        campaign_code,
        name,
        channel,
        objective,
        target_segment,
        currency_code,
        status,

        -- numbers
        budget_minor,

        -- times
        starts_at,
        ends_at,
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
        promo_campaign_id,
        target_country_id,
        nullif({{ trimmed('campaign_code') }}, '') as campaign_code,
        nullif({{ trimmed('name') }}, '') as name,
        nullif(lower({{ trimmed('channel') }}), '') as channel,
        nullif(lower({{ trimmed('objective') }}), '') as objective,
        nullif(lower({{ trimmed('target_segment') }}), '') as target_segment,
        nullif(upper({{ trimmed('currency_code') }}), '') as currency_code,
        nullif(lower({{ trimmed('status') }}), '') as status,
        budget_minor,
        starts_at,
        ends_at,
        created_at,
        changed_at,
        change_no,
        arrived_at,
        load_id
    from renamed
)

select * from cleaned
