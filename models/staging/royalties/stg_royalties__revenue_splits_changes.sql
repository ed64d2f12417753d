with base as (
    select * from {{ ref('base_royalties__revenue_splits_changes') }}
)

select
    revenue_split_id,
    song_id,
    work_id,
    payee_id,
    right_type,
    role,
    share_ppm,
    valid_from,
    valid_to,
    changed_at,
    change_no,
    arrived_at,
    load_id
from base
where {{ is_accepted() }}
