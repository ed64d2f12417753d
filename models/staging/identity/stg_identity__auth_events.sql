with base as (
    select * from {{ ref('base_identity__auth_events') }}
)

select
    auth_event_id,
    user_id,
    device_id,
    country_id,
    event_type,
    provider,
    mfa_kind,
    channel,
    failure_reason,
    is_success,
    occurred_at,
    arrived_at,
    load_id
from base
where {{ is_accepted() }}
