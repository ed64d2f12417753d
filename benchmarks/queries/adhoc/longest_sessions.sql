-- The longest sessions and what they heard.
select
    session_id,
    user_id,
    plays,
    songs,
    duration_ms
from marts.fct_listening_sessions
order by duration_ms desc, session_id asc
limit 100
