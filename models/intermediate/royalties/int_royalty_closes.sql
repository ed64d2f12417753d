with
runs as (
    select * from {{ ref('int_royalty_pool_runs') }}
),

penalised as (
    select * from {{ ref('int_artificial_recordings') }}
)

select
    booking_month,
    closes_at
from runs
union distinct
select
    service_month as booking_month,
    {{ month_closes_at('service_month') }} as closes_at
from penalised
