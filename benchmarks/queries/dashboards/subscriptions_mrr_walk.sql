-- The walk of recurring revenue, month by month.
select
    booking_month,
    movement_type,
    sum(mrr_eur_micro) as mrr_eur_micro,
    sum(customer_change) as customer_change
from marts.fct_subscription_movements
group by booking_month, movement_type
order by booking_month, movement_type
