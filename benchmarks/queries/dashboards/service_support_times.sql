-- Support by category.
select
    category,
    priority,
    count(*) as tickets,
    avg(first_reply_ms) as first_reply_ms,
    avg(resolution_ms) as resolution_ms
from marts.fct_support_tickets
where opened_date between date '2026-01-15' and date '2026-02-11'
group by category, priority
order by category, priority
