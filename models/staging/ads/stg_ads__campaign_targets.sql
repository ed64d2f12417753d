with source as (
    select * from {{ source('raw', 'campaign_targets') }}
),

renamed as (
    select
        -- ids
        campaign_target_id,
        campaign_id,

        -- attributes
        target_type,
        target_value,

        -- arrival
        changed_at,
        change_no,
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        campaign_target_id,
        campaign_id,
        nullif(lower({{ trimmed('target_type') }}), '') as target_type,
        nullif({{ trimmed('target_value') }}, '') as target_value,
        changed_at,
        change_no,
        arrived_at,
        load_id
    from renamed
)

select * from cleaned
