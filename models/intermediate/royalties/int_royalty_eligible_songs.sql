{{ config(materialized='table') }}

with
streams as (
    select * from {{ ref('int_royalty_streams') }}
),

opening as (
    select * from {{ ref('stg_opening__opening_song_streams') }}
),

runs as (
    select * from {{ ref('int_royalty_pool_runs') }}
),

rules as (
    select * from {{ ref('int_rules_by_date') }}
),

months as (
    select distinct
        runs.service_month,
        rules.eligibility_streams,
        {{ add_months('runs.service_month', '-rules.eligibility_window_months') }} as window_starts
    from runs
    inner join rules on runs.service_month = rules.date_day
),

-- What the close of each month knew: later arrivals make no recording eligible after the fact.
monthly as (
    select
        opening.song_id,
        opening.month_start,
        opening.qualified_streams as streams
    from opening
    union all
    select
        streams.song_id,
        streams.service_month as month_start,
        sum(streams.streams) as streams
    from streams
    where streams.booking_month = streams.service_month
    group by
        streams.song_id,
        streams.service_month
)

select
    months.service_month,
    monthly.song_id,
    cast(sum(monthly.streams) as bigint) as trailing_streams
from months
inner join monthly
    on
        months.window_starts <= monthly.month_start
        and months.service_month > monthly.month_start
group by
    months.service_month,
    monthly.song_id,
    months.eligibility_streams
having sum(monthly.streams) >= months.eligibility_streams
