with source as (
    select * from {{ source('raw', 'plans') }}
),

renamed as (
    select
        -- ids
        plan_id,

        -- attributes
        plan_code,
        name,
        tier,
        variant,
        max_quality,

        -- numbers
        skips_per_hour,
        concurrent_streams,
        member_limit,

        -- flags
        is_shuffle_only,
        has_ads,
        can_download,

        -- arrival
        changed_at,
        change_no,
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        plan_id,
        nullif(lower({{ trimmed('plan_code') }}), '') as plan_code,
        nullif({{ trimmed('name') }}, '') as name,
        nullif(lower({{ trimmed('tier') }}), '') as tier,
        nullif(lower({{ trimmed('variant') }}), '') as variant,
        nullif(lower({{ trimmed('max_quality') }}), '') as max_quality,
        skips_per_hour,
        concurrent_streams,
        member_limit,
        is_shuffle_only,
        has_ads,
        can_download,
        changed_at,
        change_no,
        arrived_at,
        load_id
    from renamed
)

select * from cleaned
