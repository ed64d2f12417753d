-- Which recommendations are heard to the end.
select
    reason,
    model_version,
    list_rank,
    count(*) as served,
    count(case when is_clicked then 1 end) as clicked,
    count(case when is_completed then 1 end) as completed
from marts.fct_recommendations
group by reason, model_version, list_rank
order by served desc
