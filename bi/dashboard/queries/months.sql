-- Months that hold loaded days, with whether they are closed for good.
select
    booking_month as month_start_date,
    bool_and(is_closed) as is_closed
from marts.mart_arpu_monthly
group by booking_month
order by booking_month
