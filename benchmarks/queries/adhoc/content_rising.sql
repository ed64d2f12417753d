-- Contents whose plays doubled from one week to the next.
select
    content_id,
    sum(case when local_date >= date '2026-02-04' then plays else 0 end) as plays_after,
    sum(case when local_date < date '2026-02-04' then plays else 0 end) as plays_before
from marts.fct_content_daily
where local_date between date '2026-01-28' and date '2026-02-10'
group by content_id
having
    sum(case when local_date >= date '2026-02-04' then plays else 0 end)
    >= 2 * sum(case when local_date < date '2026-02-04' then plays else 0 end)
order by plays_after desc, content_id asc
limit 100
