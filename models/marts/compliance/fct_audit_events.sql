{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key=['event_source', 'event_id'],
        indexes=server_indexes([
            {'columns': ['event_source', 'event_id'], 'unique': true},
            {'columns': ['event_source', 'arrived_at']},
            {'columns': ['event_source', 'log_position']},
            {'columns': ['actor_user_id', 'occurred_at']},
            {'columns': ['load_id']},
        ]),
    )
}}
{%- set audit_log, status_history = ref('int_audit_log_accepted'), ref('stg_billing__status_history') -%}
{%- set logs = [('audit_log', audit_log, 'audit_id'), ('status_history', status_history, 'status_history_id')] -%}
{%- set arrived = {'audit_log': arrived_ids('audit_log'), 'status_history': arrived_ids('status_history')} %}

with
{% if is_incremental() -%}
newer_users as (
    select
        user_id,
        valid_from,
        valid_to
    from {{ ref('int_user_versions') }}
    where {{ is_newer_load('load_id') }}
),

touched as (
    {% for log, relation, id in logs -%}
    select
        '{{ log }}' as event_source,
        arrivals.record_id as event_id
    from ({{ arrived[log] }}) as arrivals
    union all
    {% endfor -%}
    select
        acted.event_source,
        acted.event_id
    from {{ this }} as acted
    inner join newer_users as users
        on
            acted.actor_user_id = users.user_id
            and acted.occurred_at >= users.valid_from
            and acted.occurred_at < users.valid_to
    where {{ is_one_of('acted.actor_user_id', 'select newer_users.user_id from newer_users') }}
),

firsts as (
    {% for log, relation, id in logs -%}
    {%- set ids = "select touched.event_id from touched where touched.event_source = '" ~ log ~ "'" -%}
    select
        '{{ log }}' as event_source,
        min({{ to_date('placed.arrived_at') }}) as day_date
    from (
        select came.arrived_at
        from {{ relation }} as came
        where {{ is_one_of('came.' ~ id, ids) }}
        union all
        select stood.arrived_at
        from {{ this }} as stood
        where
            stood.event_source = '{{ log }}'
            and {{ is_one_of('stood.event_id', ids) }}
    ) as placed
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

{% endif -%}
audit_log as (
    select * from {{ audit_log }}
    {{ where_one_of('audit_id', entries_placed_again('audit_log')) }}
),

status_history as (
    select * from {{ status_history }}
    {{ where_one_of('status_history_id', entries_placed_again('status_history')) }}
),

users as (
    select
        user_id,
        user_key,
        valid_from,
        valid_to,
        load_id
    from {{ ref('int_user_versions') }}
),

events as (
    select
        'audit_log' as event_source,
        audit_id as event_id,
        {{ entries_before('audit_log') }} + row_number() over (
            order by {{ to_date('arrived_at') }}, audit_id
        ) as log_position,
        actor_kind,
        actor_name,
        actor_user_id,
        action,
        entity_type,
        entity_id,
        cast(null as text) as status_before,
        cast(null as text) as status_after,
        details,
        occurred_at,
        arrived_at,
        load_id
    from audit_log
    union all
    select
        'status_history' as event_source,
        status_history_id as event_id,
        {{ entries_before('status_history') }} + row_number() over (
            order by {{ to_date('arrived_at') }}, status_history_id
        ) as log_position,
        case when changed_by_user_id is null then 'system' else 'account' end as actor_kind,
        case when changed_by_user_id is null then 'system' else 'account' end as actor_name,
        changed_by_user_id as actor_user_id,
        'status.changed' as action,
        entity_type,
        entity_id,
        old_status as status_before,
        new_status as status_after,
        cast(null as text) as details,
        changed_at as occurred_at,
        arrived_at,
        load_id
    from status_history
)

select
    events.event_source,
    events.event_id,
    events.log_position,
    events.actor_kind,
    events.actor_name,
    coalesce(events.actor_user_id, {{ not_applicable_key() }}) as actor_user_id,
    {{ fact_version_key('users.user_key', 'events.actor_user_id') }} as actor_user_key,
    events.action,
    events.entity_type,
    events.entity_id,
    events.status_before,
    events.status_after,
    events.details,
    {{ to_date('events.occurred_at') }} as occurred_date,
    events.occurred_at,
    events.arrived_at,
    greatest(events.load_id, users.load_id) as load_id
from events
{{ join_version('events', 'users', 'actor_user_id', 'occurred_at', version_id='user_id') }}
