{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='server_health_check_id',
        indexes=server_indexes([
            {'columns': ['server_health_check_id']},
            {'columns': [to_hour('checked_at')]},
            {'columns': ['load_id']},
        ]),
    )
}}

with source as (
    select * from {{ source('raw', 'server_health_checks') }}
    {{ rows_of_touched_ids(source('raw', 'server_health_checks'), 'server_health_check_id') }}
),

renamed as (
    select
        -- ids
        server_health_check_id,
        service_id,

        -- numbers
        server_no,
        cpu_ppm,
        memory_ppm,
        latency_ms,

        -- flags
        is_up,

        -- times
        checked_at,

        -- arrival
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        server_health_check_id,
        service_id,
        server_no,
        cpu_ppm,
        memory_ppm,
        latency_ms,
        is_up,
        checked_at,
        arrived_at,
        load_id
    from renamed
),

judged as (
    select
        cleaned.*,
        case
            when
                server_health_check_id is null
                or service_id is null
                or server_no is null
                or checked_at is null
                or is_up is null
                then 'missing_value'
            when
                server_no <= 0
                or cpu_ppm < 0
                or cpu_ppm > 1000000
                or memory_ppm < 0
                or memory_ppm > 1000000
                then 'out_of_range'
            when is_up <> (latency_ms is not null) or is_up <> (cpu_ppm is not null)
                then 'contradiction'
            when {{ after_arrival('checked_at') }} then 'started_after_arrival'
        end as broken_rule
    from cleaned
),

copies as (
    select
        judged.*,
        row_number() over (
            partition by server_health_check_id, broken_rule is null
            order by arrived_at, load_id
        ) + {{ purged_copies('server_health_checks', 'server_health_check_id') }} as copy_no
    from judged
),

checked as (
    select
        server_health_check_id,
        service_id,
        server_no,
        cpu_ppm,
        memory_ppm,
        latency_ms,
        is_up,
        checked_at,
        arrived_at,
        load_id,
        case when broken_rule is null and copy_no > 1 then 'duplicate' else broken_rule end as reject_rule,
        case
            when broken_rule is not null or copy_no > 1
                then {{ row_payload([
                    'server_health_check_id', 'service_id', 'server_no', 'checked_at', 'is_up',
                    'cpu_ppm', 'memory_ppm', 'latency_ms', 'arrived_at', 'load_id'
                ]) }}
        end as row_payload
    from copies
)

select * from checked
