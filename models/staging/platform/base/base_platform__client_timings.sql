{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='client_timing_id',
        indexes=server_indexes([
            {'columns': ['client_timing_id']},
            {'columns': [to_hour('measured_at')]},
            {'columns': ['load_id']},
        ]),
    )
}}

with source as (
    select * from {{ source('raw', 'client_timings') }}
    {{ rows_of_touched_ids(source('raw', 'client_timings'), 'client_timing_id') }}
),

renamed as (
    select
        -- ids
        client_timing_id,
        device_id,
        country_id,

        -- attributes
        timing_kind,
        device_type,
        app_version,

        -- numbers
        elapsed_ms,

        -- times
        measured_at,

        -- arrival
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        client_timing_id,
        device_id,
        country_id,
        nullif(lower({{ trimmed('timing_kind') }}), '') as timing_kind,
        nullif({{ trimmed('device_type') }}, '') as device_type,
        nullif({{ trimmed('app_version') }}, '') as app_version,
        elapsed_ms,
        measured_at,
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
                client_timing_id is null
                or timing_kind is null
                or measured_at is null
                or elapsed_ms is null
                or device_id is null
                or device_type is null
                or app_version is null
                or country_id is null
                then 'missing_value'
            when timing_kind not in ('page_load', 'app_start', 'audio_start', 'video_start')
                then 'unknown_code'
            when elapsed_ms <= 0 then 'out_of_range'
            when {{ after_arrival('measured_at') }} then 'started_after_arrival'
        end as broken_rule
    from cleaned
    {{ worked_out_once() }}
),

copies as (
    select
        judged.*,
        row_number() over (
            partition by client_timing_id, broken_rule is null
            order by arrived_at, load_id
        ) + {{ purged_copies('client_timings', 'client_timing_id') }} as copy_no
    from judged
),

checked as (
    select
        client_timing_id,
        device_id,
        country_id,
        timing_kind,
        device_type,
        app_version,
        elapsed_ms,
        measured_at,
        arrived_at,
        load_id,
        case when broken_rule is null and copy_no > 1 then 'duplicate' else broken_rule end as reject_rule,
        case
            when broken_rule is not null or copy_no > 1
                then {{ row_payload([
                    'client_timing_id', 'timing_kind', 'measured_at', 'elapsed_ms', 'device_id',
                    'device_type', 'app_version', 'country_id', 'arrived_at', 'load_id'
                ]) }}
        end as row_payload
    from copies
)

select * from checked
