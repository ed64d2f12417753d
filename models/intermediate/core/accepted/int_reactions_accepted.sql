with checked as (
    select * from {{ ref('int_reactions_checked') }}
)

select
    reaction_id,
    user_id,
    target_id,
    target_type,
    reaction_type,
    reacted_at,
    arrived_at,
    load_id
from checked
where {{ is_accepted() }}
