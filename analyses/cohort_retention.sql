with
retention as (
    select * from {{ ref('mart_cohort_retention') }}
)

select
    cohort_month,
    months_since,
    month_start_date,
    users,
    active_users,
    active_share,
    paying_users,
    paying_share
from retention
order by cohort_month desc, months_since asc
limit 1000
