with base as (
    select * from {{ ref('base_billing__status_history') }}
)

select
    status_history_id,
    entity_id,
    changed_by_user_id,
    entity_type,
    old_status,
    new_status,
    changed_at,
    arrived_at,
    load_id
from base
where {{ is_accepted() }}
