-- Support tickets by month and category: how many, how long to the first reply and to the last resolution.
select
    dates.month_start_date,
    tickets.category,
    count(*) as opened,
    count(case when tickets.is_resolved then 1 end) as resolved,
    count(tickets.first_reply_ms) as replied,
    cast(coalesce(sum(tickets.first_reply_ms), 0) as bigint) as first_reply_ms,
    count(tickets.resolution_ms) as timed,
    cast(coalesce(sum(tickets.resolution_ms), 0) as bigint) as resolution_ms,
    count(tickets.satisfaction) as rated,
    cast(coalesce(sum(tickets.satisfaction), 0) as bigint) as satisfaction
from marts.fct_support_tickets as tickets
inner join marts.dim_date as dates on tickets.opened_date = dates.date_day
where dates.month_start_date >= (select min(arpu.booking_month) from marts.mart_arpu_monthly as arpu)
group by dates.month_start_date, tickets.category
order by dates.month_start_date, tickets.category
