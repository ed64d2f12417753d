-- When each account listened last.
select
    users.status,
    count(*) as counted,
    min(listeners.last_started_at) as longest_ago
from (
    select
        user_id,
        max(started_at) as last_started_at
    from marts.fct_streams
    group by user_id
) as listeners
inner join marts.dim_user as users
    on
        listeners.user_id = users.user_id
        and users.is_current
group by users.status
order by users.status
