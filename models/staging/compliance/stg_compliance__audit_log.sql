with base as (
    select * from {{ ref('base_compliance__audit_log') }}
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
from base
where {{ is_accepted() }}
