-- What the roster of each label is played and earns, by month.
select
    month_start_date,
    label_id,
    label_name,
    roster_eur_micro,
    own_eur_micro,
    qualified_streams,
    listeners
from marts.mart_label_dashboard
order by month_start_date, label_id
