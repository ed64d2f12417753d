{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='api_request_id',
        indexes=server_indexes([
            {'columns': ['api_request_id']},
            {'columns': [to_hour('requested_at')]},
            {'columns': ['load_id']},
        ]),
    )
}}

with source as (
    select * from {{ source('raw', 'api_requests') }}
    {{ rows_of_touched_ids(source('raw', 'api_requests'), 'api_request_id') }}
),

renamed as (
    select
        -- ids
        api_request_id,
        service_id,
        user_id,
        device_id,
        country_id,
        trace_id,

        -- attributes
        method,
        route,

        -- numbers
        status_code,
        latency_ms,

        -- flags
        is_rate_limited,

        -- times
        requested_at,

        -- arrival
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        api_request_id,
        service_id,
        user_id,
        device_id,
        country_id,
        nullif(lower({{ trimmed('trace_id') }}), '') as trace_id,
        nullif(upper({{ trimmed('method') }}), '') as method,
        nullif({{ trimmed('route') }}, '') as route,
        status_code,
        latency_ms,
        is_rate_limited,
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
                api_request_id is null
                or service_id is null
                or requested_at is null
                or method is null
                or route is null
                or status_code is null
                or latency_ms is null
                or is_rate_limited is null
                or country_id is null
                then 'missing_value'
            when method not in ('GET', 'POST') then 'unknown_code'
            when not {{ regexp_like('trace_id', '^[0-9a-f]{32}$') }} then 'malformed_value'
            when status_code < 200 or status_code > 599 or latency_ms <= 0 then 'out_of_range'
            when is_rate_limited <> (status_code = 429) then 'contradiction'
            when {{ after_arrival('requested_at') }} then 'started_after_arrival'
        end as broken_rule
    from cleaned
    {{ worked_out_once() }}
),

copies as (
    select
        judged.*,
        row_number() over (
            partition by api_request_id, broken_rule is null
            order by arrived_at, load_id
        ) + {{ purged_copies('api_requests', 'api_request_id') }} as copy_no
    from judged
),

checked as (
    select
        api_request_id,
        service_id,
        user_id,
        device_id,
        country_id,
        trace_id,
        method,
        route,
        status_code,
        latency_ms,
        is_rate_limited,
        requested_at,
        arrived_at,
        load_id,
        case when broken_rule is null and copy_no > 1 then 'duplicate' else broken_rule end as reject_rule,
        case
            when broken_rule is not null or copy_no > 1
                then {{ row_payload([
                    'api_request_id', 'service_id', 'requested_at', 'method', 'route',
                    'status_code', 'latency_ms', 'is_rate_limited', 'user_id', 'device_id',
                    'country_id', 'trace_id', 'arrived_at', 'load_id'
                ]) }}
        end as row_payload
    from copies
)

select * from checked
