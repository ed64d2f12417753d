-- Labels side by side.
select
    label_name,
    roster_eur_micro,
    own_eur_micro,
    paid_eur_micro,
    qualified_streams,
    listeners
from marts.mart_label_dashboard
where month_start_date = date '2026-01-01'
order by roster_eur_micro desc
