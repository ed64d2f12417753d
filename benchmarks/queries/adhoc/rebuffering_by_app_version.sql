-- Which version of the app stops to buffer.
select
    app_version,
    count(*) as sessions,
    sum(rebuffers) as rebuffers,
    avg(startup_ms) as startup_ms
from marts.fct_listening_sessions
where is_logged
group by app_version
order by rebuffers desc nulls last
