with source as (
    select * from {{ source('raw', 'content_reports') }}
),

renamed as (
    select
        -- ids
        content_report_id,
        reporter_user_id,
        target_id,
        reported_content_id,
        reported_user_id,
        reviewed_by_user_id,

        -- attributes
        target_type,
        reason,
        description,
        status,
        action_taken,

        -- times
        created_at,
        updated_at,
        reviewed_at,
        closed_at,

        -- arrival
        changed_at,
        change_no,
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        content_report_id,
        reporter_user_id,
        target_id,
        reported_content_id,
        reported_user_id,
        reviewed_by_user_id,
        nullif(lower({{ trimmed('target_type') }}), '') as target_type,
        nullif(lower({{ trimmed('reason') }}), '') as reason,
        nullif({{ trimmed('description') }}, '') as description,
        nullif(lower({{ trimmed('status') }}), '') as status,
        nullif(lower({{ trimmed('action_taken') }}), '') as action_taken,
        created_at,
        updated_at,
        reviewed_at,
        closed_at,
        changed_at,
        change_no,
        arrived_at,
        load_id
    from renamed
)

select * from cleaned
