with base as (
    select * from {{ ref('base_opening__opening_chart_runs') }}
)

select
    chart_id,
    song_id,
    artist_id,
    run_no,
    weeks_on_chart,
    peak_rank,
    last_rank,
    last_week_start,
    arrived_at,
    load_id
from base
where {{ is_accepted() }}
