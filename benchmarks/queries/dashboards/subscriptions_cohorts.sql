-- The heat map of cohorts.
select
    cohort_month,
    months_since,
    users,
    active_share,
    paying_share
from marts.mart_cohort_retention
order by cohort_month, months_since
