with base as (
    select * from {{ ref('base_engagement__reactions') }}
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
from base
where {{ is_accepted() }}
