with
play_ticks as (
    select * from {{ ref('stg_engagement__play_ticks') }}
)

select
    session_id,
    load_id,
    count(*) as ticks
from play_ticks
group by
    session_id,
    load_id
