-- Whether what is put into playlists is liked.
select
    events.event_type,
    count(distinct events.playlist_event_id) as events,
    count(distinct feedback.feedback_id) as likes
from marts.fct_playlist_events as events
left join marts.fct_feedback as feedback
    on
        events.user_id = feedback.user_id
        and events.content_id = feedback.content_id
        and feedback.feedback_kind = 'like'
group by events.event_type
order by events desc
