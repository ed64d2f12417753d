-- Whether those who wait write to support.
with
waits as (
    select
        user_id,
        sum(rebuffers) as rebuffers
    from marts.fct_listening_sessions
    group by user_id
)

select
    least(coalesce(waits.rebuffers, 0), 10) as rebuffers,
    count(distinct waits.user_id) as listeners,
    count(tickets.support_ticket_id) as tickets
from waits
left join marts.fct_support_tickets as tickets
    on
        waits.user_id = tickets.user_id
        and tickets.category = 'buffering'
group by least(coalesce(waits.rebuffers, 0), 10)
order by rebuffers
