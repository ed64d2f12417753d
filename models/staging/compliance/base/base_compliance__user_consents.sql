with source as (
    select * from {{ source('raw', 'user_consents') }}
),

renamed as (
    select
        -- ids
        user_consent_id,
        user_id,
        consent_document_id,

        -- attributes
        action,
        channel,

        -- times
        occurred_at,

        -- arrival
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        user_consent_id,
        user_id,
        consent_document_id,
        nullif(lower({{ trimmed('action') }}), '') as action,
        nullif(lower({{ trimmed('channel') }}), '') as channel,
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
                user_consent_id is null
                or user_id is null
                or consent_document_id is null
                or action is null
                or channel is null
                or occurred_at is null
                then 'missing_value'
            when
                action not in ('granted', 'withdrawn')
                or channel not in ('sign_up', 'settings', 'prompt')
                then 'unknown_code'
            when {{ after_arrival('occurred_at') }} then 'started_after_arrival'
        end as broken_rule
    from cleaned
),

copies as (
    select
        judged.*,
        row_number() over (
            partition by user_consent_id, broken_rule is null
            order by arrived_at, load_id
        ) as copy_no
    from judged
),

checked as (
    select
        user_consent_id,
        user_id,
        consent_document_id,
        action,
        channel,
        occurred_at,
        arrived_at,
        load_id,
        case when broken_rule is null and copy_no > 1 then 'duplicate' else broken_rule end as reject_rule,
        case
            when broken_rule is not null or copy_no > 1
                then {{ row_payload([
                    'user_consent_id', 'user_id', 'consent_document_id', 'action', 'channel',
                    'occurred_at', 'arrived_at', 'load_id'
                ]) }}
        end as row_payload
    from copies
)

select * from checked
