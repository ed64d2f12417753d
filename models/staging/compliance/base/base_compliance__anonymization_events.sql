with source as (
    select * from {{ source('raw', 'anonymization_events') }}
),

renamed as (
    select
        -- ids
        anonymization_event_id,
        data_subject_request_id,
        user_id,

        -- attributes
        data_category,
        method,

        -- numbers
        record_count,

        -- times
        occurred_at,

        -- arrival
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        anonymization_event_id,
        data_subject_request_id,
        user_id,
        nullif(lower({{ trimmed('data_category') }}), '') as data_category,
        nullif(lower({{ trimmed('method') }}), '') as method,
        record_count,
        occurred_at,
        arrived_at,
        load_id
    from renamed
),

judged as (
    select
        cleaned.*,
        case
            when
                anonymization_event_id is null
                or occurred_at is null
                or data_category is null
                or method is null
                or record_count is null
                then 'missing_value'
            when
                data_category not in (
                    'search_texts', 'voice_recordings', 'ip_addresses', 'avatar_images',
                    'support_attachments'
                )
                or method not in ('deleted', 'hashed', 'generalized')
                then 'unknown_code'
            when record_count < 0 then 'out_of_range'
            when {{ after_arrival('occurred_at') }} then 'started_after_arrival'
        end as broken_rule
    from cleaned
),

copies as (
    select
        judged.*,
        row_number() over (
            partition by anonymization_event_id, broken_rule is null
            order by arrived_at, load_id
        ) as copy_no
    from judged
),

checked as (
    select
        anonymization_event_id,
        data_subject_request_id,
        user_id,
        data_category,
        method,
        record_count,
        occurred_at,
        arrived_at,
        load_id,
        case when broken_rule is null and copy_no > 1 then 'duplicate' else broken_rule end as reject_rule,
        case
            when broken_rule is not null or copy_no > 1
                then {{ row_payload([
                    'anonymization_event_id', 'data_subject_request_id', 'user_id', 'occurred_at',
                    'data_category', 'method', 'record_count', 'arrived_at', 'load_id'
                ]) }}
        end as row_payload
    from copies
)

select * from checked
