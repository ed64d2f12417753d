with base as (
    select * from {{ ref('base_identity__household_members_changes') }}
)

select
    household_member_id,
    household_id,
    user_id,
    role,
    joined_at,
    left_at,
    changed_at,
    change_no,
    arrived_at,
    load_id
from base
where {{ is_accepted() }}
