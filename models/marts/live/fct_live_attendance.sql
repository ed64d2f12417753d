{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='live_attendance_id',
        indexes=server_indexes([
            {'columns': ['live_attendance_id'], 'unique': true},
            {'columns': ['live_event_id']},
            {'columns': ['load_id']},
        ]),
    )
}}
{#- What is new, and what was attended by an account whose version of that instant is new. -#}
{%- set touched -%}
    select newer.live_attendance_id
    from {{ ref('int_live_attendance_accepted') }} as newer
    where newer.load_id > (select coalesce(max(built.load_id), 0) from {{ this }} as built)
    union all
    select told.live_attendance_id
    from {{ ref('int_live_attendance_accepted') }} as told
    where
        exists (
            select 1
            from {{ ref('int_user_versions') }} as viewers
            where
                told.user_id = viewers.user_id
                and told.joined_at >= viewers.valid_from
                and told.joined_at < viewers.valid_to
                and viewers.load_id > (select coalesce(max(built.load_id), 0) from {{ this }} as built)
        )
{%- endset %}

with
attendance as (
    select * from {{ ref('int_live_attendance_accepted') }}
    {{ where_one_of('live_attendance_id', touched) }}
),

users as (
    select
        user_id,
        user_key,
        valid_from,
        valid_to,
        load_id
    from {{ ref('int_user_versions') }}
)

select
    attendance.live_attendance_id,
    attendance.live_event_id,
    attendance.user_id,
    {{ fact_version_key('users.user_key', 'attendance.user_id') }} as user_key,
    attendance.device_id,
    coalesce(attendance.live_ticket_id, {{ not_applicable_key() }}) as live_ticket_id,
    {{ datediff_ms('attendance.joined_at', 'attendance.left_at') }} as stay_ms,
    attendance.watch_seconds,
    {{ to_date('attendance.joined_at') }} as joined_date,
    attendance.joined_at,
    attendance.left_at,
    greatest(attendance.load_id, coalesce(users.load_id, 0)) as load_id
from attendance
{{ join_version('attendance', 'users', 'user_id', 'joined_at') }}
