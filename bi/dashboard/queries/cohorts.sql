-- Of those who came in a month: how many listen and how many pay in the months after.
select
    cohort_month,
    month_start_date,
    months_since,
    users,
    active_users,
    paying_users,
    active_share,
    paying_share
from marts.mart_cohort_retention
order by cohort_month, month_start_date
