with base as (
    select * from {{ ref('base_opening__issued_keys') }}
)

select
    last_id,
    entity,
    issued_date,
    arrived_at,
    load_id
from base
where {{ is_accepted() }}
