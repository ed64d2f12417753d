with base as (
    select * from {{ ref('base_royalties__allocation_methods_changes') }}
)

select
    allocation_method_id,
    country_id,
    tier,
    source,
    right_type,
    method,
    valid_from,
    valid_to,
    changed_at,
    change_no,
    arrived_at,
    load_id
from base
where {{ is_accepted() }}
