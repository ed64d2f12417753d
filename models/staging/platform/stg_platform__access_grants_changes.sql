with base as (
    select * from {{ ref('base_platform__access_grants_changes') }}
)

select
    access_grant_id,
    staff_account,
    role_name,
    scope,
    reason,
    granted_by,
    reviewed_by,
    review_outcome,
    granted_at,
    expires_at,
    last_used_at,
    reviewed_at,
    revoked_at,
    changed_at,
    change_no,
    arrived_at,
    load_id
from base
where {{ is_accepted() }}
