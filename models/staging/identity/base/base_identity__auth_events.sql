{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='auth_event_id',
        indexes=server_indexes([
            {'columns': ['auth_event_id']},
            {'columns': ['load_id']},
        ]),
    )
}}

with source as (
    select * from {{ source('raw', 'auth_events') }}
    {{ rows_of_touched_ids(source('raw', 'auth_events'), 'auth_event_id') }}
),

renamed as (
    select
        -- ids
        auth_event_id,
        user_id,
        device_id,
        country_id,

        -- attributes
        event_type,
        provider,
        mfa_kind,
        channel,
        failure_reason,

        -- flags
        is_success,

        -- times
        occurred_at,

        -- arrival
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        auth_event_id,
        user_id,
        device_id,
        country_id,
        nullif(lower({{ trimmed('event_type') }}), '') as event_type,
        nullif(lower({{ trimmed('provider') }}), '') as provider,
        nullif(lower({{ trimmed('mfa_kind') }}), '') as mfa_kind,
        nullif(lower({{ trimmed('channel') }}), '') as channel,
        nullif(lower({{ trimmed('failure_reason') }}), '') as failure_reason,
        is_success,
        occurred_at,
        arrived_at,
        load_id
    from renamed
    {{ worked_out_once() }}
),

judged as (
    select
        cleaned.*,
        case
            when
                auth_event_id is null
                or user_id is null
                or occurred_at is null
                or event_type is null
                or provider is null
                or channel is null
                or country_id is null
                or is_success is null
                then 'missing_value'
            when
                event_type not in (
                    'sign_up', 'log_in', 'log_in_failed', 'mfa_challenged', 'mfa_passed',
                    'mfa_failed', 'reset_requested', 'reset_done'
                )
                or provider not in ('password', 'google', 'amazon', 'sso')
                or mfa_kind not in ('totp', 'sms', 'passkey')
                or channel not in ('app', 'web', 'device')
                or failure_reason not in ('wrong_password', 'wrong_code', 'expired_code')
                then 'unknown_code'
            when
                is_success <> (failure_reason is null)
                or is_success <> (event_type not in ('log_in_failed', 'mfa_failed'))
                then 'contradiction'
            when {{ after_arrival('occurred_at') }} then 'started_after_arrival'
        end as broken_rule
    from cleaned
    {{ worked_out_once() }}
),

copies as (
    select
        judged.*,
        row_number() over (
            partition by auth_event_id, broken_rule is null
            order by arrived_at, load_id
        ) as copy_no
    from judged
),

checked as (
    select
        auth_event_id,
        user_id,
        device_id,
        country_id,
        event_type,
        provider,
        mfa_kind,
        channel,
        failure_reason,
        is_success,
        occurred_at,
        arrived_at,
        load_id,
        case when broken_rule is null and copy_no > 1 then 'duplicate' else broken_rule end as reject_rule,
        case
            when broken_rule is not null or copy_no > 1
                then {{ row_payload([
                    'auth_event_id', 'user_id', 'occurred_at', 'event_type', 'provider', 'mfa_kind',
                    'channel', 'device_id', 'country_id', 'is_success', 'failure_reason',
                    'arrived_at', 'load_id'
                ]) }}
        end as row_payload
    from copies
)

select * from checked
