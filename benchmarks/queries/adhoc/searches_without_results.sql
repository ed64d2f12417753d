-- Searches that find nothing, by language and surface.
select
    languages.name,
    searches.surface,
    count(*) as searches,
    count(case when not searches.has_results then 1 end) as without_results,
    percentile_disc(0.95) within group (order by searches.latency_ms) as latency_p95_ms
from marts.fct_searches as searches
inner join marts.dim_language as languages on searches.language_id = languages.language_id
group by languages.name, searches.surface
order by searches desc
