with base as (
    select * from {{ ref('base_catalog__content_changes') }}
)

select
    content_id,
    content_uuid,
    artist_id,
    language_id,
    content_type,
    title,
    privacy,
    upload_status,
    duration_ms,
    is_explicit,
    created_at,
    published_at,
    changed_at,
    change_no,
    arrived_at,
    load_id
from base
where {{ is_accepted() }}
