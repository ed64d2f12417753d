-- How much customers who left had listened in the month before.
select
    movements.churn_type,
    count(distinct movements.user_id) as customers,
    avg(days.active_ms) as active_ms_of_a_day
from marts.fct_subscription_movements as movements
inner join marts.fct_listening_daily as days
    on
        movements.user_id = days.user_id
        and days.local_date between movements.state_date - 30 and movements.state_date
where movements.movement_type = 'churn'
group by movements.churn_type
order by movements.churn_type
