{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='created_date',
        indexes=server_indexes([
            {'columns': ['created_date', 'notification_type', 'geography_id'], 'unique': true},
            {'columns': ['load_id']},
        ]),
    )
}}
{#- Days of what is new, and of what is told of by an account whose version of that instant is new. -#}
{%- set day = to_date('created_at') -%}
{%- set newer_accounts -%}
    select newer_versions.user_id
    from {{ ref('int_user_versions') }} as newer_versions
    where {{ is_newer_load('newer_versions.load_id') }}
{%- endset -%}
{%- set touched -%}
    select
        {{ to_date('newer.created_at') }} as created_date
    from {{ ref('stg_community__notifications') }} as newer
    where {{ is_newer_load('newer.load_id') }}
    union all
    select
        {{ to_date('told.created_at') }} as created_date
    from {{ ref('stg_community__notifications') }} as told
    where
        {{ is_one_of('told.recipient_user_id', newer_accounts) }}
        and exists (
            select 1
            from {{ ref('int_user_versions') }} as tellers
            where
                told.recipient_user_id = tellers.user_id
                and told.created_at >= tellers.valid_from
                and told.created_at < tellers.valid_to
                and {{ is_newer_load('tellers.load_id') }}
        )
{%- endset %}

with
notifications as (
    select
        notification_id,
        recipient_user_id,
        notification_type,
        is_read,
        is_pushed,
        {{ datediff_ms('created_at', 'read_at') }} as read_ms,
        created_at,
        load_id,
        {{ day }} as created_date
    from {{ ref('stg_community__notifications') }}
    {{ where_one_of(day, touched) }}
),

users as (
    select
        user_id,
        residence_country_id,
        valid_from,
        valid_to,
        load_id
    from {{ ref('int_user_versions') }}
),

placed as (
    select
        notifications.*,
        {{ geography_id('null', 'null', 'users.residence_country_id') }} as geography_id,
        greatest(notifications.load_id, coalesce(users.load_id, 0)) as told_load_id
    from notifications
    {{ join_version('notifications', 'users', 'notifications.recipient_user_id', 'created_at', version_id='user_id') }}
),

-- Up to a time: all that were read within it.
ranked as (
    select
        placed.*,
        count(*) over (
            partition by notification_type, geography_id, created_date, is_read order by read_ms
        ) as read_up_to,
        count(*) over (partition by notification_type, geography_id, created_date, is_read) as read_in_all
    from placed
),

totals as (
    select
        notification_type,
        geography_id,
        created_date,
        count(*) as notifications,
        count(case when is_pushed then 1 end) as pushed,
        count(case when is_read then 1 end) as read_notifications,
        count(distinct recipient_user_id) as recipients,
        {{ nearest_rank(50, 'read_ms', 'read_up_to', 'read_in_all') }} as read_p50_ms,
        {{ nearest_rank(95, 'read_ms', 'read_up_to', 'read_in_all') }} as read_p95_ms,
        max(told_load_id) as load_id
    from ranked
    group by
        notification_type,
        geography_id,
        created_date
)

select
    notification_type,
    geography_id,
    created_date,
    notifications,
    pushed,
    read_notifications,
    recipients,
    {{ ratio('read_notifications', 'notifications') }} as read_share,
    read_p50_ms,
    read_p95_ms,
    load_id
from totals
