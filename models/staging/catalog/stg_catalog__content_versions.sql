with base as (
    select * from {{ ref('base_catalog__content_versions') }}
)

select
    content_version_id,
    content_id,
    changed_by_user_id,
    attribute_name,
    value_before,
    value_after,
    change_reason,
    version_no,
    changed_at,
    arrived_at,
    load_id
from base
where {{ is_accepted() }}
