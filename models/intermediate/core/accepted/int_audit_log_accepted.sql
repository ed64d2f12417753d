with checked as (
    select * from {{ ref('int_audit_log_checked') }}
)

select
    audit_id,
    actor_user_id,
    entity_id,
    actor_kind,
    actor_name,
    action,
    entity_type,
    details,
    occurred_at,
    arrived_at,
    load_id
from checked
where {{ is_accepted() }}
