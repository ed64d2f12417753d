with source as (
    select * from {{ source('raw', 'user_settings_changes') }}
),

renamed as (
    select
        -- ids
        user_id,

        -- numbers
        daily_limit_minutes,

        -- flags
        is_profile_public,
        allows_profiling,
        allows_marketing_email,
        allows_push,
        blocks_explicit,

        -- arrival
        changed_at,
        change_no,
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        user_id,
        daily_limit_minutes,
        is_profile_public,
        allows_profiling,
        allows_marketing_email,
        allows_push,
        blocks_explicit,
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
            partition by user_id, change_no
            order by arrived_at, load_id
        ) as copy_no
    from cleaned
),

checked as (
    select
        user_id,
        daily_limit_minutes,
        is_profile_public,
        allows_profiling,
        allows_marketing_email,
        allows_push,
        blocks_explicit,
        changed_at,
        change_no,
        arrived_at,
        load_id,
        case when copy_no > 1 then 'duplicate' end as reject_rule,
        case
            when copy_no > 1
                then {{ row_payload([
                    'user_id', 'is_profile_public', 'allows_profiling', 'allows_marketing_email',
                    'allows_push', 'blocks_explicit', 'daily_limit_minutes', 'changed_at',
                    'change_no', 'arrived_at', 'load_id'
                ]) }}
        end as row_payload
    from copies
)

select * from checked
