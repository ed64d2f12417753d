with
wrapped as (
    select * from {{ ref('mart_wrapped') }}
),

clock as (
    select {{ year_start('data_date') }} as year_start_date
    from {{ ref('int_clock') }}
)

select
    wrapped.user_id,
    wrapped.period_start_date,
    wrapped.item_kind,
    wrapped.item_rank,
    wrapped.item_name,
    wrapped.streams,
    wrapped.active_minutes
from wrapped
inner join clock on wrapped.period_start_date = clock.year_start_date
where wrapped.period_kind = 'year'
order by wrapped.user_id asc, wrapped.item_kind asc, wrapped.item_rank asc
limit 1000
