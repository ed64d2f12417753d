with
audit_log as (
    select * from {{ ref('int_audit_log_accepted') }}
),

status_history as (
    select * from {{ ref('stg_billing__status_history') }}
),

users as (
    select
        user_id,
        user_key,
        valid_from,
        valid_to
    from {{ ref('int_user_versions') }}
),

events as (
    select
        'audit_log' as event_source,
        audit_id as event_id,
        row_number() over (order by {{ to_date('arrived_at') }}, audit_id) as log_position,
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
        arrived_at
    from audit_log
    union all
    select
        'status_history' as event_source,
        status_history_id as event_id,
        row_number() over (order by {{ to_date('arrived_at') }}, status_history_id) as log_position,
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
        arrived_at
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
    events.arrived_at
from events
{{ join_version('events', 'users', 'actor_user_id', 'occurred_at', version_id='user_id') }}
