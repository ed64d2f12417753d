with
members as (
    select * from {{ ref('stg_identity__household_members') }}
),

households as (
    select * from {{ ref('stg_identity__households') }}
),

-- Whoever is still there when the household is dissolved leaves with it.
spans as (
    select
        members.*,
        households.owner_user_id,
        households.household_type,
        least(
            coalesce(members.left_at, {{ end_of_time() }}), coalesce(households.closed_at, {{ end_of_time() }})
        ) as valid_to
    from members
    left join households on members.household_id = households.household_id
)

select
    household_member_id,
    household_id,
    user_id,
    coalesce(owner_user_id, {{ unknown_key() }}) as owner_user_id,
    coalesce(household_type, 'unknown') as household_type,
    role,
    role = 'owner' as is_owner,
    {{ to_date('joined_at') }} as joined_date,
    joined_at as valid_from,
    valid_to,
    valid_to = {{ end_of_time() }} as is_current
from spans
