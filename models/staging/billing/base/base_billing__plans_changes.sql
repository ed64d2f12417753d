with source as (
    select * from {{ source('raw', 'plans_changes') }}
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
),

copies as (
    select
        cleaned.*,
        row_number() over (
            partition by plan_id, change_no
            order by arrived_at, load_id
        ) as copy_no
    from cleaned
),

checked as (
    select
        plan_id,
        plan_code,
        name,
        tier,
        variant,
        max_quality,
        skips_per_hour,
        concurrent_streams,
        member_limit,
        is_shuffle_only,
        has_ads,
        can_download,
        changed_at,
        change_no,
        arrived_at,
        load_id,
        case when copy_no > 1 then 'duplicate' end as reject_rule,
        case
            when copy_no > 1
                then {{ row_payload([
                    'plan_id', 'plan_code', 'name', 'tier', 'variant', 'max_quality',
                    'skips_per_hour', 'is_shuffle_only', 'has_ads', 'can_download',
                    'concurrent_streams', 'member_limit', 'changed_at', 'change_no', 'arrived_at',
                    'load_id'
                ]) }}
        end as row_payload
    from copies
)

select * from checked
