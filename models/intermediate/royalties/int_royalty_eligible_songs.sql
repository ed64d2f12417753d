{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        indexes=server_indexes([{'columns': ['service_month', 'song_id'], 'unique': true}]),
    )
}}

with
runs as (
    select * from {{ ref('int_royalty_pool_runs') }}
),

rules as (
    select * from {{ ref('int_rules_by_date') }}
),

run_months as (
    select distinct service_month
    from runs
),

months as (
    select
        run_months.service_month,
        rules.eligibility_streams,
        {{ add_months('run_months.service_month', '-rules.eligibility_window_months') }} as window_starts
    from run_months
    inner join rules on run_months.service_month = rules.date_day
    {% if is_incremental() -%}
    -- What a month's close knew no later one changes. A month may have its first run after those that follow it have.
    where
        (select min(held.song_id) from {{ this }} as held where held.service_month = run_months.service_month) is null
    {%- endif %}
),

-- Between closes nothing is read.
streams as (
    select * from {{ ref('int_royalty_streams') }}
    where (select count(*) from months) > 0
),

opening as (
    select * from {{ ref('stg_opening__opening_song_streams') }}
    where (select count(*) from months) > 0
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
