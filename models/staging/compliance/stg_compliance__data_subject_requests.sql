with source as (
    select * from {{ source('raw', 'data_subject_requests') }}
),

renamed as (
    select
        -- ids
        data_subject_request_id,
        user_id,

        -- attributes
        request_type,
        channel,
        jurisdiction,
        status,
        rejection_reason,

        -- times
        received_at,
        verified_at,
        due_at,
        fulfilled_at,
        rejected_at,

        -- arrival
        changed_at,
        change_no,
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        data_subject_request_id,
        user_id,
        nullif(lower({{ trimmed('request_type') }}), '') as request_type,
        nullif(lower({{ trimmed('channel') }}), '') as channel,
        nullif(lower({{ trimmed('jurisdiction') }}), '') as jurisdiction,
        nullif(lower({{ trimmed('status') }}), '') as status,
        nullif({{ trimmed('rejection_reason') }}, '') as rejection_reason,
        received_at,
        verified_at,
        due_at,
        fulfilled_at,
        rejected_at,
        changed_at,
        change_no,
        arrived_at,
        load_id
    from renamed
)

select * from cleaned
