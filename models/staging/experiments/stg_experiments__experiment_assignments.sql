with base as (
    select * from {{ ref('base_experiments__experiment_assignments') }}
)

select
    experiment_assignment_id,
    experiment_id,
    experiment_variant_id,
    user_id,
    first_exposed_at,
    arrived_at,
    load_id
from base
where {{ is_accepted() }}
