-- Where skips come from.
select
    contexts.context_name,
    contexts.is_shuffle,
    count(*) as plays,
    count(case when contexts.is_skipped then 1 end) as skips
from marts.fct_streams as streams
inner join marts.dim_listening_context as contexts
    on streams.listening_context_id = contexts.listening_context_id
group by contexts.context_name, contexts.is_shuffle
order by plays desc
