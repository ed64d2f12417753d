with base as (
    select * from {{ ref('base_engagement__playlists_changes') }}
)

select
    playlist_id,
    owner_user_id,
    name,
    playlist_type,
    version_no,
    is_public,
    is_collaborative,
    created_at,
    deleted_at,
    changed_at,
    change_no,
    arrived_at,
    load_id
from base
where {{ is_accepted() }}
