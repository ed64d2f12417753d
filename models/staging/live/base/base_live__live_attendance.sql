{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='live_attendance_id',
        indexes=server_indexes([
            {'columns': ['live_attendance_id']},
            {'columns': ['live_event_id']},
            {'columns': ['load_id']},
        ]),
    )
}}

with source as (
    select * from {{ source('raw', 'live_attendance') }}
    {{ rows_of_touched_ids(source('raw', 'live_attendance'), 'live_attendance_id') }}
),

renamed as (
    select
        -- ids
        live_attendance_id,
        live_event_id,
        user_id,
        live_ticket_id,
        device_id,

        -- numbers
        watch_seconds,

        -- times
        joined_at,
        left_at,

        -- arrival
        arrived_at,
        load_id
    from source
),

cleaned as (
    select
        live_attendance_id,
        live_event_id,
        user_id,
        live_ticket_id,
        device_id,
        watch_seconds,
        joined_at,
        left_at,
        arrived_at,
        load_id
    from renamed
),

judged as (
    select
        cleaned.*,
        case
            when
                live_attendance_id is null
                or live_event_id is null
                or user_id is null
                or device_id is null
                or joined_at is null
                or left_at is null
                or watch_seconds is null
                then 'missing_value'
            when watch_seconds < 0 then 'out_of_range'
            when left_at <= joined_at then 'ended_before_start'
            when {{ after_arrival('joined_at') }} then 'started_after_arrival'
        end as broken_rule
    from cleaned
),

copies as (
    select
        judged.*,
        row_number() over (
            partition by live_attendance_id, broken_rule is null
            order by arrived_at, load_id
        ) as copy_no
    from judged
),

checked as (
    select
        live_attendance_id,
        live_event_id,
        user_id,
        live_ticket_id,
        device_id,
        watch_seconds,
        joined_at,
        left_at,
        arrived_at,
        load_id,
        case when broken_rule is null and copy_no > 1 then 'duplicate' else broken_rule end as reject_rule,
        case
            when broken_rule is not null or copy_no > 1
                then {{ row_payload([
                    'live_attendance_id', 'live_event_id', 'user_id', 'live_ticket_id', 'device_id',
                    'joined_at', 'left_at', 'watch_seconds', 'arrived_at', 'load_id'
                ]) }}
        end as row_payload
    from copies
)

select * from checked
