with source as (
    select * from {{ source('raw', 'creatives') }}
),

renamed as (
    select
        -- ids
        creative_id,
        campaign_id,

        -- attributes
        format,
        title,

        -- numbers
        duration_ms,

        -- times
        active_from,
        active_to,

        -- arrival
        changed_at,
        change_no,
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        creative_id,
        campaign_id,
        nullif(lower({{ trimmed('format') }}), '') as format,
        nullif({{ trimmed('title') }}, '') as title,
        duration_ms,
        active_from,
        active_to,
        changed_at,
        change_no,
        arrived_at,
        load_id
    from renamed
)

select * from cleaned
