with base as (
    select * from {{ ref('base_opening__opening_song_streams') }}
)

select
    song_id,
    qualified_streams,
    month_start,
    arrived_at,
    load_id
from base
where {{ is_accepted() }}
