with
runs as (
    select * from {{ ref('int_royalty_pool_runs') }}
)

select distinct
    booking_month,
    closes_at
from runs
