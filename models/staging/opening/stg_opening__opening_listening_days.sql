with base as (
    select * from {{ ref('base_opening__opening_listening_days') }}
)

select
    user_id,
    played_ms,
    local_date,
    arrived_at,
    load_id
from base
where {{ is_accepted() }}
