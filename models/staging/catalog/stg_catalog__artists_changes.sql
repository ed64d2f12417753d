with base as (
    select * from {{ ref('base_catalog__artists_changes') }}
)

select
    artist_id,
    artist_uuid,
    user_id,
    label_id,
    country_id,
    name,
    verification_status,
    created_at,
    changed_at,
    change_no,
    arrived_at,
    load_id
from base
where {{ is_accepted() }}
