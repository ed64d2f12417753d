{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='ad_request_id',
        indexes=server_indexes([
            {'columns': ['ad_request_id']},
            {'columns': [to_hour('requested_at')]},
            {'columns': ['load_id']},
        ]),
    )
}}

with source as (
    select * from {{ source('raw', 'ad_requests') }}
    {{ rows_of_touched_ids(source('raw', 'ad_requests'), 'ad_request_id') }}
),

renamed as (
    select
        -- ids
        ad_request_id,
        user_id,
        device_id,
        stream_id,
        country_id,

        -- attributes
        placement,

        -- numbers
        decision_ms,

        -- flags
        is_filled,

        -- times
        requested_at,

        -- arrival
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        ad_request_id,
        user_id,
        device_id,
        stream_id,
        country_id,
        nullif(lower({{ trimmed('placement') }}), '') as placement,
        decision_ms,
        is_filled,
        requested_at,
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
                ad_request_id is null
                or user_id is null
                or device_id is null
                or country_id is null
                or placement is null
                or decision_ms is null
                or is_filled is null
                or requested_at is null
                then 'missing_value'
            when
                placement not in ('between_songs', 'app_open', 'video_takeover')
                then 'unknown_code'
            when decision_ms < 0 then 'negative_decision_ms'
            when {{ after_arrival('requested_at') }} then 'started_after_arrival'
        end as broken_rule
    from cleaned
    {{ worked_out_once() }}
),

copies as (
    select
        judged.*,
        row_number() over (
            partition by ad_request_id, broken_rule is null
            order by arrived_at, load_id
        ) + {{ purged_copies('ad_requests', 'ad_request_id') }} as copy_no
    from judged
),

checked as (
    select
        ad_request_id,
        user_id,
        device_id,
        stream_id,
        country_id,
        placement,
        decision_ms,
        is_filled,
        requested_at,
        arrived_at,
        load_id,
        case when broken_rule is null and copy_no > 1 then 'duplicate' else broken_rule end as reject_rule,
        case
            when broken_rule is not null or copy_no > 1
                then {{ row_payload([
                    'ad_request_id', 'user_id', 'device_id', 'stream_id', 'country_id',
                    'placement', 'decision_ms', 'is_filled', 'requested_at', 'arrived_at', 'load_id'
                ]) }}
        end as row_payload
    from copies
)

select * from checked
