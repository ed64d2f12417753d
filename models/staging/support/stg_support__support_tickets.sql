with source as (
    select * from {{ source('raw', 'support_tickets') }}
),

renamed as (
    select
        -- ids
        support_ticket_id,
        user_id,
        subscription_id,
        transaction_id,
        content_id,
        device_id,
        incident_id,
        support_agent_id,
        language_id,

        -- attributes
        category,
        priority,
        channel,
        subject,
        status,

        -- numbers
        reopened_count,
        satisfaction,

        -- flags
        is_escalated,

        -- times
        opened_at,
        first_reply_at,
        resolved_at,
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
        support_ticket_id,
        user_id,
        subscription_id,
        transaction_id,
        content_id,
        device_id,
        incident_id,
        support_agent_id,
        language_id,
        nullif(lower({{ trimmed('category') }}), '') as category,
        nullif(lower({{ trimmed('priority') }}), '') as priority,
        nullif(lower({{ trimmed('channel') }}), '') as channel,
        nullif({{ trimmed('subject') }}, '') as subject,
        nullif(lower({{ trimmed('status') }}), '') as status,
        reopened_count,
        satisfaction,
        is_escalated,
        opened_at,
        first_reply_at,
        resolved_at,
        updated_at,
        changed_at,
        change_no,
        arrived_at,
        load_id
    from renamed
)

select * from cleaned
