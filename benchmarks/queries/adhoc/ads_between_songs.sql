-- How often listeners go on after an ad.
select
    impressions.format,
    count(*) as impressions,
    count(streams.stream_id) as with_stream,
    count(case when streams.is_completed then 1 end) as completed
from marts.fct_impressions as impressions
left join marts.fct_streams as streams on impressions.stream_id = streams.stream_id
where impressions.is_valid
group by impressions.format
order by impressions desc
